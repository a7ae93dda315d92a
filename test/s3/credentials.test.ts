import assert from "node:assert/strict";
import { afterEach, beforeEach, suite, test } from "node:test";
import { formatError, MillraceError } from "../../src/errors.ts";
import { openStore } from "../../src/s3/aws.ts";
import { failsWith } from "../contract/store.ts";
import { cutAt, type Step, sampleBytes, startScripted, whole } from "./scripted.ts";

const signal = new AbortController().signal;
const bucket = "archive";

suite("credentials", () => {
  const configured = { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "example" };
  const before: Record<string, string | undefined> = {};
  beforeEach(() => {
    for (const [name, value] of Object.entries(configured)) {
      before[name] = process.env[name];
      process.env[name] = value;
    }
  });
  afterEach(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  });

  test("sign requests when there are some, and are not used by an anonymous store", async () => {
    const steps = [cutAt(sampleBytes(10), 5), whole(sampleBytes(10))];
    for (const anonymous of [true, false]) {
      await using scripted = await startScripted(steps, {}, anonymous);
      const object = await scripted.store.open(bucket, "k", "v1", signal);
      assert.equal((await object.body.toArray()).length, 2);
      assert.deepEqual(
        scripted.requests.map(({ signed }) => signed),
        [!anonymous, !anonymous],
      );
    }
  });

  test("sign for the pipeline's region, otherwise for the environment's", async () => {
    const scopes: string[] = [];
    const answer: Step = (request, response) => {
      scopes.push(/\/([^/]+)\/s3\/aws4_request/.exec(request.headers.authorization ?? "")?.[1] ?? "");
      whole(sampleBytes(8))(request, response);
    };
    await using scripted = await startScripted([answer]);
    for (const own of [{ region: "eu-central-1" }, {}]) {
      const environment = { endpoint: scripted.url, region: "ap-south-1", anonymous: false };
      const store = openStore({ ...own, environment });
      try {
        const { body } = await store.open(bucket, "k", "v1", signal);
        await body.toArray();
      } finally {
        store.close();
      }
    }
    assert.deepEqual(scopes, ["eu-central-1", "ap-south-1"]);
  });

  test("never stand in an error", async () => {
    const told: Step = (_request, response) => {
      response.writeHead(403, { "content-type": "application/xml" });
      response.end(
        "<Error><Code>SignatureDoesNotMatch</Code><Message>AKIAEXAMPLE</Message><AWSAccessKeyId>AKIAEXAMPLE</AWSAccessKeyId></Error>",
      );
    };
    await using scripted = await startScripted([told], {}, false);
    await assert.rejects(scripted.store.open(bucket, "k", "e", signal), (error) => {
      assert.ok(failsWith("ACCESS_DENIED", { bucket, key: "k" })(error));
      assert.ok(error instanceof MillraceError && error.cause === undefined);
      assert.doesNotMatch(formatError(error), /AKIAEXAMPLE/);
      return true;
    });
  });
});
