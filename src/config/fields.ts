/** The fields of a row: numbers and flags; see text.ts for where their texts come from, moments.ts for dates and times. */
import * as z from "zod";
import {
  ONE_ORIGIN,
  operations,
  origin,
  originsOf,
  PART_NEEDS_COLUMN,
  shorthand,
  textField,
} from "./text.ts";

/** The keys of a number. */
export const numberShape = {
  ...origin,
  ...operations,
  decimal: z.enum([".", ","]).default(".").describe("What stands before the decimals."),
  thousands: z
    .enum([",", ".", "'", " ", "_"])
    .optional()
    .describe("What stands between groups of three digits; a blank also stands for the no-break blanks.")
    .meta({ examples: ["."] }),
  words: z
    .record(z.string().min(1), z.number())
    .optional()
    .describe("Texts that stand for numbers, as T does for a trace of rain.")
    .meta({ examples: [{ T: 0 }] }),
  notation: z
    .enum(["decimal", "sexagesimal"])
    .default("decimal")
    .describe(
      "`sexagesimal`: degrees, minutes and seconds, as in 52°31'12\"N, +52:31:12, 52 31 12 S or 5231N.",
    ),
  sentinels: z
    .array(z.number())
    .default([])
    .describe("Numbers that are error codes, compared by value before any factor; counted, never stored.")
    .meta({ examples: [[-9999, -999]] }),
  sentinels_below: z
    .number()
    .optional()
    .describe("Every number at or below this one is an error code, as it stands.")
    .meta({ examples: [-900] }),
  sentinels_above: z
    .number()
    .optional()
    .describe("Every number at or above this one is an error code, as it stands.")
    .meta({ examples: [9999] }),
  factor: z
    .number()
    .positive()
    .optional()
    .describe("Multiplies the number, exactly.")
    .meta({ examples: [0.1] }),
};

const ABOUT_NUMBERS =
  "A number. Beside its digits it may have a sign on either side and an exponent; the text is worked on as in a text field first.";

export const numberField = shorthand(numberShape)
  .refine((field) => originsOf(field) === 1, ONE_ORIGIN)
  .refine((field) => field.part === undefined || field.column !== undefined, PART_NEEDS_COLUMN)
  .refine((field) => field.thousands !== field.decimal, "decimal and thousands are the same character")
  .describe(ABOUT_NUMBERS)
  .meta({ id: "number" });

// Units and factors of values have one home, `kpis.list`, from where they come into d_kpi_names. What was measured once holds
// for no other record.
const { factor: _factor, carry: _carry, ...valueNumber } = numberShape;

const valueShape = {
  ...valueNumber,
  harmonised_below: z
    .number()
    .optional()
    .describe(
      "Every value at or below this one in the harmonised unit is an error code too: -999 that came as -0.999 ppm.",
    )
    .meta({ examples: [-900] }),
};

/** The value of a row: with `measurements`, what they have in common, without a column. */
export const valueField = shorthand(valueShape)
  .refine((field) => originsOf(field) <= 1, ONE_ORIGIN)
  .refine(
    (field) => field.part === undefined || field.split === undefined,
    "expected part or split, not both",
  )
  .refine((field) => field.thousands !== field.decimal, "decimal and thousands are the same character")
  .describe(
    `${ABOUT_NUMBERS} With \`measurements\` it has no column, and says what all of them have in common.`,
  )
  .meta({ id: "value" });

export const integerField = shorthand({ ...origin, ...operations })
  .refine((field) => originsOf(field) === 1, ONE_ORIGIN)
  .refine((field) => field.part === undefined || field.column !== undefined, PART_NEEDS_COLUMN)
  .describe("A whole number.")
  .meta({ id: "integer" });

/** Flags, or the numbers that are flags of one meaning. */
const flags = (about: string) =>
  z
    .union([
      z.array(z.string()),
      z
        .strictObject({
          at_least: z.number().optional().describe("A number of at least this."),
          at_most: z.number().optional().describe("A number of at most this."),
        })
        .refine(
          ({ at_least, at_most }) => at_least !== undefined || at_most !== undefined,
          "expected at least one of at_least, at_most",
        ),
    ])
    .default([])
    .describe(`${about} Or, as \`{ at_least: … }\`, \`{ at_most: … }\` or both, numbers.`);

const qualityShape = {
  ...origin,
  ...operations,
  pass: flags("Flags of values that passed quality control."),
  fail: flags("Flags of values that failed it."),
  unknown: flags("Flags of values that nobody has judged: they count, and keep the flag with a ? before it."),
  otherwise: z
    .enum(["pass", "fail", "unknown", "reject"])
    .default("fail")
    .describe("What every other flag means."),
  empty: z.enum(["pass", "fail", "unknown"]).default("pass").describe("What it means that there is no flag."),
};

const ABOUT_QUALITY =
  "What the provider's quality control says. A value that failed is kept and marked, and left out of f_climate_data and of averages.";

export const qualityField = shorthand(qualityShape)
  .refine((field) => originsOf(field) === 1, ONE_ORIGIN)
  .refine((field) => field.part === undefined || field.column !== undefined, PART_NEEDS_COLUMN)
  .describe(ABOUT_QUALITY)
  .meta({ id: "quality" });

/** The flag of a row: with `measurements`, what their flags have in common, without a column. */
export const sharedQualityField = shorthand(qualityShape)
  .refine((field) => originsOf(field) <= 1, ONE_ORIGIN)
  .describe(
    `${ABOUT_QUALITY} With \`measurements\` it may have no column, and says what their flags have in common.`,
  )
  .meta({ id: "shared_quality" });

export const stationAttributes = z
  .strictObject({
    name: textField.optional().describe("The station's name."),
    country_id: textField.optional().describe("ISO 3166-1 alpha-2, as DE."),
    latitude: numberField
      .optional()
      .describe("Degrees, north positive. Beyond 90 the position counts as unknown."),
    longitude: numberField
      .optional()
      .describe(
        "Degrees, east positive; above 180 and up to 360 they are taken as 360 less: 283.75 is -76.25. Otherwise out of range, the position counts as unknown.",
      ),
    elevation: numberField.optional().describe("Metres above the sea."),
    no_position_at_zero: z
      .boolean()
      .default(false)
      .describe("Latitude 0 with longitude 0 means that the position is unknown."),
  })
  .describe("What the records themselves tell about their station; a station pipeline's word counts more.")
  .meta({ id: "station" });

export type NumberField = z.output<typeof numberField>;
export type ValueField = z.output<typeof valueField>;
export type IntegerField = z.output<typeof integerField>;
export type QualityField = z.output<typeof qualityField>;
export type StationAttributes = z.output<typeof stationAttributes>;
