/** What every object store must do, whichever it is. */
import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { after, before, suite, test } from "node:test";
import { type ErrorCode, MillraceError } from "../../src/errors.ts";
import type { ListPage, ListRequest, ObjectStore } from "../../src/s3/store.ts";

export interface StoreUnderTest {
  readonly store: ObjectStore;
  /** What the store calls one of CONTRACT_BUCKETS, or `absent`, which does not exist. */
  bucket(name: string): string;
  /** Writes an object into a bucket that exists; returns its etag, without quotes. */
  put(bucket: string, key: string, body: string | Buffer): Promise<string>;
  stop(): Promise<void>;
}

export const CONTRACT_BUCKETS = ["contract", "contract-many"];

/** A predicate for assert.rejects: the code, and that bucket and key are named. */
export function failsWith(
  code: ErrorCode,
  place: { bucket: string; key?: string },
): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof MillraceError, String(error));
    assert.equal(error.code, code, error.message);
    assert.equal(error.place.bucket, place.bucket);
    if (place.key !== undefined) assert.equal(error.place.key, place.key);
    return true;
  };
}

/** What stores may differ in. */
export interface Traits {
  /** Parts of keys that only some stores know. */
  readonly oddNames: readonly string[];
  /** Whether objects tell when they were written. */
  readonly dated: boolean;
  /** What an object of a bucket that does not exist is. */
  readonly withoutBucket: "BUCKET_NOT_FOUND" | "OBJECT_NOT_FOUND";
}

/** Runs the contract; the buckets CONTRACT_BUCKETS exist and are empty. */
export function storeContract(name: string, traits: Traits, start: () => Promise<StoreUnderTest>): void {
  const signal = new AbortController().signal;

  suite(`store contract: ${name}`, () => {
    let subject: StoreUnderTest;
    let bucket: string;
    let many: string;
    let absent: string;
    before(async () => {
      subject = await start();
      [bucket, many, absent] = [
        subject.bucket("contract"),
        subject.bucket("contract-many"),
        subject.bucket("absent"),
      ];
    });
    after(() => subject.stop());

    const assertDate = (modified: Date): void => {
      const date = traits.dated ? Date.now() : 0;
      assert.ok(Math.abs(modified.getTime() - date) < 600_000, String(modified));
    };
    const pages = async (request: ListRequest): Promise<ListPage[]> =>
      Array.fromAsync(subject.store.list(request, signal));
    const keys = async (request: ListRequest): Promise<string[]> =>
      (await pages(request)).flatMap((page) => page.objects.map((object) => object.key));

    test("an object is delivered byte for byte, with size, etag and time", async () => {
      const content = Buffer.alloc(3_000_000, "0123456789abcdef");
      const etag = await subject.put(bucket, "large.bin", content);
      const object = await subject.store.open(bucket, "large.bin", etag, signal);
      assert.equal(object.size, content.length);
      assert.equal(object.etag, etag);
      assertDate(object.lastModified);
      const received = await buffer(object.body);
      assert.ok(received.equals(content));
    });

    test("an empty object has an empty body", async () => {
      await subject.put(bucket, "empty", "");
      const object = await subject.store.open(bucket, "empty", undefined, signal);
      assert.equal(object.size, 0);
      assert.deepEqual(await object.body.toArray(), []);
    });

    test("keys with odd characters are listed and opened", async () => {
      const odd = ["a b", "a+b", "100%", "é/日本/😀", "a&b<c>", "tilde~(1)!'*", "semi;=,@:$"].concat(
        traits.oddNames,
      );
      for (const key of odd) await subject.put(bucket, `odd/${key}`, `content of ${key}`);
      assert.deepEqual(
        (await keys({ bucket, prefix: "odd/" })).sort(),
        odd.map((key) => `odd/${key}`).sort(),
      );
      for (const key of odd) {
        const object = await subject.store.open(bucket, `odd/${key}`, undefined, signal);
        const received = await buffer(object.body);
        assert.equal(received.toString(), `content of ${key}`);
      }
    });

    test("more than 1000 keys come page by page, in order, each once", async () => {
      const names = Array.from({ length: 1013 }, (_, index) => `y/${String(index).padStart(5, "0")}.gz`);
      await Promise.all(names.map((key) => subject.put(many, key, "x")));
      const request = { bucket: many, prefix: "y/" };
      assert.deepEqual(await keys(request), names);
      assert.ok((await pages(request)).length > 1);
      assert.deepEqual(await keys({ ...request, startAfter: "y/01009.gz" }), names.slice(1010));
      assert.deepEqual(await keys({ bucket: many, prefix: "z" }), []);
    });

    test("a listed object tells key, etag, size and time", async () => {
      const etag = await subject.put(bucket, "listed.txt", "hello");
      const [page] = await pages({ bucket, prefix: "listed.txt" });
      const [object] = page?.objects ?? [];
      assert.ok(object !== undefined);
      const { lastModified, ...rest } = object;
      assert.deepEqual(rest, { bucket, key: "listed.txt", etag, size: 5 });
      assertDate(lastModified);
    });

    test("an object is found by its key, without any that begin so", async () => {
      for (const key of ["found", "found.txt", "found/below"]) await subject.put(bucket, key, key);
      const [listed] = (await pages({ bucket, prefix: "found" })).flatMap(({ objects }) => objects);
      assert.deepEqual(await subject.store.find(bucket, "found", signal), listed);
      for (const key of ["foun", "found.tx", "found/none", "no/such/key"])
        assert.equal(await subject.store.find(bucket, key, signal), undefined);
    });

    test("what is wanted is listed, whatever else is left out", async () => {
      for (const key of ["w/1", "w/2", "w/3"]) await subject.put(bucket, key, "x");
      const wanted = (key: string): boolean => key === "w/2";
      assert.ok((await keys({ bucket, prefix: "w/", wanted })).includes("w/2"));
    });

    test("with a delimiter, folders are reported once and their objects are not", async () => {
      for (const key of ["f/a/1", "f/a/2", "f/b/1", "f/plain"]) await subject.put(bucket, key, "x");
      const listed = await pages({ bucket, prefix: "f/", delimiter: "/" });
      assert.deepEqual(
        listed.flatMap((page) => page.prefixes),
        ["f/a/", "f/b/"],
      );
      assert.deepEqual(
        listed.flatMap((page) => page.objects.map((object) => object.key)),
        ["f/plain"],
      );
    });

    test("more than 1000 folders beside objects are each reported once", async () => {
      const folders = Array.from({ length: 1013 }, (_, index) => `d/${String(index + 1000)}/`);
      await Promise.all([
        subject.put(many, "d/0-first", "x"),
        ...folders.map((folder) => subject.put(many, `${folder}x`, "x")),
      ]);
      const listed = await pages({ bucket: many, prefix: "d/", delimiter: "/" });
      assert.deepEqual(
        listed.flatMap((page) => page.prefixes),
        folders,
      );
    });

    test("the tail is the end of exactly this version", async () => {
      const etag = await subject.put(bucket, "tail", "0123456789");
      assert.equal((await subject.store.tail(bucket, "tail", etag, 8, signal)).toString(), "23456789");
      await assert.rejects(
        subject.store.tail(bucket, "tail", etag, 11, signal),
        failsWith("OBJECT_TRUNCATED", { bucket, key: "tail" }),
      );
      await subject.put(bucket, "tail", "9876543210");
      await assert.rejects(
        subject.store.tail(bucket, "tail", etag, 8, signal),
        failsWith("OBJECT_CHANGED", { bucket, key: "tail" }),
      );
    });

    test("an object that was rewritten since it was listed is not opened", async () => {
      const etag = await subject.put(bucket, "rewritten", "old");
      await subject.put(bucket, "rewritten", "new");
      await assert.rejects(
        subject.store.open(bucket, "rewritten", etag, signal),
        failsWith("OBJECT_CHANGED", { bucket, key: "rewritten" }),
      );
    });

    test("what is not there is named", async () => {
      const key = "no/such/key";
      await assert.rejects(
        subject.store.open(bucket, key, undefined, signal),
        failsWith("OBJECT_NOT_FOUND", { bucket, key }),
      );
      await assert.rejects(
        subject.store.tail(bucket, key, "0", 8, signal),
        failsWith("OBJECT_NOT_FOUND", { bucket, key }),
      );
      await assert.rejects(
        subject.store.open(absent, key, undefined, signal),
        failsWith(traits.withoutBucket, { bucket: absent, key }),
      );
      await assert.rejects(
        keys({ bucket: absent, prefix: "" }),
        failsWith("BUCKET_NOT_FOUND", { bucket: absent }),
      );
    });

    test("an ended life stops listings, tails and bodies", async () => {
      const etag = await subject.put(bucket, "ended", Buffer.alloc(4_000_000));
      const life = new AbortController();
      const object = await subject.store.open(bucket, "ended", etag, life.signal);
      const reading = object.body.toArray();
      life.abort();
      await assert.rejects(reading, failsWith("LOAD_ABORTED", { bucket, key: "ended" }));
      await assert.rejects(
        subject.store.open(bucket, "ended", etag, life.signal),
        failsWith("LOAD_ABORTED", { bucket, key: "ended" }),
      );
      await assert.rejects(
        subject.store.tail(bucket, "ended", etag, 8, life.signal),
        failsWith("LOAD_ABORTED", { bucket, key: "ended" }),
      );
      await assert.rejects(
        Array.fromAsync(subject.store.list({ bucket, prefix: "" }, life.signal)),
        failsWith("LOAD_ABORTED", { bucket }),
      );
    });
  });
}
