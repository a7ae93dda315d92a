/** Whether keys can be read and found: the template, its variables, and what goes with a bucket or a web server. */
import { type Complaint, type Path, quote, suggest } from "../problem.ts";
import { isRawMap, type RawMap, rawAt, rawEntries, rawItems } from "../raw.ts";
import { type ParsedTemplate, parseTemplate } from "../template.ts";
import { oncePerPlace, variablesUsed, type WrittenField } from "./written.ts";

const KEY = ["objects", "key"];

/** How a scalar is written in the file. */
type Source = (path: Path) => string | undefined;

/** The mistakes in `objects`, and in everything that refers to the key's variables. */
export function objectComplaints(
  document: unknown,
  fields: readonly WrittenField[],
  source: Source,
): Complaint[] {
  const objects = rawAt(document, ["objects"]);
  if (!isRawMap(objects)) return [];
  return [
    ...storeComplaints(objects),
    ...togetherComplaints(document),
    ...keyComplaints(document, fields, source),
  ];
}

function keyComplaints(document: unknown, fields: readonly WrittenField[], source: Source): Complaint[] {
  const key = rawAt(document, KEY);
  // That an empty one is too short is a mistake of shape.
  if (typeof key !== "string" || key === "") return [];
  const template = parseTemplate(key);
  const problems = [...template.problems, ...escapes(key)];
  // With a broken template every reference to it would be reported too.
  if (problems.length > 0) return problems.map((message) => ({ path: KEY, message }));
  const { variables } = template;
  const used = fields
    .flatMap(variablesUsed)
    .filter(({ name }) => !variables.has(name))
    .map(({ path, name }) => ({ path, message: unknown(name, template) }));
  return [
    ...oncePerPlace(used),
    ...valueComplaints(document, template, source),
    ...dateComplaints(document, template),
    ...listingComplaints(rawAt(document, ["objects"]), template),
  ];
}

const unknown = (name: string, { variables }: ParsedTemplate): string =>
  `objects.key has no variable ${quote(name)}${suggest(name, variables.keys())}`;

/** Keys that a web server, or a file system, would take for a way out of the folder. */
function escapes(key: string): string[] {
  const way = key.split("?", 1)[0] ?? "";
  return way.split("/").some((level) => level === "." || level === "..")
    ? ["a key has no `.` or `..` between its slashes"]
    : [];
}

function valueComplaints(document: unknown, template: ParsedTemplate, source: Source): Complaint[] {
  const complaints: Complaint[] = [];
  const complain = (path: Path, message: string, atKey = false) => complaints.push({ path, message, atKey });
  for (const [name, wanted] of rawEntries(rawAt(document, ["objects", "values"]))) {
    const path = ["objects", "values", name];
    const formats = template.variables.get(name);
    if (formats === undefined) complain(path, unknown(name, template), true);
    else if (formats.length > 0)
      complain(path, "dates are chosen by `from`, `--from` and `--to`, not by values", true);
    for (const [index, value] of rawItems(wanted).entries()) {
      const written = source([...path, index]);
      if (typeof value === "string" && value.includes("/"))
        complain([...path, index], "a variable holds no `/`");
      if (value === "." || value === "..") complain([...path, index], "this would lead out of the folder");
      if (typeof value === "number" && written !== undefined && written !== String(value)) {
        complain([...path, index], `this is read as ${value}; put it in quotes to keep it: "${written}"`);
      }
    }
  }
  return complaints;
}

function dateComplaints(document: unknown, template: ParsedTemplate): Complaint[] {
  const complaints: Complaint[] = [];
  if (!isDated(template) && rawAt(document, ["objects", "from"]) !== undefined) {
    complaints.push({ path: ["objects", "from"], message: "has no effect: objects.key has no date" });
  }
  const year = rawAt(document, ["merge", "year"]);
  if (typeof year !== "string") return complaints;
  const path = ["merge", "year"];
  const formats = template.variables.get(year);
  if (formats === undefined) complaints.push({ path, message: unknown(year, template) });
  else if (!formats.includes("yyyy"))
    complaints.push({ path, message: `${quote(year)} must stand as {${year}:yyyy} in objects.key` });
  return complaints;
}

const isDated = ({ variables }: ParsedTemplate): boolean =>
  [...variables.values()].some((formats) => formats.length > 0);

function togetherComplaints(document: unknown): Complaint[] {
  const replaces = rawAt(document, ["merge", "mode"]) === "replace";
  if (!replaces || rawAt(document, ["objects", "together"]) === undefined) return [];
  const message = "an object that replaces a slice is loaded alone";
  return [{ path: ["objects", "together"], message, atKey: true }];
}

const OF_SERVERS = ["listing", "lag_days", "connections"];
const OF_BUCKETS = ["region", "endpoint"];

/** Keys that belong to the other kind of store. */
function storeComplaints(objects: RawMap): Complaint[] {
  const { bucket, url } = objects;
  // Both or neither is a mistake of shape.
  if ((bucket === undefined) === (url === undefined)) return [];
  const [foreign, why] =
    url === undefined
      ? [OF_SERVERS, "objects of a bucket are listed; this belongs to `url`"]
      : [OF_BUCKETS, "this belongs to a `bucket`, not to a `url`"];
  return foreign
    .filter((key) => objects[key] !== undefined)
    .map((key) => ({ path: ["objects", key], atKey: true, message: `has no effect: ${why}` }));
}

/** Whether the keys of a web server can be listed, or made. */
function listingComplaints(objects: unknown, template: ParsedTemplate): Complaint[] {
  if (!isRawMap(objects) || objects["url"] === undefined) return [];
  const key = typeof objects["key"] === "string" ? objects["key"] : "";
  const complaints: Complaint[] = [];
  if (key.startsWith("/"))
    complaints.push({ path: KEY, message: "keys lie below the `url`: no / before them" });
  if (objects["listing"] === "keys") return [...complaints, ...unmade(objects, template)];
  if (key.includes("?")) {
    const message = "no page lists what a server answers to a query: this needs `listing: keys`";
    complaints.push({ path: KEY, message });
  }
  if (objects["lag_days"] !== undefined) {
    const message = "has no effect: only `listing: keys` asks for keys by their dates";
    complaints.push({ path: ["objects", "lag_days"], atKey: true, message });
  }
  return complaints;
}

/** Variables of which `listing: keys` does not know what to put in their place. */
function unmade(objects: RawMap, template: ParsedTemplate): Complaint[] {
  const path = ["objects", "listing"];
  return [...template.variables].flatMap(([name, formats]) => {
    if (formats.length > 0) {
      if (objects["from"] !== undefined) return [];
      return [{ path, message: `to ask for every key, {${name}} needs a first date: \`from\`` }];
    }
    if (rawAt(objects, ["values", name]) !== undefined) return [];
    return [{ path, message: `to ask for every key, {${name}} needs its \`values\`` }];
  });
}
