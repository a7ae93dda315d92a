/** Where a field's text comes from, and what is done with it before it is understood. */
import * as z from "zod";

export const columnName = z
  .string()
  .min(1)
  .describe(
    "A column: by its name in `format.columns`; where that is absent, by its name in the header or its path in the JSON. Where the header " +
      "repeats a name, `status #2` is the second column of it, and `status after Ozone` the one that goes with the column Ozone, to the right of it.",
  )
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
        "A CSV file in UTF-8 with a header, below the pipelines folder, of at most 16 MiB (some 500,000 rows); lines that begin with # may precede it.",
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
  .describe("Replaces the text by what stands beside it in a side table.")
  .meta({ id: "lookup" });

const pattern = z
  .string()
  .min(1)
  .max(200)
  .describe("A regular expression in RE2's syntax, which takes linear time whatever the text.")
  .meta({ examples: ["^([A-Z]+)-"] });

/** Where a text comes from: exactly one of these; see `hasOneOrigin`. */
export const origin = {
  column: columnName.optional(),
  literal: z.string().min(1).optional().describe("The same text in every row."),
  variable: z
    .string()
    .min(1)
    .optional()
    .describe("A variable of the object's key.")
    .meta({ examples: ["location"] }),
  template: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Several columns as one text: {name} stands for a column, {name:05} for it filled up with zeros to five " +
        "characters, {name?} for one that may be empty, {key.name} for a variable of the object's key. If another " +
        "column is empty, so is the whole.",
    )
    .meta({ examples: ["{state_code}-{county_code}-{site_number}"] }),
  hash: z
    .array(columnName)
    .min(1)
    .optional()
    .describe(
      "A stable hash of these columns (the first 16 hex digits of SHA-256 of the values as a JSON array).",
    ),
  preamble: pattern
    .optional()
    .describe(
      "A text in the lines above the first record (those that `skip_lines`, `skip_to` and `skip_after_header` pass over, and comments; never " +
        "the header): what the first group of this regular expression (RE2) matches or, without a group, the whole match, in the first line in which " +
        "it matches. One with \\n in it is matched against all these lines together, ^ and $ being the ends of each. The first 64 KiB of them " +
        "are searched. Where nothing matches there is no value.",
    )
    .meta({ examples: ["^Station ID: *(\\S+)"] }),
};

/** Names of the keys that say where a text comes from. */
export const ORIGINS: readonly string[] = Object.keys(origin);

/** How many origins a field names. */
export function originsOf(field: Readonly<Record<string, unknown>>): number {
  return ORIGINS.filter((name) => field[name] !== undefined).length;
}

export const ONE_ORIGIN = `expected exactly one of ${ORIGINS.join(", ")}`;

/** What is done with the text, in this order, before it is understood. Blanks around it never count. */
export const operations = {
  part: byteRange.optional().describe("Only these bytes of the column."),
  split: z
    .strictObject({
      by: z.string().min(1).max(8).describe("What stands between the pieces."),
      take: z
        .int()
        .refine((take) => take !== 0, "expected 1 for the first piece, 2 for the second, -1 for the last")
        .describe("Which piece: 1 is the first, -1 the last. A piece that is not there is no value."),
    })
    .optional()
    .describe("One piece of a composite cell.")
    .meta({ examples: [{ by: ",", take: 1 }] }),
  match: pattern
    .optional()
    .describe(
      "A regular expression (RE2): the text becomes what its first group matches, or, without a group, the whole " +
        "match; where nothing matches there is no value.",
    ),
  strip: z
    .string()
    .min(1)
    .optional()
    .describe("Characters that are dropped from both ends.")
    .meta({ examples: ["*#"] }),
  replace: z
    .record(z.string().min(1).max(100), z.string().max(100))
    .optional()
    .describe("Texts that are replaced wherever they stand, one after the other.")
    .meta({ examples: [{ ":": "" }] }),
  case: z.enum(["upper", "lower"]).optional().describe("Makes all letters capital or small."),
  missing: z
    .array(z.string())
    .default([])
    .describe("Texts that mean 'no value'. An empty field always does.")
    .meta({ examples: [["-999.9"]] }),
  pad: z
    .strictObject({
      to: z.int().positive().max(200).describe("Characters that it then has at least."),
      with: z.string().length(1).default("0").describe("The character that is put before it."),
    })
    .optional()
    .describe("Fills the text up from the left, as with zeros that were lost from an id.")
    .meta({ examples: [{ to: 5 }] }),
  lookup: lookup.optional(),
  carry: z
    .boolean()
    .optional()
    .describe(
      "Where a record has no such text, that of the last record above it in the same object that has one holds on, also if the filter leaves " +
        "that record out. A record that was refused ends it: it may have held the next text.",
    ),
};

/** Key of the annotation for a place where a text alone may stand; its value says what that is short for. */
export const SHORT = "shortFor";

/** `id` is short for `{ column: id }`. */
export function shorthand<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .preprocess((value) => (typeof value === "string" ? { column: value } : value), z.strictObject(shape))
    .meta({ [SHORT]: "{ column: … }" });
}

export const PART_OF_NOTHING = "`part` takes bytes of a column; this field has none";

export const PART_NEEDS_COLUMN = { message: PART_OF_NOTHING, path: ["part"] };

export const textField = shorthand({
  ...origin,
  ...operations,
  prefix: z
    .string()
    .default("")
    .describe("Put before the text.")
    .meta({ examples: ["f:"] }),
  suffix: z.string().default("").describe("Put behind the text."),
})
  .refine((field) => originsOf(field) === 1, ONE_ORIGIN)
  .refine((field) => field.part === undefined || field.column !== undefined, PART_NEEDS_COLUMN)
  .describe(
    "A text: where it comes from (column, literal, variable, template, hash or preamble) and what is done with it, in this " +
      "order: part, split, match, strip, replace, case, missing, pad, lookup, prefix and suffix, carry.",
  )
  .meta({ id: "text" });

export type TextField = z.output<typeof textField>;

const MOST_TEXTS = 100;

/** Texts that a pipeline names itself. */
export const namedTexts = z
  .record(
    z.string().regex(/^(?!key\.)[^{}]+$/, "expected a name without braces that does not begin with `key.`"),
    textField,
  )
  .refine((texts) => Object.keys(texts).length <= MOST_TEXTS, `expected at most ${MOST_TEXTS} texts`)
  .optional()
  .describe(
    "Texts with names of their own, which can then be used wherever a column can, also in templates: a piece of a column, a value above the records, " +
      "or one that holds on. A text may use columns and the texts above it; one that uses a column of its own name takes its place.",
  )
  .meta({ examples: [{ year: { preamble: "^Year: (\\d{4})" } }] });
