/** Tables of the reference: the keys of a group, date patterns, units, gases. */
import { stringify } from "yaml";
import { STATISTICS } from "./daily.ts";
import { GASES } from "./gas-table.ts";
import { resolved } from "./json-schema.ts";
import { LETTERS, type MomentPart, NAMED_FORMATS } from "./moment-format.ts";
import { isRawMap, type RawMap, rawAt, rawEntries, rawItems } from "./raw.ts";
import { UNITS } from "./unit-table.ts";

/** A Markdown table; bars inside cells are escaped, line ends become blanks. */
function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll(/\s+/g, " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Headings of definitions, for links to them. */
const TITLES: Readonly<Record<string, string>> = {
  text: "Texts",
  number: "Numbers",
  value: "Numbers",
  integer: "Whole numbers",
  quality: "Quality flags",
  shared_quality: "Quality flags",
  date: "Dates",
  time: "Times",
  zone: "Time zones",
  averaging: "Averaging",
  lookup: "Side tables",
  objects: "objects",
  provider: "provider",
  format: "format",
  filter: "filter",
  measurements: "measurements",
  kpis: "kpis",
  station: "station",
  checks: "checks",
};

/** How a kind of field is called in the tables, where that is not its name. */
const LABELS: Readonly<Record<string, string>> = {
  value: "number",
  shared_quality: "quality",
  integer: "whole number",
  lookup: "side table",
};

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
  null: "null",
};

const code = (value: unknown): string =>
  `\`${stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trim()}\``;

function link(reference: string): string {
  const name = reference.split("/").at(-1) ?? "";
  const title = TITLES[name];
  if (title === undefined) throw new Error(`the reference has no section for ${name}`);
  return `[${LABELS[name] ?? name}](#${title.toLowerCase().replaceAll(" ", "-")})`;
}

/** What may stand in a place, in words. */
function typeOf(schema: unknown): string {
  if (!isRawMap(schema)) return "anything";
  const { $ref, const: constant, enum: choices, type } = schema;
  if (typeof $ref === "string") return link($ref);
  if (constant !== undefined) return code(constant);
  if (Array.isArray(choices)) return choices.map(code).join(" or ");
  const variants = [...rawItems(schema["anyOf"]), ...rawItems(schema["oneOf"])];
  if (variants.length > 0) return [...new Set(variants.map(typeOf))].join(" or ");
  if (type === "array") return listType(schema);
  if (type === "object") return schema["properties"] === undefined ? mapType(schema) : "group";
  return (Array.isArray(type) ? type : [type]).map((one) => KINDS[String(one)] ?? String(one)).join(" or ");
}

function listType({ items, prefixItems }: RawMap): string {
  const each = rawItems(prefixItems);
  return each.length > 0 ? `[${each.map(typeOf).join(", ")}]` : `list of ${typeOf(items)}`;
}

const mapType = ({ additionalProperties }: RawMap): string => `map of ${typeOf(additionalProperties)}`;

/** A group's keys. Those of a group inside it stand below it as `outer.inner`. */
interface Key {
  readonly name: string;
  readonly required: boolean;
  readonly schema: RawMap;
}

function keysOf(schema: unknown, prefix = ""): Key[] {
  const required = rawItems(rawAt(schema, ["required"]));
  return rawEntries(rawAt(schema, ["properties"])).flatMap(([name, property]) => {
    if (!isRawMap(property)) return [];
    const inner = property["$ref"] === undefined ? keysOf(innerGroup(property), `${prefix}${name}.`) : [];
    return [{ name: `${prefix}${name}`, required: required.includes(name), schema: property }, ...inner];
  });
}

/** The group that a key holds, be it alone or in a list. */
function innerGroup(property: RawMap): unknown {
  const item = property["items"];
  return isRawMap(item) && item["$ref"] === undefined ? item : property;
}

/** The names of the keys of a group. */
export function namesOf(schema: unknown): string[] {
  return keysOf(resolved(schema)).map(({ name }) => name);
}

/** The table of a group's keys, without those that `except` names. */
export function keyTable(schema: unknown, except: readonly string[] = []): string {
  const rows = keysOf(resolved(schema))
    .filter(({ name }) => !except.includes(name))
    .map(({ name, required, schema: property }) => [
      `\`${name}\`${required ? " *" : ""}`,
      typeOf(property),
      property["default"] === undefined ? "" : code(property["default"]),
      describe(property),
    ]);
  return markdownTable(["key", "type", "default", "meaning"], rows);
}

function describe(property: RawMap): string {
  const { description, examples, $ref } = property;
  const inherited = $ref === undefined ? undefined : rawAt(resolved(property), ["description"]);
  // Of what has a section of its own, the first sentence.
  const about = [
    description ?? (typeof inherited === "string" ? firstSentence(inherited) : undefined),
  ].filter((text) => typeof text === "string");
  const shown = rawItems(examples).map(code);
  return [...about, ...(shown.length > 0 ? [`Example: ${shown.join(", ")}`] : [])].join(" ");
}

const firstSentence = (text: string): string => /^.*?\.(?= |$)/s.exec(text)?.[0] ?? text;

const MOMENT_PARTS: Readonly<Record<MomentPart, string>> = {
  year: "year",
  shortYear: "year of two digits",
  month: "month",
  monthName: "month by its English name, short or long",
  day: "day of the month",
  dayOfYear: "day of the year",
  hour: "hour, 0 to 23; 24:00 is the next midnight",
  halfDayHour: "hour of the half day, 1 to 12",
  halfDay: "AM or PM, in capital or small letters; also a.m. and a. m.",
  minute: "minute",
  second: "second",
  fraction: "fraction of a second, one to nine digits",
  offset: "offset from UTC",
};

/** How 2024-02-07T15:05:09.250+01:00 is written. */
const SAMPLES: Readonly<Record<MomentPart, readonly [long: string, short: string]>> = {
  year: ["2024", "2024"],
  shortYear: ["24", "24"],
  month: ["02", "2"],
  monthName: ["Feb", "Feb"],
  day: ["07", "7"],
  dayOfYear: ["038", "038"],
  hour: ["15", "15"],
  halfDayHour: ["03", "3"],
  halfDay: ["PM", "PM"],
  minute: ["05", "05"],
  second: ["09", "09"],
  fraction: ["250", "250"],
  offset: ["+01:00", "+01:00"],
};

/** The table of the formats that have a name. */
export function namedFormatTable(): string {
  const rows = Object.entries(NAMED_FORMATS).map(([name, [meaning, example]]) => [
    code(name),
    meaning,
    `\`${example}\``,
  ]);
  return markdownTable(["format", "is", "2024-02-07T15:05:09.250+01:00"], rows);
}

/** The table of the letters of date and time patterns. */
export function momentTable(): string {
  const rows = Object.entries(LETTERS).map(([letters, [part]]) => [
    `\`${letters}\``,
    MOMENT_PARTS[part],
    `\`${SAMPLES[part][letters.length > 1 ? 0 : 1]}\``,
  ]);
  return markdownTable(["letters", "stand for", "2024-02-07T15:05:09.250+01:00"], rows);
}

/** The tables of the units, one for each quantity. */
export function unitTables(): string {
  return UNITS.map(({ quantity, units }) => {
    const base = units[0]?.name ?? "";
    const rows = units.map(({ name, factor, add, spellings }) => {
      const value = add === undefined ? "value" : `(value ${add.replace("-", "− ")})`;
      const how =
        factor === "1" && add === undefined ? "value" : factor === "1" ? value : `${value} × ${factor}`;
      return [`\`${name}\``, how, spellings.map((spelling) => `\`${spelling}\``).join(", ")];
    });
    return `### ${quantity}\n\n${markdownTable(["unit", `in ${base}`, "also written"], rows)}`;
  }).join("\n\n");
}

/** The table of the gases. */
export function gasTable(): string {
  const rows = GASES.map(({ name, called, molarMass, factor }) => [
    `\`${name}\``,
    called,
    String(molarMass),
    factor,
  ]);
  return markdownTable(["gas", "name", "molar mass, g/mol", "µg/m³ per ppb"], rows);
}

/** The daily statistics that there are. */
export function statisticTable(): string {
  return markdownTable(
    ["statistic", "is"],
    Object.entries(STATISTICS).map(([name, meaning]) => [code(name), meaning]),
  );
}
