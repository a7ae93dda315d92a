/** Wide layouts: one record that holds several measurements. */
import * as z from "zod";
import { integerField, qualityField, valueField } from "./fields.ts";
import { averagingField, dateField, timeField } from "./moments.ts";
import { SHORT, textField } from "./text.ts";

const RANGE = /^(\d{1,4})-(\d{1,4})$/;

function numbersOf(range: string): string[] {
  const [, first = "", last = ""] = RANGE.exec(range) ?? [];
  const texts: string[] = [];
  for (let number = Number(first); number <= Number(last); number++) texts.push(String(number));
  return texts;
}

/** What a variable of `for` stands for, one after the other. */
export const loopValues = z
  .union([
    z
      .string()
      .regex(RANGE, "expected a range such as 1-24, or a list")
      .refine((range) => numbersOf(range).length > 0, "expected the lesser number first")
      .transform(numbersOf),
    z.array(z.union([z.string(), z.number().transform(String)])).min(1),
  ])
  .describe("A range of whole numbers such as 1-24, or a list.");

const entry = z.strictObject({
  for: z
    .record(
      z.string().regex(/^[a-z][a-z0-9_]*$/, "expected small letters, digits and underscores"),
      loopValues,
    )
    .optional()
    .describe(
      "Repeats the entry: wherever {name} stands in it, each of these values is put in turn; {name:02} fills it up with zeros.",
    )
    .meta({ examples: [{ hour: "1-24" }] }),
  element: z
    .string()
    .min(1)
    .optional()
    .describe(
      "The provider's name of the element; otherwise `kpis.element` says where it stands in the record.",
    )
    .meta({ examples: ["TMAX"] }),
  station_id: textField
    .optional()
    .describe("Instead of `fields.station_id`: where each station has a column of its own."),
  unit: textField
    .optional()
    .describe("The unit, where that of this measurement stands in a column of its own."),
  value: valueField.optional().describe("The number; what `fields.value` says is added to it."),
  quality_flag: qualityField
    .optional()
    .describe("The flag of this measurement; what `fields.quality_flag` says is added to it."),
  date: dateField.optional().describe("Instead of `fields.date`."),
  time: timeField.optional().describe("Instead of `fields.time`; only observations."),
  observ_time: integerField.optional().describe("Instead of `fields.observ_time`; only daily rows."),
  sensor: integerField.optional().describe("Instead of `fields.sensor`; only observations."),
  averaging: averagingField.optional().describe("Instead of `fields.averaging`; only observations."),
});

/** One measurement, `for` carried out and `fields.value` merged in. */
export const singleMeasurement = entry.omit({ for: true });

/** `TMAX` is short for `{ element: TMAX, value: TMAX }`. */
const measurement = z
  .preprocess((value) => (typeof value === "string" ? { element: value, value } : value), entry)
  .meta({ [SHORT]: "{ element: …, value: … }" });

export const measurements = z
  .array(measurement)
  .min(1)
  .describe(
    "One record holds several measurements: an entry for each, or for each group of them. An entry says what differs from `fields`; " +
      "`TMAX` alone stands for the element and the column of that name. Empty cells are left out and counted.",
  )
  .meta({ id: "measurements", examples: [["TMAX", "TMIN"]] });

/** One measurement of a record, `for` carried out. */
export type Measurement = z.output<typeof singleMeasurement>;
