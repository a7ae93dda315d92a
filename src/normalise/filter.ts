/** Which records a pipeline wants: conditions that a record must meet before anything else is done with it. */
import { RE2JS } from "re2js";
import type { Condition } from "../config/pipeline.ts";
import { type Cursor, DONE, FILTERED, type Outcome } from "./cursor.ts";
import { readDecimal, toNumber, zero } from "./decimal.ts";
import { originName } from "./origin.ts";
import { type FieldContext, textReader } from "./text.ts";

/** Whether a text fits; "" where there is none. */
type Test = (text: string) => boolean;

interface Filter {
  readonly name: string;
  readonly run: (cursor: Cursor) => Outcome;
  /** Rows left out of the object at hand. */
  count: number;
}

export class Filters {
  readonly #filters: readonly Filter[];

  constructor(conditions: readonly Condition[], context: FieldContext) {
    this.#filters = conditions.map((condition) => ({
      name: condition.name ?? originName(condition),
      run: conditionOf(condition, context),
      count: 0,
    }));
  }

  /** DONE when the record at hand meets all conditions, FILTERED (and counted) when not, or the code of a reject. */
  run(cursor: Cursor): Outcome {
    for (const filter of this.#filters) {
      const outcome = filter.run(cursor);
      if (outcome === DONE) continue;
      if (outcome === FILTERED) filter.count++;
      return outcome;
    }
    return DONE;
  }

  /** What was left out since the last call, by the condition's name. */
  take(): { name: string; count: number }[] {
    const taken = this.#filters.filter(({ count }) => count > 0).map(({ name, count }) => ({ name, count }));
    for (const filter of this.#filters) filter.count = 0;
    return taken;
  }
}

function conditionOf(condition: Condition, context: FieldContext): (cursor: Cursor) => Outcome {
  const read = textReader(condition, context);
  const tests = testsOf(condition);
  return (cursor) => {
    const text = read(cursor);
    if (typeof text === "number") return text;
    for (const fits of tests) if (!fits(text ?? "")) return FILTERED;
    return DONE;
  };
}

function testsOf(condition: Condition): Test[] {
  const { is, is_not: isNot, empty, matches } = condition;
  const tests: Test[] = [];
  if (empty !== undefined) tests.push((text) => (text === "") === empty);
  if (is !== undefined) tests.push(oneOf(is, true));
  if (isNot !== undefined) tests.push(oneOf(isNot, false));
  if (matches !== undefined) {
    const pattern = RE2JS.compile(matches);
    tests.push((text) => pattern.test(text));
  }
  if (condition.at_least !== undefined || condition.at_most !== undefined) tests.push(within(condition));
  return tests;
}

function oneOf(texts: readonly string[], wanted: boolean): Test {
  const known = new Set(texts);
  return (text) => known.has(text) === wanted;
}

function within({ at_least: least, at_most: most }: Condition): Test {
  const low = least ?? Number.NEGATIVE_INFINITY;
  const high = most ?? Number.POSITIVE_INFINITY;
  const decimal = zero();
  return (text) => {
    const bytes = Buffer.from(text, "utf8");
    if (readDecimal(bytes, 0, bytes.length, decimal) !== undefined) return false;
    const value = toNumber(decimal);
    return value >= low && value <= high;
  };
}
