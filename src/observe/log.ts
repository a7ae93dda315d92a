/** The log: one line for each event, as JSON for machines or as plain text for a terminal. */
import { pino } from "pino";
import type { Listener } from "./bus.ts";
import type { MillraceEvent } from "./events.ts";
import { redact } from "./redact.ts";
import { describe } from "./sentence.ts";
import { printable } from "./table.ts";

export type LogLevel = "error" | "warn" | "info" | "debug" | "silent";

export interface LogOptions {
  /** Less serious events are left out. */
  readonly level: LogLevel;
  /** Where the lines go: process.stdout for the daemon. A terminal gets text, everything else JSON. */
  readonly stream: { write(line: string): unknown; readonly isTTY?: boolean };
  /** The time of text lines; JSON lines take pino's. */
  readonly now?: () => Date;
}

/**
 * A listener that writes the log. JSON lines have `time` (ISO), `level` (its name), `event` (the type), the
 * event's own fields and `msg`, the same in a sentence. Progress is never logged; secrets are removed from
 * every text.
 */
export function createLog(options: LogOptions): Listener {
  return options.stream.isTTY === true ? textLog(options) : jsonLog(options);
}

function jsonLog({ level, stream }: LogOptions): Listener {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return (event) => {
    const sentence = describe(event);
    if (sentence !== undefined) logger[sentence.level](fields(event), redact(sentence.text));
  };
}

/** `12:00:01 warn  noaa-daily 1872: quarantined: …`, in UTC like everything else. */
function textLog({ level, stream, now = () => new Date() }: LogOptions): Listener {
  const least = level === "silent" ? Number.POSITIVE_INFINITY : pino.levels.values[level];
  return (event) => {
    const sentence = describe(event);
    if (sentence === undefined || (pino.levels.values[sentence.level] ?? 0) < (least ?? 0)) return;
    const time = now().toISOString().slice(11, 19);
    stream.write(`${time} ${sentence.level.padEnd(5)} ${printable(redact(sentence.text))}\n`);
  };
}

/** The event's fields with every text redacted; `type` is called `event`. */
function fields({ type, ...rest }: MillraceEvent): Record<string, unknown> {
  const clean = (value: unknown): unknown => {
    if (typeof value === "string") return redact(value);
    return Array.isArray(value) ? value.map(clean) : value;
  };
  return {
    event: type,
    ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, clean(value)])),
  };
}
