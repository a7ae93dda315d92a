/** How an object's bytes are stored: compressed, and as text of which encoding. */
import * as z from "zod";

/** Each character is two bytes, or twice two. */
export const UTF_16 = ["utf-16", "utf-16le", "utf-16be"] as const;

/** Each byte is a character. */
export const ONE_BYTE = [
  "latin-1",
  "windows-1252",
  "windows-1250",
  "windows-1251",
  "windows-1253",
  "windows-1254",
  "windows-1255",
  "windows-1256",
  "windows-1257",
  "windows-1258",
  "windows-874",
  "iso-8859-2",
  "iso-8859-3",
  "iso-8859-4",
  "iso-8859-5",
  "iso-8859-6",
  "iso-8859-7",
  "iso-8859-8",
  "iso-8859-10",
  "iso-8859-13",
  "iso-8859-14",
  "iso-8859-15",
  "iso-8859-16",
  "koi8-r",
  "koi8-u",
  "ibm866",
  "macintosh",
] as const;

/** ASCII is one byte, all else several, of which those behind the first may look like ASCII. */
export const SEVERAL_BYTES = ["gb18030", "gbk", "big5", "shift_jis", "euc-jp", "euc-kr"] as const;

/** The keys of every format that say so. */
export const stored = {
  compression: z
    .enum(["detect", "none", "gzip", "zip", "zstd", "bzip2", "xz", "brotli"])
    .default("detect")
    .describe(
      "How the object is compressed. `detect` looks at its first bytes; brotli has no mark of its own and is known by a key that ends in `.br`.",
    ),
  member: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Which file of a zip archive: a pattern in which * stands for any characters and ? for one. Without it the archive must hold one file alone. Several that fit are read one after the other.",
    )
    .meta({ examples: ["produkt_klima_tag_*.txt"] }),
  encoding: z
    .enum(["utf-8", ...UTF_16, ...ONE_BYTE, ...SEVERAL_BYTES])
    .default("utf-8")
    .describe(
      "The encoding of the text. `latin-1` is ISO 8859-1, in which the bytes 80 to 9F are control characters; where they are " +
        "printed ones (€, “ and ” among them), it is `windows-1252`. Central Europe writes `windows-1250` or `iso-8859-2`, DOS `ibm866` in Russia. " +
        "Of UTF-16 a byte order mark tells which it is: text that begins with one is read without a word, also beside `utf-8`; " +
        "`utf-16` without a mark is `utf-16le`. Text in UTF-16 is made UTF-8 before it is divided, and so, unless its columns are of fixed width, is that " +
        "of East Asia (`gb18030`, `gbk`, `big5`, `shift_jis`, `euc-jp`, `euc-kr`): byte offsets, raw records and `record_limit` then count the bytes of " +
        "that. A record with bytes that stand for nothing, or for a letter of private use, is rejected as invalid UTF-8. `big5` has the characters of Hong Kong " +
        "(HKSCS), `euc-kr` all syllables (code page 949). Byte order marks are dropped.",
    ),
};

/** How the object is stored, whatever its format. */
export type Stored = z.output<z.ZodObject<typeof stored>>;
