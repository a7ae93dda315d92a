/** JSON lines, and documents with a list of records somewhere. */
import { parsePrefix } from "./json-prefix.ts";
import { MOST_RECORDS, type Table, type TableColumn } from "./table.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** The text as JSON; undefined when it is none. */
export function jsonTable(text: string): Table | undefined {
  const beginning = text.trimStart();
  if (!/^[[{]/.test(beginning)) return undefined;
  const lines = linesOf(beginning);
  if (lines !== undefined && !isDocument(lines)) {
    return { format: [{ name: "type", value: "json-lines" }], columns: columnsOf(lines), notes: [] };
  }
  const document = parsePrefix(beginning);
  const found = recordsIn(document, []);
  if (found === undefined) return undefined;
  const records = found.path.join(".");
  return {
    format: [
      { name: "type", value: "json" },
      ...(records === "" ? [] : [{ name: "records", value: records }]),
    ],
    columns: columnsOf(found.records.slice(0, MOST_RECORDS)),
    notes: [],
  };
}

/** A record a line; undefined when lines are no records. */
function linesOf(text: string): JsonObject[] | undefined {
  const records: JsonObject[] = [];
  for (const line of text.split("\n").slice(0, MOST_RECORDS)) {
    if (line.trim() === "") continue;
    const record = parsePrefix(line);
    // A broken line among many is a bad record, not another format.
    if (isObject(record) && line.trimEnd().endsWith("}")) records.push(record);
    else if (records.length < 2) return undefined;
  }
  return records;
}

/** A single line whose records lie in a list; but one with a value is a record, and its lists only accompany it. */
function isDocument([first, second]: readonly JsonObject[]): boolean {
  if (first === undefined || second !== undefined || "value" in first) return false;
  return (recordsIn(first, [])?.path.length ?? 0) > 0;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

interface Found {
  readonly path: readonly string[];
  readonly records: readonly JsonObject[];
}

/** The longest list of objects, the least deep of equal ones; a document without any is a record itself. */
function recordsIn(value: unknown, path: readonly string[]): Found | undefined {
  const found = listsIn(value, path).reduce<Found | undefined>(
    (best, list) => (best === undefined || list.records.length > best.records.length ? list : best),
    undefined,
  );
  if (found !== undefined && (found.records.length > 1 || !isObject(value))) return found;
  if (!isObject(value)) return undefined;
  const hasSeries = flatten(value).some(([name]) => name.includes("[]"));
  return hasSeries || found === undefined ? { path: [], records: [value] } : found;
}

function listsIn(value: unknown, path: readonly string[]): Found[] {
  if (Array.isArray(value)) {
    const records = value.filter(isObject);
    return records.length > 0 && records.length === value.length ? [{ path, records }] : [];
  }
  if (!isObject(value) || path.length > 4) return [];
  return Object.entries(value).flatMap(([name, member]) => listsIn(member, [...path, name]));
}

/** A place of a list that is told by its index: short ones, as of coordinates. */
const SHORT_LIST = 3;

/** Paths and values of a record; behind lists `[]`, with a value for each element. */
function flatten(record: JsonObject, before = ""): [string, string | readonly string[]][] {
  return Object.entries(record).flatMap(([name, value]): [string, string | readonly string[]][] => {
    const path = before + name;
    if (isObject(value)) return flatten(value, `${path}.`);
    if (!Array.isArray(value)) return [[path, textOf(value)]];
    if (value.every(isObject)) return flattenList(value, path);
    if (value.length <= SHORT_LIST && /coord|position|point|lonlat|latlon/i.test(name)) {
      return value.map((element, index) => [`${path}.${index}`, textOf(element)]);
    }
    return [[`${path}[]`, value.map(textOf)]];
  });
}

function flattenList(elements: readonly JsonObject[], path: string): [string, readonly string[]][] {
  const names = new Set(elements.flatMap((element) => flatten(element).map(([name]) => name)));
  return [...names].map((name) => [
    `${path}[].${name}`,
    elements.map((element) => {
      const value = flatten(element).find(([own]) => own === name)?.[1] ?? "";
      return typeof value === "string" ? value : value.join(",");
    }),
  ]);
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
}

/** Columns by path; a record with lists stands for as many rows as the longest of them. */
function columnsOf(records: readonly JsonObject[]): TableColumn[] {
  const cells = new Map<string, string[]>();
  let rows = 0;
  for (const record of records) {
    const values = flatten(record);
    const height = values.reduce(
      (most, [, value]) => Math.max(most, typeof value === "string" ? 1 : value.length),
      1,
    );
    for (const [path, value] of values) {
      const column = cells.get(path) ?? [];
      cells.set(path, column);
      for (let row = 0; row < height; row++) {
        column[rows + row] = (typeof value === "string" ? value : (value[row] ?? "")).trim();
      }
    }
    rows += height;
    if (rows >= MOST_RECORDS) break;
  }
  return withoutSideLists([...cells.keys()]).map((name) => ({
    name,
    isNamed: true,
    cells: Array.from({ length: rows }, (_, row) => cells.get(name)?.[row] ?? ""),
  }));
}

/** Where the record itself has its value, lists beside it only accompany it, as those of its authors. */
function withoutSideLists(names: readonly string[]): readonly string[] {
  return names.includes("value") ? names.filter((name) => !name.includes("[]")) : names;
}
