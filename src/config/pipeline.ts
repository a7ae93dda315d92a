/**
 * A pipeline file: every key with its type, description and example in one place. What is checked, what
 * the editor's schema says and what the reference documents all come from here.
 */
import * as z from "zod";
import { checks } from "./checks.ts";
import { dailyStatistics } from "./daily.ts";
import { integerField, numberField, sharedQualityField, stationAttributes, valueField } from "./fields.ts";
import { filter } from "./filter.ts";
import { format } from "./format.ts";
import { type Conversion, type Kpi, kpis } from "./kpis.ts";
import { type Measurement, measurements } from "./measurements.ts";
import { averagingField, dateField, timeField } from "./moments.ts";
import { objects } from "./objects.ts";
import { provider } from "./provider.ts";
import { namedTexts, textField } from "./text.ts";

export type { Checks } from "./checks.ts";
export type { DailyStatistics, Statistic } from "./daily.ts";
export type { IntegerField, NumberField, QualityField, StationAttributes, ValueField } from "./fields.ts";
export type { Condition } from "./filter.ts";
export type { Conversion, Kpi, KpiSection } from "./kpis.ts";
export type { Measurement } from "./measurements.ts";
export type { AveragingField, DateField, TimeField, Zone } from "./moments.ts";
export type { Provider } from "./provider.ts";
export type { TextField } from "./text.ts";

const replaceYear = z.strictObject({
  mode: z.literal("replace").describe("The object takes the place of all that its former version brought."),
  slice: z.literal("year").describe("The object holds a whole year."),
  year: z
    .string()
    .min(1)
    .describe("The variable of the key that says which.")
    .meta({ examples: ["year"] }),
  keep_days: z
    .int()
    .min(0)
    .max(3650)
    .default(7)
    .describe(
      "Days for which a replaced year is kept, so that its load can be undone; its next merge ends them.",
    ),
  compact_after_days: z
    .number()
    .min(0)
    .max(36_500)
    .default(1)
    .describe(
      "Days that a year's load must have stood before its rows are sorted anew, for readers, in the background.",
    )
    .meta({ examples: [0.5] }),
});
const replaceAll = z.strictObject({
  mode: z.literal("replace").describe("The object takes the place of all that its former version brought."),
  slice: z.literal("all").describe("The object holds everything."),
});
const upsert = z.strictObject({
  mode: z.literal("upsert").describe("New rows are added, rows that differ are changed."),
  deletes: z
    .boolean()
    .default(false)
    .describe("Whether an object determines its rows: what its new version lacks is deleted."),
});

const base = {
  description: z.string().min(1).describe("What this pipeline brings, in a sentence."),
  source: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,30}$/, "expected small letters, digits and underscores, at most 31")
    .describe("The provider; names its fact table.")
    .meta({ examples: ["noaa"] }),
  enabled: z.boolean().default(true).describe("A disabled pipeline runs only when it is named."),
  schedule: z
    .string()
    .default("17 */6 * * *")
    .describe("Cron expression, UTC.")
    .meta({ examples: ["17 */6 * * *"] }),
  provider: provider.optional(),
  objects,
  format,
  texts: namedTexts,
  filter,
};

const stationId = textField.describe("The station, by the provider's own id.");

const measuredStationId = textField
  .optional()
  .describe("The station, by the provider's own id. May be missing where every measurement has its own.");

const value = valueField
  .optional()
  .describe("The measured number. Needs no column where every measurement names its own.");

const qualityFlag = sharedQualityField.optional().describe("What the provider's quality control says of it.");

const target = <Name extends string>(name: Name) =>
  z.literal(name).describe("What the rows are; the other keys depend on it.");

const dailyPipeline = z.strictObject({
  ...base,
  target: target("daily"),
  fields: z.strictObject({
    station_id: measuredStationId,
    date: dateField
      .optional()
      .describe("The station's local day. May be missing where every measurement has its own."),
    value,
    quality_flag: qualityFlag,
    observ_time: integerField.optional().describe("HHMM, 0 to 2400."),
  }),
  measurements: measurements.optional(),
  kpis,
  station: stationAttributes.optional(),
  merge: z.discriminatedUnion("mode", [replaceYear, upsert]),
  checks: checks.prefault({}),
});

const observationsPipeline = z.strictObject({
  ...base,
  target: target("observations"),
  fields: z.strictObject({
    station_id: measuredStationId,
    sensor: integerField.optional().describe("The sensor; 0 when there is none."),
    time: timeField
      .optional()
      .describe(
        "When the measurement's period ended, or began; see `marks`. May be missing where every measurement has its own.",
      ),
    date: dateField
      .optional()
      .describe("The station's local day. May be missing where every measurement has its own."),
    value,
    quality_flag: qualityFlag,
    averaging: averagingField.optional(),
  }),
  measurements: measurements.optional(),
  kpis,
  station: stationAttributes.optional(),
  daily: dailyStatistics.default({}),
  merge: upsert,
  checks: checks.prefault({}),
});

const stationsPipeline = z.strictObject({
  ...base,
  target: target("stations"),
  fields: z.strictObject({
    station_id: stationId,
    name: textField.describe("The station's name."),
    latitude: numberField.optional().describe("Degrees, north positive."),
    longitude: numberField
      .optional()
      .describe(
        "Degrees, east positive; above 180 and up to 360 they are taken as 360 less: 283.75 is -76.25.",
      ),
    elevation: numberField.optional().describe("Metres above the sea."),
    country_id: textField.optional().describe("ISO 3166-1 alpha-2, as DE."),
    state: textField.optional().describe("A part of the country, as the provider names it."),
    wmo_id: textField.optional().describe("The station's number at the World Meteorological Organization."),
  }),
  merge: upsert,
  checks: checks.prefault({}),
});

const countriesPipeline = z.strictObject({
  ...base,
  target: target("countries"),
  fields: z.strictObject({
    country_id: textField.describe("ISO 3166-1 alpha-2, as DE."),
    country: textField.describe("The country's name."),
  }),
  merge: upsert,
  checks: checks.prefault({}),
});

const inventoryPipeline = z.strictObject({
  ...base,
  target: target("inventory"),
  fields: z.strictObject({
    station_id: stationId,
    from_year: integerField.describe("The first year with values."),
    until_year: integerField.describe("The last year with values."),
  }),
  kpis,
  merge: replaceAll,
  checks: checks.prefault({}),
});

/** The definition of a pipeline file. */
export const pipelineSchema = z.discriminatedUnion("target", [
  dailyPipeline,
  observationsPipeline,
  stationsPipeline,
  countriesPipeline,
  inventoryPipeline,
]);

/** A pipeline as its file says it, defaults filled in. */
export type PipelineFile = z.output<typeof pipelineSchema>;
export type Target = PipelineFile["target"];

/** A KPI and how its values are harmonised, by its own factor or by the unit table. */
export type ConvertedKpi = Omit<Kpi, "factor" | "gas"> & Conversion;

/** A side table: the file's rows by the text of the key column. */
export type LookupTable = ReadonlyMap<string, string>;

/** A pipeline ready for use: named after its file, references resolved. */
export type Pipeline = PipelineFile & {
  readonly name: string;
  readonly file: string;
  /** What KPIs the elements become, `kpis.of` and conversions resolved; empty for targets without KPIs. */
  readonly kpiList: readonly ConvertedKpi[];
  /**
   * What one record holds: a single measurement that overrides nothing, or those of `measurements`, each repeated
   * as its `for` says and without it. Empty for targets without KPIs, and for inventory a single one.
   */
  readonly measurementList: readonly Measurement[];
  /** Other spellings of units, `kpis.of` resolved: unit → spellings. */
  readonly unitAliases: Readonly<Record<string, readonly string[]>>;
  /** Side tables that the fields use, by `file`, `key` and `value` joined by newlines. */
  readonly lookups: ReadonlyMap<string, LookupTable>;
  /**
   * Fingerprint of what shapes rows (source, target, format, texts, filter, fields, measurements, required fields, kpis,
   * station, daily, the lookup tables' content): another one means that a reload would bring other rows. Schedules, limits
   * and checks of whole loads, and buckets do not count.
   */
  readonly fingerprint: string;
};
