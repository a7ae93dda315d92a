/** The elements of a sample and what they become. */
import type { DailyStatistics } from "../config/daily.ts";
import { type Column, lastName } from "./column.ts";
import { asMeasured, type Measured, underSuffixes } from "./day-statistics.ts";
import { doubtOfNumbers } from "./number-fields.ts";
import { guessKpi, type KpiGuess } from "./quantities.ts";
import type { Roles } from "./roles.ts";
import { unsure, type YamlLines } from "./yaml.ts";

/** What a pipeline of measurements is written from. */
export interface Facts {
  readonly roles: Roles;
  readonly target: "daily" | "observations";
}

/** Different elements that are listed; the others are filtered by name. */
const MOST_ELEMENTS = 60;

/** Writes `kpis`: what each element, or column of values, most likely is. */
export function kpiSection(yaml: YamlLines, { roles, target }: Facts): void {
  yaml.block("kpis", (kpis) => {
    if (roles.element !== undefined) kpis.entry("element", roles.element.name);
    if (roles.unit !== undefined && roles.value !== undefined) kpis.entry("unit", roles.unit.name);
    if (roles.value !== undefined) {
      kpis.entry(
        "unknown",
        "filter",
        "elements that the sample does not hold are left out; or keep them as they are",
      );
    }
    const guesses = roles.value === undefined ? wideKpis(roles.values) : longKpis(roles);
    kpis.block("list", (list) => {
      for (const { from, guess, to, doubts, daily } of distinct(guesses, target)) {
        const { in: unit, gas, description } = guess;
        const entry = {
          from,
          in: unit,
          to,
          unit: guess.unit,
          ...(gas === undefined ? {} : { gas }),
          description,
          ...(daily === undefined ? {} : { daily }),
        };
        list.item(entry, doubts.length === 0 ? undefined : unsure(doubts.join("; ")));
      }
    });
  });
}

interface Guessed extends Measured {
  /** What in its column is no number. */
  readonly misfits?: string | undefined;
}

/** As it is listed. */
interface Listed {
  readonly from: string;
  readonly guess: KpiGuess;
  /** Its harmonised name, which no other has. */
  readonly to: string;
  /** What a person must look at. */
  readonly doubts: readonly string[];
  readonly daily?: DailyStatistics | undefined;
}

function wideKpis(columns: readonly Column[]): Guessed[] {
  const guess = (column: Column, isAmerican: boolean): KpiGuess =>
    guessKpi(lastName(column.name), column.unit, { values: valuesOf(column), isAmerican });
  const isAmerican = columns.some((column) => guess(column, false).in === "°F");
  const listed = columns.map((column) => ({
    from: column.name,
    guess: guess(column, isAmerican),
    values: valuesOf(column),
    misfits: doubtOfNumbers(column),
  }));
  return listed.length > 0
    ? listed
    : [{ from: "?", guess: guessKpi("unknown", undefined, { values: [], isAmerican }), values: [] }];
}

function valuesOf({ numbers }: Column): readonly number[] {
  return numbers?.values ?? [];
}

function longKpis({ element, unit, value }: Roles): Guessed[] {
  const pairs = new Map<
    string,
    { readonly name: string; readonly unit: string | undefined; readonly values: number[] }
  >();
  for (const [row, name] of (element?.cells ?? []).entries()) {
    if (name === "") continue;
    const written = unit?.cells[row];
    const key = `${name}\n${written ?? ""}`;
    const pair = pairs.get(key) ?? { name, unit: written === "" ? undefined : written, values: [] };
    pairs.set(key, pair);
    const number = Number(value?.cells[row]);
    if (!Number.isNaN(number) && value?.numbers?.sentinels.includes(number) !== true)
      pair.values.push(number);
  }
  return [...pairs.values()].slice(0, MOST_ELEMENTS).map(({ name, unit: written, values }) => ({
    from: name,
    guess: guessKpi(name, written, { values, isAmerican: false }),
    values,
  }));
}

/** One harmonised name for each element, and none that means the sum or an extreme of a day where there are single measurements. */
function* distinct(guessed: readonly Guessed[], target: Facts["target"]): Generator<Listed> {
  const owners = new Map<string, string>();
  for (const element of guessed) {
    const { from, guess, misfits } = element;
    const measured = target === "observations" ? asMeasured(element) : { to: guess.to };
    let { to, daily } = measured;
    const owner = owners.get(to);
    if (owner !== undefined && owner !== from) {
      to = `${to}_${owners.size + 1}`;
      daily = daily && underSuffixes(daily);
    }
    owners.set(to, from);
    const doubts = [guess.doubt, measured.doubt, misfits].filter((doubt) => doubt !== undefined);
    yield { from, guess, to, doubts, daily };
  }
}
