/** JSON lines, and documents with a list of records somewhere. */
import { writtenKey } from "../config/json-path.ts";
import { DEEPEST, isKeyed, isObject, type JsonObject, keyedRecordsIn, nameOf } from "./json-keyed.ts";
import { parsePrefix } from "./json-prefix.ts";
import { type FormatEntry, MOST_RECORDS, refuseTooWide, type Table, type TableColumn } from "./table.ts";

/** The text as JSON; undefined when it is none. */
export function jsonTable(text: string): Table | undefined {
  const beginning = text.trimStart();
  if (!/^[[{]/.test(beginning)) return undefined;
  const lines = linesOf(beginning);
  if (lines !== undefined && !isDocument(lines)) {
    return tableOf([{ name: "type", value: "json-lines" }], columnsOf(lines));
  }
  const document = parsePrefix(beginning);
  const keyed = keyedRecordsIn(document);
  const found = keyed ?? recordsIn(document, []);
  if (found === undefined) return undefined;
  const records = typeof found.path === "string" ? found.path : found.path.map(writtenKey).join(".");
  return tableOf(
    [{ name: "type", value: "json" }, ...(records === "" ? [] : [{ name: "records", value: records }])],
    columnsOf(found.records.slice(0, MOST_RECORDS), keyed?.keys),
  );
}

/** Where keys are data, or hold what paths are made of, paths are no names: `columns` gives them some. */
function tableOf(format: readonly FormatEntry[], columns: readonly TableColumn[]): Table {
  if (!columns.some(({ name }) => /[{\\]/.test(name))) return { format, columns, notes: [] };
  const paths = new Map<string, string>();
  const named = columns.map((column) => {
    const name = nameOf(column.name, column.cells);
    const own = paths.has(name) ? column.name : name;
    // Without a name of its own it cannot be spoken of.
    if (own !== "") paths.set(own, column.name);
    return { ...column, name: own };
  });
  return {
    format: [...format, { name: "columns", value: Object.fromEntries(paths) }],
    columns: named,
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

/** A single line whose records lie in a list, or whose keys are data; but one with a value is a record, and its lists only accompany it. */
function isDocument([first, second]: readonly JsonObject[]): boolean {
  if (first === undefined || second !== undefined || "value" in first) return false;
  if (keyedRecordsIn(first) !== undefined || flatten(first).some(([path]) => path.endsWith("{key}")))
    return true;
  return (recordsIn(first, [])?.path.length ?? 0) > 0;
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
  if (!isObject(value) || path.length > DEEPEST) return [];
  return Object.entries(value).flatMap(([name, member]) => listsIn(member, [...path, name]));
}

/** A place of a list that is told by its index: short ones, as of coordinates. */
const SHORT_LIST = 3;

/** Paths and values of a record; behind lists `[]`, behind objects whose keys are data `{}`, with a value for each element. */
function flatten(record: JsonObject, before = ""): [string, string | readonly string[]][] {
  return isKeyed(record) ? flattenKeyed(record, before.replace(/\.$/, "")) : flattenMembers(record, before);
}

function flattenMembers(record: JsonObject, before = ""): [string, string | readonly string[]][] {
  return Object.entries(record).flatMap(([name, value]): [string, string | readonly string[]][] => {
    const isValue = typeof value !== "object" || value === null;
    // A key with dots in its name is found as it is, if it is the record's own.
    const path =
      before + (before === "" && isValue ? writtenKey(name).replaceAll("\\.", ".") : writtenKey(name));
    if (isObject(value)) return flatten(value, `${path}.`);
    if (!Array.isArray(value)) return [[path, textOf(value)]];
    if (value.every(isObject)) return flattenElements(value, `${path}[].`);
    if (value.length <= SHORT_LIST && /coord|position|point|lonlat|latlon/i.test(name)) {
      return value.map((element, index) => [`${path}.${index}`, textOf(element)]);
    }
    return [[`${path}[]`, value.map(textOf)]];
  });
}

function flattenKeyed(record: JsonObject, path: string): [string, readonly string[]][] {
  const values = Object.values(record);
  const own: [string, readonly string[]] = [`${path}{key}`, Object.keys(record)];
  const elements = values.map((value: unknown) => membersOf(value));
  if (!elements.every(isObject)) return [own, [`${path}{}`, values.map(textOf)]];
  return [own, ...flattenElements(elements, `${path}{}.`)];
}

/** A list as an object, and null as one that has nothing. */
function membersOf(value: unknown): unknown {
  if (Array.isArray(value)) return Object.fromEntries(value.map((one: unknown, index) => [index, one]));
  return value ?? {};
}

function flattenElements(elements: readonly JsonObject[], before: string): [string, readonly string[]][] {
  const flat = elements.map((element) => new Map(flattenMembers(element)));
  const names = new Set(flat.flatMap((values) => [...values.keys()]));
  refuseTooWide(names.size);
  return [...names].map((name) => [
    before + name,
    flat.map((values) => {
      const value = values.get(name) ?? "";
      return typeof value === "string" ? value : value.join(",");
    }),
  ]);
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
}

/** Columns by path; a record with lists stands for as many rows as the longest of them. `keys` are those above the records. */
function columnsOf(records: readonly JsonObject[], keys?: readonly string[]): TableColumn[] {
  const cells = new Map<string, string[]>();
  let rows = 0;
  for (const [index, record] of records.entries()) {
    const values = flatten(record);
    const above = keys?.[index];
    if (above !== undefined) values.unshift(["^{key}", above]);
    const longest = values.reduce(
      (most, [, value]) => Math.max(most, typeof value === "string" ? 1 : value.length),
      1,
    );
    const height = Math.min(longest, MOST_RECORDS);
    for (const [path, value] of values) {
      const column = cells.get(path) ?? [];
      cells.set(path, column);
      for (let row = 0; row < height; row++) {
        column[rows + row] = (typeof value === "string" ? value : (value[row] ?? "")).trim();
      }
    }
    refuseTooWide(cells.size);
    rows += height;
    if (rows >= MOST_RECORDS) break;
  }
  return withoutSideLists(withoutSameKeys([...cells.keys()])).map((name) => ({
    name,
    isNamed: true,
    cells: Array.from({ length: rows }, (_, row) => cells.get(name)?.[row] ?? ""),
  }));
}

/** Objects beside each other go in step by their keys: those of one are enough. */
function withoutSameKeys(names: readonly string[]): readonly string[] {
  const besides = new Set<string>();
  return names.filter((name) => {
    if (!name.endsWith("{key}") || name.startsWith("^")) return true;
    const beside = name.split(".").slice(0, -1).join(".");
    const isFirst = !besides.has(beside);
    besides.add(beside);
    return isFirst;
  });
}

/** Where the record itself has its value, lists beside it only accompany it, as those of its authors. */
function withoutSideLists(names: readonly string[]): readonly string[] {
  return names.includes("value") ? names.filter((name) => !name.includes("[]")) : names;
}
