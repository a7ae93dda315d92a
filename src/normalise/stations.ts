/** From the provider's station ids to keys, and what records tell about their stations. */
import type { StationAttributes, TextField } from "../config/pipeline.ts";
import type { StationDescription } from "../postgres/verdict.ts";
import { trimEnd, trimStart } from "./blanks.ts";
import { type Cursor, DEFERRED, DONE, EMPTY, rejected, type Step } from "./cursor.ts";
import type { KeyTable } from "./key-table.ts";
import { latitudeLimit, longitudeLimit, within } from "./limits.ts";
import { decimalTextReader } from "./numbers.ts";
import { noSpan, type SpanReader, spanText } from "./span.ts";
import { type FieldContext, isPlainColumn, spanReader, textReader } from "./text.ts";

/** A source's stations: entry of the table → station key. Shared by all loads of the source. */
export interface StationTable {
  readonly ids: KeyTable;
  readonly keys: number[];
}

/** Gives keys to stations that are met for the first time (or were met by another process). */
export type AllocateStations = (ids: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/** Longer ids are no ids. */
const LONGEST_ID = 200;

type Describe = (cursor: Cursor) => Omit<StationDescription, "stationKey" | "objectKey">;

export class Stations {
  readonly #table: StationTable;
  readonly #waiting = new Set<string>();
  readonly #describe: Describe | undefined;
  /** By entry: the object (counted from 1) in which the station was seen last. */
  #seenIn = new Int32Array(1024);
  #object = 0;
  #seen: number[] = [];
  #descriptions: StationDescription[] = [];
  /** Stations of the object at hand whose position is yet to be told: entry → index of the description. */
  readonly #unplaced = new Map<number, number>();
  readonly #hasPosition: boolean;

  /** Finds the station that the record names. */
  readonly step: Step | undefined;

  constructor(
    field: TextField | undefined,
    attributes: StationAttributes | undefined,
    context: FieldContext,
    table: StationTable,
  ) {
    this.#table = table;
    this.step = field && this.stepOf(field, context);
    this.#hasPosition = attributes?.latitude !== undefined && attributes.longitude !== undefined;
    this.#describe = attributes === undefined ? undefined : describer(attributes, context);
  }

  /** Finds the station that this field of the record at hand names. */
  stepOf(field: TextField, context: FieldContext): Step {
    const run =
      isPlainColumn(field) && field.missing.length === 0
        ? this.#byColumn(context.columnOf(field.column ?? ""))
        : this.#byText(spanReader(field, context));
    return { field: "station_id", run };
  }

  keyOf(entry: number): number {
    return this.#table.keys[entry] ?? 0;
  }

  /** To be called once a row of the station was written. */
  note(cursor: Cursor): void {
    const entry = cursor.station;
    if (entry >= this.#seenIn.length) {
      const larger = new Int32Array(Math.max(entry + 1, this.#seenIn.length * 2));
      larger.set(this.#seenIn);
      this.#seenIn = larger;
    }
    if (this.#seenIn[entry] === this.#object) {
      if (this.#unplaced.size > 0) this.#place(entry, cursor);
      return;
    }
    this.#seenIn[entry] = this.#object;
    const stationKey = this.keyOf(entry);
    this.#seen.push(stationKey);
    if (this.#describe === undefined) return;
    const description = { stationKey, objectKey: cursor.object.key, ...this.#describe(cursor) };
    if (this.#hasPosition && description.latitude === null)
      this.#unplaced.set(entry, this.#descriptions.length);
    this.#descriptions.push(description);
  }

  /** The first record of a station need not be the one that tells where it is. */
  #place(entry: number, cursor: Cursor): void {
    const index = this.#unplaced.get(entry);
    const first = index === undefined ? undefined : this.#descriptions[index];
    if (index === undefined || first === undefined || this.#describe === undefined) return;
    const { latitude, longitude } = this.#describe(cursor);
    if (latitude === null) return;
    this.#descriptions[index] = { ...first, latitude, longitude };
    this.#unplaced.delete(entry);
  }

  /** Begins an object and forgets what was seen since the last `take`, and what an object that failed waited for. */
  begin(): void {
    this.#waiting.clear();
    this.#object++;
    this.#seen = [];
    this.#descriptions = [];
    this.#unplaced.clear();
  }

  /** The stations with rows in the object at hand. */
  take(): { seen: readonly number[]; descriptions: readonly StationDescription[] } {
    return { seen: this.#seen, descriptions: this.#descriptions };
  }

  /** Keys for the stations that this batch met for the first time. */
  async allocate(allocate: AllocateStations): Promise<void> {
    if (this.#waiting.size === 0) return;
    const ids = [...this.#waiting].sort();
    this.#waiting.clear();
    const keys = await allocate(ids);
    for (const id of ids) {
      const key = keys.get(id);
      if (key === undefined) throw new RangeError(`no key was allocated for station ${id}`);
      this.#table.keys[this.#table.ids.addText(id)] = key;
    }
  }

  #byColumn(column: number): (cursor: Cursor) => number {
    const { ids } = this.#table;
    return (cursor) => {
      const bytes = cursor.bytes;
      const from = cursor.start(column);
      if (from < 0) return rejected("missing");
      const start = trimStart(bytes, from, cursor.end(column));
      const end = trimEnd(bytes, start, cursor.end(column));
      if (start === end) return rejected("missing");
      if (end - start > LONGEST_ID) return rejected("invalid text");
      // Records of one station mostly follow one another.
      if (ids.holds(cursor.station, bytes, start, end)) return DONE;
      cursor.station = ids.find(bytes, start, end);
      if (cursor.station >= 0) return DONE;
      this.#waiting.add(bytes.toString("utf8", start, end));
      return DEFERRED;
    };
  }

  #byText(read: SpanReader): (cursor: Cursor) => number {
    const { ids } = this.#table;
    const id = noSpan();
    return (cursor) => {
      const outcome = read(cursor, id);
      if (outcome !== DONE) return outcome === EMPTY ? rejected("missing") : outcome;
      if (id.end - id.start > LONGEST_ID) return rejected("invalid text");
      cursor.station = ids.find(id.bytes, id.start, id.end);
      if (cursor.station >= 0) return DONE;
      this.#waiting.add(spanText(id));
      return DEFERRED;
    };
  }
}

function describer(attributes: StationAttributes, context: FieldContext): Describe {
  const text = (field: TextField | undefined): ((cursor: Cursor) => string | null) => {
    if (field === undefined) return () => null;
    const read = textReader(field, context);
    return (cursor) => {
      const value = read(cursor);
      return typeof value === "number" ? null : value;
    };
  };
  const name = text(attributes.name);
  const country = text(attributes.country_id);
  const latitude = decimalTextReader(attributes.latitude, context, latitudeLimit);
  const longitude = decimalTextReader(attributes.longitude, context, longitudeLimit);
  const elevation = decimalTextReader(attributes.elevation, context, within(10_000));
  return (cursor) => {
    const place = { latitude: latitude(cursor), longitude: longitude(cursor) };
    const atZero = Number(place.latitude) === 0 && Number(place.longitude) === 0;
    const known =
      place.latitude !== null && place.longitude !== null && !(attributes.no_position_at_zero && atZero);
    const code = country(cursor);
    return {
      name: name(cursor),
      countryId: code !== null && /^[A-Z]{2}$/.test(code) ? code : null,
      latitude: known ? place.latitude : null,
      longitude: known ? place.longitude : null,
      elevation: elevation(cursor),
    };
  };
}
