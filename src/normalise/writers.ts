/** Column writers: each reads a field of the record at hand and appends it to the COPY row. */
import type {
  DateField,
  DurationField,
  IntegerField,
  NumberField,
  Pipeline,
  TextField,
  TimeField,
} from "../config/pipeline.ts";
import {
  compactDateReader,
  NO_DATE,
  noTimestamp,
  readIsoDate,
  readTimestamp,
  type Timestamp,
} from "./calendar.ts";
import type { CopyRows } from "./copy-rows.ts";
import { type Cursor, DONE, EMPTY, type Outcome, rejected } from "./cursor.ts";
import { multiply, toNumber, zero } from "./decimal.ts";
import type { KpiMap } from "./kpi-map.ts";
import { decimalReader, integerReader } from "./numbers.ts";
import type { Stations } from "./stations.ts";
import { type ColumnOf, columnText, isOneOf, isPlainColumn, textReader, trimEnd, trimStart } from "./text.ts";

/** Appends exactly one field to the row, or returns why not. */
export interface Writer {
  readonly field: string;
  readonly write: (cursor: Cursor, rows: CopyRows) => Outcome;
}

/** What every writer is made with. */
export interface WriterContext {
  readonly pipeline: Pipeline;
  readonly columnOf: ColumnOf;
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

export function kpiWriter(kpis: KpiMap): Writer {
  return {
    field: "kpi",
    write: (cursor, rows) => {
      rows.int2(kpis.entries[cursor.kpi]?.kpiKey ?? 0);
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

/**
 * The measured value × its KPI's factor. The bound of error codes holds for the harmonised value too: in ppm, -999 comes
 * as -0.999 and becomes a large negative number only by the factor.
 */
export function valueWriter(context: WriterContext, field: NumberField, kpis: KpiMap): Writer {
  const read = decimalReader(field, context.columnOf);
  const emptyOutcome = context.required.has("value") ? rejected("missing") : EMPTY;
  const below = field.sentinels_below ?? Number.NEGATIVE_INFINITY;
  const decimal = zero();
  return {
    field: "value",
    write: (cursor, rows) => {
      const outcome = read(cursor, decimal);
      if (outcome === EMPTY) return cursor.sentinel === undefined ? emptyOutcome : EMPTY;
      if (outcome !== DONE) return outcome;
      const factor = kpis.entries[cursor.kpi]?.factor;
      if (factor !== undefined) multiply(decimal, factor);
      cursor.value = toNumber(decimal);
      if (cursor.value <= below) {
        cursor.sentinel = `${below} or less, harmonised`;
        return EMPTY;
      }
      rows.numeric(decimal.negative, decimal.mantissa, decimal.scale);
      return DONE;
    },
  };
}

/** Any text means that the value failed quality control. */
export function flagWriter(context: WriterContext, field: TextField | undefined): Writer {
  if (field === undefined) return NULL_WRITER;
  const inner = textWriter(context, "quality_flag", field);
  return {
    field: "quality_flag",
    write: (cursor, rows) => {
      const outcome = inner.write(cursor, rows);
      cursor.flagged = !rows.lastWasNull;
      return outcome;
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
  const read = textReader(field, context.columnOf, context.pipeline);
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

export function numericWriter(context: WriterContext, name: string, field: NumberField | undefined): Writer {
  if (field === undefined) return NULL_WRITER;
  const read = decimalReader(field, context.columnOf);
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
  readonly type: keyof typeof LIMITS;
  readonly limits?: readonly [number, number];
  /** Written where there is none; null by default. */
  readonly otherwise?: number;
}

export function integerWriter(
  context: WriterContext,
  name: string,
  field: IntegerField | undefined,
  options: IntegerOptions,
): Writer {
  const { type, otherwise } = options;
  const absent = (rows: CopyRows): void => {
    if (otherwise === undefined) rows.null();
    else rows[type](otherwise);
  };
  if (field === undefined) {
    return {
      field: name,
      write: (_cursor, rows) => {
        absent(rows);
        return DONE;
      },
    };
  }
  const read = integerReader(field, context.columnOf, options.limits ?? LIMITS[type]);
  const required = context.required.has(name);
  const decimal = zero();
  return {
    field: name,
    write: (cursor, rows) => {
      const outcome = read(cursor, decimal);
      if (outcome === DONE) rows[type](toNumber(decimal));
      else if (outcome !== EMPTY) return outcome;
      else if (required) return rejected("missing");
      else absent(rows);
      return DONE;
    },
  };
}

/** The days of a slice, both inclusive; days since 1970. */
export interface SliceDays {
  readonly first: number;
  readonly last: number;
}

/** The local day; leaves it in the cursor. A day outside the slice is a reject. */
export function dateWriter(context: WriterContext, field: DateField, slice?: SliceDays): Writer {
  const read = dayReader(context, field);
  return {
    field: "date",
    write: (cursor, rows) => {
      const day = read(cursor);
      if (day === NO_DATE)
        return rejected(isEmpty(cursor, context.columnOf(field.column)) ? "missing" : "not a date");
      if (slice !== undefined && (day < slice.first || day > slice.last))
        return rejected("outside the slice");
      cursor.day = day;
      rows.date(day);
      return DONE;
    },
  };
}

function dayReader(context: WriterContext, field: DateField): (cursor: Cursor) => number {
  const column = context.columnOf(field.column);
  if (field.format === "iso") {
    const stamp = noTimestamp();
    const shift = field.day_of === "end" ? 1 : 0;
    return (cursor) => {
      const start = cursor.start(column);
      if (start < 0 || !readTimestamp(cursor.bytes, start, cursor.end(column), stamp)) return NO_DATE;
      return stamp.midnight ? stamp.localDay - shift : stamp.localDay;
    };
  }
  const read = field.format === "yyyyMMdd" ? compactDateReader() : readIsoDate;
  return (cursor) => {
    const start = cursor.start(column);
    return start < 0 ? NO_DATE : read(cursor.bytes, start, cursor.end(column));
  };
}

/** Years that a time may have; what lies outside is a typing error and would need a partition of its own. */
const FIRST_SECOND = Date.UTC(1700, 0, 1) / 1000;
const LAST_SECOND = Date.UTC(2200, 0, 1) / 1000;

/** `latest`: seconds since 1970 after which a time lies in the future. */
export function timeWriter(context: WriterContext, field: TimeField, latest: number): Writer {
  const column = context.columnOf(field.column);
  const stamp: Timestamp = noTimestamp();
  const limit = field.not_after_now ? latest : Number.POSITIVE_INFINITY;
  return {
    field: "time",
    write: (cursor, rows) => {
      const start = cursor.start(column);
      if (isEmpty(cursor, column)) return rejected("missing");
      if (!readTimestamp(cursor.bytes, start, cursor.end(column), stamp)) return rejected("not a time");
      if (stamp.seconds > limit) return rejected("date in the future");
      if (stamp.seconds < FIRST_SECOND || stamp.seconds >= LAST_SECOND) return rejected("not a time");
      rows.timestamp(stamp.seconds, stamp.microseconds);
      return DONE;
    },
  };
}

const SECONDS_OF_UNIT = new Map([
  ["seconds", 1],
  ["minutes", 60],
  ["hours", 3600],
  ["days", 86_400],
]);

/** Seconds as int4; null where the duration is absent, unreadable, or of an unknown unit. */
export function durationWriter(
  context: WriterContext,
  field: DurationField | { literal: number } | undefined,
): Writer {
  if (field === undefined) return NULL_WRITER;
  if ("literal" in field) {
    return {
      field: "averaging",
      write: (_cursor, rows) => {
        rows.int4(field.literal);
        return DONE;
      },
    };
  }
  const read = decimalReader({ column: field.column, missing: [], sentinels: [] }, context.columnOf);
  const unitColumn = context.columnOf(field.unit);
  const decimal = zero();
  return {
    field: "averaging",
    write: (cursor, rows) => {
      const unit = SECONDS_OF_UNIT.get(columnText(cursor, unitColumn));
      const seconds =
        unit !== undefined && read(cursor, decimal) === DONE ? Math.round(toNumber(decimal) * unit) : 0;
      if (seconds > 0 && seconds <= LIMITS.int4[1]) rows.int4(seconds);
      else rows.null();
      return DONE;
    },
  };
}

function isEmpty(cursor: Cursor, column: number): boolean {
  const start = cursor.start(column);
  return start < 0 || start === cursor.end(column);
}
