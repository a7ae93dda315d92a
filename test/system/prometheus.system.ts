/** The dashboards' and alerts' queries, asked of a real Prometheus that watches a real daemon. */
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseDocument } from "yaml";
import * as z from "zod";
import { DEMO, generateBucket } from "../../src/demo/bucket.ts";
import { FETCHES, NOAA, yearFile, yearKey } from "../daemon/mill.ts";
import { DASHBOARDS, readAlerts, readPanels, readVariables } from "../dashboards/queries.ts";
import { bareEnvironment, runProgram, type Scope, skipWithout, startProgram, until } from "./programs.ts";
import { firstPasses, PIPELINES, startWorld, type World } from "./world.ts";

const CONFIGURATION = fileURLToPath(new URL("prometheus", DASHBOARDS));

const answers = z.object({
  status: z.literal("success"),
  data: z.union([
    z.object({
      result: z.array(
        z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
      ),
    }),
    z.array(z.string()),
  ]),
});

/** One element of a query's result. */
interface Element {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Starts Prometheus with the shipped configuration, pointed at one address; resolves with its own. */
async function startPrometheus(scope: Scope, target: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-system-prometheus-"));
  scope.after(() => rm(folder, { recursive: true }));
  await cp(CONFIGURATION, folder, { recursive: true });
  const file = join(folder, "prometheus.yml");
  const document = parseDocument(await readFile(file, "utf8"));
  document.setIn(["scrape_configs", 0, "static_configs", 0, "targets"], [target]);
  for (const interval of ["scrape_interval", "evaluation_interval"])
    document.setIn(["global", interval], "1s");
  await writeFile(file, String(document));
  const prometheus = startProgram(
    scope,
    "prometheus",
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      "--web.listen-address=127.0.0.1:0",
    ],
    { cwd: folder, env: bareEnvironment() },
  );
  const [, address = ""] = await prometheus.waitFor(/msg="Listening on" address=(\S+)/);
  await prometheus.waitFor(/Server is ready to receive web requests/);
  return `http://${address}/`;
}

suite("Prometheus", { skip: skipWithout("prometheus", "promtool") }, () => {
  const cleanUps: (() => Promise<void>)[] = [];
  const scope: Scope = { after: (cleanUp) => void cleanUps.push(cleanUp) };
  let world: World;
  let prometheus: string;

  const get = async (path: string, parameters: Record<string, string>) => {
    const answer = await fetch(`${prometheus}api/v1/${path}?${String(new URLSearchParams(parameters))}`);
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    return answers.parse(JSON.parse(text)).data;
  };
  const ask = async (query: string): Promise<Element[]> => {
    const data = await get("query", { query });
    assert.ok(!Array.isArray(data));
    return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  };
  /** The result of a query when it is not empty for the first time. */
  const appears = (query: string) =>
    until(query, 60, async () => {
      const result = await ask(query);
      return result.length > 0 ? result : undefined;
    });

  before(async () => {
    world = await startWorld(scope);
    prometheus = await startPrometheus(scope, new URL(world.url).host);
    await firstPasses(world);
    await appears(`count(millrace_last_pass_timestamp_seconds > 0) == ${PIPELINES.length}`);
    // What comes from now on is counted between two scrapes, whatever was missed before the first one.
    const objects = [...generateBucket({ ...DEMO, stations: 40, years: 3, locations: 0, days: 0 })];
    const third = objects.find(({ key }) => key === yearKey(2022));
    assert.ok(third !== undefined);
    await world.bucket.put(third.bucket, third.key, third.body);
    for (const { bucket, key, body } of objects.filter((object) => object.bucket === FETCHES))
      await world.bucket.put(bucket, key.replace(/\d\.ndjson/, "0.ndjson"), body);
    await appears('increase(millrace_loads_total{pipeline="noaa-daily",outcome="loaded"}[5m]) > 0');
    await appears('increase(millrace_rejects_total{pipeline="openaq-fetches"}[5m]) > 0');
  });
  after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  });

  test("promtool accepts the configuration and the rules", async () => {
    const options = { cwd: CONFIGURATION, env: bareEnvironment() };
    for (const check of [
      ["config", "prometheus.yml"],
      ["rules", "alerts.yml"],
    ]) {
      const { code, stdout, stderr } = await runProgram("promtool", ["check", ...check], options);
      assert.equal(code, 0, stdout + stderr);
    }
  });

  test("every panel has something to show", async (context) => {
    const panels = await readPanels();
    assert.ok(panels.length >= 15);
    for (const { title, text } of panels) {
      await context.test(title, async () => {
        const query = text.replaceAll("$pipeline", ".*").replaceAll("$__rate_interval", "5m");
        assert.doesNotMatch(query, /\$/);
        const result = await ask(query);
        assert.ok(result.length > 0, query);
        for (const { value } of result) assert.ok(Number.isFinite(value) && value >= 0, `${query}: ${value}`);
      });
    }
  });

  test("the list of pipelines to choose from", async () => {
    const [variable] = await readVariables();
    const [, metric = "", label = ""] = /label_values\((\w+), (\w+)\)/.exec(variable?.text ?? "") ?? [];
    assert.deepEqual(await get(`label/${label}/values`, { "match[]": metric }), [...PIPELINES]);
  });

  test("figures are those of the run", async () => {
    assert.deepEqual(await ask("min(millrace_database_up)"), [{ labels: {}, value: 1 }]);
    const perPipeline = await ask("sum by (pipeline) (millrace_streamed_rows_total)");
    assert.deepEqual(perPipeline.map(({ labels }) => labels["pipeline"]).sort(), [...PIPELINES]);
    for (const { labels, value } of perPipeline) assert.ok(value > 0, labels["pipeline"]);
    assert.deepEqual(await ask('sum(millrace_loads_total{outcome!="loaded"})'), [{ labels: {}, value: 0 }]);
  });

  test("nothing to alert about while all is well", async () => {
    for (const { title, text } of await readAlerts()) assert.deepEqual(await ask(text), [], title);
  });

  test("trouble of every kind is noticed", async () => {
    const expressions = new Map((await readAlerts()).map(({ title, text }) => [title, text]));
    /** Waits until an alert names `value`; resolves with all that it names by then. */
    const alert = (title: string, label: string, value: string) =>
      until(`${title} of ${value}`, 60, async () => {
        const named = (await ask(expressions.get(title) ?? assert.fail(title))).map(
          ({ labels }) => labels[label],
        );
        return named.includes(value) ? named : undefined;
      });
    await world.bucket.put(NOAA, yearKey(2021), Buffer.from("<!doctype html><title>Moved</title>"));
    assert.deepEqual(await alert("MillraceLoadsFailing", "pipeline", "noaa-daily"), ["noaa-daily"]);
    const warm = yearFile(2020, ["GM000010147,20200101,TMAX,9999999,,,E,"]);
    await world.bucket.put(warm.bucket, warm.key, warm.body);
    assert.deepEqual(await alert("MillraceQuarantined", "pipeline", "noaa-daily"), ["noaa-daily"]);
    await world.bucket.stop();
    // Every pipeline's pass fails now, which one first is chance.
    await alert("MillracePassFailing", "pipeline", "noaa-daily");
    await world.daemon.stop();
    assert.deepEqual(await alert("MillraceDown", "job", "millrace"), ["millrace"]);
  });
});
