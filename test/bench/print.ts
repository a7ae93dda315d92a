/** The bench's figures, for people and for programs. */
import type { Machine } from "./machine.ts";
import { median, medianTiming, type Timing } from "./stopwatch.ts";

export interface Figure {
  readonly name: string;
  /** What is counted: rows, or objects. */
  readonly unit: string;
  /** Medians, in seconds. */
  readonly seconds: Timing;
  /** The fastest and the slowest run, in seconds of wall clock. */
  readonly range: readonly [fastest: number, slowest: number];
  /** Per second of wall clock, and of the main thread's processor time. */
  readonly perSecond: number;
  readonly perSecondOfMainThread: number;
  /** Median of the ratios of this contender's speed to R's, run by run. */
  readonly ofR?: number;
}

export interface Report {
  readonly machine: Machine;
  readonly rows: number;
  /** The year file's content, and the file, in bytes. */
  readonly bytes: number;
  readonly stored: number;
  readonly repeat: number;
  readonly figures: readonly Figure[];
}

/** `reference`: the runs of R that ran in turn with these. */
export function figureOf(
  name: string,
  count: number,
  timings: readonly Timing[],
  reference?: readonly Timing[],
): Figure {
  const seconds = medianTiming(timings);
  const walls = timings.map(({ wall }) => wall);
  const ratios = reference?.map(({ wall }, round) => wall / (walls[round] ?? Number.NaN));
  return {
    name,
    unit: "rows",
    seconds,
    range: [Math.min(...walls), Math.max(...walls)],
    perSecond: count / seconds.wall,
    perSecondOfMainThread: count / seconds.mainThread,
    ...(ratios === undefined ? {} : { ofR: median(ratios) }),
  };
}

export function print(report: Report, asJson: boolean): void {
  process.stdout.write(asJson ? `${JSON.stringify(report, null, 2)}\n` : `${lines(report).join("\n")}\n`);
}

function lines({ machine, rows, bytes, stored, repeat, figures }: Report): string[] {
  const settings = Object.entries(machine.settings).map(([name, value]) => `${name} ${value}`);
  return [
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}`,
    `Node ${machine.node}, zlib ${machine.zlib}`,
    machine.postgres,
    settings.join(", "),
    `${rows} rows, ${megabytes(bytes)} as text, ${megabytes(stored)} stored; medians of ${repeat}`,
    "",
    row("", "seconds", "(range)", "per second", "per CPU s", "of R"),
    ...figures.map((figure) =>
      row(
        figure.name,
        figure.seconds.wall.toFixed(2),
        `(${figure.range.map((seconds) => seconds.toFixed(2)).join("-")})`,
        amount(figure.perSecond, figure.unit),
        amount(figure.perSecondOfMainThread, figure.unit),
        figure.ofR === undefined ? "" : figure.ofR.toFixed(2),
      ),
    ),
    "",
    "per CPU s: per second of processor time of the thread that does the work",
  ];
}

function row(...[name = "", ...cells]: string[]): string {
  return name.padEnd(32) + cells.map((cell) => cell.padStart(16)).join("");
}

function amount(count: number, unit: string): string {
  return count >= 100_000 ? `${(count / 1e6).toFixed(2)} M ${unit}` : `${Math.round(count)} ${unit}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
