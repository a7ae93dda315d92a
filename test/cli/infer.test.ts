/** `millrace infer`: a first pipeline from an object. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { gzipSync } from "node:zlib";
import { infer } from "../../src/cli/infer.ts";
import { serveObjects } from "../../src/demo/endpoint.ts";
import { millrace } from "./command.ts";
import { sink } from "./sink.ts";

suite("infer", () => {
  test("s3://: bucket and key, dates and folders left open; --source, --json", async (t) => {
    const bucket = await serveObjects([
      {
        bucket: "some-bucket",
        key: "records/year=2022/month=05/air-20220503.csv.gz",
        body: gzipSync(
          "location_id,datetime,parameter,units,value\n1,2022-05-03T01:00:00+02:00,pm10,ug/m3,5\n1,2022-05-03T02:00:00+02:00,pm10,ug/m3,6\n",
        ),
      },
    ]);
    t.after(() => bucket.stop());
    const env = { AWS_ENDPOINT_URL_S3: bucket.endpoint };
    const sample = "s3://some-bucket/records/year=2022/month=05/air-20220503.csv.gz";
    const { code, stdout, stderr } = await millrace(["infer", sample, "--source", "air"], { env });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /source: air\n/);
    assert.match(stdout, /bucket: some-bucket\n/);
    assert.match(
      stdout,
      /key: "records\/year=\{day:yyyy\}\/month=\{day:MM\}\/air-\{day:yyyyMMdd\}\.csv\.gz"/,
    );
    const out = sink();
    await infer(
      { sample, json: true },
      { s3: { endpoint: bucket.endpoint, region: "us-east-1", anonymous: true } },
      out,
    );
    const facts = JSON.parse(out.text()) as Record<string, unknown>;
    assert.deepEqual(facts["columns"], ["location_id", "datetime", "parameter", "units", "value"]);
    assert.equal(facts["target"], "observations");
    assert.equal(facts["format"], "delimited");
  });

  test("wrong usage: exit code 2", async () => {
    for (const args of [
      ["infer"],
      ["infer", "s3://bucket-only"],
      ["infer", "none.csv"],
      ["infer", "a.csv", "--source", "Bad Name"],
    ]) {
      const { code, stderr } = await millrace(args);
      assert.equal(code, 2, `${args.join(" ")}: ${stderr}`);
    }
  });
});
