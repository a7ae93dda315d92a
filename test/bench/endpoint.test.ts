import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { after, before, suite, test } from "node:test";
import { openStore } from "../../src/s3/aws.ts";
import type { ObjectStore } from "../../src/s3/store.ts";
import { type Endpoint, startEndpoint } from "./endpoint.ts";

const { signal } = new AbortController();
const LARGE = Buffer.alloc(3_000_000, "0123456789");

suite("the bench's endpoint, read through the real store", () => {
  let folder: string;
  let endpoint: Endpoint;
  let store: ObjectStore;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "millrace-bench-test-"));
    const years = Array.from({ length: 2_100 }, (_, index) => `many/${String(index).padStart(4, "0")}.csv`);
    for (const [key, body] of [
      ["a/large", LARGE],
      ["a/small b", Buffer.from("small")],
      ["b/c", Buffer.from("c")],
      ...years.map((year) => [year, Buffer.from(year)] as const),
    ] as const) {
      await mkdir(dirname(join(folder, "bucket", key)), { recursive: true });
      await writeFile(join(folder, "bucket", key), body);
    }
    endpoint = await startEndpoint(folder);
    store = openStore({ endpoint: endpoint.url, environment: { region: "us-east-1", anonymous: true } });
  });

  after(async () => {
    store.close();
    await endpoint.stop();
    await rm(folder, { recursive: true });
  });

  const listed = async (prefix: string, delimiter?: "/"): Promise<{ keys: string[]; prefixes: string[] }> => {
    const found: { keys: string[]; prefixes: string[] } = { keys: [], prefixes: [] };
    const request = { bucket: "bucket", prefix, ...(delimiter === undefined ? {} : { delimiter }) };
    for await (const page of store.list(request, signal)) {
      found.keys.push(...page.objects.map(({ key }) => key));
      found.prefixes.push(...page.prefixes);
    }
    return found;
  };

  test("lists folders, and what lies in one", async () => {
    assert.deepEqual(await listed("", "/"), { keys: [], prefixes: ["a/", "b/", "many/"] });
    assert.deepEqual(await listed("a/", "/"), { keys: ["a/large", "a/small b"], prefixes: [] });
    assert.deepEqual(await listed("none/"), { keys: [], prefixes: [] });
  });

  test("lists page by page: each key once, in order", async () => {
    await endpoint.counts();
    const { keys } = await listed("many/");
    assert.equal(keys.length, 2_100);
    assert.deepEqual(keys, [...new Set(keys)].sort());
    assert.equal((await endpoint.counts()).list, 3);
  });

  test("gives an object, its tail, and counts what it was asked for", async () => {
    await endpoint.counts();
    const object = await store.open("bucket", "a/large", undefined, signal);
    assert.ok(LARGE.equals(await buffer(object.body)));
    assert.equal((await store.tail("bucket", "a/large", object.etag, 8, signal)).toString(), "23456789");
    assert.deepEqual(await endpoint.counts(), {
      list: 0,
      head: 0,
      ranged: 1,
      whole: 1,
      refused: 0,
      bytes: LARGE.length + 8,
    });
  });

  test("a touched file is a new version: the old one is refused", async () => {
    const [before] = (await firstPage(store)).objects;
    assert.ok(before !== undefined);
    await utimes(join(folder, "bucket", "b", "c"), new Date(0), new Date(0));
    await endpoint.rescan();
    const [now] = (await firstPage(store)).objects;
    assert.notEqual(now?.etag, before.etag);
    await assert.rejects(store.open("bucket", "b/c", before.etag, signal), { code: "OBJECT_CHANGED" });
  });
});

async function firstPage(store: ObjectStore) {
  for await (const page of store.list({ bucket: "bucket", prefix: "b/" }, signal)) return page;
  throw new Error("no page");
}
