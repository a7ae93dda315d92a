/** From the provider's elements to harmonised KPIs: names, units, factors, credible ranges. */
import * as z from "zod";
import { ownStatistics } from "./daily.ts";
import { textField } from "./text.ts";

const kpi = z
  .strictObject({
    from: z
      .string()
      .min(1)
      .describe("The provider's name.")
      .meta({ examples: ["TMAX"] }),
    in: z
      .string()
      .min(1)
      .describe("The provider's unit.")
      .meta({ examples: ["0.1 °C"] }),
    to: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]{0,62}$/, "expected capitals, digits and underscores")
      .describe("The harmonised name.")
      .meta({ examples: ["TMAX"] }),
    unit: z
      .string()
      .min(1)
      .describe("The harmonised unit; one per name.")
      .meta({ examples: ["°C"] }),
    factor: z
      .number()
      .positive()
      .optional()
      .describe(
        "Harmonised = provider's value × factor, exactly. Not needed where the unit table knows both units.",
      )
      .meta({ examples: [0.1] }),
    gas: z
      .string()
      .min(1)
      .optional()
      .describe(
        "The gas, where a volume fraction (ppb) becomes a mass per volume (µg/m³): at 25 °C and 1 atm.",
      )
      .meta({ examples: ["O3"] }),
    description: z.string().min(1).describe("What is measured, for d_kpi_names."),
    range: z
      .tuple([z.number(), z.number()])
      .refine(([least, greatest]) => least <= greatest, "expected the least value before the greatest")
      .optional()
      .describe("Least and greatest credible value in the harmonised unit, for the check `out_of_range`."),
    daily: ownStatistics,
  })
  .describe("One of the provider's elements and what it becomes.");

export const kpis = z
  .strictObject({
    element: textField
      .optional()
      .describe(
        "Where the provider's name of the element stands; not needed where every measurement names its own.",
      ),
    unit: textField
      .optional()
      .describe("Where the unit stands, if records state it; otherwise the element alone decides."),
    unit_aliases: z
      .record(z.string(), z.array(z.string()))
      .default({})
      .describe(
        "Other spellings of a unit, beside those that the unit table knows; with `unknown: keep` they are kept under it.",
      )
      .meta({ examples: [{ "µg/m³": ["ug/m3"] }] }),
    unknown: z
      .enum(["filter", "keep"])
      .default("filter")
      .describe(
        "Elements that are not listed: leave them out (counted by name), or keep them under their own name and unit.",
      ),
    list: z
      .array(kpi)
      .min(1)
      .optional()
      .describe("The elements that are wanted. Not needed with `unknown: keep`, which keeps all."),
    of: z
      .string()
      .optional()
      .describe("Take list and unit_aliases from this other pipeline.")
      .meta({ examples: ["noaa-daily"] }),
  })
  .refine(({ list, of }) => list === undefined || of === undefined, "expected exactly one of list, of")
  .refine(
    ({ list, of, unknown }) => list !== undefined || of !== undefined || unknown === "keep",
    "expected exactly one of list, of (or `unknown: keep`, which needs neither)",
  )
  .describe("From the provider's elements to harmonised KPIs.")
  .meta({ id: "kpis" });

export type Kpi = z.output<typeof kpi>;
/** How a provider's value becomes a harmonised one: (value + add) × multiply ÷ divide, exactly, then rounded if it must be. */
export interface Conversion {
  readonly add: number;
  readonly multiply: number;
  readonly divide: number;
}

export type KpiSection = z.output<typeof kpis>;
