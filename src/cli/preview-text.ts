/** What `preview` shows of a record: raw → fields → rows, side by side where there is room. */
import type { Pipeline } from "../config/pipeline.ts";
import type { ReadableRow } from "../dry-run/readable.ts";
import type { DryRecord, LeftOut, RecordField, RecordReject, RecordStation } from "../dry-run/record.ts";
import { aligned, fitted, type Line, lineWidth, type Piece, piece } from "./styled.ts";

/** In narrower terminals fields and rows stand below each other. */
const SIDE_BY_SIDE = 80;
/** Of a line, what the fields may take at most. */
const SHARE_OF_FIELDS = 0.45;
const INDENT = piece("  ");

/** The lines for one record; `columns` is the width of the terminal. */
export function recordLines(record: DryRecord, pipeline: Pipeline, columns: number): Line[] {
  const { line, byte, raw, fields } = record;
  const culprits = blamed(record.rejects, pipeline);
  const left = fieldLines(fields, culprits);
  const right = outcomeLines(record);
  return [
    [piece(`line ${line}, byte ${byte}  `, "dim"), ...verdict(record)],
    [INDENT, piece(onOneLine(raw), "dim")],
    ...(columns < SIDE_BY_SIDE ? stacked(left, right) : sideBySide(left, right, columns)),
    [],
  ];
}

/** Records of a document span lines; tabs would be shown as unknown characters. */
function onOneLine(raw: string): string {
  return raw.replace(/\s*\n\s*/g, " ").replaceAll("\t", "⇥");
}

function verdict({ rows, rejects, leftOut }: DryRecord): Piece[] {
  const parts = [
    ...(rows.length > 0 ? [piece(rows.length === 1 ? "1 row" : `${rows.length} rows`, "good")] : []),
    ...(rejects.length > 0
      ? [piece(rejects.length === 1 ? "rejected" : `${rejects.length} rejected`, "bad")]
      : []),
    ...(leftOut.length > 0 ? [piece(`${sum(leftOut)} left out`, "warn")] : []),
  ];
  return parts.flatMap((part, index) => (index === 0 ? [part] : [piece(", "), part]));
}

function sum(leftOut: readonly LeftOut[]): number {
  return leftOut.reduce((total, { count }) => total + count, 0);
}

/** The columns that a reject is about: named by itself, or behind the row's field that it names. */
function blamed(rejects: readonly RecordReject[], { fields }: Pipeline): ReadonlySet<string> {
  const columns = new Set<string>();
  const byName = new Map<string, unknown>(Object.entries(fields));
  for (const { field } of rejects) {
    if (field === null) continue;
    columns.add(field);
    const behind = byName.get(field);
    if (typeof behind === "object" && behind !== null && "column" in behind)
      columns.add(String(behind.column));
  }
  return columns;
}

function fieldLines(fields: readonly RecordField[], culprits: ReadonlySet<string>): Line[] {
  return aligned(
    fields.map(({ column, text }) => {
      const isBad = culprits.has(column);
      return [
        piece(column, isBad ? "bad" : "name"),
        text === null || text === ""
          ? piece(text === null ? "absent" : "empty", isBad ? "bad" : "dim")
          : piece(text.trim(), isBad ? "bad" : "plain"),
      ];
    }),
  );
}

function outcomeLines({ rows, rejects, leftOut, station }: DryRecord): Line[] {
  return [
    ...rowLines(rows),
    ...rejects.map(({ reason, field }) => [piece(`✗ ${reason}${field === null ? "" : `: ${field}`}`, "bad")]),
    ...leftOut.map(({ kind, name, count }) => [
      piece(
        `– ${kind === "empty" ? "empty" : "filtered"}: ${name}${count === 1 ? "" : ` (${count} times)`}`,
        "warn",
      ),
    ]),
    ...(station === undefined ? [] : stationLines(station)),
  ];
}

/** What all rows have in common as a list, the rest as a table. */
function rowLines(rows: readonly ReadableRow[]): Line[] {
  const [first] = rows;
  if (first === undefined) return [];
  const names = Object.keys(first);
  const shared = names.filter((name) => rows.every((row) => row[name] === first[name]));
  const list = shared.flatMap((name): Line[] => {
    const value = first[name] ?? null;
    return value === null ? [] : [[piece(name, "name"), piece(value)]];
  });
  const own = names.filter((name) => !shared.includes(name));
  if (own.length === 0) return aligned(list);
  const header = own.map((name) => piece(name, "name"));
  const cells = rows.map((row) => own.map((name) => piece(row[name] ?? "", "plain")));
  return [...aligned(list), ...aligned([header, ...cells])];
}

function stationLines(station: RecordStation): Line[] {
  const told = Object.entries(station).filter(
    (entry): entry is [string, string] => entry[0] !== "station_id" && entry[1] !== null,
  );
  if (told.length === 0) return [];
  return [[piece(`station: ${told.map(([name, value]) => `${name} ${value}`).join(", ")}`, "dim")]];
}

function stacked(left: readonly Line[], right: readonly Line[]): Line[] {
  const arrow = left.length > 0 && right.length > 0 ? [[INDENT, piece("↓", "dim")]] : [];
  return [...left.map(indented), ...arrow, ...right.map(indented)];
}

function indented(line: Line): Line {
  return [INDENT, ...line];
}

function sideBySide(left: readonly Line[], right: readonly Line[], columns: number): Line[] {
  const widest = Math.max(0, ...left.map(lineWidth));
  const most = Number.isFinite(columns) ? Math.floor(columns * SHARE_OF_FIELDS) : widest;
  const size = Math.min(widest, most);
  const lines: Line[] = [];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const between = index === 0 && left.length > 0 ? "  →  " : "     ";
    lines.push([INDENT, ...fitted(left[index] ?? [], size), piece(between, "dim"), ...(right[index] ?? [])]);
  }
  return lines;
}
