/** What the columns of a table are: station, time, values, and what only accompanies them. */

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
  /** Columns without a use. */
  readonly unused: readonly Column[];
}

/** Finds the roles. Columns without a name are left alone, and those of headerless files are told by their content. */
export function rolesOf(table: Table): Roles {
  return new Assignment(table.columns.filter(({ name }) => name !== "").map(describe)).roles();
}

class Assignment {
  readonly #columns: readonly Column[];
  readonly #taken = new Set<Column>();

  constructor(columns: readonly Column[]) {
    this.#columns = columns;
  }

  roles(): Roles {
    const latitude = this.#named("latitude", within(90)) ?? this.#position(90);
    const longitude = this.#named("longitude", within(180)) ?? (latitude && this.#position(180));
    const when = this.#when();
    // Without dates there are no measurements.
    const element = when && (this.#named("element", isText) ?? this.#headerless(isElement));
    const value = element && (this.#named("value", isNumeric) ?? this.#valueBeside(element));
    const unit = this.#named("unit", isText);
    if (value === undefined && element !== undefined) this.#taken.delete(element);
    const country = this.#named("country", isText);
    const station = this.#named("station", isId) ?? this.#headerless(isId);
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
    const values = when !== undefined && value === undefined ? this.#all(measures) : [];
    const unused = this.#columns.filter((column) => !this.#taken.has(column));
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
        (column) => column.isNamed && pattern.test(words(lastName(column.name))) && isPossible(column),
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
    return { ...moments, format, hasTime: true, origin: { template }, columns, misfits };
  }

  /** A column of times of day; otherwise one of hours. */
  #clock(): (Clock & { readonly column: Column; readonly padding: "" | ":02" }) | undefined {
    for (const column of this.#free()) {
      const isCalled =
        column.isNamed && /time|hour|uhr|zeit|heure|hora|(?:^|_)tid(?:_|$)/.test(words(column.name));
      const clock = isCalled ? clockOf(column.texts) : undefined;
      if (clock !== undefined) {
        this.#take(column);
        return { ...clock, column, padding: "" };
      }
    }
    const hour = this.#take(hourOf(this.#free()));
    return hour && { column: hour, format: "HH", padding: ":02", misfits: misfitsOfPart(hour, "hour") };
  }

  /** Year, month and day in columns of their own, and perhaps the hour and the minute. */
  #whenOfParts(): Moment | undefined {
    const parts = partsOf(this.#free());
    for (const column of parts?.columns ?? []) this.#taken.add(column);
    return parts;
  }
}

function certainty({ moments, numbers, name }: Column): number {
  if (moments === undefined) return 0;
  const called = /date|time|datum|zeit|utc|stamp|valid|day|aaaammjj|mess/.test(words(name)) ? 8 : 0;
  return called + (numbers === undefined ? 4 : 0) + (moments.hasOffset ? 2 : 0) + (moments.hasTime ? 1 : 0);
}
