import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { crc32, gzipSync } from "node:zlib";
import { objects as objectsSchema } from "../../src/config/objects.ts";
import { decideChanges, type KnownVersion } from "../../src/discover/changes.ts";
import type { Candidate } from "../../src/discover/job.ts";
import { failsWith } from "../contract/store.ts";
import { type Endpoint, recording, startEndpoint } from "../s3/endpoint.ts";
import { refuse, startScripted } from "../s3/scripted.ts";
import { BUCKET, FINGERPRINT, listed, loaded, verdict } from "./versions.ts";

const signal = new AbortController().signal;
const bucket = BUCKET;

function pipelineOf(change: "content" | "etag"): {
  objects: ReturnType<typeof objectsSchema.parse>;
  fingerprint: string;
} {
  return {
    objects: objectsSchema.parse({ bucket, key: "{year:yyyy}.gz", change }),
    fingerprint: FINGERPRINT,
  };
}

suite("changes", () => {
  let endpoint: Endpoint;
  before(async () => {
    endpoint = await startEndpoint(bucket);
  });
  after(() => endpoint.stop());

  const content = Buffer.from("ITE00100554,18000101,TMAX,-75,,,E,\n".repeat(50));
  const zipped = gzipSync(content);

  interface Case {
    readonly name: string;
    readonly known?: KnownVersion;
    /** What the bucket holds; the loaded content by default. */
    readonly body?: Buffer;
    readonly etag?: string;
    readonly change?: "content" | "etag";
    readonly reload?: boolean;
    readonly patient?: boolean;
    readonly expected: string;
    readonly tails?: number;
  }

  const otherFingerprint = { fingerprint: "configuration of yesterday" };
  const sameLength = Buffer.from(content.toString().replace("-75", "-76"));
  const quarantined = {
    refusedEtag: "older",
    refusedOutcome: "quarantined",
    refusedSize: zipped.length,
    refusedContentCrc: crc32(content),
    refusedContentLength: content.length,
  } as const;
  const cases: readonly Case[] = [
    { name: "a new object", expected: "load" },
    {
      name: "an object that was seen but never loaded",
      known: loaded(content, {
        etag: null,
        size: null,
        contentCrc: null,
        contentLength: null,
        fingerprint: null,
      }),
      expected: "load",
    },
    { name: "the same etag", known: loaded(content), etag: "loaded", expected: "unchanged" },
    {
      name: "the same etag of another configuration",
      known: loaded(content, otherFingerprint),
      etag: "loaded",
      expected: "unchanged",
    },
    {
      name: "the same etag of another configuration, with --reload",
      known: loaded(content, otherFingerprint),
      etag: "loaded",
      reload: true,
      expected: "reload",
    },
    {
      name: "the same etag of the same configuration, with --reload",
      known: loaded(content),
      etag: "loaded",
      reload: true,
      expected: "unchanged",
    },
    {
      name: "the same etag, rows of which are wanted again",
      known: loaded(content, { incomplete: true }),
      etag: "loaded",
      expected: "reload",
    },
    {
      name: "the same etag, rows of which are wanted again, quarantined when they were brought",
      known: loaded(content, { incomplete: true, refusedEtag: "loaded", refusedOutcome: "quarantined" }),
      etag: "loaded",
      expected: "unchanged",
    },
    {
      name: "another etag with the same content, rows of which are wanted again",
      known: loaded(content, { incomplete: true }),
      expected: "reload",
      tails: 1,
    },
    { name: "another etag where the etag decides", known: loaded(content), change: "etag", expected: "load" },
    { name: "another etag with the same content", known: loaded(content), expected: "rewritten", tails: 1 },
    {
      name: "another etag with the same content of another configuration",
      known: loaded(content, otherFingerprint),
      expected: "rewritten",
      tails: 1,
    },
    {
      name: "the same with --reload",
      known: loaded(content, otherFingerprint),
      reload: true,
      expected: "reload",
      tails: 1,
    },
    {
      name: "another content of the same size",
      known: loaded(content, { contentCrc: crc32(sameLength) }),
      expected: "load",
      tails: 1,
    },
    {
      name: "another length of content",
      known: loaded(content, { contentLength: content.length - 1 }),
      expected: "load",
      tails: 1,
    },
    { name: "another size", known: loaded(content, { size: zipped.length - 1 }), expected: "load" },
    {
      name: "content that the ledger could not know",
      known: loaded(content, { contentCrc: null, contentLength: null }),
      expected: "load",
    },
    {
      name: "a quarantined version",
      known: loaded(content, { refusedEtag: "bucket's", refusedOutcome: "quarantined" }),
      expected: "held",
    },
    {
      name: "a quarantined version, with --reload",
      known: loaded(content, { refusedEtag: "bucket's", refusedOutcome: "quarantined" }),
      reload: true,
      expected: "load",
    },
    {
      name: "another etag with the quarantined content",
      known: loaded(sameLength, { size: 1, ...quarantined }),
      expected: "refused",
      tails: 1,
    },
    {
      name: "another etag with the quarantined content, before anything was loaded",
      known: loaded(content, {
        etag: null,
        size: null,
        contentCrc: null,
        contentLength: null,
        ...quarantined,
      }),
      expected: "refused",
      tails: 1,
    },
    {
      name: "another etag with the quarantined content, with --reload",
      known: loaded(sameLength, { size: 1, ...quarantined }),
      reload: true,
      expected: "load",
    },
    {
      name: "another etag with the quarantined content, where the etag decides",
      known: loaded(sameLength, quarantined),
      change: "etag",
      expected: "load",
    },
    {
      name: "another content of the quarantined one's size",
      known: loaded(sameLength, { size: 1, ...quarantined, refusedContentCrc: crc32(sameLength) }),
      expected: "load",
      tails: 1,
    },
    {
      name: "another size than the quarantined one's",
      known: loaded(content, { size: 1, ...quarantined, refusedSize: zipped.length + 1 }),
      expected: "load",
    },
    {
      name: "another etag with the loaded content, after a quarantined one of another content",
      known: loaded(content, { ...quarantined, refusedContentCrc: crc32(sameLength) }),
      expected: "rewritten",
      tails: 1,
    },
    {
      name: "another etag with the content of a version that failed",
      known: loaded(sameLength, { size: 1, ...quarantined, refusedOutcome: "failed" }),
      expected: "load",
    },
    {
      name: "a failed version",
      known: loaded(content, { refusedEtag: "bucket's", refusedOutcome: "failed" }),
      expected: "load",
    },
    ...(
      [
        ["that is due", { refusedRetry: "due" }, "load"],
        ["that is due later", { refusedRetry: "later" }, "later"],
        ["that has failed for good", { refusedRetry: "never" }, "held"],
        ["under another configuration", { refusedRetry: "never", refusedFingerprint: "older" }, "load"],
      ] as const
    ).flatMap(([state, refused, expected]) => {
      const failed = { refusedEtag: "bucket's", refusedOutcome: "failed", ...refused } as const;
      const whole = loaded(content, failed);
      // What is in the database already is tried again by the same rules, when it is to be made whole.
      const broken = loaded(content, { ...failed, refusedEtag: "loaded", incomplete: true });
      return [
        { name: `a failed version ${state}, patiently`, known: whole, patient: true, expected },
        { name: `a failed version ${state}, at once`, known: whole, expected: "load" },
        {
          name: `a failed reload ${state}, patiently`,
          known: broken,
          etag: "loaded",
          patient: true,
          expected: expected === "load" ? "reload" : expected,
        },
      ];
    }),
    {
      name: "a version after a quarantined one",
      known: loaded(content, {
        etag: null,
        contentCrc: null,
        contentLength: null,
        refusedEtag: "older",
        refusedOutcome: "quarantined",
      }),
      expected: "load",
    },
    {
      name: "the loaded version again, after a quarantined one",
      known: loaded(content, { refusedEtag: "other", refusedOutcome: "quarantined" }),
      etag: "loaded",
      expected: "unchanged",
    },
    {
      name: "an object too small to have a trailer",
      known: loaded(content, { size: 5 }),
      body: Buffer.from("small"),
      expected: "load",
    },
    {
      name: "an object rewritten since it was listed",
      known: loaded(content),
      etag: "outdated",
      expected: "load",
      tails: 1,
    },
  ];
  for (const {
    name,
    known,
    body = zipped,
    etag,
    change = "content",
    reload = false,
    patient = false,
    expected,
    tails = 0,
  } of cases) {
    test(`${name}: ${expected}`, async () => {
      const key = "1872.gz";
      const stored = await endpoint.put(bucket, key, body);
      const store = recording(endpoint.store);
      const resolved = known?.refusedEtag === "bucket's" ? { ...known, refusedEtag: stored } : known;
      const candidates = [listed(key, etag ?? stored, body.length)];
      const request = {
        pipeline: pipelineOf(change),
        candidates,
        known: new Map(resolved && [[key, resolved]]),
        reload,
        patient,
      };
      const changes = await decideChanges(store, request, signal);
      assert.equal(verdict(changes), expected);
      assert.equal(store.requests.length, tails);
      assert.ok(store.requests.every((one) => one === `tail ${key}`));
      for (const { candidate, ...rest } of [...changes.rewritten, ...changes.refused]) {
        assert.equal(candidate, candidates[0]);
        assert.deepEqual(rest, { objectId: 7, contentCrc: crc32(content), contentLength: content.length });
      }
    });
  }

  test("of many rewritten objects the one with another content is loaded", async () => {
    const keys = Array.from({ length: 264 }, (_, index) => `${String(1763 + index)}.gz`);
    const changed = gzipSync(sameLength);
    const known = new Map<string, KnownVersion>();
    const candidates: Candidate[] = [];
    for (const [index, key] of keys.entries()) {
      const body = index === 109 ? changed : zipped;
      candidates.push(listed(key, await endpoint.put(bucket, key, body), body.length));
      known.set(key, loaded(content, { objectId: index, size: body.length }));
    }
    const store = recording(endpoint.store);
    const changes = await decideChanges(
      store,
      { pipeline: pipelineOf("content"), candidates, known, reload: false, patient: false },
      signal,
    );
    assert.deepEqual(
      changes.chosen.map(({ candidate }) => candidate.object.key),
      ["1872.gz"],
    );
    assert.equal(changes.rewritten.length, 263);
    assert.equal(store.requests.length, 264);
  });

  test("a store that fails ends the decision, one that refuses an object does not", async () => {
    const candidates = Array.from({ length: 100 }, (_, index) =>
      listed(`${String(1900 + index)}.gz`, "new", zipped.length),
    );
    const known = new Map(candidates.map(({ object }) => [object.key, loaded(content)]));
    const request = { pipeline: pipelineOf("content"), candidates, known, reload: false, patient: false };
    await using down = await startScripted([refuse(500, "InternalError")]);
    await assert.rejects(decideChanges(down.store, request, signal), failsWith("STORE_FAILED", { bucket }));
    assert.ok(down.requests.length < 50, `${down.requests.length} requests`);
    for (const [status, name] of [
      [404, "NoSuchKey"],
      [403, "AccessDenied"],
      [416, "InvalidRange"],
    ] as const) {
      await using refusing = await startScripted([refuse(status, name)]);
      assert.equal((await decideChanges(refusing.store, request, signal)).chosen.length, 100);
    }
    await assert.rejects(
      decideChanges(down.store, request, AbortSignal.abort()),
      failsWith("LOAD_ABORTED", { bucket }),
    );
  });
});
