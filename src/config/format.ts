/** How an object's bytes are divided into records and columns. */
import * as z from "zod";
import { byteRange } from "./fields.ts";
import { size } from "./size.ts";

const recordLimit = size.prefault("1 MiB").describe("A longer record is rejected.");

const character = z.string().regex(/^[\t\x20-\x7e]$/, "expected one ASCII character");

const columnsInOrder = z
  .array(z.string().min(1))
  .min(1)
  .describe(
    "The columns by name: in the order of the file where it has no header; found by name where it has one.",
  );

const path = z
  .string()
  .min(1)
  .describe("A path into the record; keys joined by dots.")
  .meta({ examples: ["coordinates.latitude"] });

const columnsByPath = z.record(z.string().min(1), path).describe("Name → path into the record.");

const delimited = z.strictObject({
  type: z.literal("delimited"),
  delimiter: character.default(",").describe("One character."),
  quote: z
    .union([z.literal("none"), character])
    .default('"')
    .describe("The quote character, doubled inside quotes; or none."),
  escape: character
    .optional()
    .describe(
      "A character that escapes quotes, where they are not doubled. Such files are read by fast-csv, at a fifteenth of the speed.",
    ),
  header: z
    .enum(["none", "always", "detect"])
    .describe("Whether the first line names the columns; `detect` looks at each file."),
  columns: columnsInOrder,
  header_names: z
    .record(z.string(), z.string())
    .default({})
    .describe("Where the file's header calls a column otherwise: our name → the header's.")
    .meta({ examples: [{ value: "DATA_VALUE" }] }),
  comment: character.optional().describe("Lines that begin with this character are comments."),
  multiline: z.boolean().default(false).describe("Whether a quoted field may hold line ends."),
  record_limit: recordLimit,
});

const fixedWidth = z.strictObject({
  type: z.literal("fixed-width"),
  columns: z
    .record(z.string().min(1), byteRange)
    .describe("Name → 1-based, inclusive bytes; blanks around a value are dropped."),
  minimum: z
    .int()
    .positive()
    .optional()
    .describe("A line of fewer bytes (blanks at its end aside) is rejected: too few fields."),
  record_limit: recordLimit,
});

const jsonLines = z.strictObject({
  type: z.literal("json-lines"),
  columns: columnsByPath,
  record_limit: recordLimit,
});

const json = z.strictObject({
  type: z.literal("json"),
  records: path.optional().describe("Where the array of records is; the document itself when absent."),
  columns: columnsByPath,
  depth_limit: z.int().positive().default(32).describe("A deeper document is refused."),
});

export const format = z
  .discriminatedUnion("type", [delimited, fixedWidth, jsonLines, json])
  .describe("How the bytes are divided into records and columns.");

export type Format = z.output<typeof format>;
export type DelimitedFormat = z.output<typeof delimited>;
export type FixedWidthFormat = z.output<typeof fixedWidth>;
export type JsonLinesFormat = z.output<typeof jsonLines>;
export type JsonFormat = z.output<typeof json>;
