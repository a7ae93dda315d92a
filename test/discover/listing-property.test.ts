import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { objects as objectsSchema } from "../../src/config/objects.ts";
import { discover } from "../../src/discover/listing.ts";
import type { ListPage, ListRequest, ObjectStore } from "../../src/s3/store.ts";

/** A listing as S3 defines it, in pages of three: enough to cross page boundaries everywhere. */
function listingOf(keys: readonly string[]): ObjectStore {
  const unused = (): never => assert.fail("discovery only lists");
  const sorted = [...new Set(keys)].sort();
  return {
    async *list({ bucket, prefix, delimiter, startAfter = "" }: ListRequest): AsyncGenerator<ListPage> {
      const entries = new Map<string, boolean>();
      for (const key of sorted) {
        if (!key.startsWith(prefix) || key <= startAfter) continue;
        const end = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
        entries.set(end < 0 ? key : key.slice(0, end + 1), end >= 0);
      }
      const all = [...entries];
      for (let start = 0; start === 0 || start < all.length; start += 3) {
        const page = all.slice(start, start + 3);
        const named = (folders: boolean): string[] =>
          page.filter(([, folder]) => folder === folders).map(([name]) => name);
        await Promise.resolve();
        yield {
          objects: named(false).map((key) => ({
            bucket,
            key,
            etag: "e",
            size: 1,
            lastModified: new Date(0),
          })),
          prefixes: named(true),
        };
      }
    },
    open: unused,
    tail: unused,
    close: unused,
  };
}

interface Stored {
  readonly location: string;
  readonly day: string;
}

/** Layouts, and how a key of each is written: two tellings of the same thing. */
const LAYOUTS: readonly { template: string; write: (stored: Stored) => string }[] = [
  {
    template: "r/location={location}/year={day:yyyy}/month={day:MM}/l-{location}-{day:yyyyMMdd}.gz",
    write: ({ location, day }) =>
      `r/location=${location}/year=${day.slice(0, 4)}/month=${day.slice(5, 7)}/l-${location}-${day.replaceAll("-", "")}.gz`,
  },
  { template: "r/{day:yyyy-MM-dd}/{location}.gz", write: ({ location, day }) => `r/${day}/${location}.gz` },
  {
    template: "{location}/{day:yyyy}/{day:MM}/{day:dd}[.gz]",
    write: ({ location, day }) => `${location}/${day.replaceAll("-", "/")}.gz`,
  },
  { template: "flat/{location}_{day:yyyy-MM-dd}", write: ({ location, day }) => `flat/${location}_${day}` },
  {
    template: "{day:yyyy}/x-{location}/{day:yyyyMMdd}",
    write: ({ location, day }) => `${day.slice(0, 4)}/x-${location}/${day.replaceAll("-", "")}`,
  },
];

test("what is found is what a look at every key would choose", async () => {
  const location = fc.constantFrom("1", "10", "2", "ü b");
  const day = fc
    .tuple(fc.integer({ min: 2018, max: 2023 }), fc.constantFrom("01-01", "01-31", "06-15", "12-31"))
    .map(([year, rest]) => `${year}-${rest}`);
  const stored = fc.uniqueArray(fc.record({ location, day }), {
    maxLength: 40,
    selector: ({ location, day }) => `${location} ${day}`,
  });
  const given = {
    layout: fc.constantFrom(...LAYOUTS),
    stored,
    strays: fc.subarray([
      "r/",
      "r/readme",
      "r/2020-01-01/deep/1.gz",
      "1/2020/01",
      "flat/x/1_2020-01-01",
      "2020/x-1/",
      "r/location=1/year=2020/x",
    ]),
    values: fc.option(fc.uniqueArray(location, { minLength: 1 }), { nil: undefined }),
    from: fc.option(day, { nil: undefined }),
    to: fc.option(day, { nil: undefined }),
    watched: fc.array(fc.nat(39), { maxLength: 3 }),
  };
  await fc.assert(
    fc.asyncProperty(fc.record(given), async ({ layout, stored, strays, values, from, to, watched }) => {
      const kept = stored.filter((_, index) => watched.includes(index));
      const chosen = stored.filter(
        (item) =>
          (values === undefined || values.includes(item.location)) &&
          (kept.includes(item) ||
            ((from === undefined || item.day >= from) && (to === undefined || item.day <= to))),
      );
      const objects = objectsSchema.parse({
        bucket: "bucket",
        key: layout.template,
        ...(values === undefined ? {} : { values: { location: values } }),
        ...(from === undefined ? {} : { from }),
      });
      const request = {
        pipeline: { objects },
        range: to === undefined ? {} : { to },
        watched: new Set(kept.map(layout.write)),
      };
      const store = listingOf([...stored.map(layout.write), ...strays]);
      const found = (await Array.fromAsync(discover(store, request, new AbortController().signal))).flat();
      assert.deepEqual(found.map(({ object }) => object.key).sort(), chosen.map(layout.write).sort());
      for (const { object, variables, days } of found) {
        const item = chosen.find((one) => layout.write(one) === object.key);
        assert.equal(variables["location"], item?.location);
        assert.deepEqual(days, { from: item?.day, to: item?.day });
      }
    }),
    { numRuns: 400 },
  );
});
