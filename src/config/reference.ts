/** The reference of pipeline files, as a Markdown page: every key, from the one definition. */
import { jsonSchema, resolved } from "./json-schema.ts";
import { rawAt, rawItems } from "./raw.ts";
import {
  gasTable,
  keyTable,
  momentTable,
  namedFormatTable,
  namesOf,
  statisticTable,
  unitTables,
} from "./reference-tables.ts";

const definition = (name: string): unknown => rawAt(jsonSchema(), ["$defs", name]);

/** The group among what may stand in a place: the one without a shorthand. */
function group(schema: unknown): unknown {
  return rawItems(rawAt(schema, ["anyOf"])).find((one) => rawAt(one, ["type"]) === "object") ?? schema;
}

interface Target {
  readonly name: string;
  readonly schema: unknown;
}

function targets(): Target[] {
  return rawItems(rawAt(jsonSchema(), ["oneOf"])).map((schema) => ({
    name: String(rawAt(schema, ["properties", "target", "const"])),
    schema,
  }));
}

/** Lines of text as paragraphs, with a blank line between them. */
const paragraphs = (...parts: readonly string[]): string => `${parts.join("\n\n")}\n`;

/** The whole page. */
export function reference(): string {
  return paragraphs(
    "# Pipeline files: reference",
    "This page is generated from the definition that `millrace validate` checks files against and that the editor's schema (`pipeline.schema.json`) is made of. How to write a file step by step is told in [README.md](README.md). Keys marked * are required; a type in brackets is described under its heading.",
    ...wholeFile(),
    ...places(),
    ...fields(),
    ...meanings(),
    ...endings(),
  );
}

/** What all targets have, and what each of them has besides. */
function wholeFile(): string[] {
  const all = targets();
  const shared = all
    .map(({ schema }) => namesOf(schema))
    .reduce((one, other) => one.filter((name) => other.includes(name)));
  const [first] = all;
  const inner = ["fields", "merge", "target"];
  const except = namesOf(first?.schema).filter(
    (name) => !shared.includes(name) || inner.includes(name.split(".")[0] ?? ""),
  );
  return [
    "## The whole file",
    `One file is one pipeline, named after the file. \`target\` says what its rows are: ${all.map(({ name }) => `\`${name}\``).join(", ")}.`,
    keyTable(first?.schema, except),
    "Daily rows, observations and inventories also have [kpis](#kpis); daily rows and observations [measurements](#measurements) and [station](#station); observations [daily](#daily). All have [fields](#fields) and [merge](#merge).",
  ];
}

function places(): string[] {
  const formats = rawItems(rawAt(definition("format"), ["oneOf"]));
  const shared = formats
    .map(namesOf)
    .reduce((one, other) => one.filter((name) => other.includes(name)))
    .filter((name) => !["type", "columns", "record_limit"].includes(name));
  return [
    "## objects",
    about("objects"),
    keyTable(definition("objects")),
    "## provider",
    about("provider"),
    keyTable(definition("provider")),
    "## format",
    `${about("format")} \`type\` is one of ${formats.map((format) => `\`${String(rawAt(format, ["properties", "type", "const"]))}\``).join(", ")}. All of them have:`,
    keyTable(
      formats[0],
      namesOf(formats[0]).filter((name) => !shared.includes(name)),
    ),
    ...formats.flatMap((format) => [
      `### ${String(rawAt(format, ["properties", "type", "const"]))}`,
      keyTable(format, shared),
    ]),
    "## filter",
    `${about("filter")} A condition has the keys of a [text](#texts) and:`,
    keyTable(group(rawAt(definition("filter"), ["items"])), namesOf(group(definition("text")))),
  ];
}

function fields(): string[] {
  const texts = group(definition("text"));
  const own = (name: string) => keyTable(group(definition(name)), namesOf(texts));
  const [date, dateOfTime] = rawItems(rawAt(definition("date"), ["anyOf"]));
  return [
    "## fields",
    "What a row is made of.",
    ...targets().flatMap(({ name, schema }) => [
      `### ${name}: fields`,
      keyTable(rawAt(schema, ["properties", "fields"])),
    ]),
    "### Texts",
    `${about("text")} A column's name alone is short for \`{ column: name }\`.`,
    keyTable(texts),
    "### Side tables",
    about("lookup"),
    keyTable(definition("lookup")),
    "### Numbers",
    `${about("number")} It has the keys of a [text](#texts) without prefix and suffix, and:`,
    own("number"),
    "### Values",
    `${about("value")} It has the keys of a [number](#numbers) but \`factor\`, which belongs into \`kpis\`, and:`,
    keyTable(group(definition("value")), [...namesOf(texts), ...namesOf(group(definition("number")))]),
    "### Whole numbers",
    `${about("integer")} It has the keys of a [text](#texts) without prefix and suffix.`,
    "### Quality flags",
    `${about("quality")} It has the keys of a [text](#texts) without prefix and suffix, and:`,
    own("quality"),
    "### Dates",
    `${about("date")} With a column of its own it has the keys of a [text](#texts) without prefix and suffix, and:`,
    keyTable(date, namesOf(texts)),
    "As the day of the row's time:",
    keyTable(dateOfTime),
    "### Times",
    `${about("time")} It has the keys of a [text](#texts) without prefix and suffix, and:`,
    own("time"),
    "### Date and time patterns",
    "A format has a name, counts from a start, or is a pattern. Those with a name:",
    namedFormatTable(),
    "`<unit> since <start>` counts days, hours, minutes, seconds, milliseconds, microseconds or nanoseconds, as the CF conventions for climate data write it: `days since 1950-01-01`, `hours since 1900-01-01 00:00`, `seconds since 2000-01-01T00:00:00Z`. The start's clock is UTC or another offset if it ends so, otherwise that of `zone`: data that follow CF are in UTC, and need `zone: UTC`. The calendar is the Gregorian, also before 1582.",
    'Counts may be negative, have decimals and an exponent (4.52925e4); for a decimal comma write `replace: { ",": "." }`. They are computed exactly. Decimals of minutes, hours, days and years are then rounded to the second; to the millisecond where the last digit is worth no more than one; to the microsecond where it is worth no more than a nanosecond: `45292.52083` in `excel` is 12:30:00 on 2024-01-01. Counts of seconds and less are rounded to the microsecond; `unix` and `unix-ms` leave out what is finer.',
    "Any other format is a pattern of these letters; other letters stand in single quotes, all else stands for itself. A date without a day is the first of its month (`yyyy-MM`, `yyyyMM`), without a month the first of January (`yyyy`).",
    momentTable(),
    ...zones(),
    "### Averaging",
    `${about("averaging")} It has the keys of a [number](#numbers), and:`,
    keyTable(
      group(definition("averaging")),
      namesOf(group(definition("number"))).filter((name) => name !== "literal"),
    ),
  ];
}

function zones(): string[] {
  const [, place] = rawItems(rawAt(definition("zone"), ["anyOf"]));
  return [
    "### Time zones",
    "A zone is one of three things: a name (`UTC`, an offset such as `+01:00` or, in hours, `-4`, or a name of the IANA time zone database such as `Europe/Berlin`); a text (the zone's name or offset stands in the record, in the key or in a side table) with the keys of a [text](#texts) without prefix and suffix; or a position:",
    keyTable(place),
  ];
}

function meanings(): string[] {
  const daily = targets().find(({ name }) => name === "daily")?.schema;
  return [
    "## measurements",
    about("measurements"),
    keyTable(group(rawAt(definition("measurements"), ["items"]))),
    "## kpis",
    about("kpis"),
    keyTable(definition("kpis")),
    "## station",
    about("station"),
    keyTable(definition("station")),
    "## daily",
    String(
      rawAt(targets().find(({ name }) => name === "observations")?.schema, [
        "properties",
        "daily",
        "description",
      ]),
    ),
    '`{ "": mean, _MAX: max }` makes PM25 the mean of the day and PM25_MAX its greatest measurement. An entry of `kpis.list` may say otherwise for its KPI: there `daily: { PRCP: sum }` gives the statistic a whole name, with a suffix or `""` it begins with the KPI\'s own, and `{}` means none. Elements that are kept without being listed have those of the pipeline.',
    statisticTable(),
    "All are computed from the measurements of the station's local day that did not fail quality control, and computed anew when one of them arrives, changes or vanishes; changing `daily` itself takes effect with `run --once --reload`. How many counted stands in `n_measurements` of `f_climate_data_flagged`, so no statistic is needed for that.",
    "Rain that is told several times an hour, each time for the hour so far, cannot be added: leave out what is not the whole hour's, and say `averaging`, as `noaa-isd.yaml` does.",
    "## merge",
    "Daily rows are merged in one of two ways:",
    ...rawItems(rawAt(daily, ["properties", "merge", "oneOf"])).map((way) => keyTable(way)),
    "Observations, stations and countries have `mode: upsert`; an inventory has `{ mode: replace, slice: all }`: the object holds everything.",
    "## checks",
    about("checks"),
    keyTable(definition("checks")),
  ];
}

function endings(): string[] {
  return [
    "## Units",
    "A KPI's value is converted from its unit (`in`) to the harmonised one (`unit`) when both stand in one of these tables; `factor` in the file goes before them. A number before a unit scales it: `0.1 °C`, `1/10 mm`, `tenths of mm`, `100 ft`. Signs may be typed in other ways (`ug/m3`, `µg m-3`), and spellings in small letters are recognised in any case. Degrees Fahrenheit are converted from, not to. Units that are written alike need no table.",
    unitTables(),
    "## Gases",
    "A volume fraction (ppb, ppm, …) becomes a mass per volume (µg/m³, …), and the reverse, only for a gas named by `gas`: at 25 °C and 1 atm, as the WHO and the US EPA do, where a mole fills 24.45 litres. Particles are no gas and never convert.",
    gasTable(),
  ];
}

function about(name: string): string {
  return String(rawAt(resolved(definition(name)), ["description"]));
}
