/**
 * A pipeline file: every key with its type, description and example in one place. What is checked, what
 * the editor's schema says and what the reference documents all come from here.
 */
import * as z from "zod";
import { checks } from "./checks.ts";
import {
  dateField,
  durationField,
  integerField,
  numberField,
  stationAttributes,
  textField,
  timeField,
} from "./fields.ts";
import { format } from "./format.ts";
import { type Kpi, kpis } from "./kpis.ts";
import { objects } from "./objects.ts";

export type { Checks } from "./checks.ts";
export type {
  DateField,
  DurationField,
  IntegerField,
  NumberField,
  StationAttributes,
  TextField,
  TimeField,
} from "./fields.ts";
export type { Kpi, KpiSection } from "./kpis.ts";

const replaceYear = z.strictObject({
  mode: z.literal("replace"),
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
});
const replaceAll = z.strictObject({
  mode: z.literal("replace"),
  slice: z.literal("all").describe("The object holds everything."),
});
const upsert = z.strictObject({
  mode: z.literal("upsert"),
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
  objects,
  format,
};

const dailyPipeline = z.strictObject({
  ...base,
  target: z.literal("daily"),
  fields: z.strictObject({
    station_id: textField,
    date: dateField,
    value: numberField,
    quality_flag: textField.optional().describe("Any text means that the value failed quality control."),
    observ_time: integerField.optional().describe("HHMM, 0 to 2400."),
  }),
  kpis,
  station: stationAttributes.optional(),
  merge: replaceYear,
  checks: checks.prefault({}),
});

const dailyStatistics = z
  .record(
    z.string().regex(/^(_[A-Z0-9]+)?$/, "expected '' or a suffix such as _MAX"),
    z.enum(["mean", "min", "max"]),
  )
  .refine((statistics) => Object.keys(statistics).length > 0, "expected at least one statistic")
  .describe("Daily statistics: suffix of the KPI's name → statistic.")
  .meta({ examples: [{ "": "mean", _MAX: "max" }] });

const observationsPipeline = z.strictObject({
  ...base,
  target: z.literal("observations"),
  fields: z.strictObject({
    station_id: textField,
    sensor: integerField.optional().describe("The sensor; 0 when there is none."),
    time: timeField,
    date: dateField,
    value: numberField,
    averaging: z
      .union([durationField, z.strictObject({ literal: z.int().positive().describe("Seconds.") })])
      .optional()
      .describe("How long a measurement was averaged over; unknown when absent."),
  }),
  kpis,
  station: stationAttributes.optional(),
  daily: dailyStatistics,
  merge: upsert,
  checks: checks.prefault({}),
});

const stationsPipeline = z.strictObject({
  ...base,
  target: z.literal("stations"),
  fields: z.strictObject({
    station_id: textField,
    name: textField,
    latitude: numberField.optional(),
    longitude: numberField.optional(),
    elevation: numberField.optional(),
    country_id: textField.optional(),
    state: textField.optional(),
    wmo_id: textField.optional(),
  }),
  merge: upsert,
  checks: checks.prefault({}),
});

const countriesPipeline = z.strictObject({
  ...base,
  target: z.literal("countries"),
  fields: z.strictObject({ country_id: textField, country: textField }),
  merge: upsert,
  checks: checks.prefault({}),
});

const inventoryPipeline = z.strictObject({
  ...base,
  target: z.literal("inventory"),
  fields: z.strictObject({ station_id: textField, from_year: integerField, until_year: integerField }),
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

/** A side table: the file's rows by the text of the key column. */
export type LookupTable = ReadonlyMap<string, string>;

/** A pipeline ready for use: named after its file, references resolved. */
export type Pipeline = PipelineFile & {
  readonly name: string;
  readonly file: string;
  /** What KPIs the elements become, `kpis.of` resolved; empty for targets without KPIs. */
  readonly kpiList: readonly Kpi[];
  /** Other spellings of units, `kpis.of` resolved: unit → spellings. */
  readonly unitAliases: Readonly<Record<string, readonly string[]>>;
  /** Side tables that the fields use, by `file`, `key` and `value` joined by newlines. */
  readonly lookups: ReadonlyMap<string, LookupTable>;
  /**
   * Fingerprint of what shapes rows (source, target, format, fields, required fields, kpis, station, daily,
   * the lookup tables' content): another one means that a reload would bring other rows. Schedules, limits
   * and checks of whole loads, and buckets do not count.
   */
  readonly fingerprint: string;
};
