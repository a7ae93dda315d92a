import type * as z from "zod";
import { numberField } from "../../src/config/fields.ts";
import type { LookupTable } from "../../src/config/pipeline.ts";
import { textField } from "../../src/config/text.ts";
import { Cursor, DONE, EMPTY, reasonOf } from "../../src/normalise/cursor.ts";
import { zero } from "../../src/normalise/decimal.ts";
import { decimalReader } from "../../src/normalise/numbers.ts";
import { noSpan, spanText } from "../../src/normalise/span.ts";
import { type FieldContext, spanReader, textReader } from "../../src/normalise/text.ts";
import { batchOf } from "./batches.ts";

type RecordOfTexts = Readonly<Record<string, string>>;

/** A cursor on one record, and the context that fields are compiled with to read it. */
function cursorOn(
  record: RecordOfTexts,
  variables: RecordOfTexts,
  lookups: ReadonlyMap<string, LookupTable>,
): { cursor: Cursor; context: FieldContext } {
  const columns = Object.keys(record);
  const cursor = new Cursor();
  cursor.object = { objectId: 1, key: "k", variables };
  // A field before it, so that no column begins where the buffer does.
  const batch = batchOf([["before", ...columns.map((name) => record[name])]]);
  cursor.batch(batch);
  cursor.row(0, batch.fields);
  const none = (): number => columns.length + 1;
  const columnOf = (name: string): number => {
    const index = columns.indexOf(name);
    // Behind the last column there is nothing: an absent one.
    return index < 0 ? columns.length + 1 : index + 1;
  };
  return { cursor, context: { columnOf, workedOut: none, pipeline: { lookups } } };
}

export interface Around {
  readonly variables?: RecordOfTexts;
  readonly lookups?: ReadonlyMap<string, LookupTable>;
}

/** What a text field makes of a record, read both ways: a text, null, or the reason of a reject as an object. */
export function textOf(field: z.input<typeof textField>, record: RecordOfTexts, around: Around = {}) {
  const { variables = {}, lookups = new Map<string, LookupTable>() } = around;
  const parsed = textField.parse(field);
  const { cursor, context } = cursorOn(record, variables, lookups);
  const text = textReader(parsed, context)(cursor);
  const span = noSpan();
  const outcome = spanReader(parsed, context)(cursor, span);
  const asBytes =
    outcome === DONE ? spanText(span) : outcome === EMPTY ? null : { reject: reasonOf(outcome) };
  const asText = typeof text === "number" ? { reject: reasonOf(text) } : text;
  return { asText, asBytes };
}

/** What a number field makes of a column's text: `123e-2` for 1.23, null for no value, else the reason of a reject. */
export function numberOf(field: Partial<z.output<typeof numberField>>, text: string): string | null {
  const parsed = numberField.parse({ column: "n", ...field });
  const { cursor, context } = cursorOn({ n: text }, {}, new Map());
  const decimal = zero();
  const outcome = decimalReader(parsed, context)(cursor, decimal);
  if (outcome === EMPTY) return null;
  if (outcome !== DONE) return reasonOf(outcome) ?? "?";
  return `${decimal.negative ? "-" : ""}${decimal.mantissa}e-${decimal.scale}`;
}
