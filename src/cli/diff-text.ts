/** What `diff` shows. */
import type { Target } from "../config/pipeline.ts";
import {
  type Comparison,
  changedColumns,
  type RejectDifference,
  type RowExample,
} from "../dry-run/compare.ts";
import { IDENTITY, type ReadableRow } from "../dry-run/readable.ts";
import { formatCount, formatPlural } from "../observe/quantities.ts";
import type { ComparedObject } from "./diff.ts";
import { aligned, type Line, piece } from "./pieces.ts";

/** The lines for a whole comparison. */
export function diffLines(
  comparison: Comparison,
  objects: readonly ComparedObject[],
  target: Target,
): Line[] {
  return [
    ...objects.flatMap(objectLines),
    ...countLines(comparison),
    ...exampleLines(comparison.examples, target),
    ...rejectLines([...comparison.rejects.values()]),
    ...leftOutLines(comparison),
    [],
    [piece(conclusion(comparison, objects), "bold")],
  ];
}

function objectLines({ name, complete, faults }: ComparedObject): Line[] {
  const faultLine = (which: string, fault: string | null): Line[] =>
    fault === null ? [] : [[piece(`  ${which}: none of it would be loaded: ${fault}`, "bad")]];
  return [
    [piece(name), piece(complete ? "" : " (its first records)", "dim")],
    ...faultLine("old", faults.old),
    ...faultLine("new", faults.new),
  ];
}

function countLines({ kpis, columns }: Comparison): Line[] {
  if (kpis.size === 0) return [];
  const titles = ["", "added", "removed", "changed", "same"];
  const rows = [...kpis.values()].map(({ kpi, added, removed, changed, same }) => [
    piece(kpi === "" ? "rows" : kpi, "name"),
    piece(formatCount(added), added > 0 ? "good" : "dim"),
    piece(formatCount(removed), removed > 0 ? "bad" : "dim"),
    piece(formatCount(changed), changed > 0 ? "warn" : "dim"),
    piece(formatCount(same), "dim"),
  ]);
  const changed = [...columns].map(([name, count]) => `${name} (${formatCount(count)})`).join(", ");
  return [
    [],
    ...aligned([titles.map((title) => piece(title, "dim")), ...rows]),
    ...(changed === "" ? [] : [[piece(`changed columns: ${changed}`)]]),
  ];
}

const MARKS = { added: "+", removed: "-", changed: "~" } as const;
const STYLES = { added: "good", removed: "bad", changed: "warn" } as const;

function exampleLines(examples: readonly RowExample[], target: Target): Line[] {
  if (examples.length === 0) return [];
  return [[], [piece("examples", "bold")], ...examples.map((example) => exampleLine(example, target))];
}

function exampleLine({ kind, old, new: fresh }: RowExample, target: Target): Line {
  const row: ReadableRow = fresh ?? old ?? {};
  const identity = IDENTITY[target].map((name) => row[name] ?? "").join(" ");
  const columns =
    old !== null && fresh !== null
      ? changedColumns(old, fresh).map((name) => `${name} ${old[name] ?? "null"} → ${fresh[name] ?? "null"}`)
      : Object.entries(row)
          .filter(([name, value]) => value !== null && !IDENTITY[target].includes(name))
          .map(([name, value]) => `${name} ${value ?? ""}`);
  return [piece(`  ${MARKS[kind]} ${identity}`, STYLES[kind]), piece(`  ${columns.join(", ")}`)];
}

function rejectLines(rejects: readonly RejectDifference[]): Line[] {
  const lines = rejects.map(({ kind, reason, field, count, line }): Line => {
    const comes = kind === "comes";
    const what = `${reason}${field === null ? "" : `: ${field}`}`;
    return [
      piece(`  ${comes ? "+" : "-"} ${formatCount(count)} × ${what}`, comes ? "bad" : "good"),
      piece(`  first in line ${line}`, "dim"),
    ];
  });
  return lines.length === 0 ? [] : [[], [piece("rejects that come (+) and go (-)", "bold")], ...lines];
}

function leftOutLines({ leftOut }: Comparison): Line[] {
  return (["empty", "filtered"] as const).flatMap((kind) => {
    const [old, fresh] = [leftOut.old[kind], leftOut.new[kind]];
    return old === fresh
      ? []
      : [[piece(`measurements ${kind}: ${formatCount(old)} → ${formatCount(fresh)}`)]];
  });
}

function conclusion(comparison: Comparison, objects: readonly ComparedObject[]): string {
  const what = `${formatPlural(objects.length, "object")}, ${formatPlural(comparison.records.new, "record")}`;
  return `${what}: ${comparison.isDifferent ? "the rows differ" : "nothing changes"}`;
}
