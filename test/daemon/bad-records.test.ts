/** Records that cannot be loaded: each is a reject that says where and why; all the others are in production. */
import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { pipeline as stream } from "node:stream/promises";
import { suite, test } from "node:test";
import { createGzip, gzipSync } from "node:zlib";
import { assertBooks, loadsAfter, newestLoad, production } from "./books.ts";
import { archiveDay, archiveText, year, yearLines } from "./damage.ts";
import { ARCHIVE, archiveKey, type Mill, NOAA, openMill, shipped, yearKey } from "./mill.ts";

const RANGE = { range: { from: "2001-01-01" } };

interface BadRecord {
  readonly bytes: Buffer;
  readonly reason: string;
  readonly field: string | null;
  /** What the ledger keeps of it, where that is not its text. */
  readonly raw?: string;
}

const bad = (text: string, reason: string, field: string | null, raw?: string): BadRecord => ({
  bytes: Buffer.from(text, "latin1"),
  reason,
  field,
  ...(raw === undefined ? {} : { raw }),
});

const BAD_RECORDS: readonly BadRecord[] = [
  bad("GM000004204,20010105,TMAX,1\x002,,,E,", "NUL byte", "value", "GM000004204,20010105,TMAX,1\\x002,,,E,"),
  bad(`${"\0".repeat(9)},,,,,,,`, "NUL byte", "station_id", `${"\\x00".repeat(9)},,,,,,,`),
  bad(
    "GM00000\xff204,20010105,TMAX,12,,,E,",
    "invalid UTF-8",
    "station_id",
    "GM00000\\xff204,20010105,TMAX,12,,,E,",
  ),
  bad("GM000004204,20010105,TMAX,12,,,E", "too few fields", null),
  bad("GM000004204,20010105,TMAX,12,,,E,,", "too many fields", null),
  bad("GM000004204,20010230,TMAX,12,,,E,", "not a date", "date"),
  bad("GM000004204,2001-01-05,TMAX,12,,,E,", "not a date", "date"),
  bad("GM000004204,20010105,TMAX,1O2,,,E,", "not a number", "value"),
  bad("GM000004204,20020105,TMAX,12,,,E,", "outside the slice", "date"),
  bad(",20010105,TMAX,12,,,E,", "missing", "station_id"),
  bad("GM000004204,20010105,TMAX,12,,,E,2460", "number out of range", "observ_time"),
  bad(`GM000004204,20010105,TMAX,${"9".repeat(2000)},,,E,`, "number out of range", "value"),
];

/** Puts the bad records among the lines and says where they stand. */
function mixed(lines: readonly string[], records: readonly BadRecord[]) {
  const parts: Buffer[] = [];
  const expected: object[] = [];
  let byte = 0;
  let line = 0;
  const put = (bytes: Buffer): void => {
    parts.push(bytes, Buffer.from("\n"));
    byte += bytes.length + 1;
    line++;
  };
  for (const [at, text] of lines.entries()) {
    const record = at % 7 === 6 ? records[(at - 6) / 7] : undefined;
    if (record !== undefined) {
      const { bytes, reason, field } = record;
      const raw = (record.raw ?? bytes.toString()).slice(0, 1024);
      expected.push({ line: line + 1, byte_offset: byte, reason, field, raw });
      put(bytes);
    }
    put(Buffer.from(text));
  }
  return { body: Buffer.concat(parts), expected };
}

async function rejectsOf(mill: Mill, load: number): Promise<object[]> {
  return mill.database.query(
    "select line, byte_offset, reason, field, raw from millrace.reject where load_id = $1 order by line",
    [load],
  );
}

async function facts(mill: Mill): Promise<number | undefined> {
  const [row] = await mill.database.query<{ facts: number }>(
    "select count(*)::int as facts from production.f_climate_data",
  );
  return row?.facts;
}

/** A gzip file of lines around one of so many megabytes. */
async function withLongLine(lines: readonly string[], megabytes: number): Promise<Buffer> {
  const text = `${lines.join("\n")}\n`;
  const gzip = createGzip({ level: 9 });
  const megabyte = Buffer.alloc(2 ** 20, "x");
  const parts = function* (): Generator<Buffer> {
    yield Buffer.from(text);
    for (let count = 0; count < megabytes; count++) yield megabyte;
    yield Buffer.from("\n");
  };
  const [, body] = await Promise.all([stream(parts(), gzip), buffer(gzip)]);
  return Buffer.concat([
    body,
    gzipSync(
      text.replaceAll(",TMAX,", ",SNOW,").replaceAll(",TMIN,-", ",SNWD,").replaceAll(",TMIN,", ",SNWD,"),
    ),
  ]);
}

suite("records that cannot be loaded", () => {
  test("each is a reject with line, byte, field, reason and text", async (context) => {
    const lines = yearLines(2001, 20);
    const { body, expected } = mixed(lines, BAD_RECORDS);
    const mill = await openMill(context, await shipped("noaa-daily"), [
      { bucket: NOAA, key: yearKey(2001), body: gzipSync(body) },
    ]);
    assert.equal(await mill.run(RANGE), true, JSON.stringify(mill.events));
    assert.deepEqual(await rejectsOf(mill, await newestLoad(mill.database)), expected);
    assert.equal(expected.length, BAD_RECORDS.length);
    assert.equal(await facts(mill), lines.length);
    await assertBooks(mill.database);
  });

  test("a line of 100 MB passes by in bounded memory", async (context) => {
    const lines = yearLines(2001, 20);
    const mill = await openMill(context, await shipped("noaa-daily"), [year(2001, lines)]);
    assert.equal(await mill.run(RANGE), true);
    await mill.bucket.put(NOAA, yearKey(2001), await withLongLine(lines, 100));
    const before = process.resourceUsage().maxRSS;
    assert.equal(await mill.run(RANGE), true, JSON.stringify(mill.events));
    const grown = process.resourceUsage().maxRSS - before;
    // Held whole, the line alone would take 100 MB, and twice that while it is put together.
    assert.ok(grown < 95 * 1024, `${grown} kB more than before`);
    const bytes = lines.reduce((sum, line) => sum + line.length + 1, 0);
    assert.deepEqual(await rejectsOf(mill, await newestLoad(mill.database)), [
      {
        line: lines.length + 1,
        byte_offset: bytes,
        reason: "record too long",
        field: null,
        raw: "x".repeat(1024),
      },
    ]);
    assert.equal(await facts(mill), 2 * lines.length);
    await assertBooks(mill.database);
  });

  test("more than 1 % of them: quarantined, until there is a new version", async (context) => {
    const lines = yearLines(2001, 4);
    const mill = await openMill(context, await shipped("noaa-daily"), [year(2001, lines)]);
    assert.equal(await mill.run(RANGE), true);
    const before = await production(mill.database);
    const load = await newestLoad(mill.database);
    // 288 records hold: 2 of 290 are 0.7 %, 3 of 291 are 1.03 %.
    await mill.bucket.put(NOAA, yearKey(2001), gzipSync(mixed(lines, BAD_RECORDS.slice(3, 6)).body));
    assert.equal(await mill.run(RANGE), false);
    const [held, ...others] = await loadsAfter(mill.database, load);
    assert.deepEqual(others, []);
    assert.equal(held?.status, "quarantined");
    assert.match(held.error ?? "", /rejects\.share.*3 of 291 records \(1\.03 %\).*at most 1 %/);
    const failedChecks = await mill.database.query(
      "select name, observed from millrace.check_result where load_id = $1 and not passed",
      [held.load],
    );
    assert.deepEqual(failedChecks, [{ name: "rejects.share", observed: "3 of 291 records (1.03 %)" }]);
    assert.equal((await rejectsOf(mill, held.load)).length, 3);
    assert.deepEqual(await production(mill.database), before);
    assert.ok(held.staging);
    const [staged] = await mill.database.query(`select count(*)::int as rows from ${held.staging}`);
    assert.equal(staged?.["rows"], lines.length);

    // It waits for a person; nothing is loaded, and that is no failure of this run.
    await mill.run(RANGE);
    assert.ok(!mill.events.some(({ type }) => type === "load.started"));
    await mill.bucket.put(NOAA, yearKey(2001), gzipSync(mixed(lines, BAD_RECORDS.slice(3, 5)).body));
    assert.equal(await mill.run(RANGE), true, JSON.stringify(mill.events));
    assert.deepEqual(await production(mill.database), before);
    await assertBooks(mill.database);
  });

  test("a thousand of one reason are stored, all are counted", async (context) => {
    const broken = Array.from({ length: 1200 }, () => "GM000004204,20010105,TMAX,1O2,,,E,");
    const short = ["GM000004204,20010105", "GM000004204"];
    const mill = await openMill(context, await shipped("noaa-daily"), [
      year(2001, [...broken, ...short, ...yearLines(2001)]),
    ]);
    assert.equal(await mill.run(RANGE), false);
    const stored = await mill.database.query(
      "select reason, count(*)::int as n, max(line)::int as last from millrace.reject group by 1 order by 1",
    );
    assert.deepEqual(stored, [
      { reason: "not a number", n: 1000, last: 1000 },
      { reason: "too few fields", n: 2, last: 1202 },
    ]);
    const counted = await mill.database.query(
      "select name, field, count::int from millrace.tally where kind = 'rejected' order by 1",
    );
    assert.deepEqual(counted, [
      { name: "not a number", field: "value", count: 1200 },
      { name: "too few fields", field: "", count: 2 },
    ]);
    assert.equal(await facts(mill), 0);
    await assertBooks(mill.database);
  });

  test("small objects that are mostly bad, or of 100 MB, leave their group and its other objects alone", async (context) => {
    const good = ["2024-05-01", "2024-05-03", "2024-05-05"].map((day) => archiveDay(2178, day, [1, 2, 3]));
    const object = (day: string, body: Buffer) => ({ bucket: ARCHIVE, key: archiveKey(2178, day), body });
    const text = archiveText(2178, "2024-05-02", [1, 2, 3]).trimEnd().split("\n");
    const mill = await openMill(context, await shipped("openaq-archive"), [
      ...good,
      object(
        "2024-05-02",
        gzipSync(text.join("\n").replaceAll(",1\n", ",one\n").replaceAll(",2\n", ",two\n")),
      ),
      object(
        "2024-05-04",
        await withLongLine(archiveText(2178, "2024-05-04", [1]).trimEnd().split("\n"), 100),
      ),
    ]);
    assert.equal(await mill.run(), false);
    const loads = await loadsAfter(mill.database, 0);
    assert.deepEqual(loads.map(({ status }) => status).sort(), ["loaded", "quarantined", "quarantined"]);
    const loadOf = (day: string) => loads.find(({ name }) => name === archiveKey(2178, day))?.load;
    const days = await mill.database.query(
      "select date_::text, count(*)::int as n from production.o_openaq group by 1 order by 1",
    );
    assert.deepEqual(
      days,
      good.map((_, at) => ({ date_: `2024-05-0${2 * at + 1}`, n: 3 })),
    );
    const rejects = await mill.database.query(
      "select load_id, line, field, reason, length(raw) as length from millrace.reject order by line, field",
    );
    assert.deepEqual(rejects, [
      { load_id: loadOf("2024-05-02"), line: 2, field: "value", reason: "not a number", length: 68 },
      { load_id: loadOf("2024-05-02"), line: 3, field: "value", reason: "not a number", length: 68 },
      { load_id: loadOf("2024-05-04"), line: 3, field: null, reason: "record too long", length: 1024 },
    ]);
    await assertBooks(mill.database);
  });
});
