import assert from "node:assert/strict";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { suite, type TestContext, test } from "node:test";
import { type HttpSources, startHttp } from "../../src/observe/http.ts";
import { createMetrics } from "../../src/observe/metrics.ts";
import { createProgress } from "../../src/observe/progress.ts";
import { createReadiness } from "../../src/observe/readiness.ts";
import { createStatus, type Status } from "../../src/observe/status.ts";
import type { LedgerStatus } from "../../src/postgres/status.ts";
import { readSamples } from "./exposition.ts";
import { ledger } from "./ledger.ts";
import { STORY } from "./story.ts";

const PIPELINES = [{ name: "noaa-daily", schedule: "0 */6 * * *" }];

interface Database {
  up: boolean;
  ledger: LedgerStatus;
}

/** The daemon's HTTP side over a database that the test switches off. */
async function daemon(context: TestContext) {
  const database: Database = {
    up: true,
    ledger: { pipelines: [{ ...ledger("noaa-daily"), quarantinedLoads: 4 }], loads: [], marts: [] },
  };
  const reached = () => (database.up ? Promise.resolve() : Promise.reject(new Error("connection refused")));
  const metrics = createMetrics("1.2.3", PIPELINES);
  const readiness = createReadiness(reached);
  const progress = createProgress(() => 0);
  const readLedger = async () => {
    await reached();
    return database.ledger;
  };
  const status = createStatus({ version: "1.2.3", pipelines: PIPELINES, readLedger, progress });
  const server = await startHttp({ host: "127.0.0.1", port: 0 }, { metrics, readiness, status });
  context.after(() => server.close());
  return {
    database,
    metrics,
    readiness,
    progress,
    server,
    get: (path: string) => fetch(new URL(path, server.url)),
  };
}

suite("HTTP", () => {
  test("/healthz answers whatever the database does", async (context) => {
    const { database, get } = await daemon(context);
    database.up = false;
    const answer = await get("/healthz");
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), "alive\n");
  });

  test("/readyz: after migrating, while the database answers, until stopping", async (context) => {
    const { database, readiness, get } = await daemon(context);
    const ready = async () => {
      const answer = await get("/readyz");
      return [answer.status, (await answer.text()).trim()];
    };
    assert.deepEqual(await ready(), [503, "the database has not been migrated yet"]);
    readiness.listen({ type: "migrated", applied: [] });
    assert.deepEqual(await ready(), [200, "ready"]);
    database.up = false;
    assert.deepEqual(await ready(), [503, "the database does not answer: connection refused"]);
    database.up = true;
    assert.deepEqual(await ready(), [200, "ready"]);
    readiness.listen({ type: "daemon.stopping", signal: "SIGTERM" });
    assert.deepEqual(await ready(), [503, "stopping"]);
  });

  test("/metrics holds the events and the ledger's numbers", async (context) => {
    const { metrics, get } = await daemon(context);
    for (const event of STORY) metrics.listen(event);
    const answer = await get("/metrics");
    assert.match(answer.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    const samples = readSamples(await answer.text());
    const pipeline = "noaa-daily";
    assert.equal(samples.value("millrace_loads_total", { pipeline, outcome: "loaded" }), 1);
    assert.equal(samples.value("millrace_waiting_loads", { pipeline, outcome: "quarantined" }), 4);
  });

  test("/api/status: ledger and progress together, and without the database what is left", async (context) => {
    const { database, progress, get } = await daemon(context);
    for (const event of STORY.slice(0, 7)) progress.listen(event);
    const read = async () => (await (await get("/api/status")).json()) as Status;
    const whole = await read();
    assert.deepEqual(whole.database, { up: true, reason: null });
    assert.equal(whole.pipelines[0]?.ledger?.quarantinedLoads, 4);
    assert.equal(whole.pipelines[0].progress?.running[0]?.rows, 90_000);
    assert.match(whole.pipelines[0].nextPassAt ?? "", /T(00|06|12|18):00:00\.000Z$/);
    database.up = false;
    const rest = await read();
    assert.deepEqual(rest.database, { up: false, reason: "connection refused" });
    assert.equal(rest.pipelines[0]?.ledger, null);
    assert.equal(rest.pipelines[0].progress?.running[0]?.rows, 90_000);
  });

  test("the page answers without the database too", async (context) => {
    const { database, get } = await daemon(context);
    database.up = false;
    const answer = await get("/?from=elsewhere");
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), "text/html; charset=utf-8");
    assert.match(
      answer.headers.get("content-security-policy") ?? "",
      /^default-src 'none'; style-src 'sha256-/,
    );
    assert.match(await answer.text(), /connection refused/);
  });

  test("only what there is, and only reading", async (context) => {
    const { server, get } = await daemon(context);
    const missing = await get("/metricz");
    assert.equal(missing.status, 404);
    assert.match(await missing.text(), /\/metrics/);
    const written = await fetch(new URL("/metrics", server.url), { method: "POST", body: "x" });
    assert.equal(written.status, 405);
    assert.equal(written.headers.get("allow"), "GET, HEAD");
    const head = await fetch(new URL("/healthz", server.url), { method: "HEAD" });
    assert.equal(head.status, 200);
    assert.equal(head.headers.get("content-length"), "6");
    assert.equal(await head.text(), "");
  });

  test("a fault while answering is a 500 that tells nothing", async (context) => {
    const broken: HttpSources = {
      metrics: createMetrics("1.2.3", []),
      readiness: { obstacle: () => Promise.reject(new Error("secret detail")) },
      status: () => Promise.reject(new Error("secret detail")),
    };
    const server = await startHttp({ host: "127.0.0.1", port: 0 }, broken);
    context.after(() => server.close());
    const warning = new Promise<Error>((resolve) => process.once("warning", resolve));
    const answer = await fetch(server.url);
    assert.equal(answer.status, 500);
    assert.doesNotMatch(await answer.text(), /secret/);
    assert.equal((await warning).message, "secret detail");
  });

  test("an address in use is a clear error", async (context) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    context.after(() => {
      other.close();
    });
    const { port } = other.address() as AddressInfo;
    const sources: HttpSources = {
      metrics: createMetrics("1.2.3", []),
      readiness: { obstacle: () => Promise.resolve(undefined) },
      status: () => Promise.reject(new Error("not asked for")),
    };
    await assert.rejects(startHttp({ host: "127.0.0.1", port }, sources), {
      code: "HTTP_UNAVAILABLE",
      message: `Cannot listen on 127.0.0.1:${port}: something else listens there.`,
    });
  });

  test("closing does not wait for idle connections, and frees the port", async () => {
    const metrics = createMetrics("1.2.3", []);
    const server = await startHttp(
      { host: "127.0.0.1", port: 0 },
      {
        metrics,
        readiness: createReadiness(() => Promise.resolve()),
        status: () => Promise.reject(new Error("not asked for")),
      },
    );
    const port = Number(new URL(server.url).port);
    const answer = await fetch(new URL("/healthz", server.url));
    await answer.text();
    await server.close();
    const socket = connect(port, "127.0.0.1");
    const failure = await new Promise<NodeJS.ErrnoException>((resolve) => socket.once("error", resolve));
    assert.equal(failure.code, "ECONNREFUSED");
  });
});

suite("status", () => {
  test("callers that ask meanwhile share one reading", async () => {
    let readings = 0;
    const { promise, resolve } = Promise.withResolvers<LedgerStatus>();
    const status = createStatus({
      version: "1.2.3",
      pipelines: [],
      readLedger: () => {
        readings += 1;
        return promise;
      },
    });
    const answers = [status(), status()];
    resolve({ pipelines: [ledger("openaq")], loads: [], marts: [] });
    const [first, second] = await Promise.all(answers);
    assert.equal(first, second);
    assert.equal(readings, 1);
    assert.equal(first?.pipelines[0]?.nextPassAt, null);
    await status();
    assert.equal(readings, 2);
  });
});
