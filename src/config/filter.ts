/** Which records are wanted. */
import * as z from "zod";
import { ONE_ORIGIN, operations, origin, originsOf, shorthand } from "./text.ts";

const CONDITIONS = ["is", "is_not", "empty", "matches", "at_least", "at_most"] as const;

const condition = shorthand({
  name: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe("What the records left out are counted as; default: the column."),
  ...origin,
  ...operations,
  is: z.array(z.string()).min(1).optional().describe("One of these texts."),
  is_not: z.array(z.string()).min(1).optional().describe("None of these texts."),
  empty: z.boolean().optional().describe("Whether there is no text."),
  matches: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe("A regular expression (RE2) that matches somewhere in the text.")
    .meta({ examples: ["^FM-1[56]$"] }),
  at_least: z.number().optional().describe("A number of at least this; what is no number does not fit."),
  at_most: z.number().optional().describe("A number of at most this; what is no number does not fit."),
})
  .refine((field) => originsOf(field) === 1, ONE_ORIGIN)
  .refine(
    (field) => CONDITIONS.some((name) => field[name] !== undefined),
    `expected at least one of ${CONDITIONS.join(", ")}`,
  );

export const filter = z
  .array(condition)
  .default([])
  .describe("Conditions that a record must meet, all of them; others are left out, and counted by name.")
  .meta({ id: "filter", examples: [[{ column: "validity", is: ["Y"] }]] });

export type Condition = z.output<typeof condition>;
