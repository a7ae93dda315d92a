import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { buffer } from "node:stream/consumers";
import { suite, test } from "node:test";
import { formatError, MillraceError } from "../../src/errors.ts";
import { openStore } from "../../src/s3/aws.ts";
import { abortedError } from "../../src/s3/network.ts";
import type { ListedObject, ObjectStore } from "../../src/s3/store.ts";
import { failsWith } from "../contract/store.ts";
import { refuse, type Step, sampleBytes, silentAt, startScripted, whole } from "./scripted.ts";

const signal = new AbortController().signal;
const bucket = "archive";

async function listAll(store: ObjectStore): Promise<ListedObject[]> {
  const pages = await Array.fromAsync(store.list({ bucket, prefix: "" }, signal));
  return pages.flatMap((page) => page.objects);
}

function xml(body: string): Step {
  return (_request, response) => {
    response.writeHead(200, { "content-type": "application/xml" });
    response.end(
      `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>${bucket}</Name>${body}</ListBucketResult>`,
    );
  };
}

function entry(key: string): string {
  return `<Contents><Key>${key}</Key><Size>1</Size><ETag>"e"</ETag><LastModified>2022-04-05T10:00:00Z</LastModified></Contents>`;
}

suite("failures of the store", () => {
  test("are told apart by name and status", async () => {
    const cases = [
      [404, "NoSuchBucket", "BUCKET_NOT_FOUND"],
      [404, "NoSuchKey", "OBJECT_NOT_FOUND"],
      [404, "SomethingElse", "OBJECT_NOT_FOUND"],
      [403, "AccessDenied", "ACCESS_DENIED"],
      [403, "InvalidAccessKeyId", "ACCESS_DENIED"],
      [400, "ExpiredToken", "ACCESS_DENIED"],
      [412, "PreconditionFailed", "OBJECT_CHANGED"],
      [500, "InternalError", "STORE_FAILED"],
      [503, "SlowDown", "STORE_FAILED"],
      [418, "Teapot", "STORE_FAILED"],
    ] as const;
    for (const [status, name, code] of cases) {
      await using scripted = await startScripted([refuse(status, name)]);
      await assert.rejects(
        scripted.store.open(bucket, "k", "e", signal),
        failsWith(code, { bucket, key: "k" }),
      );
      await assert.rejects(
        scripted.store.tail(bucket, "k", "e", 8, signal),
        failsWith(code, { bucket, key: "k" }),
      );
    }
  });

  test("of a bucket in another region name that region", async () => {
    for (const [status, name] of [
      [301, "PermanentRedirect"],
      [307, "TemporaryRedirect"],
      [400, "AuthorizationHeaderMalformed"],
    ] as const) {
      await using scripted = await startScripted([
        refuse(status, name, { "x-amz-bucket-region": "eu-central-1" }),
      ]);
      await assert.rejects(listAll(scripted.store), (error) => {
        assert.ok(failsWith("ACCESS_DENIED", { bucket })(error));
        assert.match(formatError(error), /region eu-central-1/);
        return true;
      });
    }
  });

  test("that pass are not even noticed", async () => {
    const content = sampleBytes(1000);
    await using scripted = await startScripted(
      [refuse(503, "SlowDown"), refuse(500, "InternalError"), whole(content)],
      {
        attempts: 3,
      },
    );
    const object = await scripted.store.open(bucket, "k", "v1", signal);
    const received = await buffer(object.body);
    assert.ok(received.equals(content));
  });

  test("without an answer are STORE_UNREACHABLE: refused, reset, silent", async () => {
    const free = createServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const refused = openStore({
      endpoint: `http://somebody:secret@127.0.0.1:${port}`,
      environment: { region: "us-east-1", anonymous: true },
      limits: { attempts: 1 },
    });
    await assert.rejects(listAll(refused), (error) => {
      assert.ok(failsWith("STORE_UNREACHABLE", { bucket })(error));
      assert.match(formatError(error), /ECONNREFUSED/);
      assert.doesNotMatch(formatError(error), /secret|somebody/);
      return true;
    });
    refused.close();

    const reset: Step = (request) => request.socket.resetAndDestroy();
    await using resetting = await startScripted([reset]);
    await assert.rejects(listAll(resetting.store), failsWith("STORE_UNREACHABLE", { bucket }));

    const silent: Step = () => undefined;
    await using hanging = await startScripted([silent], { answerMilliseconds: 50 });
    await assert.rejects(
      hanging.store.open(bucket, "k", "e", signal),
      failsWith("STORE_UNREACHABLE", { bucket, key: "k" }),
    );
    await hanging.idle();
  });

  test("in the middle of a small answer end it in time", async () => {
    const partOfPage: Step = (_request, response) => {
      response.writeHead(200, { "content-type": "application/xml", "content-length": 1000 });
      response.write("<?xml version");
    };
    await using listing = await startScripted([partOfPage], { pageMilliseconds: 50 });
    await assert.rejects(listAll(listing.store), failsWith("STORE_UNREACHABLE", { bucket }));
    await listing.idle();

    const partOfTail: Step = (_request, response) => {
      response.writeHead(206, { etag: '"e"', "content-length": 8, "content-range": "bytes 92-99/100" });
      response.write("1234");
    };
    await using tail = await startScripted([partOfTail], { pageMilliseconds: 50 });
    await assert.rejects(
      tail.store.tail(bucket, "k", "e", 8, signal),
      failsWith("STORE_UNREACHABLE", { bucket, key: "k" }),
    );
    await tail.idle();
  });

  test("carry what a life ended for", () => {
    const life = new AbortController();
    life.abort(new MillraceError("DATABASE_UNREACHABLE", "the database is gone"));
    assert.equal(abortedError(life.signal, { bucket }).code, "DATABASE_UNREACHABLE");
  });
});

suite("answers that are not what was asked for", () => {
  test("a web page is not an empty listing", async () => {
    const page: Step = (_request, response) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<html><body><p>Please log in</p></body></html>");
    };
    await using scripted = await startScripted([page]);
    await assert.rejects(listAll(scripted.store), failsWith("STORE_FAILED", { bucket }));
  });

  test("a listing that leads back to itself is ended", async () => {
    const truncated = "<IsTruncated>true</IsTruncated>";
    await using same = await startScripted([
      xml(`${truncated}<NextContinuationToken>t</NextContinuationToken>${entry("a")}`),
    ]);
    await assert.rejects(listAll(same.store), failsWith("STORE_FAILED", { bucket }));
    const cycle = ["a", "b", "a"].map((token) =>
      xml(`${truncated}<NextContinuationToken>${token}</NextContinuationToken>${entry(token)}`),
    );
    await using round = await startScripted(cycle);
    await assert.rejects(listAll(round.store), failsWith("STORE_FAILED", { bucket }));
    await using none = await startScripted([xml(truncated)]);
    await assert.rejects(listAll(none.store), failsWith("STORE_FAILED", { bucket }));
  });

  test("url-encoded keys are decoded, others are not", async () => {
    const entries = `<IsTruncated>false</IsTruncated>${entry("a+b%2Bc%25%01/%C3%A9")}`;
    await using encoded = await startScripted([xml(`<EncodingType>url</EncodingType>${entries}`)]);
    assert.deepEqual(
      (await listAll(encoded.store)).map((object) => object.key),
      ["a b+c%\u0001/é"],
    );
    assert.match(encoded.requests[0]?.path ?? "", /encoding-type=url/);
    await using plain = await startScripted([xml(entries)]);
    assert.deepEqual(
      (await listAll(plain.store)).map((object) => object.key),
      ["a+b%2Bc%25%01/%C3%A9"],
    );
  });

  test("another version than the listed one is not read, whether or not the store knows If-Match", async () => {
    await using scripted = await startScripted([whole(sampleBytes(5_000_000), "v2")]);
    await assert.rejects(
      scripted.store.open(bucket, "k", "v1", signal),
      failsWith("OBJECT_CHANGED", { bucket, key: "k" }),
    );
    await scripted.idle();
  });

  test("a whole object instead of its tail is not read", async () => {
    const everything: Step = (_request, response) => {
      response.writeHead(200, { etag: '"e"', "content-length": 5_000_000 });
      response.write(sampleBytes(1_000_000));
    };
    await using scripted = await startScripted([everything]);
    await assert.rejects(
      scripted.store.tail(bucket, "k", "e", 8, signal),
      failsWith("OBJECT_TRUNCATED", { bucket, key: "k" }),
    );
    await scripted.idle();
  });

  test("a body without an announced length is not read", async () => {
    const chunked: Step = (_request, response) => {
      response.writeHead(200, { etag: '"e"' });
      response.write(sampleBytes(1_000_000));
    };
    await using scripted = await startScripted([chunked]);
    await assert.rejects(
      scripted.store.open(bucket, "k", "e", signal),
      failsWith("STORE_FAILED", { bucket, key: "k" }),
    );
    await scripted.idle();
  });
});

test("closing a store frees its connections", async () => {
  await using scripted = await startScripted([whole(sampleBytes(10))]);
  const object = await scripted.store.open(bucket, "k", "v1", signal);
  await object.body.toArray();
  scripted.store.close();
  await scripted.idle();
  assert.equal(scripted.connections(), 1);
});

test("a silent body does not keep others waiting", async () => {
  const content = sampleBytes(100);
  const silent = silentAt(content, 50);
  await using scripted = await startScripted([...Array.from({ length: 60 }, () => silent), whole(content)]);
  const held = await Promise.all(
    Array.from({ length: 60 }, () => scripted.store.open(bucket, "k", "v1", signal)),
  );
  const object = await scripted.store.open(bucket, "k", "v1", signal);
  assert.equal((await object.body.toArray()).length, 1);
  for (const { body } of held) body.destroy();
});
