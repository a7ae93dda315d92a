import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { suite, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { JobObject } from "../../src/discover/job.ts";
import { type ErrorCode, MillraceError } from "../../src/errors.ts";
import { readContents, type WholeContent } from "../../src/load/content.ts";
import type { ObjectStore, OpenObject } from "../../src/s3/store.ts";

const SIGNAL = new AbortController().signal;
const READING = { format: { compression: "detect" as const }, signal: SIGNAL };

function object(key: string, size = 10): JobObject {
  const listed = { bucket: "b", key, etag: `etag of ${key}`, size, lastModified: new Date(0) };
  return { objectId: 1, variables: {}, object: listed };
}

function objects(count: number, size?: number): JobObject[] {
  return Array.from({ length: count }, (_, index) => object(`k${index}`, size));
}

/** A store whose objects open when the test lets them, as what it says. */
class Gate implements ObjectStore {
  /** Keys asked for so far, in their order. */
  readonly asked: string[] = [];
  /** Keys whose opening was aborted. */
  readonly aborted: string[] = [];
  readonly #waiting = new Map<string, PromiseWithResolvers<OpenObject>>();

  open(_bucket: string, key: string, etag: string | undefined, signal: AbortSignal): Promise<OpenObject> {
    assert.equal(etag, `etag of ${key}`);
    this.asked.push(key);
    const opening = Promise.withResolvers<OpenObject>();
    this.#waiting.set(key, opening);
    signal.addEventListener("abort", () => {
      if (!this.#waiting.delete(key)) return;
      this.aborted.push(key);
      opening.reject(new MillraceError("LOAD_ABORTED", "aborted", { key }));
    });
    return opening.promise;
  }

  /** The object's stored bytes arrive. */
  answer(key: string, body: Buffer = gzipSync(key)): void {
    this.stream(key, Readable.from([body]), body.length);
  }

  stream(key: string, body: Readable, size: number): void {
    this.#take(key).resolve({ body, etag: "", size, lastModified: new Date(0) });
  }

  refuse(key: string, code: ErrorCode): void {
    this.#take(key).reject(new MillraceError(code, "refused", { key }));
  }

  #take(key: string): PromiseWithResolvers<OpenObject> {
    const opening = this.#waiting.get(key);
    assert.ok(opening !== undefined, `${key} is not being opened`);
    this.#waiting.delete(key);
    return opening;
  }

  list = (): never => assert.fail("reading does not list");
  find = (): never => assert.fail("reading does not search");
  tail = (): never => assert.fail("reading takes whole objects");
  close = (): never => assert.fail("the store is its owner's to close");
}

/** The content as text, or the code of the fault. */
async function told({ content, fault }: WholeContent): Promise<string> {
  if (fault !== undefined) return fault.code;
  return Buffer.concat(await Array.fromAsync(content.chunks)).toString();
}

async function next(reading: AsyncGenerator<WholeContent>): Promise<string | undefined> {
  const result = await reading.next();
  return result.done === true ? undefined : told(result.value);
}

suite("small objects read ahead", () => {
  test("come in their order, whatever arrives first, with their counts", async () => {
    const gate = new Gate();
    const reading = readContents(gate, objects(3), READING);
    const first = reading.next();
    assert.deepEqual(gate.asked, ["k0", "k1", "k2"]);
    for (const key of ["k2", "k1", "k0"]) gate.answer(key);
    const result = await first;
    assert.ok(result.done !== true && result.value.content !== undefined);
    const { value } = result;
    const stored = gzipSync("k0").length;
    assert.equal(value.object.object.key, "k0");
    assert.equal(value.content.size, stored);
    assert.equal(value.content.counts.compressed, stored);
    assert.equal(value.content.counts.decompressed, 2);
    assert.equal(await told(value), "k0");
    assert.deepEqual(
      [await next(reading), await next(reading), await next(reading)],
      ["k1", "k2", undefined],
    );
  });

  test("are at most 32, and one more for each that was taken", async () => {
    const gate = new Gate();
    const reading = readContents(gate, objects(40), READING);
    const first = next(reading);
    assert.equal(gate.asked.length, 32);
    gate.answer("k1");
    await turn();
    assert.equal(gate.asked.length, 32);
    gate.answer("k0");
    assert.equal(await first, "k0");
    assert.equal(gate.asked.length, 32);
    assert.equal(await next(reading), "k1");
    assert.equal(gate.asked.length, 33);
    await reading.return(undefined);
  });

  test("are at most 4 MiB of stored bytes and the object that goes beyond", async () => {
    const gate = new Gate();
    const reading = readContents(gate, objects(10, 1.5 * 2 ** 20), READING);
    const first = next(reading);
    assert.equal(gate.asked.length, 3);
    gate.answer("k0");
    assert.equal(await first, "k0");
    const second = next(reading);
    assert.equal(gate.asked.length, 4);
    gate.answer("k1");
    assert.equal(await second, "k1");
    await reading.return(undefined);
  });

  test("hold at most 4 MiB of content beside the object whose turn it is", async () => {
    const gate = new Gate();
    const chunk = Buffer.alloc(2 ** 16, "1\n");
    const chunksOfEach = 48;
    let given = 0;
    const body = (): Readable => {
      let left = chunksOfEach;
      const read = function (this: Readable): void {
        given += 1;
        this.push(left-- > 0 ? chunk : null);
      };
      return new Readable({ read, highWaterMark: chunk.length });
    };
    const reading = readContents(gate, objects(10), READING);
    const first = next(reading);
    for (let index = 1; index < 10; index++) gate.stream(`k${index}`, body(), chunksOfEach * chunk.length);
    for (let before = -1; before !== given; ) {
      before = given;
      for (let turns = 0; turns < 50; turns++) await turn();
    }
    // Each holds a few chunks more: in its stream, and the one with which it was found to be too much.
    assert.ok(given <= 64 + 10 * 4, `${given} chunks were taken`);
    gate.answer("k0");
    assert.equal(await first, "k0");
    for (let index = 1; index < 10; index++)
      assert.equal((await next(reading))?.length, chunksOfEach * chunk.length);
    assert.equal(await next(reading), undefined);
  });

  test("that wait for room end when the reader stops", async () => {
    const gate = new Gate();
    const reading = readContents(gate, objects(3), READING);
    const first = next(reading);
    for (const key of ["k1", "k2"]) gate.answer(key, gzipSync(Buffer.alloc(5 * 2 ** 20, "1\n")));
    gate.answer("k0");
    assert.equal(await first, "k0");
    await reading.return(undefined);
  });

  test("are read one by one where each is larger than that", async () => {
    const gate = new Gate();
    const reading = readContents(gate, objects(3, 2 ** 30), READING);
    for (const key of ["k0", "k1", "k2"]) {
      const content = next(reading);
      await turn();
      assert.equal(gate.asked.at(-1), key);
      gate.answer(key);
      assert.equal(await content, key);
    }
    assert.equal(await next(reading), undefined);
  });

  test("a bad one is reported in its place, the others go on", async () => {
    const gate = new Gate();
    const reading = readContents(gate, objects(6), READING);
    const first = next(reading);
    const whole = gzipSync("some content that is longer than its trailer");
    const corrupt = Buffer.from(whole);
    corrupt.writeUInt32LE((corrupt.readUInt32LE(corrupt.length - 8) ^ 1) >>> 0, corrupt.length - 8);
    gate.answer("k0");
    gate.answer("k1", corrupt);
    gate.answer("k2", whole.subarray(0, -10));
    gate.refuse("k3", "OBJECT_NOT_FOUND");
    gate.answer("k4", Buffer.alloc(0));
    gate.answer("k5");
    const rest = [];
    for (let at = 1; at < 6; at++) rest.push(await next(reading));
    assert.equal(await first, "k0");
    assert.deepEqual(rest, ["OBJECT_CORRUPT", "OBJECT_TRUNCATED", "OBJECT_NOT_FOUND", "OBJECT_EMPTY", "k5"]);
  });

  test("what concerns the store is thrown in its turn, and everything else aborted", async () => {
    const gate = new Gate();
    const reading = readContents(gate, objects(4), READING);
    const first = next(reading);
    gate.refuse("k1", "STORE_UNREACHABLE");
    gate.answer("k0");
    assert.equal(await first, "k0");
    assert.deepEqual(gate.aborted, []);
    await assert.rejects(
      next(reading),
      (error) => error instanceof MillraceError && error.code === "STORE_UNREACHABLE",
    );
    assert.deepEqual(gate.aborted, ["k2", "k3"]);
    assert.equal(await next(reading), undefined);
  });

  test("a reader that has enough aborts the rest", async () => {
    const gate = new Gate();
    const reading = readContents(gate, objects(3), READING);
    const first = next(reading);
    gate.answer("k0");
    await first;
    await reading.return(undefined);
    assert.deepEqual(gate.aborted, ["k1", "k2"]);
  });

  test("the end of a life ends them", async () => {
    const life = new AbortController();
    const gate = new Gate();
    const reading = readContents(gate, objects(2), { ...READING, signal: life.signal });
    const first = next(reading);
    life.abort();
    await assert.rejects(first, (error) => error instanceof MillraceError && error.code === "LOAD_ABORTED");
    assert.deepEqual(gate.aborted, ["k0", "k1"]);
  });

  test("none are none", async () => {
    assert.equal(await next(readContents(new Gate(), [], READING)), undefined);
  });
});
