/** What `preview` shows of a record: raw → fields → rows, side by side where there is room. */
import type { Pipeline } from "../config/pipeline.ts";
import type { ReadableRow } from "../dry-run/readable.ts";
import type { DryRecord, LeftOut, RecordField, RecordReject, RecordStation } from "../dry-run/record.ts";
import { truncate, width } from "../observe/width.ts";
import { aligned, type Line, lineWidth, type Piece, padded, piece } from "./pieces.ts";
import { wrapped } from "./wrap.ts";

/** In narrower terminals fields and rows stand below each other. */
const SIDE_BY_SIDE = 80;
/** Of a line, what the fields may take at most. */
const SHARE_OF_FIELDS = 0.45;
const INDENT = piece("  ");
/** Between fields and rows. */
const ARROW = "  →  ";
/** Lines that a record as it came may take where its fields are shown below. */
const LINES_OF_RAW = 3;

/** The lines for one record; `columns` is the width of the terminal. */
export function recordLines(record: DryRecord, pipeline: Pipeline, columns: number): Line[] {
  const { line, byte, raw, fields } = record;
  const left = fieldLines(fields, blamed(record.rejects, pipeline));
  const most =
    fields.length > 0 ? LINES_OF_RAW * (columns - 2 * width(INDENT.text)) : Number.POSITIVE_INFINITY;
  return [
    [piece(`line ${line}, byte ${byte}  `, "dim"), ...verdict(record)],
    [INDENT, piece(truncate(onOneLine(raw), Math.max(most, columns)), "dim")],
    ...(columns < SIDE_BY_SIDE ? stacked(left, record, columns) : sideBySide(left, record, columns)),
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
  const byName = new Map<string, unknown>(Object.entries(fields));
  const columns = rejects.flatMap(({ field, reason }) => {
    if (field === null) return [];
    const behind = byName.get(field);
    if (reason !== "unknown time zone" && reason !== "position out of range")
      return [field, ...columnOf(behind)];
    return ["zone", "local"].map((key) => memberOf(behind, key)).flatMap(columnsOfZone);
  });
  return new Set(columns);
}

/** A zone is told by a text, or by a position. */
function columnsOfZone(zone: unknown): string[] {
  return [zone, memberOf(zone, "latitude"), memberOf(zone, "longitude")].flatMap(columnOf);
}

function columnOf(field: unknown): string[] {
  const column = memberOf(field, "column");
  return typeof column === "string" ? [column] : [];
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(name)
    : undefined;
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

/** What became of the record, its rows as a table if that has room. */
function outcomeLines({ rows, rejects, leftOut, station }: DryRecord, room: number): Line[] {
  return [
    ...rowLines(rows, room),
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

/** What all rows have in common as a list, the rest as a table; without the room for that, as a list for each row. */
function rowLines(rows: readonly ReadableRow[], room: number): Line[] {
  const [first] = rows;
  if (first === undefined) return [];
  const names = Object.keys(first);
  const shared = names.filter((name) => rows.every((row) => row[name] === first[name]));
  const own = names.filter((name) => !shared.includes(name));
  const list = listed(first, shared);
  if (own.length === 0) return list;
  const header = own.map((name) => piece(name, "name"));
  const cells = rows.map((row) => own.map((name) => piece(row[name] ?? "", "plain")));
  const table = aligned([header, ...cells]);
  if (table.every((line) => lineWidth(line) <= room)) return [...list, ...table];
  const each = rows.flatMap((row, index) => [[piece(`row ${index + 1}`, "dim")], ...listed(row, own)]);
  return [...list, ...each];
}

function listed(row: ReadableRow, names: readonly string[]): Line[] {
  return aligned(
    names.flatMap((name): Line[] => {
      const value = row[name] ?? null;
      return value === null ? [] : [[piece(name, "name"), piece(value)]];
    }),
  );
}

function stationLines(station: RecordStation): Line[] {
  const told = Object.entries(station).filter(
    (entry): entry is [string, string] => entry[0] !== "station_id" && entry[1] !== null,
  );
  if (told.length === 0) return [];
  return [[piece(`station: ${told.map(([name, value]) => `${name} ${value}`).join(", ")}`, "dim")]];
}

function stacked(left: readonly Line[], record: DryRecord, columns: number): Line[] {
  const right = outcomeLines(record, columns - width(INDENT.text));
  const arrow = left.length > 0 && right.length > 0 ? [[INDENT, piece("↓", "dim")]] : [];
  return [...left.map(indented), ...arrow, ...right.map(indented)];
}

function indented(line: Line): Line {
  return [INDENT, ...line];
}

function sideBySide(left: readonly Line[], record: DryRecord, columns: number): Line[] {
  const all = columns - width(INDENT.text + ARROW);
  const wanted = widest(left);
  const share = Math.min(wanted, Math.floor(columns * SHARE_OF_FIELDS));
  const right = outcomeLines(record, all - share);
  const size = Math.min(wanted, Math.max(share, all - widest(right)));
  const fields = left.flatMap((line) => wrapped(line, size));
  const outcome = right.flatMap((line) => wrapped(line, all - size));
  return Array.from({ length: Math.max(fields.length, outcome.length) }, (_, index) => {
    const between = index === 0 && fields.length > 0 ? ARROW : " ".repeat(width(ARROW));
    return [INDENT, ...padded(fields[index] ?? [], size), piece(between, "dim"), ...(outcome[index] ?? [])];
  });
}

function widest(lines: readonly Line[]): number {
  return Math.max(0, ...lines.map(lineWidth));
}
