/** `millrace run` as a process of its own: what it says, how it ends, and what a kill leaves behind. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, type TestContext, test } from "node:test";
import { startEmbedded } from "../../src/postgres/embedded.ts";
import { assertBooks, loadsAfter, stagingTables } from "../daemon/books.ts";
import { year, yearLines } from "../daemon/damage.ts";
import { startFront } from "../daemon/front.ts";
import { NOAA, openMill, yearKey } from "../daemon/mill.ts";
import { TEST_SETTINGS } from "../server.ts";
import { type Ended, millrace, startMillrace } from "./command.ts";

const ONCE = ["run", "--once", "noaa-daily", "--from", "2001-01-01"];

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function folder(context: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "millrace-run-"));
  context.after(() => rm(path, { recursive: true }));
  return path;
}

/** Good years, and a front before their endpoint. */
async function openYears(context: TestContext, years: readonly number[] = [2001, 2002]) {
  const objects = years.map((number) => year(number, yearLines(number)));
  const mill = await openMill(context, [], objects);
  const front = await startFront(mill.bucket.endpoint);
  context.after(() => front.stop());
  const env = { DATABASE_URL: mill.url, AWS_ENDPOINT_URL_S3: front.endpoint };
  const facts = async () => {
    const [row] = await mill.database.query<{ facts: number }>(
      "select count(*)::int as facts from production.f_climate_data",
    );
    return row?.facts;
  };
  return { mill, front, env, facts };
}

/** What a person sees has neither stack nor secret. */
function assertPlain({ stdout, stderr }: Ended): void {
  assert.doesNotMatch(stdout + stderr, /hunter2|^\s+at .*:\d+:\d+\)?$|node_modules/m);
}

suite("run --once", { concurrency: 2 }, () => {
  test("loads, has nothing to load the second time, and says what failed the third", async (context) => {
    const { mill, env, facts } = await openYears(context);
    const first = await millrace(ONCE, { env });
    assert.equal(first.code, 0, first.stdout + first.stderr);
    assert.match(first.stdout, /noaa-daily 2001: loaded 288 rows/);
    assert.equal(await facts(), 576);
    const second = await millrace(ONCE, { env });
    assert.equal(second.code, 0);
    assert.match(second.stdout, /2 objects listed, 2 unchanged, nothing to load/);
    await mill.bucket.put(NOAA, yearKey(2002), year(2002, yearLines(2002)).body.subarray(0, -9));
    const third = await millrace(ONCE, { env });
    assert.equal(third.code, 1);
    assert.match(
      third.stdout + third.stderr,
      /noaa-daily 2002: failed: s3:\/\/noaa-ghcn-pds\/csv\.gz\/by_year\/2002\.csv\.gz: .*end too early.*\[OBJECT_TRUNCATED\]/,
    );
    const status = await millrace(["status"], { env });
    assert.match(
      status.stdout,
      /failed +\d{4}-\d\d-\d\d \d\d:\d\d +noaa-daily +2002 .*2002\.csv\.gz.*\[OBJECT_TRUNCATED\]/,
    );
    for (const ended of [first, second, third, status]) assertPlain(ended);
  });

  test("killed in mid-load: nothing stays but its entry, and the next run settles and loads it", async (context) => {
    const { mill, front, env, facts } = await openYears(context);
    const held = front.hold(yearKey(2001));
    const child = startMillrace(ONCE, { env });
    context.after(() => {
      child.kill("SIGKILL");
    });
    await held.reached;
    child.kill("SIGKILL");
    assert.equal((await child.ended).code, null);
    held.release();
    const left = await loadsAfter(mill.database, 0);
    assert.equal(left.find(({ name }) => name === "2001")?.status, "running");
    const next = await millrace(ONCE, { env });
    assert.equal(next.code, 0, next.stdout + next.stderr);
    const settled = (await loadsAfter(mill.database, 0)).filter(({ name }) => name === "2001");
    assert.deepEqual(
      settled.map(({ status, code }) => [status, code]),
      [
        ["failed", "LOAD_ABORTED"],
        ["loaded", null],
      ],
    );
    assert.equal(await facts(), 576);
    assert.deepEqual(await stagingTables(mill.database), []);
    await assertBooks(mill.database);
  });

  test("faults of the surroundings: exit code 1 and one clear line", async (context) => {
    const { mill, env } = await openYears(context);
    const port = await closedPort();
    const [noDatabase, noStore] = await Promise.all([
      millrace(ONCE, {
        env: { ...env, DATABASE_URL: `postgres://millrace:hunter2@127.0.0.1:${port}/millrace` },
      }),
      millrace(ONCE, { env: { ...env, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` } }),
    ]);
    assert.equal(noDatabase.code, 1);
    assert.match(
      noDatabase.stderr,
      /^millrace: .*127\.0\.0\.1:\d+.*ECONNREFUSED.*\[DATABASE_UNREACHABLE\].*\n$/,
    );
    assert.equal(noStore.code, 1);
    assert.match(
      noStore.stdout + noStore.stderr,
      /noaa-daily: pass failed: .*127\.0\.0\.1.*\[STORE_UNREACHABLE\]/,
    );
    const [pass] = await mill.database.query("select pass_error_code as code from millrace.pipeline");
    assert.equal(pass?.["code"], "STORE_UNREACHABLE");
    for (const ended of [noDatabase, noStore]) assertPlain(ended);
  });

  test("a wrong password: exit code 1, unsaid", async (context) => {
    const data = await folder(context);
    const server = await startEmbedded(data, { port: 0, settings: TEST_SETTINGS });
    context.after(() => server.stop());
    const url = new URL(server.url);
    url.password = "hunter2";
    const ended = await millrace(ONCE, { env: { DATABASE_URL: url.href } });
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /^millrace: .*password.*SQLSTATE 28P01.*\[DATABASE_REFUSED\] .*\n$/);
    assertPlain(ended);
  });

  test("wrong pipelines and names: exit code 2, every mistake with its place", async (context) => {
    const pipelines = await folder(context);
    const file = join(pipelines, "five.yaml");
    await writeFile(
      file,
      `description: Five mistakes.
source: No-Good
target: dayly
schedule: "every day"
objects:
  bucket: some-bucket
  key: data/{year:yyyy}.csv.gz
  change: sometimes
format:
  type: delimited
  header: perhaps
  columns: [station_id, date, value]
fields:
  station_id: station_id
  date: { column: date, format: yyyyMMdd }
  value: value
merge: { mode: replace, slice: year, year: year }
`,
    );
    const ended = await millrace(["run", "--once"], { env: { MILLRACE_PIPELINES: pipelines } });
    assert.equal(ended.code, 2, ended.stderr);
    for (const place of ["2:9", "3:9", "4:11", "8:11", "11:11"]) {
      assert.ok(ended.stderr.includes(`${file}:${place} `), `${place} is not in\n${ended.stderr}`);
    }
    const unknown = await millrace(["run", "--once", "noaa-dialy"]);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /no pipeline noaa-dialy; there are .*noaa-daily.*\[USAGE\]/);
  });
});

suite("run", () => {
  test("SIGTERM lets the load under way finish, and ends with exit code 0", async (context) => {
    const { mill, front, env, facts } = await openYears(context, [2021]);
    const held = front.hold(yearKey(2021));
    const http = `127.0.0.1:${await closedPort()}`;
    const child = startMillrace(["run"], { env: { ...env, MILLRACE_HTTP: http } });
    context.after(() => {
      child.kill("SIGKILL");
    });
    await held.reached;
    const stopping = child.said(/SIGTERM: stopping/);
    child.kill("SIGTERM");
    // Only when the signal has arrived may the load go on.
    await stopping;
    held.release();
    const { code, stdout, stderr } = await child.ended;
    assert.equal(code, 0, stdout + stderr);
    const loads = await loadsAfter(mill.database, 0);
    assert.equal(loads.find(({ name }) => name === "2021")?.status, "loaded", JSON.stringify(loads));
    assert.equal(await facts(), 288);
    await assertBooks(mill.database);
  });
});
