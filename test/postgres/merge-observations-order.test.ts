import * as assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { bring, days, observationsLoader as loader, type Measurement } from "./measuring.ts";
import type { Loader } from "./merging.ts";

/** What the database must hold, computed in memory from the last version of every object. */
class Model {
  readonly #objects = new Map<string, Map<string, Measurement>>();

  /** What an object holds. */
  of(object: string): Measurement[] {
    return [...(this.#objects.get(object)?.values() ?? [])];
  }

  bring(object: string, measurements: readonly Measurement[], deletes: boolean): void {
    const rows = deletes
      ? new Map<string, Measurement>()
      : (this.#objects.get(object) ?? new Map<string, Measurement>());
    for (const m of measurements) rows.set(`${m.station ?? ""} ${m.time}`, m);
    this.#objects.set(object, rows);
  }

  observations(): Measurement[] {
    const winners = new Map<string, Measurement>();
    const keys = [...this.#objects.keys()].sort();
    for (const key of keys) {
      for (const [id, m] of this.#objects.get(key) ?? []) winners.set(id, m);
    }
    return [...winners.values()];
  }

  days(): string[] {
    const byDay = new Map<string, number[]>();
    for (const { station, time, date, value } of this.observations()) {
      const day = `${station ?? ""} ${date ?? time.slice(0, 10)}`;
      byDay.set(day, [...(byDay.get(day) ?? []), Number(value)]);
    }
    return [...byDay]
      .flatMap(([day, values]) => {
        const sum = values.reduce((a, b) => a + b, 0);
        // The values are quarters, so sums are exact; a tie at the fifth decimal is rounded away from zero.
        const mean = Math.sign(sum) * (Math.round((Math.abs(sum) / values.length) * 10_000) / 10_000);
        const count = String(values.length);
        return [`${day} PM25 ${mean + 0} ${count}`, `${day} PM25_MAX ${Math.max(...values)} ${count}`];
      })
      .sort();
  }
}

const versions = fc.array(
  fc.record({
    object: fc.constantFrom("2024/a", "2024/b", "2024/B", "2023/z"),
    rows: fc.array(
      fc.record({
        station: fc.constantFrom("S1", "S2"),
        hour: fc.integer({ min: 0, max: 5 }),
        quarters: fc.integer({ min: -6, max: 40 }),
      }),
      { maxLength: 6 },
    ),
  }),
  { minLength: 1, maxLength: 6 },
);

/** Hours around the end of a month, so that partitions and local days cut through them. */
function measurement(object: string, row: { station: string; hour: number; quarters: number }): Measurement {
  const time = new Date(Date.UTC(2024, 0, 31, 21 + row.hour)).toISOString();
  const date = row.hour < 4 ? "2024-01-31" : "2024-02-01";
  return { object, station: row.station, time, date, value: String(row.quarters / 4) };
}

suite("production is a function of the bucket", () => {
  test("whatever the order of loading and of new versions", async (context) => {
    const load = await loader(context, false);
    await fc.assert(
      fc.asyncProperty(versions, fc.integer({ min: 1, max: 3 }), async (history, together) => {
        await clear(load);
        const model = new Model();
        for (let at = 0; at < history.length; at += together) {
          const group = lastOfEach(history.slice(at, at + together));
          for (const { object, rows } of group) {
            model.bring(
              object,
              rows.map((row) => measurement(object, row)),
              false,
            );
          }
          await bring(
            load,
            group.flatMap(({ object, rows }) => rows.map((row) => measurement(object, row))),
            group.map(({ object }) => object),
          );
        }
        assert.deepEqual(await days(load), model.days());
        assert.deepEqual(await stored(load), expected(model));
      }),
      { numRuns: 25 },
    );
  });

  test("also where objects determine their rows, once those that were marked are loaded again", async (context) => {
    const load = await loader(context, true);
    await fc.assert(
      fc.asyncProperty(versions, fc.integer({ min: 1, max: 3 }), async (history, together) => {
        await clear(load);
        const model = new Model();
        for (let at = 0; at < history.length; at += together) {
          const group = lastOfEach(history.slice(at, at + together)).map(({ object, rows }) => ({
            object,
            measurements: rows.map((row) => measurement(object, row)),
          }));
          for (const { object, measurements } of group) model.bring(object, measurements, true);
          await bring(
            load,
            group.flatMap(({ measurements }) => measurements),
            group.map(({ object }) => object),
          );
        }
        for (let marked = await load.incomplete(); marked.length > 0; marked = await load.incomplete()) {
          await bring(
            load,
            marked.flatMap((object) => model.of(object)),
            marked,
            true,
          );
        }
        assert.deepEqual(await days(load), model.days());
        assert.deepEqual(await stored(load), expected(model));
      }),
      { numRuns: 25 },
    );
  });
});

async function stored(load: Loader): Promise<string[]> {
  const rows = await load.database.query<{ text: string }>(
    `select concat_ws(' ', station_id, extract(epoch from time_)::integer, data_value, object) as text
     from production.o_openaq`,
  );
  return rows.map(({ text }) => text).sort();
}

function expected(model: Model): string[] {
  return model
    .observations()
    .map((m) => `${m.station ?? ""} ${Date.parse(m.time) / 1000} ${m.value} ${m.object}`)
    .sort();
}

/** One load holds each object once. */
function lastOfEach<T extends { readonly object: string }>(group: readonly T[]): T[] {
  return [...new Map(group.map((version) => [version.object, version])).values()];
}

async function clear(load: Loader): Promise<void> {
  await load.database.query("delete from storage.observations_openaq");
  await load.database.query("delete from storage.daily_openaq");
  await load.database.query("delete from millrace.overlap");
  await load.database.query("update millrace.object set load_id = null, incomplete = false");
}
