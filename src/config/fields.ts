/** How a field of a row is filled: from a column, the object's key or a fixed text, and what is done with it. */
import * as z from "zod";

export const columnName = z
  .string()
  .min(1)
  .describe("A column, by its name in `format.columns`.")
  .meta({ examples: ["element"] });

const BYTE_RANGE = /^([1-9]\d{0,8})(?:-([1-9]\d{0,8}))?$/;

function isAscending(range: string): boolean {
  const [, first, last] = BYTE_RANGE.exec(range) ?? [];
  return last === undefined || Number(first) <= Number(last);
}

/** Output: `13-20`, or `5` for a single byte. */
export const byteRange = z
  .union([
    z
      .string()
      .regex(BYTE_RANGE, "expected 1-based inclusive byte positions such as 13-20")
      .refine(isAscending, "expected the first byte before the last"),
    z.int().positive().transform(String),
  ])
  .describe("1-based, inclusive byte positions.")
  .meta({ examples: ["13-20"] });

const lookup = z
  .strictObject({
    file: z
      .string()
      .min(1)
      .describe(
        "A CSV file with a header, below the pipelines folder; lines that begin with # may precede it.",
      )
      .meta({ examples: ["lookups/fips-countries.csv"] }),
    key: z
      .string()
      .min(1)
      .describe("The file's column to search.")
      .meta({ examples: ["fips"] }),
    value: z
      .string()
      .min(1)
      .describe("The file's column to take; an empty cell leaves the field empty.")
      .meta({ examples: ["country_id"] }),
    otherwise: z
      .union([z.enum(["reject", "null"]), z.null().transform(() => "null" as const)])
      .default("reject")
      .describe("When the text is not in the file: reject the record, or (null) leave the field empty."),
  })
  .describe("Replaces a text by what stands beside it in a side table.");

const missing = z
  .array(z.string())
  .default([])
  .describe("Texts that mean 'no value'. An empty field always does.")
  .meta({ examples: [["-999.9"]] });

/** `id` is short for `{ column: id }`. */
function shorthand<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess(
    (value) => (typeof value === "string" ? { column: value } : value),
    z.strictObject(shape),
  );
}

export const textField = shorthand({
  column: columnName.optional(),
  literal: z.string().min(1).optional().describe("The same text in every row."),
  variable: z
    .string()
    .min(1)
    .optional()
    .describe("A variable of the object's key.")
    .meta({ examples: ["location"] }),
  hash: z
    .array(columnName)
    .min(1)
    .optional()
    .describe(
      "A stable hash of these columns (the first 16 hex digits of SHA-256 of the values as a JSON array).",
    ),
  part: byteRange.optional().describe("Only these bytes of the column."),
  prefix: z
    .string()
    .default("")
    .describe("Put before the text.")
    .meta({ examples: ["f:"] }),
  missing,
  lookup: lookup.optional(),
})
  .refine(
    (field) =>
      [field.column, field.literal, field.variable, field.hash].filter((from) => from !== undefined)
        .length === 1,
    "expected exactly one of column, literal, variable, hash",
  )
  .refine((field) => field.part === undefined || field.column !== undefined, {
    message: "`part` takes bytes of a column; this field has none",
    path: ["part"],
  })
  .describe(
    "A text: where it comes from and what is done with it, in this order: part, missing, lookup, prefix.",
  );

export const numberField = shorthand({
  column: columnName,
  missing,
  sentinels: z
    .array(z.number())
    .default([])
    .describe("Numbers that are error codes, compared by value before any factor; counted, never stored.")
    .meta({ examples: [[-9999, -999]] }),
  sentinels_below: z
    .number()
    .optional()
    .describe("Every number at or below this one is an error code, as it stands and after the factor.")
    .meta({ examples: [-900] }),
  factor: z
    .number()
    .positive()
    .optional()
    .describe("Multiplies the number, exactly.")
    .meta({ examples: [0.1] }),
}).describe("A decimal number.");

export const integerField = shorthand({ column: columnName, missing }).describe("A whole number.");

export const dateField = z
  .strictObject({
    column: columnName,
    format: z
      .enum(["yyyyMMdd", "yyyy-MM-dd", "iso"])
      .describe(
        "How the date is written; `iso` is a time stamp with its offset, of which the local day is taken.",
      ),
    day_of: z
      .enum(["start", "end"])
      .default("start")
      .describe(
        "Whether a time stamp marks the start or the end of its period: with `end`, 00:00 belongs to the day before.",
      ),
  })
  .refine((field) => field.day_of === "start" || field.format === "iso", {
    message: "`day_of: end` needs `format: iso`: a plain date has no time of day",
    path: ["day_of"],
  })
  .describe("The station's local day.");

export const timeField = z
  .strictObject({
    column: columnName,
    format: z
      .enum(["iso"])
      .describe("`iso`: 2023-02-22T01:00:00-07:00, with Z or an offset, fractions of seconds allowed."),
    not_after_now: z
      .boolean()
      .default(true)
      .describe("Reject a record whose time lies more than a day in the future."),
  })
  .describe("A moment, kept in UTC.");

export const durationField = z
  .strictObject({
    column: columnName.describe("The column of the number."),
    unit: columnName.describe("The column of its unit: seconds, minutes, hours or days."),
  })
  .describe("A duration; absent or of unknown unit: null.");

export const stationAttributes = z
  .strictObject({
    name: textField.optional(),
    country_id: textField.optional(),
    latitude: numberField.optional(),
    longitude: numberField.optional(),
    elevation: numberField.optional(),
    no_position_at_zero: z
      .boolean()
      .default(false)
      .describe("Latitude 0 with longitude 0 means that the position is unknown."),
  })
  .describe("What the records themselves tell about their station; a station pipeline's word counts more.");

export type TextField = z.output<typeof textField>;
export type NumberField = z.output<typeof numberField>;
export type IntegerField = z.output<typeof integerField>;
export type DateField = z.output<typeof dateField>;
export type TimeField = z.output<typeof timeField>;
export type DurationField = z.output<typeof durationField>;
export type StationAttributes = z.output<typeof stationAttributes>;
