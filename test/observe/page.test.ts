import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { suite, test } from "node:test";
import { CONTENT_SECURITY_POLICY, renderPage } from "../../src/observe/page.ts";
import { createProgress } from "../../src/observe/progress.ts";
import type { Status } from "../../src/observe/status.ts";
import type { LoadStatus, PipelineLedger } from "../../src/postgres/status.ts";
import { ledger } from "./ledger.ts";
import { STORY } from "./story.ts";

const AT = "2026-01-02T00:00:00.000Z";

function statusOf(part: Partial<Status>): Status {
  return {
    version: "1.2.3",
    at: AT,
    database: { up: true, reason: null },
    pipelines: [],
    loads: [],
    marts: [],
    ...part,
  };
}

function load(part: Partial<LoadStatus>): LoadStatus {
  return {
    load: 1,
    pipeline: "noaa-daily",
    name: "1872",
    status: "failed",
    startedAt: "2026-01-01T22:00:00.000Z",
    finishedAt: "2026-01-01T23:00:00.000Z",
    errorCode: "OBJECT_EMPTY",
    error: "no bytes",
    place: null,
    attempts: 1,
    retryAt: "2026-01-02T00:00:00.000Z",
    alive: true,
    host: "host",
    pid: 7,
    ...part,
  };
}

/** The cells of the row whose header is given, as text. */
function row(page: string, header: string): string[] {
  const found = [...page.matchAll(/<tr><th scope="row">(.*?)<\/th>(.*?)<\/tr>/g)].find(
    ([, name]) => name === header,
  );
  assert.ok(found, `no row ${header}`);
  const cells = [...(found[2] ?? "").matchAll(/<td data-title="[^"]+">(.*?)<\/td>/g)];
  return cells.map(([, cell = ""]) => cell.replaceAll(/<[^>]*>/g, ""));
}

suite("status page", () => {
  test("every text from outside is escaped", () => {
    const evil = `<img src=x onerror="alert('1')">&`;
    const progress = createProgress(() => 0);
    progress.listen({ type: "pass.started", pipeline: evil });
    progress.listen({ type: "load.started", pipeline: evil, load: 9, name: evil, objects: 1, bytes: 1 });
    const page = renderPage({
      version: evil,
      at: AT,
      database: { up: false, reason: evil },
      pipelines: [
        {
          pipeline: evil,
          nextPassAt: evil,
          progress: null,
          ledger: {
            ...ledger(evil),
            passErrorCode: evil,
            passError: evil,
            newestDate: evil,
            lastLoadAt: evil,
            passFinishedAt: evil,
          },
        },
        { pipeline: evil, nextPassAt: null, progress: progress.read()[0] ?? null, ledger: ledger(evil) },
      ],
      loads: [
        load({ pipeline: evil, name: evil, place: evil, error: evil, errorCode: evil }),
        load({ load: 9, status: "running", pipeline: evil, name: evil, host: evil, startedAt: evil }),
        load({ load: 10, status: "running", pipeline: evil, name: evil, host: evil, startedAt: evil }),
      ],
      marts: [{ mart: evil, rows: 1, rebuiltAt: evil, staleSince: evil, error: evil }],
    });
    assert.ok(!page.includes("<img"));
    assert.ok(!page.includes(`"alert`));
    assert.ok(page.split("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;").length > 20);
  });

  test("says at once whether somebody must look", () => {
    const headline = (part: Partial<Status>) =>
      /<title>Millrace: (.*)<\/title>/.exec(renderPage(statusOf(part)))?.[1];
    assert.equal(headline({}), "all well");
    const pipelines = (part: Partial<PipelineLedger>) => [
      { pipeline: "p", nextPassAt: null, progress: null, ledger: { ...ledger("p"), ...part } },
      { pipeline: "q", nextPassAt: null, progress: null, ledger: null },
    ];
    assert.equal(headline({ pipelines: pipelines({ runningLoads: 1 }) }), "all well");
    assert.equal(
      headline({ pipelines: pipelines({ failedLoads: 30, quarantinedLoads: 1 }) }),
      "31 loads to look at",
    );
    assert.equal(
      headline({ pipelines: pipelines({ passErrorCode: "BUCKET_NOT_FOUND" }) }),
      "1 pipeline to look at",
    );
    const mart = { mart: "m", rows: null, rebuiltAt: null, staleSince: null, error: "division by zero" };
    assert.equal(headline({ marts: [mart] }), "1 mart to look at");
    assert.equal(headline({ database: { up: false, reason: "refused" } }), "database away");
  });

  test("a pipeline's row", () => {
    const facts = {
      ...ledger("noaa-daily"),
      objects: 1_264,
      current: 1_200,
      pending: 64,
      pendingBytes: 1_500_000,
      failedLoads: 2,
      quarantinedLoads: 3,
      newestDate: "2025-12-31",
      lastLoadAt: "2026-01-01T21:30:00.000Z",
      passFinishedAt: "2026-01-01T23:59:30.000Z",
    };
    const entry = {
      pipeline: "noaa-daily",
      nextPassAt: "2026-01-02T06:17:00.000Z",
      progress: null,
      ledger: facts,
    };
    assert.deepEqual(row(renderPage(statusOf({ pipelines: [entry] })), "noaa-daily"), [
      "quarantined",
      "1,200 of 1,264",
      "64 (1.5 MB)",
      "2",
      "3",
      "2025-12-31",
      "2 h 30 min ago",
      "30 s ago",
      "2026-01-02 06:17 UTC",
    ]);
  });

  test("a running load of this process shows how far it is, one of another process where it runs", () => {
    const progress = createProgress(() => 0);
    for (const event of STORY.slice(0, 7)) progress.listen(event);
    const page = renderPage(
      statusOf({
        pipelines: [
          {
            pipeline: "noaa-daily",
            nextPassAt: null,
            ledger: ledger("noaa-daily"),
            progress: progress.read()[0] ?? null,
          },
        ],
        loads: [
          load({ load: 1, status: "running" }),
          load({ load: 77, status: "running", host: "mill-2" }),
          load({ load: 78, status: "running", alive: false }),
        ],
      }),
    );
    assert.deepEqual(row(page, "1"), ["noaa-daily", "1872", "2 h ago", "600 B of 900 B, 90,000 rows"]);
    assert.deepEqual(row(page, "77"), ["noaa-daily", "1872", "2 h ago", "on mill-2, process 7"]);
    assert.equal(row(page, "78")[3], "on host, process 7, which is gone");
    assert.equal(row(page, "noaa-daily")[0], "loading 30 %");
  });

  test("the policy allows exactly the page's own style and script", () => {
    const page = renderPage(statusOf({}));
    const hash = (text = "") => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    const style = /<style>([^]*?)<\/style>/.exec(page)?.[1];
    const script = /<script>([^]*?)<\/script>/.exec(page)?.[1];
    assert.ok(CONTENT_SECURITY_POLICY.includes(`style-src ${hash(style)};`));
    assert.ok(CONTENT_SECURITY_POLICY.includes(`script-src ${hash(script)};`));
    assert.doesNotMatch(page.replaceAll(/<(style|script)>[^]*?<\/\1>/g, ""), / style=| on[a-z]+=/);
  });
});
