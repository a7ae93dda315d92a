/** The measured value: read, harmonised, written. */
import type { ValueField } from "../config/pipeline.ts";
import type { CopyRows } from "./copy-rows.ts";
import { type Cursor, DONE, EMPTY, type Outcome, rejected, type Step } from "./cursor.ts";
import { type Decimal, multiply, toNumber, zero } from "./decimal.ts";
import type { KpiMap } from "./kpi-map.ts";
import { decimalReader } from "./numbers.ts";
import { originName } from "./origin.ts";
import type { Writer, WriterContext } from "./writers.ts";

/** Reads the value and harmonises it in place. */
type Harmonised = (cursor: Cursor, into: Decimal) => Outcome;

/** The value of a record with one measurement, read when its turn comes. */
export function valueWriter(context: WriterContext, field: ValueField, kpis: KpiMap): Writer {
  const read = harmonised(context, field, kpis);
  const decimal = zero();
  return {
    field: "value",
    write: (cursor, rows) => {
      const outcome = read(cursor, decimal);
      if (outcome === DONE) writeDecimal(decimal, rows);
      return outcome;
    },
  };
}

/**
 * The value of one cell of a wide record, in two: read before the row is begun, so that an empty cell costs nothing and
 * is no reject whatever else the cell lacks (the 30th of February of a sheet of months), then written in its turn.
 * Rejects name the cell.
 */
export function cellValue(
  context: WriterContext,
  field: ValueField,
  kpis: KpiMap,
): { readonly read: Step; readonly write: Writer } {
  const read = harmonised(context, field, kpis);
  const cell = originName(field);
  const decimal = zero();
  return {
    read: { field: cell, run: (cursor) => read(cursor, decimal) },
    write: {
      field: cell,
      write: (_cursor, rows) => {
        writeDecimal(decimal, rows);
        return DONE;
      },
    },
  };
}

function writeDecimal({ negative, mantissa, scale }: Decimal, rows: CopyRows): void {
  rows.numeric(negative, mantissa, scale);
}

/**
 * The number as its KPI has it. Error codes may be known only then: in ppm, -999 comes as -0.999 and becomes a large
 * negative number by the factor.
 */
function harmonised(context: WriterContext, field: ValueField, { entries }: KpiMap): Harmonised {
  const read = decimalReader(field, context);
  const emptyOutcome = context.required.has("value") ? rejected("missing") : EMPTY;
  const below = field.harmonised_below ?? Number.NEGATIVE_INFINITY;
  return (cursor, into) => {
    const outcome = read(cursor, into);
    if (outcome === EMPTY) return cursor.sentinel === undefined ? emptyOutcome : EMPTY;
    if (outcome !== DONE) return outcome;
    const entry = entries[cursor.kpi];
    if (entry?.factor !== undefined) multiply(into, entry.factor);
    else if (entry?.convert !== undefined) entry.convert(into);
    cursor.value = toNumber(into);
    if (cursor.value > below) return DONE;
    cursor.sentinel = `${below} or less, harmonised`;
    return EMPTY;
  };
}
