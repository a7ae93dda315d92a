/** What the provider's quality flags mean, and how they are kept. */
import type { QualityField } from "../config/pipeline.ts";
import type { CopyRows } from "./copy-rows.ts";
import { type Cursor, DONE, EMPTY, type Outcome, rejected } from "./cursor.ts";
import { readDecimal, toNumber, zero } from "./decimal.ts";
import { isOneOf, noSpan } from "./span.ts";
import { spanReader } from "./text.ts";
import { NULL_WRITER, type Writer, type WriterContext } from "./writers.ts";

/** Kept before the flag of a value that nobody has judged. */
const UNKNOWN = Buffer.from("?");
/** Kept for a value that failed by having no flag. */
const NO_FLAG = Buffer.from("none");
/** Kept before a failing flag that itself begins with ?, lest it be taken for unknown. */
const FAILED = Buffer.from("!");

type Meaning = QualityField["otherwise"];

/**
 * Passed: null. Failed: the flag's text (`none` where there is none, and with a ! before one that begins with ?). Unknown: ?
 * and the flag's text. Notes in the cursor whether the value failed. A flag that is to be rejected is "not in lookup".
 */
export function flagWriter(context: WriterContext, field: QualityField | undefined): Writer {
  if (field === undefined) return NULL_WRITER;
  const read = spanReader(field, context);
  const meaningOf = flagMeaning(field);
  const required = context.required.has("quality_flag");
  const span = noSpan();
  return {
    field: "quality_flag",
    write: (cursor, rows) => {
      const outcome = read(cursor, span);
      if (outcome === EMPTY) return required ? rejected("missing") : writeEmpty(field.empty, cursor, rows);
      if (outcome !== DONE) return outcome;
      const { bytes, start, end } = span;
      const meaning = meaningOf(bytes, start, end);
      if (meaning === "reject") return rejected("not in lookup");
      cursor.flagged = meaning === "fail";
      if (meaning === "pass") rows.null();
      else if (meaning === "unknown") rows.joined(UNKNOWN, bytes, start, end);
      else if (bytes[start] === UNKNOWN[0]) rows.joined(FAILED, bytes, start, end);
      else rows.text(bytes, start, end);
      return DONE;
    },
  };
}

function writeEmpty(meaning: QualityField["empty"], cursor: Cursor, rows: CopyRows): Outcome {
  cursor.flagged = meaning === "fail";
  if (meaning === "pass") rows.null();
  else if (meaning === "unknown") rows.text(UNKNOWN, 0, UNKNOWN.length);
  else rows.text(NO_FLAG, 0, NO_FLAG.length);
  return DONE;
}

type IsMeant = (bytes: Buffer, start: number, end: number) => boolean;

/** Of several that fit the first counts: pass, fail, unknown. */
function flagMeaning(field: QualityField): (bytes: Buffer, start: number, end: number) => Meaning {
  const [pass, fail, unknown] = [meant(field.pass), meant(field.fail), meant(field.unknown)];
  return (bytes, start, end) => {
    if (pass(bytes, start, end)) return "pass";
    if (fail(bytes, start, end)) return "fail";
    return unknown(bytes, start, end) ? "unknown" : field.otherwise;
  };
}

/** Whether a flag is one of these texts, or a number within these bounds. */
function meant(flags: QualityField["pass"]): IsMeant {
  if (Array.isArray(flags)) {
    const texts = flags.map((flag) => Buffer.from(flag, "utf8"));
    return (bytes, start, end) => isOneOf(texts, bytes, start, end);
  }
  const { at_least: least = Number.NEGATIVE_INFINITY, at_most: most = Number.POSITIVE_INFINITY } = flags;
  const decimal = zero();
  return (bytes, start, end) => {
    if (readDecimal(bytes, start, end, decimal) !== undefined) return false;
    const number = toNumber(decimal);
    return number >= least && number <= most;
  };
}
