/** What the measurements of a wide record have in common is read once a record, not once a measurement. */
import type { Measurement } from "../config/pipeline.ts";
import { CopyRows } from "./copy-rows.ts";
import { type Cursor, DONE, type Outcome, type Step } from "./cursor.ts";
import type { MeasuringPipeline } from "./facts.ts";
import type { Writer } from "./writers.ts";

/** Columns that a measurement may say for itself, and that otherwise are what its record says. */
type SharedColumn = "date" | "time" | "observ_time" | "sensor" | "averaging" | "quality_flag";

/** Where a column's writer comes from: made for this measurement alone, or the one that the record's share. */
export type Place = (column: SharedColumn, own: Measurement, make: () => Writer) => Writer;

const NOTHING = Buffer.alloc(0);

/**
 * Shares the columns that no measurement of the pipeline says for itself. Where only some do, each measurement reads its
 * own: what one leaves in the cursor is not what the next one needs. So with flags, which say something about values.
 */
export class Sharing {
  /** To be run once a record, in this order, before any of the shared writers. */
  readonly steps: Step[] = [];
  readonly #alone: ReadonlySet<SharedColumn>;
  readonly #writers = new Map<SharedColumn, Writer>();
  readonly #field = new CopyRows();

  constructor(pipeline: MeasuringPipeline) {
    this.#alone = ownColumns(pipeline);
  }

  readonly place: Place = (column, own, make) => {
    if (own[column] !== undefined) return ofCell(make(), own[column]);
    if (this.#alone.has(column)) return make();
    const known = this.#writers.get(column);
    if (known !== undefined) return known;
    const writer = this.#share(make());
    this.#writers.set(column, writer);
    return writer;
  };

  #share(writer: Writer): Writer {
    let written: Buffer = NOTHING;
    const run = (cursor: Cursor): Outcome => {
      const outcome = writer.write(cursor, this.#field);
      written = this.#field.take() ?? NOTHING;
      return outcome;
    };
    this.steps.push({ field: writer.field, run });
    return {
      field: writer.field,
      write: (_cursor, rows) => {
        rows.field(written);
        return DONE;
      },
    };
  }
}

/** What cannot be shared. A time that marks the start of its period depends on the averaging, a date may be the time's. */
function ownColumns({ measurementList, fields }: MeasuringPipeline): Set<SharedColumn> {
  const own = new Set<SharedColumn>(["quality_flag"]);
  for (const column of ["date", "time", "observ_time", "sensor", "averaging"] as const) {
    if (measurementList.some((measurement) => measurement[column] !== undefined)) own.add(column);
  }
  if (own.has("averaging")) own.add("time");
  if (own.has("time") && fields.date !== undefined && "of" in fields.date) own.add("date");
  return own;
}

/** Rejects name the cell that is at fault. */
function ofCell(writer: Writer, field: object): Writer {
  const column = "column" in field ? field.column : undefined;
  return typeof column === "string" ? { ...writer, field: column } : writer;
}
