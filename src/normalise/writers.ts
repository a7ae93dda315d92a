/** Column writers: each reads a field of the record at hand and appends it to the COPY row. */
import type { IntegerField, NumberField, Pipeline, TextField } from "../config/pipeline.ts";
import { trimEnd, trimStart } from "./blanks.ts";
import type { CopyRows } from "./copy-rows.ts";
import { type Cursor, DONE, EMPTY, type Outcome, rejected, type Step } from "./cursor.ts";
import { toNumber, zero } from "./decimal.ts";
import type { KpiMap } from "./kpi-map.ts";
import type { Limit } from "./limits.ts";
import { decimalReader, integerReader } from "./numbers.ts";
import { isOneOf } from "./span.ts";
import type { Stations } from "./stations.ts";
import { type FieldContext, isPlainColumn, textReader } from "./text.ts";

/** Appends exactly one field to the row, or returns why not. */
export interface Writer {
  readonly field: string;
  readonly write: (cursor: Cursor, rows: CopyRows) => Outcome;
}

/** What every writer is made with. */
export interface WriterContext extends FieldContext {
  readonly pipeline: Pipeline;
  /** Fields that must not be empty. */
  readonly required: ReadonlySet<string>;
}

export const NULL_WRITER: Writer = {
  field: "",
  write: (_cursor, rows) => {
    rows.null();
    return DONE;
  },
};

export function stationWriter(stations: Stations): Writer {
  return {
    field: "station_id",
    write: (cursor, rows) => {
      rows.int4(stations.keyOf(cursor.station));
      return DONE;
    },
  };
}

/** For a measurement with a station of its own: finds it first. */
export function ownStationWriter(stations: Stations, { field, run }: Step): Writer {
  const { write } = stationWriter(stations);
  return { field, write: (cursor, rows) => run(cursor) || write(cursor, rows) };
}

export function kpiWriter({ entries }: KpiMap): Writer {
  return {
    field: "kpi",
    write: (cursor, rows) => {
      rows.int2(entries[cursor.kpi]?.kpiKey ?? 0);
      return DONE;
    },
  };
}

/** The KPI's readable name. */
export function kpiNameWriter({ entries }: KpiMap): Writer {
  return {
    field: "kpi",
    write: (cursor, rows) => {
      const name = entries[cursor.kpi]?.commonBytes;
      if (name === undefined) rows.null();
      else rows.text(name, 0, name.length);
      return DONE;
    },
  };
}

export function objectWriter(): Writer {
  return {
    field: "object",
    write: (cursor, rows) => {
      rows.int4(cursor.object.objectId);
      return DONE;
    },
  };
}

export function textWriter(context: WriterContext, name: string, field: TextField | undefined): Writer {
  if (field === undefined) return NULL_WRITER;
  const required = context.required.has(name);
  if (!isPlainColumn(field)) return computedTextWriter(context, name, field);
  const column = context.columnOf(field.column ?? "");
  const missing = field.missing.map((text) => Buffer.from(text, "utf8"));
  return {
    field: name,
    write: (cursor, rows) => {
      const bytes = cursor.bytes;
      const from = cursor.start(column);
      const to = cursor.end(column);
      const start = from < 0 ? to : trimStart(bytes, from, to);
      const end = from < 0 ? to : trimEnd(bytes, start, to);
      if (start === end || (missing.length > 0 && isOneOf(missing, bytes, start, end))) {
        if (required) return rejected("missing");
        rows.null();
      } else rows.text(bytes, start, end);
      return DONE;
    },
  };
}

function computedTextWriter(context: WriterContext, name: string, field: TextField): Writer {
  const read = textReader(field, context);
  const required = context.required.has(name);
  return {
    field: name,
    write: (cursor, rows) => {
      const text = read(cursor);
      if (typeof text === "number") return text;
      if (text === null && required) return rejected("missing");
      if (text === null) rows.null();
      else rows.string(text);
      return DONE;
    },
  };
}

/** A number; one out of its range is a reject. */
export function numericWriter(
  context: WriterContext,
  name: string,
  field: NumberField | undefined,
  limit?: Limit,
): Writer {
  if (field === undefined) return NULL_WRITER;
  const read = decimalReader(field, context);
  const required = context.required.has(name);
  const decimal = zero();
  return {
    field: name,
    write: (cursor, rows) => {
      const outcome = read(cursor, decimal);
      if (outcome === EMPTY && !required) {
        rows.null();
        return DONE;
      }
      if (outcome !== DONE) return outcome === EMPTY ? rejected("missing") : outcome;
      if (limit?.(decimal) === false) return rejected("number out of range");
      rows.numeric(decimal.negative, decimal.mantissa, decimal.scale);
      return DONE;
    },
  };
}

const LIMITS = {
  int2: [-32_768, 32_767],
  int4: [-2_147_483_648, 2_147_483_647],
  int8: [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
} as const;

export interface IntegerOptions {
  /** The field's name, for `required` and rejects. */
  readonly name: string;
  readonly type: keyof typeof LIMITS;
  readonly limits?: readonly [number, number];
  /** Written where there is none; null by default. */
  readonly otherwise?: number;
}

export function integerWriter(
  context: WriterContext,
  field: IntegerField | undefined,
  options: IntegerOptions,
): Writer {
  const { name, type, otherwise } = options;
  const absent = (rows: CopyRows): Outcome => {
    if (otherwise === undefined) rows.null();
    else rows[type](otherwise);
    return DONE;
  };
  if (field === undefined) return { field: name, write: (_cursor, rows) => absent(rows) };
  const read = integerReader(field, context, options.limits ?? LIMITS[type]);
  const required = context.required.has(name);
  const decimal = zero();
  return {
    field: name,
    write: (cursor, rows) => {
      const outcome = read(cursor, decimal);
      if (outcome === EMPTY) return required ? rejected("missing") : absent(rows);
      if (outcome === DONE) rows[type](toNumber(decimal));
      return outcome;
    },
  };
}
