/** The parts of a pipeline of measurements: fields, measurements, KPIs, station, daily statistics. */
import { type Column, words } from "./column.ts";
import { type Facts, kpiSection } from "./kpi-section.ts";
import { doubtOfMisfits } from "./misfits.ts";
import type { Moment } from "./moment-parts.ts";
import {
  doubtOfNumbers,
  doubtOfPosition,
  doubtOfSentinels,
  numberField,
  sharedValue,
  valueField,
} from "./number-fields.ts";
import type { Roles } from "./roles.ts";
import { unsure, type YamlLines, type YamlValue } from "./yaml.ts";

/** A flag of a greater share of the records is the one that says nothing special. */
const USUAL = 0.8;

/** Writes the sections from `fields` to `daily`. */
export function factSections(yaml: YamlLines, facts: Facts): void {
  yaml.block("fields", (fields) => {
    fieldEntries(fields, facts);
  });
  if (facts.roles.value === undefined) {
    yaml.gap();
    measurementSection(yaml, facts.roles);
  }
  yaml.gap();
  kpiSection(yaml, facts);
  stationSection(yaml, facts.roles);
  if (facts.target === "observations") {
    yaml.gap();
    yaml.entry(
      "daily",
      { "": "mean", _MAX: "max", _MIN: "min" },
      "the statistics of a day, each a KPI of its own",
    );
  }
}

function fieldEntries(fields: YamlLines, { roles, target }: Facts): void {
  stationEntry(fields, roles);
  if (roles.sensor !== undefined && target === "observations") fields.entry("sensor", roles.sensor.name);
  whenEntries(fields, roles, target);
  const { value } = roles;
  if (value !== undefined)
    fields.entry(
      "value",
      valueField(value.name, [value]),
      marked([doubtOfSentinels([value]), doubtOfNumbers(value)]),
    );
  else if (sharedValue(roles.values) !== undefined) {
    fields.entry("value", sharedValue(roles.values) ?? {}, marked([doubtOfSentinels(roles.values)]));
  }
  const quality = value === undefined ? undefined : roles.quality[0];
  if (quality !== undefined)
    fields.entry("quality_flag", qualityField(quality), unsure("what do its flags mean?"));
}

/** US agencies number stations within counties within states. */
function stationEntry(fields: YamlLines, { station, unused }: Roles): void {
  const part = (pattern: RegExp): Column | undefined => unused.find(({ name }) => pattern.test(words(name)));
  const state = part(/^state_(?:code|fips)$/);
  const county = part(/^county_(?:code|fips)$/);
  if (station === undefined) {
    fields.entry(
      "station_id",
      { literal: "?" },
      unsure("no column looks like a station's id; {variable: …} takes it from the key"),
    );
  } else if (state !== undefined && county !== undefined && /site/.test(words(station.name))) {
    const template = `{${state.name}}-{${county.name}}-{${station.name}}`;
    fields.entry("station_id", { template }, unsure("is this all that tells stations apart?"));
  } else {
    const isSure = station.isNamed && /station|location|site/.test(words(station.name));
    fields.entry("station_id", station.name, isSure ? undefined : unsure("is this the station's id?"));
  }
}

function whenEntries(fields: YamlLines, { when, latitude, longitude }: Roles, target: Facts["target"]): void {
  if (when === undefined) {
    const name = target === "daily" ? "date" : "time";
    fields.entry(name, { column: "?", format: "yyyy-MM-dd" }, unsure("no column looks like a date"));
    return;
  }
  const { origin, format } = when;
  if (target === "daily") {
    fields.entry("date", { ...origin, format }, doubtsOfDate(when));
    return;
  }
  const told = zoneIn(origin);
  const zone = when.hasOffset ? {} : { zone: told ?? "UTC" };
  const doubts = [
    ...(when.hasOffset || told !== undefined ? [] : ["in which zone are the times?"]),
    ...(when.others.length > 0 ? [`or is it ${when.others[0] ?? ""}?`] : []),
    "do they mark the end of their period, or (marks: start) its beginning?",
    doubtOfMisfits(when.misfits, "such time") ?? [],
  ].flat();
  fields.entry("time", { ...origin, format, ...zone }, unsure(doubts.join(" ")));
  if (latitude === undefined || longitude === undefined) {
    fields.entry(
      "date",
      { of: "time" },
      when.hasOffset ? undefined : unsure("`local` says where the stations' days are other ones"),
    );
    return;
  }
  const local = { latitude: numberField(latitude), longitude: numberField(longitude), otherwise: "UTC" };
  fields.entry("date", { of: "time", ...(when.hasOffset ? {} : { local }) });
}

/** Clocks that stand in the names of columns, such as `Tid (UTC)`. */
const CLOCKS_IN_NAMES: readonly (readonly [RegExp, string])[] = [
  [/(?:^|[^a-z])(?:utc|gmt)(?:[^a-z]|$)/i, "UTC"],
  [/(?:^|[^a-z])(?:mez|cet)(?:[^a-z]|$)/i, "+01:00"],
];

/** The zone that the columns' names tell; undefined when they tell none. */
function zoneIn(origin: Moment["origin"]): string | undefined {
  const names = "column" in origin ? origin.column : origin.template;
  return CLOCKS_IN_NAMES.find(([pattern]) => pattern.test(names))?.[1];
}

function doubtsOfDate({ origin, others, format, misfits }: Moment): string | undefined {
  const other = others[0];
  return marked([
    "template" in origin ? "put together from several columns" : undefined,
    other && `all dates of the sample could be ${other} as well as ${format}`,
    doubtOfMisfits(misfits, "date"),
  ]);
}

function marked(doubts: readonly (string | undefined)[]): string | undefined {
  const told = doubts.filter((doubt) => doubt !== undefined);
  return told.length === 0 ? undefined : unsure(told.join("; "));
}

/** Mostly empty: any text says that the value failed. Otherwise the usual flag says that it passed. */
function qualityField({ name, texts, cells }: Column): YamlValue {
  if (texts.length < cells.length / 10) return name;
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const usual = [...counts].find(([, count]) => count > cells.length * USUAL)?.[0];
  return { column: name, ...(usual === undefined ? {} : { pass: [usual] }), otherwise: "unknown" };
}

function measurementSection(yaml: YamlLines, { values, quality }: Roles): void {
  const twins = new Map(values.map((column) => [column, twinOf(column, quality)]));
  if (values.length === 0) {
    yaml.block("measurements", (list) => {
      list.item("?", unsure("no column looks like a measured value"));
    });
  } else if ([...twins.values()].every((twin) => twin === undefined)) {
    yaml.entry(
      "measurements",
      values.map(({ name }) => name),
    );
  } else {
    yaml.block("measurements", (list) => {
      for (const [{ name }, twin] of twins) {
        const flag = twin === undefined ? {} : { quality_flag: qualityField(twin) };
        list.item(
          { element: name, value: name, ...flag },
          twin === undefined ? undefined : unsure("what do its flags mean?"),
        );
      }
    });
  }
  const others = quality.filter((column) => ![...twins.values()].includes(column));
  if (others.length > 0) {
    yaml.note(unsure(`these look like quality flags: ${others.map(({ name }) => name).join(", ")}`));
  }
}

/** The column that is called like another one, and by its name tells its quality. */
function twinOf({ name }: Column, quality: readonly Column[]): Column | undefined {
  const own = words(name);
  return quality.find(({ name: other }) => {
    const rest = words(other).replace(own, "");
    return (
      words(other).includes(own) && /^_?(?:q|qc|qf|flag|flags|quality|attributes|status|valid)_?$/.test(rest)
    );
  });
}

function stationSection(yaml: YamlLines, { name, country, latitude, longitude, elevation }: Roles): void {
  if ([name, latitude, longitude, elevation, country].every((column) => column === undefined)) return;
  yaml.gap();
  yaml.block("station", (station) => {
    if (name !== undefined) station.entry("name", name.name);
    if (country !== undefined) {
      station.entry("country_id", country.name, unsure("are these ISO 3166-1 codes of two letters?"));
    }
    positionEntries(station, { latitude, longitude, elevation });
    if (latitude !== undefined && longitude !== undefined) station.entry("no_position_at_zero", true);
  });
}

/** Writes the fields of those that there are. */
export function positionEntries(
  fields: YamlLines,
  roles: Pick<Roles, "latitude" | "longitude" | "elevation">,
): void {
  for (const key of ["latitude", "longitude", "elevation"] as const) {
    const column = roles[key];
    if (column !== undefined) fields.entry(key, numberField(column), marked([doubtOfPosition(column, key)]));
  }
}
