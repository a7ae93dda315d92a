/** `millrace preview`: real records, side by side, nothing written. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { gzipSync } from "node:zlib";
import { type PreviewOptions, preview } from "../../src/cli/preview.ts";
import { serveObjects } from "../../src/demo/endpoint.ts";
import { dailyYaml, folderWith } from "../config/folder.ts";
import { millrace } from "./command.ts";
import { sink } from "./sink.ts";

const OPTIONS = { pipeline: "a", rows: 10, json: false, color: true } as const;
const RECORDS = "A,20200102,TMAX,-125,\nA,20200103,TMAX,1x,\nA,20200104,WT01,1,\nB,20200105,PRCP,-9999,\n";

suite("preview", async () => {
  const bucket = await serveObjects([
    { bucket: "a-bucket", key: "data/2024.csv.gz", body: gzipSync("OLD,20240102,TMAX,1,\n") },
    { bucket: "a-bucket", key: "data/2025.csv.gz", body: gzipSync("NEW,20250102,TMAX,1,\n") },
    { bucket: "a-bucket", key: "data/2023.csv.gz", body: Buffer.from("<!doctype html><html></html>") },
  ]);
  after(() => bucket.stop());
  const s3 = { endpoint: bucket.endpoint, region: "us-east-1", anonymous: true };
  const show = async (
    folder: string,
    options: Partial<PreviewOptions>,
    columns?: number,
  ): Promise<string> => {
    const out = sink(columns);
    assert.equal(await preview({ ...OPTIONS, ...options }, { pipelines: folder, s3 }, out), 0);
    return out.text();
  };

  test("without --object, the newest object of the pipeline", async (t) => {
    const text = await show(await folderWith(t, { "a.yaml": dailyYaml() }), {});
    assert.match(text, /^a \(daily\): data\/2025\.csv\.gz\n/);
    assert.match(text, /NEW,20250102,TMAX,1,/);
    assert.match(text, /all 1 record of data\/2025\.csv\.gz: 1 row\n$/);
    assert.doesNotMatch(text, /\x1b/);
  });

  test("--object by its key or its address", async (t) => {
    const folder = await folderWith(t, { "a.yaml": dailyYaml() });
    for (const object of ["data/2024.csv.gz", "s3://a-bucket/data/2024.csv.gz"]) {
      assert.match(await show(folder, { object }), /OLD,20240102/);
    }
  });

  test("raw, fields and rows; rejects with reason and field; what was left out and why", async (t) => {
    const folder = await folderWith(t, { "a.yaml": dailyYaml(), "2020.csv": RECORDS });
    const text = await show(folder, { file: join(folder, "2020.csv") });
    const [, , , record, raw, ...rest] = text.split("\n");
    assert.match(text, /read as if its key were data\/2020\.csv\.gz/);
    assert.equal(record, "line 1, byte 0  1 row");
    assert.equal(raw, "  A,20200102,TMAX,-125,");
    assert.match(rest.join("\n"), /station +A +→ +station_id +A\n/);
    assert.match(text, /value +-125 +\S+ +\S+\n/);
    assert.match(text, /data_value +-12\.5\n/);
    assert.match(text, /✗ not a number: value/);
    assert.match(text, /– filtered: WT01/);
    assert.match(text, /– empty: -9999/);
    assert.match(text, /1 row, 1 measurement empty, 1 measurement not wanted, 1 reject\n$/);
  });

  test("colours on a terminal, the field to blame among them; none with --no-color or NO_COLOR", async (t) => {
    const folder = await folderWith(t, { "a.yaml": dailyYaml(), "2020.csv": RECORDS });
    const file = join(folder, "2020.csv");
    const coloured = await withoutCi(() => show(folder, { file }, 120));
    assert.match(coloured, /\x1b\[31m\x1b\[1mvalue/);
    const plain = await show(folder, { file, color: false }, 120);
    assert.doesNotMatch(plain, /\x1b/);
    assert.equal(stripVTControlCharacters(coloured), plain);
  });

  test("no line is longer than the terminal is wide; narrow ones have fields above rows", async (t) => {
    const folder = await folderWith(t, { "a.yaml": dailyYaml(), "2020.csv": `${"N".repeat(90)}${RECORDS}` });
    const file = join(folder, "2020.csv");
    for (const columns of [40, 79, 80, 120]) {
      const lines = (await show(folder, { file, color: false }, columns)).split("\n");
      assert.ok(
        lines.every((line) => Array.from(line).length <= columns),
        `${columns} columns`,
      );
      assert.equal(
        lines.some((line) => /^ +station +.* → +station_id/.test(line)),
        columns >= 80,
      );
    }
  });

  test("where nobody knows the zone, the column that should tell it is to blame", async (t) => {
    const zoned = dailyYaml({
      "columns: [station, date, element, value, flag]": "columns: [station, date, element, value, zone]",
      "date: { column: date, format: yyyyMMdd }":
        "date: { column: date, format: yyyyMMdd HH, zone: { column: zone }, local: UTC }",
      "  quality_flag: flag\n": "",
    });
    const record = "A,20200102 03,TMAX,1,Mars/Olympus\n";
    const folder = await folderWith(t, { "a.yaml": zoned, "2020.csv": record });
    const text = await withoutCi(() => show(folder, { file: join(folder, "2020.csv") }, 120));
    assert.match(text, /✗ unknown time zone: date/);
    assert.match(text, /\x1b\[31m\x1b\[1mzone/);
    assert.doesNotMatch(text, /\x1b\[31m\x1b\[1mdate/);
  });

  test("whatever the width, every value is shown whole", async (t) => {
    const rows = Array.from(
      { length: 3 },
      (_, day) => `北の丸公園測定局${"長".repeat(30)},2020010${day + 1},TMAX,${day}25,`,
    );
    const folder = await folderWith(t, { "a.yaml": dailyYaml(), "2020.csv": `${rows.join("\n")}\n` });
    for (const columns of [20, 40, 80, 200]) {
      const text = await show(folder, { file: join(folder, "2020.csv"), color: false }, columns);
      // Below each other in one column, or on a line.
      const shown = text.replaceAll(/[\s…→]/g, "");
      for (const value of ["20200102", "2020-01-02", "12.5", "common_kpi_name", "all3records"]) {
        assert.ok(shown.includes(value), `${columns} columns: ${value}\n${text}`);
      }
      assert.equal(text.split("長").length - 1 >= 3 * 60, true, `${columns} columns\n${text}`);
    }
  });

  test("--json: all of it as facts", async (t) => {
    const folder = await folderWith(t, { "a.yaml": dailyYaml(), "2020.csv": RECORDS });
    const text = await show(folder, { file: join(folder, "2020.csv"), json: true, rows: 2 });
    const facts = JSON.parse(text) as Record<string, unknown> & { records: { rejects: unknown[] }[] };
    assert.equal(facts["pipeline"], "a");
    assert.equal(facts["complete"], false);
    assert.equal(facts.records.length, 2);
    assert.deepEqual(facts.records[1]?.rejects, [{ reason: "not a number", field: "value" }]);
  });

  test("what is wrong is said in words", async (t) => {
    const folder = await folderWith(t, {
      "a.yaml": dailyYaml(),
      "b.yaml": dailyYaml({ "target: daily": "target: dayly" }),
    });
    for (const [options, code, message] of [
      [{ object: "data/2023.csv.gz" }, "OBJECT_NOT_DATA", /HTML/],
      [{ object: "data/1999.csv.gz" }, "OBJECT_NOT_FOUND", /./],
      [{ object: "other.csv" }, "USAGE", /does not fit.*data\/\{year:yyyy\}\.csv\.gz/],
      [{ pipeline: "b" }, "CONFIG_INVALID", /b\.yaml:3:9 /],
      [{ pipeline: "c" }, "USAGE", /there is no pipeline c; there are a, b/],
      [{ file: join(folder, "none.csv") }, "USAGE", /none\.csv cannot be read: ENOENT/],
      [{ file: folder }, "USAGE", /is a folder/],
    ] as const) {
      await assert.rejects(show(folder, options), { code, message });
    }
  });

  test("the command: exit code 0 without a database, 1 for a bad object, 2 for wrong usage", async (t) => {
    const folder = await folderWith(t, { "a.yaml": dailyYaml() });
    const env = {
      AWS_ENDPOINT_URL_S3: bucket.endpoint,
      DATABASE_URL: "postgresql://nobody@127.0.0.1:1/nothing",
    };
    const run = (...args: string[]) => millrace(["preview", join(folder, "a.yaml"), ...args], { env });
    for (const [args, code, message] of [
      [["--rows", "1"], 0, /^$/],
      [["--object", "data/2023.csv.gz"], 1, /s3:\/\/a-bucket\/data\/2023\.csv\.gz: .*\[OBJECT_NOT_DATA\]/],
      // What an error quotes does not command the terminal.
      [["--object", "\u001b[31m"], 2, /key \?\[31m does not fit/],
      [["--rows", "0"], 2, /whole number from 1/],
      [["--key", "x"], 2, /--key needs --file/],
    ] as const) {
      const ended = await run(...args);
      assert.equal(ended.code, code, `${args.join(" ")}: ${ended.stderr}`);
      assert.match(ended.stderr, message);
    }
  });
});

/** CI counts as a wish for plain text. */
async function withoutCi<Result>(work: () => Promise<Result>): Promise<Result> {
  const { CI, NO_COLOR, TERM } = process.env;
  delete process.env["CI"];
  delete process.env["NO_COLOR"];
  delete process.env["TERM"];
  try {
    return await work();
  } finally {
    const kept = Object.entries({ CI, NO_COLOR, TERM });
    for (const [name, value] of kept) if (value !== undefined) process.env[name] = value;
  }
}
