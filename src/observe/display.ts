/**
 * Live progress on a terminal: a line for each pipeline, redrawn in place; plain lines everywhere else.
 * Written by hand because it is small: a library would bring widgets and a renderer for what is one cursor
 * movement, and would want to own the terminal that the demo also prints to.
 */
import type { Listener } from "./bus.ts";
import type { MillraceEvent } from "./events.ts";
import { createProgress, type PipelineProgress } from "./progress.ts";
import { formatBytes, formatCount, formatDuration, formatRate } from "./quantities.ts";
import { redact } from "./redact.ts";
import { describe, type Level } from "./sentence.ts";
import { type Column, formatTable, printable } from "./table.ts";
import { truncate, width } from "./width.ts";

/** At most eight drawings a second; plain progress lines every ten seconds. All in milliseconds. */
const REDRAW = 125;
const PLAIN_INTERVAL = 10_000;

const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const CLEAR_LINE_END = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";
const COLOURS: Readonly<Record<Level, string>> = { debug: "2", info: "0", warn: "33", error: "31" };

/** A process.stderr or process.stdout. */
export interface DisplayStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export interface DisplayOptions {
  readonly stream: DisplayStream;
  /** Plain lines although the stream is a terminal: for NO_COLOR, CI, or TERM=dumb. */
  readonly plain?: boolean;
  /** Milliseconds of any steady clock. */
  readonly now?: () => number;
  /** Calls back at an interval in milliseconds until the returned function is called. */
  readonly every?: (milliseconds: number, callback: () => void) => () => void;
}

export interface Display {
  readonly listen: Listener;
  /** Text of others, whole lines, above the moving ones. */
  readonly print: (text: string) => void;
  /** Draws the last state, restores the cursor, and writes the summary unless there were no passes. */
  readonly close: () => void;
}

/** Starts to draw at once, until closed. */
export function createDisplay(options: DisplayOptions): Display {
  const { stream, plain = false, now = () => performance.now(), every = everyInterval } = options;
  const progress = createProgress(now);
  const live = stream.isTTY === true && !plain;
  const painter = live ? paintLive(stream, now) : paintPlain(stream, now);
  const redraw = () => {
    painter.draw(progress.read());
  };
  const stop = every(REDRAW, redraw);
  // Only matters when the program ends without closing the display: a terminal must get its cursor back.
  const restore = () => {
    painter.end();
  };
  process.once("exit", restore);
  let closed = false;
  return {
    listen: (event) => {
      if (closed) return;
      progress.listen(event);
      const sentence = describe(event);
      if (sentence !== undefined && isTold(event, sentence.level, live)) {
        painter.print(printable(redact(sentence.text)), sentence.level);
      }
      redraw();
    },
    print: (text) => {
      for (const line of text.split("\n")) painter.print(line, "info");
    },
    close: () => {
      if (closed) return;
      closed = true;
      stop();
      process.off("exit", restore);
      const passes = progress.read();
      painter.finish(passes);
      painter.end();
      if (passes.length > 0) stream.write(`\n${formatSummary(passes)}\n`);
    },
  };
}

function everyInterval(milliseconds: number, callback: () => void): () => void {
  const timer = setInterval(callback, milliseconds).unref();
  return () => {
    clearInterval(timer);
  };
}

/** In place, the moving lines show what goes well; plain output tells that too. */
function isTold(event: MillraceEvent, level: Level, live: boolean): boolean {
  if (level === "debug") return false;
  if (level !== "info" || !live) return true;
  return !event.type.startsWith("pass.") && event.type !== "load.finished";
}

interface Painter {
  draw(passes: readonly PipelineProgress[]): void;
  /** One line that stays. */
  print(line: string, level: Level): void;
  /** Draws whatever the clock says. */
  finish(passes: readonly PipelineProgress[]): void;
  end(): void;
}

function paintLive(stream: DisplayStream, now: () => number): Painter {
  let drawn: readonly string[] = [];
  let drawnAt = Number.NEGATIVE_INFINITY;
  let hidden = false;
  /** One write for each drawing, over what was there, so that nothing flickers. */
  const paint = (above: readonly string[], lines: readonly string[]) => {
    if (above.length === 0 && lines.join("\n") === drawn.join("\n")) return;
    const up = drawn.length === 0 ? "" : `\x1b[${drawn.length}A\r`;
    const text = [...above, ...lines].map((line) => `${line}${CLEAR_LINE_END}\n`).join("");
    stream.write(`${hidden ? "" : HIDE_CURSOR}${up}${text}${CLEAR_BELOW}`);
    hidden = true;
    drawn = lines;
  };
  const lay = (passes: readonly PipelineProgress[]) => {
    drawnAt = now();
    paint([], layOut(passes, stream.columns ?? 80, stream.rows ?? 24));
  };
  return {
    draw: (passes) => {
      if (now() - drawnAt >= REDRAW) lay(passes);
    },
    print: (line, level) => {
      paint([level === "info" ? line : `\x1b[${COLOURS[level]}m${line}\x1b[0m`], drawn);
    },
    finish: lay,
    end: () => {
      if (hidden) stream.write(SHOW_CURSOR);
      hidden = false;
    },
  };
}

function paintPlain(stream: DisplayStream, now: () => number): Painter {
  let toldAt = now();
  return {
    draw: (passes) => {
      const loading = passes.filter((pass) => pass.phase === "loading" && pass.running.length > 0);
      if (loading.length === 0 || now() - toldAt < PLAIN_INTERVAL) return;
      toldAt = now();
      for (const pass of loading) stream.write(`${printable(pass.pipeline)}: ${details(pass).join(", ")}\n`);
    },
    print: (line, level) => {
      stream.write(level === "info" ? `${line}\n` : `${level}: ${line}\n`);
    },
    finish: () => undefined,
    end: () => undefined,
  };
}

/** A line for each pipeline, cut to the width; in a low window those at work come first. */
function layOut(passes: readonly PipelineProgress[], columns: number, rows: number): string[] {
  const space = Math.max(1, rows - 2);
  const atWork = passes.filter((pass) => pass.phase !== "finished");
  const shown =
    passes.length <= space ? passes : [...atWork, ...passes.filter((pass) => !atWork.includes(pass))];
  const names = Math.max(0, ...passes.map((pass) => width(printable(pass.pipeline))));
  // A line as wide as the window would wrap in some terminals.
  return shown.slice(0, space).map((pass) => {
    const name = printable(pass.pipeline);
    const blanks = " ".repeat(names - width(name));
    return truncate(`${name}${blanks}  ${bar(pass)}  ${details(pass).join("  ")}`, columns - 1);
  });
}

function bar({ phase, bytes, bytesDone, objects }: PipelineProgress): string {
  const size = 12;
  if (phase === "looking") return "·".repeat(size);
  const share = bytes > 0 ? bytesDone / bytes : phase === "finished" || objects === 0 ? 1 : 0;
  const full = Math.floor(share * size);
  return "█".repeat(full) + "░".repeat(size - full);
}

function details(pass: PipelineProgress): string[] {
  if (pass.phase === "looking") return ["looking for new objects"];
  if (pass.phase === "failed") return [`pass failed: ${printable(redact(pass.message ?? ""))}`];
  if (pass.objects === 0) return [`${formatCount(pass.unchanged)} unchanged, nothing to load`];
  const ends = Object.entries(pass.outcomes).filter(([, count]) => count > 0);
  return [
    `${formatCount(pass.objectsDone)}/${formatCount(pass.objects)} objects`,
    `${formatBytes(pass.bytesDone)} of ${formatBytes(pass.bytes)}`,
    ...(pass.rows > 0 ? [formatRate(pass.rowsPerSecond)] : []),
    ...(pass.secondsLeft === null ? [] : [`ETA ${formatDuration(pass.secondsLeft)}`]),
    ...(ends.length > 0
      ? [ends.map(([outcome, count]) => `${formatCount(count)} ${outcome}`).join(", ")]
      : []),
  ];
}

const SUMMARY: readonly Column[] = [
  { title: "pipeline" },
  ...["loads", "failed", "quarantined", "objects", "bytes", "rows", "new", "changed", "rejected", "time"].map(
    (title): Column => ({ title, align: "right" }),
  ),
];

/** One row for each pipeline: what this pass brought. `rows` are those copied by committed loads. */
function formatSummary(passes: readonly PipelineProgress[]): string {
  return formatTable(
    SUMMARY,
    passes.map(({ pipeline, outcomes, sums, objectsDone, bytesDone, seconds }) => [
      pipeline,
      ...[outcomes.loaded, outcomes.failed, outcomes.quarantined, objectsDone].map(formatCount),
      formatBytes(bytesDone),
      ...[sums.copied, sums.inserted, sums.updated, sums.rejected].map(formatCount),
      formatDuration(seconds),
    ]),
  );
}
