/** Whether the columns that a pipeline refers to are those of its format. */
import { parseColumnPath, parseRecordsPath } from "../json-path.ts";
import { type Complaint, type Path, quote, suggest } from "../problem.ts";
import { isRawMap, type RawMap, rawAt, rawEntries, rawItems } from "../raw.ts";
import { textsIn } from "./texts.ts";
import { columnsUsed, oncePerPlace, type Reference, type WrittenField } from "./written.ts";

const COLUMNS = ["format", "columns"];

/** Columns named twice, columns that there are not, and none at all where nothing else names them. */
export function columnComplaints(document: unknown, fields: readonly WrittenField[]): Complaint[] {
  const format = rawAt(document, ["format"]);
  if (!isRawMap(format)) return [];
  const names = columnNames(format);
  const texts = textsIn(document);
  const used = fields.flatMap(columnsUsed).filter((reference) => !texts.mayMean(reference));
  if (names === undefined) return [...unnamed(format), ...unnamedPaths(format, used)];
  const unknown = (path: Path, name: string, atKey = false): Complaint[] => {
    if (names.includes(name)) return [];
    const message = texts.names.includes(name)
      ? `a text can use columns and the texts above it; ${quote(name)} is neither here`
      : `no column ${quote(name)} in format.columns${suggest(name, [...names, ...texts.names])}`;
    return [{ path, atKey, message }];
  };
  const unknownUsed = used.flatMap(({ path, name }) => unknown(path, name));
  const renamed = rawEntries(format["header_names"]).flatMap(([name]) =>
    unknown(["format", "header_names", name], name, true),
  );
  const optional = rawItems(format["optional"]).flatMap((name, index) =>
    typeof name === "string" ? unknown(["format", "optional", index], name) : [],
  );
  return [...repeated(format), ...paths(format), ...oncePerPlace(unknownUsed), ...renamed, ...optional];
}

const isJson = ({ type }: RawMap): boolean => type === "json" || type === "json-lines";

/** Paths into JSON that cannot be followed: those of `columns`. */
function paths(format: RawMap): Complaint[] {
  if (!isJson(format)) return [];
  const levels = levelsOf(format);
  return rawEntries(format["columns"]).flatMap(([name, path]) =>
    pathComplaints([...COLUMNS, name], path, levels),
  );
}

/** The same, where fields name paths themselves. */
function unnamedPaths(format: RawMap, used: readonly Reference[]): Complaint[] {
  if (!isJson(format)) return [];
  const levels = levelsOf(format);
  return oncePerPlace(used.flatMap(({ path, name }) => pathComplaints(path, name, levels)));
}

/** How many keys there are above a record. A wrong `records` is complained of elsewhere; any path may then be right. */
function levelsOf({ type, records }: RawMap): number {
  if (type !== "json") return 0;
  const path = parseRecordsPath(typeof records === "string" ? records : undefined);
  return "problem" in path ? Infinity : path.walks.length;
}

function pathComplaints(path: Path, text: unknown, levels: number): Complaint[] {
  if (typeof text !== "string") return [];
  const parsed = parseColumnPath(text, levels);
  return "problem" in parsed ? [{ path, message: parsed.problem }] : [];
}

/** The names that fields may use; undefined where the header or the record itself decides. */
function columnNames(format: RawMap): string[] | undefined {
  const { columns } = format;
  const group = repeatedNames(format);
  if (Array.isArray(columns))
    return rawItems(columns).filter((name): name is string => typeof name === "string" && name !== "");
  return isRawMap(columns) ? [...Object.keys(columns), ...group] : undefined;
}

/** The numbered columns of `repeat`. */
function repeatedNames(format: RawMap): string[] {
  const count = rawAt(format, ["repeat", "count"]);
  if (typeof count !== "number" || !(count > 0 && count <= 1000)) return [];
  return rawEntries(rawAt(format, ["repeat", "columns"])).flatMap(([name]) =>
    Array.from({ length: count }, (_, index) => `${name}${index + 1}`),
  );
}

function unnamed({ type, header, columns }: RawMap): Complaint[] {
  if (type !== "delimited" || columns !== undefined || (header !== "none" && header !== "detect")) return [];
  const message = `missing key \`columns\`: with \`header: ${header}\` nothing else names them`;
  return [{ path: COLUMNS, message }];
}

function repeated(format: RawMap): Complaint[] {
  const { columns } = format;
  // What is no text has been complained of already; it keeps its place, so that the others keep theirs.
  const places = rawItems(columns).map((item) => (typeof item === "string" ? item : ""));
  const twice: Complaint[] = places.flatMap((name, index) =>
    name !== "" && places.indexOf(name) < index
      ? [{ path: [...COLUMNS, index], message: `column ${quote(name)} is named twice` }]
      : [],
  );
  const own = isRawMap(columns) ? Object.keys(columns) : [];
  const numbered = repeatedNames(format).filter((name) => own.includes(name));
  for (const name of numbered.slice(0, 1)) {
    const message = `a column of \`repeat\` has this name too: ${quote(name)}`;
    twice.push({ path: [...COLUMNS, name], atKey: true, message });
  }
  return [...twice, ...sameColumn(format)];
}

/** Two names for one column of the file: each of its fields goes to one place. */
function sameColumn(format: RawMap): Complaint[] {
  if (format["type"] !== "delimited") return [];
  const taken = new Map<unknown, string>();
  return rawEntries(format["columns"]).flatMap(([name, place]) => {
    const other = taken.get(place);
    taken.set(place, other ?? name);
    if (other === undefined || (typeof place !== "string" && typeof place !== "number")) return [];
    return [{ path: [...COLUMNS, name], message: `${quote(String(place))} is already ${quote(other)}` }];
  });
}
