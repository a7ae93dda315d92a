/**
 * What the shape of a pipeline file cannot tell: whether the names in it refer to something. Works on the
 * document as it was written, so that these mistakes are found beside those of shape.
 */
import { Cron } from "croner";
import { kpiComplaints } from "./kpi-meaning.ts";
import { type Complaint, type Path, quote, suggest } from "./problem.ts";
import { isRawMap, rawAt, rawEntries, rawItems } from "./raw.ts";
import { parseTemplate } from "./template.ts";

/** The mistakes in what a document means. `source` tells how a scalar is written. */
export function checkMeaning(document: unknown, source: (path: Path) => string | undefined): Complaint[] {
  return [
    ...columnComplaints(document),
    ...delimitedComplaints(document),
    ...keyComplaints(document, source),
    ...kpiComplaints(document),
    ...checkComplaints(document),
    ...scheduleComplaints(document),
  ];
}

interface Reference {
  readonly path: Path;
  readonly name: string;
}

/** The texts at these paths. */
function references(document: unknown, paths: readonly Path[]): Reference[] {
  return paths.flatMap((path) => {
    const name = rawAt(document, path);
    return typeof name === "string" ? [{ path, name }] : [];
  });
}

/** Where fields are: `fields.*` and `station.*`. */
function fieldPaths(document: unknown): Path[] {
  return ["fields", "station"].flatMap((section) =>
    rawEntries(rawAt(document, [section])).map(([name]) => [section, name]),
  );
}

function columnReferences(document: unknown): Reference[] {
  const paths = fieldPaths(document).flatMap((path): Path[] => {
    const hash = rawItems(rawAt(document, [...path, "hash"])).map((_, index) => [...path, "hash", index]);
    return [path, [...path, "column"], [...path, "unit"], ...hash];
  });
  return references(document, [...paths, ["kpis", "column"], ["kpis", "unit_column"]]);
}

function columnComplaints(document: unknown): Complaint[] {
  const path = ["format", "columns"];
  const declared = rawAt(document, path);
  if (!Array.isArray(declared) && !isRawMap(declared)) return [];
  // What is no text has been complained of already; it keeps its place, so that the others keep theirs.
  const places = rawItems(declared).map((item) => (typeof item === "string" ? item : ""));
  const names = Array.isArray(declared) ? places.filter((name) => name !== "") : Object.keys(declared);
  const repeated = places.flatMap((name, index) =>
    name !== "" && places.indexOf(name) < index
      ? [{ path: [...path, index], message: `column ${quote(name)} is named twice` }]
      : [],
  );
  const unknown = columnReferences(document)
    .filter(({ name }) => !names.includes(name))
    .map((used) => ({
      path: used.path,
      message: `no column ${quote(used.name)} in format.columns${suggest(used.name, names)}`,
    }));
  const renamed = rawEntries(rawAt(document, ["format", "header_names"]))
    .filter(([name]) => !names.includes(name))
    .map(([name]) => ({
      path: ["format", "header_names", name],
      atKey: true,
      message: `no column ${quote(name)} in format.columns${suggest(name, names)}`,
    }));
  return [...repeated, ...unknown, ...renamed];
}

function delimitedComplaints(document: unknown): Complaint[] {
  const format = rawAt(document, ["format"]);
  if (!isRawMap(format) || format["type"] !== "delimited") return [];
  const complaints: Complaint[] = [];
  const complain = (key: string, message: string) => complaints.push({ path: ["format", key], message });
  const roles = { delimiter: ",", quote: '"', ...format };
  const taken = new Map<unknown, string>();
  for (const key of ["delimiter", "quote", "escape", "comment"] as const) {
    const character = rawAt(roles, [key]);
    const other = taken.get(character);
    if (typeof character === "string" && other !== undefined) {
      complain(Object.hasOwn(format, key) ? key : other, `${key} and ${other} are the same character`);
    } else taken.set(character, key);
  }
  if (format["quote"] === "none" && format["escape"] !== undefined)
    complain("escape", "there is no quote to escape");
  if (format["quote"] === "none" && format["multiline"] === true) {
    complain("multiline", "only a quoted field can hold line ends, and `quote` is none");
  }
  if (format["header"] === "none" && isRawMap(format["header_names"])) {
    complain("header_names", "has no effect: `header` is none");
  }
  return complaints;
}

/** The template of the keys, and everything that refers to its variables. */
function keyComplaints(document: unknown, source: (path: Path) => string | undefined): Complaint[] {
  const key = rawAt(document, ["objects", "key"]);
  // That an empty one is too short is a mistake of shape.
  if (typeof key !== "string" || key === "") return [];
  const { variables, problems } = parseTemplate(key);
  const complaints: Complaint[] = problems.map((message) => ({ path: ["objects", "key"], message }));
  const complain = (path: Path, message: string, atKey = false) => complaints.push({ path, message, atKey });
  // With a broken template every reference to it would be reported too.
  if (problems.length > 0) return complaints;
  const unknown = (name: string) =>
    `objects.key has no variable ${quote(name)}${suggest(name, variables.keys())}`;

  for (const { path, name } of references(
    document,
    fieldPaths(document).map((field) => [...field, "variable"]),
  )) {
    if (!variables.has(name)) complain(path, unknown(name));
  }
  for (const [name, wanted] of rawEntries(rawAt(document, ["objects", "values"]))) {
    const path = ["objects", "values", name];
    const formats = variables.get(name);
    if (formats === undefined) complain(path, unknown(name), true);
    else if (formats.length > 0)
      complain(path, "dates are chosen by `from`, `--from` and `--to`, not by values", true);
    for (const [index, value] of rawItems(wanted).entries()) {
      const written = source([...path, index]);
      if (typeof value === "string" && value.includes("/"))
        complain([...path, index], "a variable holds no `/`");
      if (typeof value === "number" && written !== undefined && written !== String(value)) {
        complain([...path, index], `this is read as ${value}; put it in quotes to keep it: "${written}"`);
      }
    }
  }
  const dated = [...variables.values()].some((formats) => formats.length > 0);
  if (!dated && rawAt(document, ["objects", "from"]) !== undefined) {
    complain(["objects", "from"], "has no effect: objects.key has no date");
  }
  const year = rawAt(document, ["merge", "year"]);
  if (typeof year === "string") {
    const formats = variables.get(year);
    if (formats === undefined) complain(["merge", "year"], unknown(year));
    else if (!formats.includes("yyyy"))
      complain(["merge", "year"], `${quote(year)} must stand as {${year}:yyyy} in objects.key`);
  }
  if (
    rawAt(document, ["merge", "mode"]) === "replace" &&
    rawAt(document, ["objects", "together"]) !== undefined
  ) {
    complain(["objects", "together"], "an object that replaces a slice is loaded alone", true);
  }
  return complaints;
}

function checkComplaints(document: unknown): Complaint[] {
  const complaints: Complaint[] = [];
  const fields = rawEntries(rawAt(document, ["fields"])).map(([name]) => name);
  for (const [index, name] of rawItems(rawAt(document, ["checks", "required"])).entries()) {
    if (typeof name === "string" && !fields.includes(name)) {
      const message = `no field ${quote(name)} in fields${suggest(name, fields)}`;
      complaints.push({ path: ["checks", "required", index], message });
    }
  }
  const names = new Set<unknown>();
  for (const [index, expectation] of rawItems(rawAt(document, ["checks", "expectations"])).entries()) {
    const path = ["checks", "expectations", index];
    const name = rawAt(expectation, ["name"]);
    const sql = rawAt(expectation, ["sql"]);
    if (typeof name === "string" && names.has(name))
      complaints.push({ path: [...path, "name"], message: `${quote(name)} is given twice` });
    names.add(name);
    if (typeof sql === "string" && !sql.includes("{rows}")) {
      complaints.push({
        path: [...path, "sql"],
        message: "the query must ask the staged rows: select … from {rows}",
      });
    }
  }
  return complaints;
}

function scheduleComplaints(document: unknown): Complaint[] {
  const schedule = rawAt(document, ["schedule"]);
  if (typeof schedule !== "string") return [];
  const path = ["schedule"];
  // Croner would also take a single date.
  if (!/^(@\w+|\S+(\s+\S+){4,5})$/.test(schedule.trim())) {
    return [{ path, message: "expected a cron expression: minute, hour, day of month, month, day of week" }];
  }
  try {
    const next = new Cron(schedule, { paused: true, timezone: "UTC" }).nextRun();
    return next === null ? [{ path, message: "this time never comes" }] : [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [{ path, message: `not a cron expression: ${error.message.replace(/^CronPattern: /, "")}` }];
  }
}
