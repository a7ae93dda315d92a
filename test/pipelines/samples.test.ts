/** Shipped pipelines on files that their providers published, against a plain reading of the same files. */
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { before, suite, test } from "node:test";
import * as z from "zod";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { readPipelines } from "../../src/config/read.ts";
import { type Collected, collect } from "../../src/dry-run/collect.ts";
import { DryRun } from "../../src/dry-run/dry-run.ts";
import type { ReadableRow } from "../../src/dry-run/readable.ts";
import { samples, skipWithoutSamples } from "../samples.ts";

const NOW = Date.UTC(2026, 0, 1) / 1000;

suite("shipped pipelines on real files", { skip: skipWithoutSamples }, () => {
  const folder = samples ?? "";
  let pipelines: readonly Pipeline[] = [];
  before(async () => {
    ({ pipelines } = await readPipelines(join(import.meta.dirname, "..", "..", "pipelines")));
  });

  async function load(name: string, file: string): Promise<Collected> {
    const pipeline = pipelines.find((found) => found.name === name);
    assert.ok(pipeline !== undefined, name);
    const place = { key: basename(file) };
    const source = { key: basename(file), variables: {}, body: createReadStream(file), place };
    const found = await collect(new DryRun(pipeline, source, { now: NOW }), pipeline);
    assert.equal(found.fault, undefined);
    return found;
  }

  const valuesOf = ({ rows }: Collected, kpi: string): number[] =>
    [...rows.values()].filter((row) => row["common_kpi_name"] === kpi).map(value);
  const value = (row: ReadableRow): number => Number(row["data_value"]);
  const sum = (values: readonly number[]): number => values.reduce((total, next) => total + next, 0);
  function assertSame(found: readonly number[], expected: readonly number[], what: string): void {
    assert.equal(found.length, expected.length, what);
    assert.ok(Math.abs(sum(found) - sum(expected)) < 1e-3, `${what}: ${sum(found)}, not ${sum(expected)}`);
  }
  const numbers = (rows: readonly Readonly<Record<string, string>>[], column: string, none: string) =>
    rows.map((row) => row[column] ?? none).filter((text) => text !== none && text !== "");

  test("sensor-community-sds011: every cell of four days", async () => {
    const files = await Array.fromAsync(glob(join(folder, "sensor-community", "*", "*_sds011_*.csv")));
    assert.equal(files.length, 4);
    for (const file of files) {
      const found = await load("sensor-community-sds011", file);
      const rows = table(await readFile(file, "latin1"), ";");
      assertSame(valuesOf(found, "PM10"), numbers(rows, "P1", "").map(Number), `${file} P1`);
      assertSame(valuesOf(found, "PM25"), numbers(rows, "P2", "").map(Number), `${file} P2`);
      assert.equal(found.rejects.size, 0);
      // Aberdeen keeps summer time: its day of 1 July ends at 23:00 UTC.
      for (const row of found.rows.values()) {
        const local = new Date(Date.parse(String(row["time_"])) + 3_600_000).toISOString().slice(0, 10);
        assert.equal(row["date_"], local);
      }
    }
  });

  test("dwd-daily: the right member of the archive, and every cell that is not -999", async () => {
    const file = join(folder, "dwd-cdc", "tageswerte_KL_00011_akt.zip");
    const found = await load("dwd-daily", file);
    assert.equal(found.rejects.size, 0);
    const days = new Set([...found.rows.values()].map((row) => row["date_"]));
    // 27 February to 30 September 2020, as the member's name says.
    assert.equal(days.size, 217);
    assert.deepEqual([...days].sort().at(0), "2020-02-27");
    assert.deepEqual([...new Set([...found.rows.values()].map((row) => row["station_id"]))], ["00011"]);
    // The station measures nothing but wind.
    assert.deepEqual(
      new Set([...found.rows.values()].map((row) => row["common_kpi_name"])),
      new Set(["WGUST", "WSPD"]),
    );
    const first = [...found.rows.values()].filter((row) => row["date_"] === "2020-02-27").map(value);
    assert.deepEqual(first, [28.5, 6.2]);
  });

  test("iem-asos: every cell that is not M, in other units", async () => {
    const file = join(folder, "iem-asos", "VOHY-201403.tsv");
    const found = await load("iem-asos", file);
    const text = (await readFile(file, "latin1")).split("\n").filter((line) => !line.startsWith("#"));
    const rows = table(text.join("\n"), "\t");
    assert.equal(rows.length, 414);
    const expected = (column: string, convert: (read: number) => number) =>
      numbers(rows, column, "M").map((read) => convert(read === "T" ? 0 : Number(read)));
    assertSame(
      valuesOf(found, "TEMP"),
      expected("tmpf", (read) => ((read - 32) * 5) / 9),
      "TEMP",
    );
    assertSame(
      valuesOf(found, "WSPD"),
      expected("sknt", (read) => read * 0.514444),
      "WSPD",
    );
    assertSame(
      valuesOf(found, "VIS"),
      expected("vsby", (read) => read * 1.609344),
      "VIS",
    );
    assertSame(
      valuesOf(found, "ALTIMETER"),
      expected("alti", (read) => read * 33.8639),
      "ALTIMETER",
    );
    assertSame(
      valuesOf(found, "PRCP_1H"),
      expected("p01i", (read) => read * 25.4),
      "PRCP_1H",
    );
    assert.equal(found.rejects.size, 0);
  });

  test("epa-aqs-api: the records that are valid and not excluded", async () => {
    const file = join(folder, "epa-aqs", "dailyData-byCounty-37-183-88101-2016.json");
    const found = await load("epa-aqs-api", file);
    const record = z.object({
      event_type: z.string(),
      arithmetic_mean: z.number().nullable(),
      date_local: z.string(),
      poc: z.number(),
    });
    const { Data } = z
      .object({ Data: z.array(record) })
      .parse(JSON.parse(await readFile(file, "utf8")) as unknown);
    const kept = Data.filter(({ event_type: event }) => event !== "Concurred Events Excluded");
    assertSame(
      valuesOf(found, "PM25"),
      kept.flatMap(({ arithmetic_mean: mean }) => (mean === null ? [] : [mean])),
      "PM25",
    );
    assert.equal(found.rejects.size, 0);
    const monitors = new Set([...found.rows.values()].map((row) => row["station_id"]));
    assert.deepEqual(monitors, new Set(["37-183-0014-1", "37-183-0014-3"]));
  });
});

/** A table without quotes, by its header. */
function table(text: string, delimiter: string): Record<string, string>[] {
  const [header = "", ...lines] = text.split(/\r?\n/).filter((line) => line !== "");
  const names = header.split(delimiter).map((name) => name.trim());
  return lines.map((line) => {
    const cells = line.split(delimiter).map((cell) => cell.trim());
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ""]));
  });
}
