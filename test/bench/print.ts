/** The bench's findings, for people and for programs. */
import type { Machine } from "./machine.ts";
import type { BenchOptions } from "./options.ts";
import { type Figure, type Goal, isMet, type Section } from "./report.ts";
import { median, range } from "./statistics.ts";

export interface Report {
  readonly machine: Machine;
  readonly options: BenchOptions;
  /** The processes that wanted a core, averaged over a minute, before and after. */
  readonly loadAverage: readonly [before: number, after: number];
  /** Of the whole bench. */
  readonly seconds: number;
  readonly sections: readonly Section[];
}

/** For programs: every round of every figure, and the goals with whether they are met. */
export function asJson({ options, sections, ...report }: Report): string {
  const told = sections.map((section) => ({
    ...section,
    goals: section.goals.map((goal) => ({ ...goal, met: isMet(goal) ?? null })),
  }));
  return JSON.stringify(
    { ...report, options: { ...options, only: [...options.only] }, sections: told },
    null,
    2,
  );
}

/** For people: Markdown, as RESULTS.md takes it. */
export function asText({ machine, options, loadAverage, seconds, sections }: Report): string {
  const settings = Object.entries(machine.settings).map(([name, value]) => `${name} ${value}`);
  const programs = Object.entries(machine.programs).map(([name, version]) => `${name}: ${version}`);
  const [before, after] = loadAverage;
  return [
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}; Node ${machine.node}, zlib ${machine.zlib}`,
    `Postgres (${machine.server}): ${machine.postgres}`,
    settings.join(", "),
    programs.join("; "),
    `${options.repeat} rounds, medians; load average ${before} before and ${after} after; ${Math.round(seconds)} s in all`,
    ...sections.flatMap((section) => ["", `## ${section.title}`, "", ...sectionLines(section)]),
    ...goalLines(sections.flatMap(({ goals }) => goals)),
    "",
  ].join("\n");
}

function goalLines(goals: readonly Goal[]): string[] {
  if (goals.length === 0) return [];
  return ["", "## Goals", "", ...table(["#", "what", "measured", "goal", "met"], goals.map(goalCells))];
}

function sectionLines({ figures, notes }: Section): string[] {
  const header = [
    "contender",
    "seconds",
    "range",
    "per second",
    "CPU s",
    "Postgres CPU s",
    "peak MB",
    "load s",
  ];
  const rows = figures.length === 0 ? [] : table(header, figures.map(figureCells));
  return [...rows, ...notes.flatMap((note) => ["", note])];
}

function figureCells({ name, count, unit, rounds }: Figure): string[] {
  const middle = (pick: (round: Figure["rounds"][number]) => number | undefined): number =>
    median(rounds.map((round) => pick(round) ?? Number.NaN));
  const [fastest, slowest] = range(rounds.map(({ wall }) => wall));
  const wall = middle((round) => round.wall);
  return [
    name,
    figure(wall),
    `${figure(fastest)}–${figure(slowest)}`,
    amount(count / wall, unit),
    figure(middle((round) => round.cpu)),
    figure(middle((round) => round.postgresCpu)),
    Number.isNaN(middle((round) => round.peak))
      ? ""
      : String(Math.round(middle((round) => round.peak) / 1e6)),
    figure(middle((round) => round.load)),
  ];
}

function goalCells(goal: Goal): string[] {
  const { target, what, measured, unit, least, most } = goal;
  const bound = [
    ...(least === undefined ? [] : [`≥ ${least}`]),
    ...(most === undefined ? [] : [`≤ ${most}`]),
  ];
  const met = isMet(goal);
  const value = Number.isNaN(measured) ? "not measured" : `${Number(measured.toPrecision(3))} ${unit}`;
  return [target, what, value, bound.join(", "), met === undefined ? "" : met ? "yes" : "NO"];
}

/** A Markdown table whose columns line up in a terminal too. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [header, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = header.map((_, column) => Math.max(3, ...cells.map((row) => (row[column] ?? "").length)));
  const [first = "", ...rest] = cells.map(
    (row) => `| ${widths.map((width, column) => (row[column] ?? "").padEnd(width)).join(" | ")} |`,
  );
  return [first, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rest];
}

/** Three digits; nothing where there is no number. */
function figure(value: number): string {
  if (Number.isNaN(value)) return "";
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function amount(count: number, unit: string): string {
  return count >= 100_000 ? `${(count / 1e6).toFixed(2)} M ${unit}` : `${figure(count)} ${unit}`;
}
