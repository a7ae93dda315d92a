/** What the columns of a table are: station, time, values, and what only accompanies them. */

import { type Above, toldAbove } from "./above.ts";
import { type Column, describe, lastName, words } from "./column.ts";
import { fits, isElement, isId, isName, isNumeric, isText, measures, NAMES, within } from "./kinds.ts";
import { nearlyAll, together } from "./misfits.ts";
import { hourOf, type Moment, misfitsOfPart, partsOf } from "./moment-parts.ts";
import { type Clock, clockOf } from "./moments.ts";
import type { Table } from "./table.ts";

export interface Roles {
  readonly station: Column | undefined;
  /** A date or time of its own, or one put together from several columns. */
  readonly when: Moment | undefined;
  readonly element: Column | undefined;
  readonly unit: Column | undefined;
  /** Of long tables. */
  readonly value: Column | undefined;
  /** Of wide ones. */
  readonly values: readonly Column[];
  readonly quality: readonly Column[];
  readonly sensor: Column | undefined;
  readonly latitude: Column | undefined;
  readonly longitude: Column | undefined;
  readonly elevation: Column | undefined;
  readonly name: Column | undefined;
  readonly country: Column | undefined;
  /** What the lines above the records say. */
  readonly above: Above;
  /** Beside dates without times: a column that is called like a time of day, and could not be read as one. */
  readonly clock: Column | undefined;
  /** Without a name, but numbers with decimals that are the same in all records of a station. */
  readonly constants: readonly Column[];
  /** Columns without a use. */
  readonly unused: readonly Column[];
}

/** Finds the roles. Columns without a name are left alone, and those of headerless files are told by their content. */
export function rolesOf(table: Table): Roles {
  const columns = table.columns.filter(({ name }) => name !== "").map(describe);
  return { ...new Assignment(columns).roles(), above: toldAbove(table.above ?? []) };
}

class Assignment {
  readonly #columns: readonly Column[];
  readonly #taken = new Set<Column>();

  constructor(columns: readonly Column[]) {
    this.#columns = columns;
  }

  roles(): Omit<Roles, "above"> {
    const namedLatitude = this.#named("latitude", within(90));
    const namedLongitude = this.#named("longitude", within(180));
    const when = this.#when();
    // Without dates there are no measurements.
    const element = when && (this.#named("element", isText) ?? this.#headerless(isElement));
    const value = element && (this.#named("value", isNumeric) ?? this.#valueBeside(element));
    const unit = this.#named("unit", isText);
    if (value === undefined && element !== undefined) this.#taken.delete(element);
    const country = this.#named("country", isText);
    const station = this.#named("station", isId) ?? this.#headerless(isId);
    // Without a name, only a list of stations has positions: a record each, and no dates.
    const isList = when === undefined && station !== undefined && isUnique(station);
    const latitude = namedLatitude ?? (isList ? this.#position(90) : undefined);
    const longitude = namedLongitude ?? (isList && latitude ? this.#position(180) : undefined);
    const sensor = this.#named("sensor", (column) => column.numbers?.isWhole === true);
    const name = this.#named("name", isText) ?? (when === undefined ? this.#headerless(isName) : undefined);
    // An altimeter's pressure is called much the same, and changes.
    const elevation = this.#named(
      "elevation",
      (column) =>
        column.numbers !== undefined &&
        column.distinct.size - column.numbers.misfits.count <= Math.max(1, station?.distinct.size ?? 0),
    );
    const quality = this.#all((column) => fits(NAMES.quality, column) && column.distinct.size <= 50);
    const stations = Math.max(1, station?.distinct.size ?? 0);
    const constants = this.#free().filter(
      (column) => !column.isNamed && latitude === undefined && isConstant(column, stations),
    );
    const values = when !== undefined && value === undefined ? this.#all(measures) : [];
    const unused = this.#columns.filter((column) => !this.#taken.has(column));
    const clock = when?.hasTime === false ? unused.find(isCalledClock) : undefined;
    const long = value === undefined ? undefined : element;
    return {
      station,
      when,
      element: long,
      unit,
      value,
      values,
      quality,
      sensor,
      latitude,
      longitude,
      elevation,
      name,
      country,
      clock,
      constants,
      unused,
    };
  }

  #take(column: Column | undefined): Column | undefined {
    if (column !== undefined) this.#taken.add(column);
    return column;
  }

  #free(): Column[] {
    return this.#columns.filter((column) => !this.#taken.has(column));
  }

  #all(isOne: (column: Column) => boolean): Column[] {
    const chosen = this.#free().filter(isOne);
    for (const column of chosen) this.#taken.add(column);
    return chosen;
  }

  #named(role: keyof typeof NAMES, isPossible: (column: Column) => boolean): Column | undefined {
    for (const pattern of NAMES[role]) {
      const found = this.#free().find(
        (column) => column.isNamed && pattern.test(words(lastName(column.title))) && isPossible(column),
      );
      if (found !== undefined) return this.#take(found);
    }
    return undefined;
  }

  /** In files without a header, columns are known by what is in them. */
  #headerless(isOne: (column: Column) => boolean): Column | undefined {
    return this.#take(this.#free().find((column) => !column.isNamed && isOne(column)));
  }

  /** Degrees have several decimals, and latitude stands before longitude. */
  #position(most: number): Column | undefined {
    return this.#headerless(
      (column) => within(most)(column) && nearlyAll(column.texts, (text) => /\.\d{3,}$/.test(text)),
    );
  }

  #valueBeside(element: Column): Column | undefined {
    if (element.isNamed) return undefined;
    const behind = this.#columns.slice(this.#columns.indexOf(element) + 1);
    return this.#take(behind.find((column) => !this.#taken.has(column) && isNumeric(column)));
  }

  #when(): Moment | undefined {
    const dated = this.#free().filter(({ moments }) => moments !== undefined);
    // A time tells more than a date, an offset more than a clock without one; numbers are dates only for want of others.
    const best = dated.toSorted((one, other) => certainty(other) - certainty(one))[0];
    const { moments } = best ?? {};
    if (best === undefined || moments === undefined) return this.#whenOfParts();
    this.#take(best);
    const clock = moments.hasTime ? undefined : this.#clock();
    if (clock === undefined) return { ...moments, origin: { column: best.name }, columns: [best] };
    const format = `${moments.format} ${clock.format}`;
    const template = `{${best.name}} {${clock.column.name}${clock.padding}}`;
    const misfits = together([moments.misfits, clock.misfits]);
    const columns = [best, clock.column];
    const { isScattered } = clock;
    return { ...moments, format, hasTime: true, isScattered, origin: { template }, columns, misfits };
  }

  /** A column of times of day; otherwise one of hours. */
  #clock(): (Clock & { readonly column: Column; readonly padding: "" | ":02" }) | undefined {
    for (const column of this.#free()) {
      const clock = isCalledClock(column) ? clockOf(column.texts) : undefined;
      if (clock !== undefined) {
        this.#take(column);
        return { ...clock, column, padding: "" };
      }
    }
    const hour = this.#take(hourOf(this.#free()));
    if (hour === undefined) return undefined;
    const misfits = misfitsOfPart(hour, "hour");
    return { column: hour, format: "HH", padding: ":02", isScattered: false, misfits };
  }

  /** Year, month and day in columns of their own, and perhaps the hour and the minute. */
  #whenOfParts(): Moment | undefined {
    const parts = partsOf(this.#free());
    for (const column of parts?.columns ?? []) this.#taken.add(column);
    return parts;
  }
}

function certainty({ moments, numbers, title }: Column): number {
  if (moments === undefined) return 0;
  const called = /date|time|datum|zeit|utc|stamp|valid|day|aaaammjj|mess/.test(words(title)) ? 8 : 0;
  return called + (numbers === undefined ? 4 : 0) + (moments.hasOffset ? 2 : 0) + (moments.hasTime ? 1 : 0);
}

/** Whether the column's name says that it holds times of day; those at which something was greatest or least are none of the record. */
function isCalledClock({ title, isNamed }: Column): boolean {
  const called = words(title);
  return (
    isNamed &&
    /time|hour|uhr|zeit|heure|hora|(?:^|_)tid(?:_|$)/.test(called) &&
    !/(?:hora|time|hour|heure|uhrzeit|zeit)(?:_?of|_?de)?_?\w*(?:min|max|racha|gust)/.test(called)
  );
}

/** Whether nearly every record has a text of its own here. */
function isUnique({ distinct, texts }: Column): boolean {
  return distinct.size * 2 > texts.length;
}

/** Numbers as of degrees that change no more often than stations do. */
function isConstant(column: Column, stations: number): boolean {
  return (
    column.texts.length > stations &&
    column.distinct.size <= stations &&
    within(180)(column) &&
    nearlyAll(column.texts, (text) => /\.\d{2,}$/.test(text))
  );
}
