import assert from "node:assert/strict";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { suite, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { failsWith } from "../contract/store.ts";
import {
  announce,
  cutAt,
  offsetOf,
  QUICK,
  refuse,
  type ScriptedStore,
  type Step,
  sampleBytes,
  silentAt,
  startScripted,
  whole,
} from "./scripted.ts";

const CONTENT = sampleBytes(300_000);
const HALF = 150_000;
const place = { bucket: "archive", key: "some/key.gz" };
/** Longer than a busy machine keeps this process waiting. */
const STALL = { stallMilliseconds: 250 };
const signal = new AbortController().signal;

async function open(scripted: ScriptedStore, life: AbortSignal = signal): Promise<Readable> {
  return (await scripted.store.open(place.bucket, place.key, "v1", life)).body;
}

suite("a body that breaks", () => {
  test("is resumed at its offset, for the same version", async () => {
    await using scripted = await startScripted([cutAt(CONTENT, HALF), whole(CONTENT)]);
    assert.ok((await buffer(await open(scripted))).equals(CONTENT));
    const [first, second] = scripted.requests;
    assert.deepEqual(first, {
      path: "/archive/some/key.gz?x-id=GetObject",
      range: undefined,
      ifMatch: '"v1"',
      signed: false,
    });
    assert.deepEqual(second, { ...first, range: `bytes=${HALF}-` });
    assert.equal(scripted.requests.length, 2);
  });

  test("is resumed as often as it makes progress, wherever it breaks", async () => {
    const breaks = fc.uniqueArray(fc.integer({ min: 1, max: CONTENT.length - 1 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(breaks, async (offsets) => {
        const steps = offsets.sort((one, other) => one - other).map((offset) => cutAt(CONTENT, offset));
        await using scripted = await startScripted([...steps, whole(CONTENT)]);
        assert.ok((await buffer(await open(scripted))).equals(CONTENT));
        assert.deepEqual(
          scripted.requests.map(({ range }) => range),
          [undefined, ...offsets.map((offset) => `bytes=${offset}-`)],
        );
      }),
      { numRuns: 15 },
    );
  });

  test("is resumed after silence, and the silent connection is closed", async () => {
    await using scripted = await startScripted([silentAt(CONTENT, HALF), whole(CONTENT)], STALL);
    assert.ok((await buffer(await open(scripted))).equals(CONTENT));
    assert.equal(scripted.requests[1]?.range, `bytes=${HALF}-`);
    scripted.store.close();
    await scripted.idle();
  });

  test("is resumed when the store was down for a moment", async () => {
    const steps = [
      cutAt(CONTENT, HALF),
      refuse(503, "SlowDown"),
      refuse(500, "InternalError"),
      whole(CONTENT),
    ];
    await using scripted = await startScripted(steps);
    assert.ok((await buffer(await open(scripted))).equals(CONTENT));
    assert.equal(scripted.requests.length, 4);
  });

  test("is truncated when it always ends at the same byte", async () => {
    await using scripted = await startScripted([cutAt(CONTENT, HALF)]);
    await assert.rejects(buffer(await open(scripted)), failsWith("OBJECT_TRUNCATED", place));
    assert.equal(scripted.requests.length, 1 + QUICK.fruitlessResumes);
  });

  test("is truncated when the store says that nothing lies behind the offset", async () => {
    await using scripted = await startScripted([cutAt(CONTENT, HALF), refuse(416, "InvalidRange")]);
    await assert.rejects(buffer(await open(scripted)), failsWith("OBJECT_TRUNCATED", place));
    assert.equal(scripted.requests.length, 2);
  });

  test("has stalled when nothing arrives however often it is asked for", async () => {
    await using scripted = await startScripted([silentAt(CONTENT, HALF)], { stallMilliseconds: 40 });
    await assert.rejects(buffer(await open(scripted)), failsWith("OBJECT_STALLED", place));
    assert.equal(scripted.requests.length, 1 + QUICK.fruitlessResumes);
    scripted.store.close();
    await scripted.idle();
  });

  test("is given up after so many breaks, whatever progress they make", async () => {
    const oneByte: Step = (request, response) => {
      cutAt(CONTENT, offsetOf(request) + 1)(request, response);
    };
    await using scripted = await startScripted([oneByte]);
    await assert.rejects(buffer(await open(scripted)), failsWith("STORE_UNREACHABLE", place));
    assert.equal(scripted.requests.length, 1 + QUICK.resumes);
  });

  test("ends when the object was rewritten or has vanished meanwhile", async () => {
    const cases = [
      [refuse(412, "PreconditionFailed"), "OBJECT_CHANGED"],
      [whole(CONTENT, "v2"), "OBJECT_CHANGED"],
      [refuse(404, "NoSuchKey"), "OBJECT_NOT_FOUND"],
      [refuse(403, "AccessDenied"), "ACCESS_DENIED"],
    ] as const;
    for (const [step, code] of cases) {
      await using scripted = await startScripted([cutAt(CONTENT, HALF), step]);
      await assert.rejects(buffer(await open(scripted)), failsWith(code, place));
      assert.equal(scripted.requests.length, 2);
    }
  });

  test("is not continued with bytes from elsewhere", async () => {
    const fromTheStart: Step = (_request, response) => {
      response.writeHead(200, { etag: '"v1"', "content-length": CONTENT.length });
      response.end(CONTENT);
    };
    await using scripted = await startScripted([cutAt(CONTENT, HALF), fromTheStart]);
    await assert.rejects(buffer(await open(scripted)), failsWith("OBJECT_CHANGED", place));
  });
});

suite("a body's connection", () => {
  test("is left alone while the reader pauses, however long", async () => {
    await using scripted = await startScripted([whole(sampleBytes(8_000_000))], STALL);
    const body = await open(scripted);
    await once(body, "readable");
    // Several times the silence that cuts a body whose reader waits: here it is the reader that is late.
    await pause(4 * STALL.stallMilliseconds);
    assert.equal((await buffer(body)).length, 8_000_000);
    assert.equal(scripted.requests.length, 1);
  });

  test("that breaks while the reader pauses is replaced only when bytes are wanted", async () => {
    const content = sampleBytes(8_000_000);
    const cut = Promise.withResolvers<undefined>();
    const breaking: Step = (request, response) => {
      announce(request, response, content);
      response.write(content.subarray(0, 6_000_000));
      response.socket?.on("close", () => {
        cut.resolve(undefined);
      });
      response.socket?.resetAndDestroy();
    };
    await using scripted = await startScripted([breaking, whole(content)], STALL);
    const body = await open(scripted);
    await cut.promise;
    await pause(2 * STALL.stallMilliseconds);
    assert.equal(scripted.requests.length, 1);
    assert.ok((await buffer(body)).equals(content));
    assert.equal(scripted.requests.length, 2);
  });

  test("serves the next object when a body was read to its end", async () => {
    await using scripted = await startScripted([whole(sampleBytes(4000))]);
    for (let count = 0; count < 20; count++) await buffer(await open(scripted));
    assert.equal(scripted.connections(), 1);
  });

  test("is closed when the reader gives up", async () => {
    await using scripted = await startScripted([silentAt(CONTENT, HALF)]);
    const body = await open(scripted);
    body.destroy();
    await scripted.idle();
    assert.equal(scripted.requests.length, 1);
  });

  test("is closed when its life ends, also during a resume", async () => {
    const life = new AbortController();
    const endingLife: Step = () => {
      life.abort();
    };
    await using scripted = await startScripted([cutAt(CONTENT, HALF), endingLife]);
    await assert.rejects(buffer(await open(scripted, life.signal)), failsWith("LOAD_ABORTED", place));
    await scripted.idle();
  });
});
