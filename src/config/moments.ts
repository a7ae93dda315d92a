/** Dates, times, zones and periods of a row. */
import * as z from "zod";
import { numberField, numberShape } from "./fields.ts";
import {
  ONE_ORIGIN,
  operations,
  origin,
  originsOf,
  PART_NEEDS_COLUMN,
  shorthand,
  textField,
} from "./text.ts";
import { isZoneName } from "./zone-name.ts";

const zoneName = z
  .string()
  .min(1)
  .refine(
    isZoneName,
    "expected UTC, an offset such as +01:00 or UTC-5, or a name such as Europe/Berlin (abbreviations such as PDT or CEST name none: write -07:00 or +02:00)",
  )
  .describe("UTC, an offset such as +01:00 or, in hours, -4, or a name of the IANA time zone database.")
  .meta({ examples: ["Europe/Berlin"] });

const zonePlace = z
  .strictObject({
    latitude: numberField.describe("Degrees, north positive."),
    longitude: numberField.describe(
      "Degrees, east positive; above 180 and up to 360 they are taken as 360 less: 283.75 is -76.25. Out of range, the record is rejected.",
    ),
    otherwise: zoneName
      .optional()
      .describe("The zone where the position is not known; without it the record is rejected."),
  })
  .describe("The time zone at this position, by the borders of the world's time zones.");

const zoneText = z
  .strictObject({ ...origin, ...operations })
  .refine((field) => originsOf(field) === 1, ONE_ORIGIN)
  .describe("The zone's name or offset stands in the record, the key, or a side table.");

export const zone = z.union([zoneName, zonePlace, zoneText]).describe("A time zone.").meta({ id: "zone" });

const momentShape = {
  ...origin,
  ...operations,
  format: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1).max(10)])
    .describe(
      "How it is written. `iso`: 2023-02-22T01:00:00-07:00, with Z or an offset (or, where `zone` is given, without), " +
        "seconds and their fractions may be missing. `unix`, `unix-ms`, `excel`, `julian-day`, `matlab`, `decimal-year`, and counts such as " +
        "`hours since 1900-01-01 00:00`: see the reference. Otherwise a " +
        "pattern: yyyy or yy year (69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068), MM or M month, MMM its English " +
        "name (Jan or January), dd or d day, DDD day of the year, HH or H hour (24:00 is the next midnight), hh or h with a " +
        "for AM/PM, mm minute, ss second, SSS fraction of any length, XXX offset (Z, UTC, +01:00, +0100, +01); other letters " +
        "stand in single quotes; all else stands for itself. Only M, d, H and h read numbers of one digit. A list: the first format that reads the text, as a day of the " +
        "years 1700 to 2199, counts; formats by which one text could be two different days or times cannot stand in one list.",
    )
    .meta({ examples: ["yyyyMMdd"] }),
  zone: zone
    .optional()
    .describe(
      "The zone it is written in, where the text does not say its offset. A clock time that was skipped when clocks were " +
        "set forward counts by the offset before; one that was shown twice when they were set back, as the first of the two.",
    ),
};

const marks = z.enum(["start", "end"]);

const dayStart = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "expected a time of day such as 06:00")
  .optional()
  .describe(
    "When the station's day begins, where that is not midnight: 06:00 to 06:00 is the day on which it begins.",
  )
  .meta({ examples: ["06:00"] });

const localZone = zone
  .optional()
  .describe(
    "The zone whose calendar the day is taken from; otherwise the clock that the time is written in.",
  );

const dayRules = {
  local: localZone,
  day_of: marks
    .optional()
    .describe(
      "Whether the time stamp marks the start or the end of its period: with `end`, 00:00 belongs to the day before. " +
        "Default: start; with `of: time`, what `marks` says there.",
    ),
  day_starts: dayStart,
};

const ownDate = z
  .strictObject({ ...momentShape, ...dayRules })
  .refine((field) => originsOf(field) === 1, ONE_ORIGIN);

const dateOfTime = z.strictObject({
  of: z.literal("time").describe("The day of the row's `time`."),
  ...dayRules,
});

export const dateField = z
  .union([ownDate, dateOfTime])
  .describe("The station's local day: from a column of its own, or (`of: time`) the day of the row's time.")
  .meta({ id: "date" });

export const timeField = z
  .strictObject({
    ...momentShape,
    marks: marks
      .default("end")
      .describe("Whether it is the start or the end of the period; kept is the end: start + averaging."),
    not_after_now: z
      .boolean()
      .default(true)
      .describe("Reject a record whose time lies more than a day in the future."),
  })
  .refine((field) => originsOf(field) === 1, ONE_ORIGIN)
  .describe("A moment, kept in UTC.")
  .meta({ id: "time" });

const averagingShape = {
  ...numberShape,
  literal: z
    .union([z.int().positive().transform(String), z.string().min(1)])
    .optional()
    .describe("The same in every row.")
    .meta({ examples: [3600] }),
  unit: textField
    .optional()
    .describe(
      "What the number counts: seconds, minutes, hours or days (or s, min, h, d; case does not count), in a text of its own. Without it: seconds.",
    )
    .meta({ examples: [{ literal: "hours" }] }),
};

export const averagingField = shorthand(averagingShape)
  .refine((field) => originsOf(field) === 1, ONE_ORIGIN)
  .refine((field) => field.part === undefined || field.column !== undefined, PART_NEEDS_COLUMN)
  .refine((field) => field.thousands !== field.decimal, "decimal and thousands are the same character")
  .describe(
    "How long a measurement was averaged over: a number, of seconds unless `unit` says otherwise; `words` and `lookup` read " +
      'texts such as "24-hr". Unknown when absent, and where it is no number above 0 or its unit is unknown.',
  )
  .meta({ id: "averaging" });

/** The formats of a date or time, in the order in which they are tried. */
export function formatsOf({ format }: { readonly format: string | readonly string[] }): readonly string[] {
  return typeof format === "string" ? [format] : format;
}

export type Zone = z.output<typeof zone>;
export type DateField = z.output<typeof dateField>;
export type TimeField = z.output<typeof timeField>;
export type AveragingField = z.output<typeof averagingField>;
