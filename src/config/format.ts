/** How an object's bytes are divided into records and columns. */
import * as z from "zod";
import { size } from "./size.ts";
import { stored } from "./storage.ts";
import { byteRange } from "./text.ts";

const recordLimit = size.prefault("1 MiB").describe("A longer record is rejected.");

const character = z.string().regex(/^[\t\x20-\x7e]$/, "expected one ASCII character");

const startOfText = {
  skip_lines: z
    .int()
    .min(0)
    .default(0)
    .describe("So many lines precede the header or the first record; they are counted as comments."),
  skip_to: z
    .string()
    .min(1)
    .optional()
    .describe(
      "The header (or the first record) is the first line that begins with this; all before it are skipped.",
    )
    .meta({ examples: ["STATION,"] }),
  comment: z
    .union([z.string().min(1).max(32), z.array(z.string().min(1).max(32)).min(1)])
    .optional()
    .transform((comment) => (typeof comment === "string" ? [comment] : (comment ?? [])))
    .describe("Lines that begin with this (or with one of these) are comments.")
    .meta({ examples: ["#"] }),
};

const path = z
  .string()
  .min(1)
  .describe(
    "A path into the record; keys joined by dots, numbers for elements of a list. With [] behind a list there is a row for each of " +
      "its elements: `values[].value`, `hourly.temperature[]`; several such lists go in step. With {} behind an object there is a row " +
      "for each of its values, and {key} at the end is the key: `days{}.mean` and `days{key}`; several such objects go in step by " +
      "their keys. Lists and objects may stand in each other: `sites[].values{}.0`. `^{key}` is the key that the record itself stands " +
      "under (see `records`). A backslash before one of `. [ ] { } ^` makes it part of a key.",
  )
  .meta({ examples: ["coordinates.latitude"] });

const columnsByPath = z
  .record(z.string().min(1), path)
  .optional()
  .describe("Name → path into the record. Without it the fields name paths themselves.");

const delimited = z.strictObject({
  type: z.literal("delimited"),
  ...stored,
  ...startOfText,
  delimiter: z
    .union([
      z.literal("whitespace"),
      z
        .string()
        .min(1)
        .max(8)
        .regex(/^[^\r\n]+$/, "expected no line end"),
    ])
    .default(",")
    .describe(
      "What stands between two fields, mostly one character; `whitespace`: any number of blanks and tabs.",
    ),
  quote: z
    .union([z.literal("none"), character])
    .default('"')
    .describe("The quote character, doubled inside quotes; or none."),
  escape: character
    .optional()
    .describe(
      "A character that escapes quotes, where they are not doubled. Such files are read by fast-csv, at a fifteenth of the speed; " +
        "their delimiter is one character, and a record is one line.",
    ),
  header: z
    .enum(["none", "always", "detect"])
    .describe("Whether the first line names the columns; `detect` looks at each file."),
  header_repeats: z
    .boolean()
    .default(true)
    .describe("Whether lines that repeat the header, as in files put together of several, are skipped."),
  skip_after_header: z
    .int()
    .min(0)
    .default(0)
    .describe("Lines between the header and the first record, as with the units of the columns."),
  columns: z
    .union([
      z.array(z.string().min(1)).min(1),
      z.record(z.string().min(1), z.union([z.string().min(1), z.int().positive().max(10_000)])),
    ])
    .optional()
    .describe(
      "The columns. A list: in the order of the file where it has no header; found by name where it has one. A map: our name → " +
        "the header's name, or the column's number (1 is the first); where there is no header, a record may have more columns than the " +
        "highest number. Without it the fields name columns as the header does. Where a header repeats a name, `status #2` is the second " +
        "column of it, `status after Ozone` the one that goes with the column Ozone: the first to the right of it, unless a column stands between that " +
        "has a name of its own or that the pipeline reads for itself. `status #1 after Ozone` is the first there whatever stands between, " +
        "`status #2 after Ozone` the second.",
    ),
  header_names: z
    .record(z.string(), z.string())
    .default({})
    .describe("With a list: where the file's header calls a column otherwise, our name → the header's.")
    .meta({ examples: [{ value: "DATA_VALUE" }] }),
  optional: z
    .union([z.literal("all"), z.array(z.string().min(1))])
    .default([])
    .describe(
      "Columns that a header may lack; their fields are then empty. Without one of the others the object fails.",
    ),
  short_lines: z
    .enum(["reject", "fill"])
    .default("reject")
    .describe("A record with too few fields: reject it, or take the missing ones as empty."),
  long_lines: z
    .enum(["reject", "cut"])
    .default("reject")
    .describe("A record with too many fields: reject it, or leave the surplus out."),
  multiline: z.boolean().default(false).describe("Whether a quoted field may hold line ends."),
  record_limit: recordLimit,
});

const repeat = z
  .strictObject({
    count: z.int().positive().max(1000).describe("How often the group stands there."),
    every: z.int().positive().describe("Bytes from one group to the next."),
    columns: z
      .record(z.string().min(1), byteRange)
      .describe(
        "The columns of the first group; those of the others follow, their names numbered: value1, value2, …",
      ),
  })
  .describe("A group of columns that stands there several times.")
  .meta({ examples: [{ count: 31, every: 8, columns: { value: "22-26", q_flag: 28 } }] });

const fixedWidth = z.strictObject({
  type: z.literal("fixed-width"),
  ...stored,
  ...startOfText,
  columns: z
    .record(z.string().min(1), byteRange)
    .describe(
      "Name → 1-based, inclusive bytes; blanks around a value are dropped. They are the stored bytes, but of UTF-16 those that the text has in UTF-8.",
    ),
  repeat: repeat.optional(),
  minimum: z
    .int()
    .positive()
    .optional()
    .describe("A line of fewer bytes (blanks at its end aside) is rejected: too few fields."),
  record_limit: recordLimit,
});

const jsonLines = z.strictObject({
  type: z.literal("json-lines"),
  ...stored,
  columns: columnsByPath,
  record_limit: recordLimit,
});

const json = z.strictObject({
  type: z.literal("json"),
  ...stored,
  records: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Path to the list of records, or with {} behind it to an object whose values they are; the document itself when absent. One " +
        "object instead of a list is one record. At the end [] and {} can follow each other: `data{}[]` are the elements of all lists that are " +
        "values of data. Columns have the key of a record as `^{key}`, that of what it stands in as `^^{key}`. However " +
        "long the document is, one record at a time is held in memory. A record that is null is blank.",
    )
    .meta({ examples: ["Data"] }),
  columns: columnsByPath,
  record_limit: size
    .prefault("16 MiB")
    .describe(
      "A longer record is rejected. Where all of the document is one such record, the object fails: `records` must lead further in.",
    ),
  depth_limit: z.int().positive().default(32).describe("A deeper document is refused."),
});

export const format = z
  .discriminatedUnion("type", [delimited, fixedWidth, jsonLines, json])
  .describe("How the bytes are divided into records and columns.")
  .meta({ id: "format" });

export type Format = z.output<typeof format>;
export type DelimitedFormat = z.output<typeof delimited>;
export type FixedWidthFormat = z.output<typeof fixedWidth>;
export type JsonLinesFormat = z.output<typeof jsonLines>;
export type JsonFormat = z.output<typeof json>;
