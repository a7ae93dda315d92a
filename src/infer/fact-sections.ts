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
function stationEntry(fields: YamlLines, { station, unused, above }: Roles): void {
  const part = (pattern: RegExp): Column | undefined => unused.find(({ name }) => pattern.test(words(name)));
  const state = part(/^state_(?:code|fips)$/);
  const county = part(/^county_(?:code|fips)$/);
  const told = above.id ?? above.name;
  if (station === undefined && told !== undefined) {
    fields.entry(
      "station_id",
      { preamble: told.pattern },
      unsure(`no column looks like a station's id; is it what stands above the records, here ${told.text}?`),
    );
  } else if (station === undefined) {
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
  // What is stamped at 00:00 belongs to the day before, unless it is no period that ends there.
  const day = when.isScattered ? { day_of: "start" } : {};
  const instants = when.isScattered
    ? "the times look like moments, not like ends of periods"
    : "`day_of: start` if values are of a moment, for 00:00 begins a day then";
  if (latitude === undefined || longitude === undefined) {
    const local = when.hasOffset ? [] : ["`local` says where the stations' days are other ones"];
    fields.entry("date", { of: "time", ...day }, unsure([...local, instants].join("; ")));
    return;
  }
  const local = { latitude: numberField(latitude), longitude: numberField(longitude), otherwise: "UTC" };
  fields.entry("date", { of: "time", ...(when.hasOffset ? {} : { local }), ...day }, unsure(instants));
}

/** Clocks that stand in the names of columns, such as `Tid (UTC)`. */
const CLOCKS_IN_NAMES: readonly (readonly [RegExp, string])[] = [
  [/(?:^|[^a-z])(?:utc|gmt)(?:[^a-z]|$)/i, "UTC"],
  [/(?:^|[^a-z])(?:mez|cet)(?:[^a-z]|$)/i, "+01:00"],
];

/** An offset behind it, as loggers write: `Date Time, GMT+02:00`. */
const OFFSET_IN_NAME = /(?:utc|gmt)\s*([+-])(\d{1,2})(?::?(\d{2}))?/i;

/** The zone that the columns' names tell; undefined when they tell none. */
function zoneIn(origin: Moment["origin"]): string | undefined {
  const names = "column" in origin ? origin.column : origin.template;
  const [, sign, hours = "", minutes = "00"] = OFFSET_IN_NAME.exec(names) ?? [];
  if (sign !== undefined) return `${sign}${hours.padStart(2, "0")}:${minutes}`;
  return CLOCKS_IN_NAMES.find(([pattern]) => pattern.test(names))?.[1];
}

function doubtsOfDate({ origin, others, format, misfits, doubt }: Moment): string | undefined {
  const other = others[0];
  return marked([
    doubt ?? ("template" in origin ? "put together from several columns" : undefined),
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

/** The column that is called like another one and by its name tells its quality, or that goes with it in a header that repeats names. */
function twinOf({ name }: Column, quality: readonly Column[]): Column | undefined {
  const own = words(name);
  return quality.find(({ name: other, title }) => {
    if (other === `${title} after ${name}`) return true;
    const rest = words(other).replace(own, "");
    return (
      words(other).includes(own) && /^_?(?:q|qc|qf|flag|flags|quality|attributes|status|valid)_?$/.test(rest)
    );
  });
}

function stationSection(yaml: YamlLines, roles: Roles): void {
  const { name, country, latitude, longitude, elevation } = roles;
  // What stands above the records is of one station.
  const above = roles.station === undefined ? roles.above : {};
  const columns = [name, latitude, longitude, elevation, country];
  const told = [above.name, above.latitude, above.longitude, above.elevation];
  if ([...columns, ...told].every((one) => one === undefined)) return;
  yaml.gap();
  yaml.block("station", (station) => {
    if (name !== undefined) station.entry("name", name.name);
    else if (above.name !== undefined) station.entry("name", { preamble: above.name.pattern });
    if (country !== undefined) {
      station.entry("country_id", country.name, unsure("are these ISO 3166-1 codes of two letters?"));
    }
    positionEntries(station, { latitude, longitude, elevation });
    for (const key of ["latitude", "longitude", "elevation"] as const) {
      const value = roles[key] === undefined ? above[key] : undefined;
      if (value !== undefined) station.entry(key, { preamble: value.pattern });
    }
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
    if (column === undefined) continue;
    const nameless = column.isNamed ? undefined : `is this the ${key}? it has no name`;
    fields.entry(key, numberField(column), marked([nameless, doubtOfPosition(column, key)]));
  }
}
