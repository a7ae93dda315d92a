import assert from "node:assert/strict";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { buffer } from "node:stream/consumers";
import { suite, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { type BucketOptions, generateBucket } from "../../src/demo/bucket.ts";
import { serveObjects, startDemoBucket } from "../../src/demo/endpoint.ts";
import { MillraceError } from "../../src/errors.ts";
import { openStore } from "../../src/s3/aws.ts";
import type { ListedObject, ObjectStore } from "../../src/s3/store.ts";

const SMALL: BucketOptions = { seed: 3, today: "2025-01-08", years: 2, stations: 20, locations: 3, days: 4 };

function storeAt(endpoint: string): ObjectStore {
  return openStore({ endpoint, environment: { region: "us-east-1", anonymous: true } });
}

async function listAll(store: ObjectStore, bucket: string, prefix: string): Promise<ListedObject[]> {
  const found: ListedObject[] = [];
  for await (const page of store.list({ bucket, prefix }, AbortSignal.timeout(10_000)))
    found.push(...page.objects);
  return found;
}

async function bodyOf(store: ObjectStore, bucket: string, key: string): Promise<Buffer> {
  const { body } = await store.open(bucket, key, undefined, AbortSignal.timeout(10_000));
  return buffer(body);
}

test("the generated buckets are the same for the same options, and gzip is clean", () => {
  const first = [...generateBucket(SMALL)];
  const second = [...generateBucket(SMALL)];
  assert.deepEqual(first, second);
  assert.notDeepEqual([...generateBucket({ ...SMALL, seed: 4 })], first);
  assert.equal(new Set(first.map(({ bucket, key }) => `${bucket}/${key}`)).size, first.length);
  assert.equal(first.length, 5 + 2 + 3 * 4 + 6);
  for (const { key, body } of first.filter((object) => object.key.endsWith(".gz"))) {
    assert.equal(body.readUInt32LE(4), 0, `${key} has a time`);
    assert.ok(gunzipSync(body).length > 100);
  }
  assert.deepEqual(
    first.filter(({ key }) => key.includes("by_year")).map(({ key }) => key),
    ["csv.gz/by_year/2023.csv.gz", "csv.gz/by_year/2024.csv.gz"],
  );
});

suite("the demo's endpoint", () => {
  test("serves every generated object through the real client", async (t) => {
    const demo = await startDemoBucket(SMALL);
    const store = storeAt(demo.endpoint);
    t.after(async () => {
      store.close();
      await demo.stop();
    });
    const generated = [...generateBucket(SMALL)];
    const listed = (
      await Promise.all(
        ["noaa-ghcn-pds", "openaq-data-archive", "openaq-fetches"].map((bucket) =>
          listAll(store, bucket, ""),
        ),
      )
    ).flat();
    assert.deepEqual(
      listed.map(({ bucket, key, size }) => ({ bucket, key, size })),
      generated
        .map(({ bucket, key, body }) => ({ bucket, key, size: body.length }))
        .sort((a, b) => Buffer.compare(Buffer.from(a.bucket + a.key), Buffer.from(b.bucket + b.key))),
    );
    for (const { bucket, key, body } of generated.filter((_, index) => index % 5 === 0)) {
      assert.deepEqual(await bodyOf(store, bucket, key), body, key);
    }
  });

  test("takes, replaces and removes objects of any size and name while it runs", async (t) => {
    const demo = await serveObjects([]);
    const store = storeAt(demo.endpoint);
    t.after(async () => {
      store.close();
      await demo.stop();
    });
    const key = "some folder/ä=+%&?#1.csv";
    const big = Buffer.alloc(20_000_000, "millrace");
    await demo.put("another-bucket", key, Buffer.from("first"));
    await demo.put("another-bucket", key, big);
    assert.deepEqual(
      (await listAll(store, "another-bucket", "some folder/")).map((object) => [object.key, object.size]),
      [[key, big.length]],
    );
    assert.ok(big.equals(await bodyOf(store, "another-bucket", key)));
    await demo.remove("another-bucket", key);
    assert.deepEqual(await listAll(store, "another-bucket", ""), []);
    await assert.rejects(
      demo.put("NO BUCKET", "key", big),
      (error) => error instanceof MillraceError && error.code === "STORE_FAILED",
    );
  });

  test("listens on this machine alone, and frees its port", async () => {
    const demo = await serveObjects([]);
    const { hostname, port } = new URL(demo.endpoint);
    assert.equal(hostname, "127.0.0.1");
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ internal, family }) => !internal && family === "IPv4");
    // Only free if the endpoint does not hold the port on all interfaces.
    if (outside !== undefined) await listenOnce(outside.address, Number(port));
    await demo.stop();
    await listenOnce("127.0.0.1", Number(port));
  });
});

async function listenOnce(host: string, port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, exclusive: true }, resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}
