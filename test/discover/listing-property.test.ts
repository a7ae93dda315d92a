import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { objects as objectsSchema } from "../../src/config/objects.ts";
import type { Candidate } from "../../src/discover/job.ts";
import { discover } from "../../src/discover/listing.ts";
import type { DiscoverRequest } from "../../src/discover/scope.ts";
import { vanishedKeys } from "../../src/discover/vanished.ts";
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
    find: (bucket, key) =>
      Promise.resolve(
        sorted.includes(key) ? { bucket, key, etag: "e", size: 1, lastModified: new Date(0) } : undefined,
      ),
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

async function listed(keys: readonly string[], request: DiscoverRequest): Promise<Candidate[]> {
  const signal = new AbortController().signal;
  return (await Array.fromAsync(discover(listingOf(keys), request, signal))).flat();
}

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
      const found = await listed([...stored.map(layout.write), ...strays], request);
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

test("what has vanished is what the same listing showed while it was there", async () => {
  const days = ["2019-12-31", "2020-01-01", "2020-06-30", "2020-12-31", "2021-01-01"];
  // In the last two, folder and object are named after dates of their own, which may differ.
  const templates = [
    "r/{day:yyyy}/{day:MM}/{location}-{day:yyyyMMdd}.gz",
    "r/{location}/{day:yyyy-MM-dd}.gz",
    "r/{fetched:yyyy-MM-dd}/{location}-{day:yyyyMMdd}.gz",
    "r/{fetched:yyyy}/{location}/{day:yyyy-MM}/{day:dd}.gz",
  ];
  const write = (template: string, location: string, [day = "", fetched = ""]: readonly string[]): string => {
    const [year = "", month = "", dayOfMonth = ""] = day.split("-");
    return template
      .replaceAll("{location}", location)
      .replaceAll("{fetched:yyyy-MM-dd}", fetched)
      .replaceAll("{fetched:yyyy}", fetched.slice(0, 4))
      .replaceAll("{day:yyyy-MM-dd}", day)
      .replaceAll("{day:yyyyMMdd}", day.replaceAll("-", ""))
      .replaceAll("{day:yyyy-MM}", `${year}-${month}`)
      .replaceAll("{day:yyyy}", year)
      .replaceAll("{day:MM}", month)
      .replaceAll("{day:dd}", dayOfMonth);
  };
  const day = fc.constantFrom(...days);
  const object = fc.record({
    location: fc.constantFrom("1", "2"),
    dates: fc.tuple(day, day),
    gone: fc.boolean(),
    watched: fc.boolean(),
  });
  const given = {
    template: fc.constantFrom(...templates),
    objects: fc.array(object, { maxLength: 12 }),
    values: fc.option(fc.constant({ location: ["1"] }), { nil: undefined }),
    from: fc.option(day, { nil: undefined }),
    to: fc.option(day, { nil: undefined }),
  };
  await fc.assert(
    fc.asyncProperty(fc.record(given), async ({ template, objects, values, from, to }) => {
      const known = new Map(
        objects.map(({ location, dates, ...fate }) => [write(template, location, dates), fate] as const),
      );
      const keys = [...known.keys()];
      const request = {
        pipeline: { objects: objectsSchema.parse({ bucket: "bucket", key: template, values }) },
        range: { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
        watched: new Set(keys.filter((key) => known.get(key)?.watched)),
      };
      const before = (await listed(keys, request)).map((candidate) => candidate.object.key);
      const now = await listed(
        keys.filter((key) => known.get(key)?.gone === false),
        request,
      );
      assert.deepEqual(
        vanishedKeys(request, keys, now).sort(),
        before.filter((key) => known.get(key)?.gone).sort(),
      );
    }),
    { numRuns: 400 },
  );
});
