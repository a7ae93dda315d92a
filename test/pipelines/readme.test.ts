/** The page "Add your own source": its example does what it says, and every piece of its cookbook is valid. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { parse, stringify } from "yaml";
import { infer } from "../../src/cli/infer.ts";
import { preview } from "../../src/cli/preview.ts";
import { isRawMap, type RawMap } from "../../src/config/raw.ts";
import { readPipeline } from "../../src/config/read.ts";
import { sink } from "../cli/sink.ts";
import { folderWith, placed } from "../config/folder.ts";

const PAGE = await readFile(join(import.meta.dirname, "..", "..", "pipelines", "README.md"), "utf8");
const [example = "", cookbook = ""] = PAGE.split("\n## Cookbook\n");

/** The contents of the fenced blocks of one language. */
function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(
    ([, content = ""]) => content,
  );
}

suite("the example", () => {
  const [csv = ""] = blocks(example, "csv");
  const [yaml = ""] = blocks(example, "yaml");

  test("gives the rows and the reject that the page tells of", async (t) => {
    const folder = await folderWith(t, { "harbour-air.yaml": yaml, "air-2025-06-01.csv": csv });
    const out = sink();
    const options = { pipeline: "harbour-air", rows: 100, json: true, color: false };
    const s3 = { region: "us-east-1", anonymous: true };
    await preview({ ...options, file: join(folder, "air-2025-06-01.csv") }, { pipelines: folder, s3 }, out);
    const printed = JSON.parse(out.text()) as {
      records: {
        rows: { station_id: string; time_: string; common_kpi_name: string; data_value: string }[];
        rejects: unknown[];
      }[];
    };
    const rows = printed.records.flatMap((record) => record.rows);
    assert.deepEqual(
      rows.map(({ station_id: station, time_, common_kpi_name: kpi, data_value: value }) =>
        [station, time_.slice(0, 16), kpi, Number(value)].join(" "),
      ),
      [
        "0007 2025-05-31T23:00 PM25 12.4",
        "0007 2025-05-31T23:00 O3 35.334",
        "0007 2025-06-01T00:00 PM25 13.1",
        "0007 2025-06-01T00:00 O3 34.3525",
        "0007 2025-06-01T01:00 O3 31.408",
        "0012 2025-05-31T23:00 PM25 9.8",
        "0012 2025-05-31T23:00 O3 41.223",
        "0012 2025-06-01T00:00 O3 39.26",
      ],
    );
    assert.equal(printed.records.at(-1)?.rejects.length, 1);
    // What the page shows of the answer: the daily means and the greatest hours of these rows.
    for (const cells of [
      "0007 | 2025-06-01 | O3 | 33.70",
      "0007 | 2025-06-01 | O3_MAX | 35.33",
      "0007 | 2025-06-01 | PM25 | 12.75",
      "0012 | 2025-06-01 | O3 | 40.24",
    ]) {
      assert(PAGE.includes(cells), cells);
    }
  });

  test("is guessed as far as the page says", async (t) => {
    const folder = await folderWith(t, { "air-2025-06-01.csv": csv });
    const out = sink();
    const sample = join(folder, "air-2025-06-01.csv");
    await infer(
      { sample, source: "harbour", json: false },
      { s3: { region: "us-east-1", anonymous: true } },
      out,
    );
    const guessed = parse(out.text()) as RawMap;
    assert.deepEqual(guessed["measurements"], ["PM2,5 (µg/m³)", "Ozone (ppb)"]);
    assert.match(
      out.text(),
      /delimiter: ";"[\s\S]*station_id: Station[\s\S]*dd\.MM\.yyyy[\s\S]*decimal: ","/,
    );
    assert.match(out.text(), /sentinels: \[-999\][\s\S]*gas: O3/);
  });
});

/** A pipeline that any piece of the cookbook can become part of. */
function base(target: string): RawMap {
  const observations = target === "observations";
  return {
    description: "A test.",
    source: "test",
    target,
    objects: { bucket: "a-bucket", key: "{name}.csv" },
    format: { type: "delimited", header: "always" },
    fields: {
      station_id: "station",
      date: observations ? { of: "time" } : { column: "date", format: "yyyy-MM-dd" },
      ...(observations ? { time: { column: "time", format: "iso" } } : {}),
      value: "value",
    },
    kpis: {
      element: "element",
      unknown: "keep",
      list: [{ from: "a", in: "mm", to: "A", unit: "mm", description: "A." }],
    },
    ...(observations ? { daily: { "": "mean" } } : {}),
    merge: { mode: "upsert" },
  };
}

/** The piece's sections in place of the base's, `fields` and `kpis` key by key. */
function withPiece(piece: RawMap): RawMap {
  const whole = base(typeof piece["target"] === "string" ? piece["target"] : "daily");
  const parts = Object.entries(piece).map(([key, part]): [string, unknown] => {
    const mixed = ["fields", "kpis"].includes(key) && isRawMap(part) && isRawMap(whole[key]);
    return [key, mixed ? { ...(whole[key] as RawMap), ...part } : part];
  });
  const result: Record<string, unknown> = { ...whole, ...Object.fromEntries(parts) };
  const list = Array.isArray(piece["measurements"]) ? (piece["measurements"] as unknown[]) : [];
  // Where every measurement has its own date, the record's would be in the way.
  const dated = list.length > 0 && list.every((entry) => isRawMap(entry) && entry["date"] !== undefined);
  if (dated && isRawMap(result["fields"])) {
    const { date: _date, ...fields } = result["fields"];
    result["fields"] = fields;
  }
  const named =
    list.length > 0 &&
    list.every((entry) => typeof entry === "string" || (isRawMap(entry) && entry["element"] !== undefined));
  if (!named || !isRawMap(result["kpis"])) return result;
  const { element: _element, ...kpis } = result["kpis"];
  return { ...result, kpis };
}

suite("the cookbook", () => {
  const pieces = blocks(cookbook, "yaml");
  test("has pieces", () => {
    assert(pieces.length >= 12);
  });
  for (const piece of pieces) {
    const title = piece.split("\n", 2).join(" ");
    test(`is valid: ${title}`, async (t) => {
      const folder = await folderWith(t, {
        "a.yaml": stringify(withPiece(parse(piece) as RawMap)),
        "lookups/fips-countries.csv": "fips,country_id\nGM,DE\n",
      });
      assert.deepEqual(placed((await readPipeline(join(folder, "a.yaml"))).problems), []);
    });
  }
});

test("every link of the page leads somewhere", async () => {
  const reference = await readFile(
    join(import.meta.dirname, "..", "..", "pipelines", "REFERENCE.md"),
    "utf8",
  );
  const headings = [...reference.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title.toLowerCase().replaceAll(" ", "-"),
  );
  for (const text of [PAGE, reference]) {
    for (const [, anchor = ""] of text.matchAll(/\]\((?:REFERENCE\.md)?#([^)]*)\)/g)) {
      assert(headings.includes(anchor), anchor);
    }
  }
});
