import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type NamedRecord, normalised, pipelineOf } from "./normalising.ts";

function pipeline(changes: Record<string, unknown>) {
  return pipelineOf({
    description: "days",
    source: "s",
    target: "daily",
    objects: { bucket: "bucket", key: "{year:yyyy}.csv" },
    format: { type: "delimited", header: "always" },
    fields: { station_id: "id", date: { column: "date", format: "yyyyMMdd" }, value: "value" },
    kpis: {
      element: { literal: "T" },
      list: [{ from: "T", in: "°C", to: "T", unit: "°C", description: "T", range: [-90, 60] }],
    },
    merge: { mode: "replace", slice: "year", year: "year" },
    ...changes,
  });
}

const line = (changes: NamedRecord): NamedRecord => ({ id: "S", date: "20200101", value: "1", ...changes });

/** The values of the column `c` with which records pass. */
async function passing(condition: Record<string, unknown>, texts: readonly string[]): Promise<string[]> {
  const filtered = pipeline({
    filter: [{ column: "c", ...condition }],
    fields: {
      station_id: "id",
      date: { column: "date", format: "yyyyMMdd" },
      value: "value",
      observ_time: "n",
    },
  });
  const records = texts.map((c, index) => line({ c, n: String(index) }));
  const { rows } = await normalised(filtered, [records], { year: 2020 });
  return rows.map(({ observ_time }) => texts[Number(observ_time)] ?? "?");
}

suite("filters", () => {
  test("conditions on texts, emptiness, patterns and numbers", async () => {
    const texts = ["", " ", "Y", "y", "YN", "-3", "4.0", "5"];
    assert.deepEqual(await passing({ is: ["Y", "5"] }, texts), ["Y", "5"]);
    assert.deepEqual(await passing({ is: ["", "Y"] }, texts), ["", " ", "Y"]);
    assert.deepEqual(await passing({ is_not: ["Y"] }, texts), ["", " ", "y", "YN", "-3", "4.0", "5"]);
    assert.deepEqual(await passing({ empty: true }, texts), ["", " "]);
    assert.deepEqual(await passing({ empty: false, is_not: ["Y"] }, texts), ["y", "YN", "-3", "4.0", "5"]);
    assert.deepEqual(await passing({ matches: "N" }, texts), ["YN"]);
    assert.deepEqual(await passing({ matches: "^[0-9]" }, texts), ["4.0", "5"]);
    assert.deepEqual(await passing({ at_least: 4 }, texts), ["4.0", "5"]);
    assert.deepEqual(await passing({ at_most: 4 }, texts), ["-3", "4.0"]);
    assert.deepEqual(await passing({ at_least: -3, at_most: -3 }, texts), ["-3"]);
    assert.deepEqual(await passing({ case: "upper", is: ["Y"] }, texts), ["Y", "y"]);
    assert.deepEqual(await passing({ missing: ["Y"], empty: true }, texts), ["", " ", "Y"]);
  });

  test("a record that does not fit is counted by its condition, before anything else is asked of it", async () => {
    const filter = [
      { column: "a", is: ["1"] },
      { name: "old", column: "b", at_least: 2000 },
    ];
    const { rows, normaliser } = await normalised(
      pipeline({ filter }),
      [
        [
          line({ a: "1", b: "2001" }),
          line({ a: "0", b: "1900", value: "x" }),
          line({ a: "1", b: "", date: "x" }),
          line({ a: "1", b: "2001", value: "x" }),
        ],
      ],
      { year: 2020 },
    );
    assert.equal(rows.length, 1);
    assert.equal(normaliser.recordsFiltered, 2);
    assert.deepEqual(
      { ...normaliser.counts },
      { measurements: 2, copied: 1, empty: 0, rejected: 1, filtered: 0 },
    );
    assert.deepEqual(
      normaliser.tallies().map(({ kind, name, count }) => [kind, name, count]),
      [
        ["filtered", "a", 1],
        ["filtered", "old", 1],
        ["rejected", "not a number", 1],
      ],
    );
  });

  test("a discarded object leaves nothing of its filtered records", async () => {
    const filtered = pipeline({ filter: [{ column: "a", is: ["1"] }] });
    const { normaliser } = await normalised(filtered, [[line({ a: "0" })]], { year: 2020 });
    normaliser.begin({ objectId: 8, key: "k", variables: {} });
    normaliser.discard();
    normaliser.commit();
    assert.equal(normaliser.recordsFiltered, 1);
    assert.deepEqual(
      normaliser.tallies().map(({ count }) => count),
      [1],
    );
  });

  test("where a record is several rows, one that does not fit is a filtered measurement", async () => {
    const json = pipeline({
      filter: [{ column: "list[].ok", is: ["true"] }],
      format: { type: "json-lines" },
      fields: { station_id: "id", date: { column: "date", format: "yyyyMMdd" }, value: "list[].value" },
    });
    const row = (ok: string, value: string) => ({
      id: "S",
      date: "20200101",
      "list[].ok": ok,
      "list[].value": value,
    });
    const { normaliser } = await normalised(json, [[row("true", "1"), row("false", "2")]], { year: 2020 });
    assert.equal(normaliser.recordsFiltered, 0);
    assert.deepEqual(
      { ...normaliser.counts },
      { measurements: 2, copied: 1, empty: 0, rejected: 0, filtered: 1 },
    );
    assert.deepEqual(
      normaliser.tallies().map(({ name, count }) => [name, count]),
      [["list[].ok", 1]],
    );
  });
});

suite("quality flags", () => {
  const flags = (changes: Record<string, unknown>) =>
    pipeline({
      fields: {
        station_id: "id",
        date: { column: "date", format: "yyyyMMdd" },
        value: "value",
        quality_flag: { column: "q", ...changes },
      },
    });
  /** What is kept for each flag ("reject" for a reject), and how many values counted as unflagged. */
  async function kept(changes: Record<string, unknown>, all: readonly string[]) {
    const { rows, normaliser } = await normalised(flags(changes), [all.map((q) => line({ q }))], {
      year: 2020,
    });
    const rejects = normaliser.rejects.kept.map(({ reason, field }) => `${reason}: ${String(field)}`);
    return [rows.map(({ quality_flag }) => quality_flag), normaliser.ranges()[0]?.total, rejects];
  }

  test("by default any flag means that the value failed, and none that it passed", async () => {
    assert.deepEqual(await kept({}, ["", " ", "G", "?"]), [[null, null, "G", "!?"], 2, []]);
  });

  test("flags pass, fail, or are unknown; others are what the pipeline says", async () => {
    const lists = { pass: ["0", "1"], fail: ["3"], unknown: ["9"] };
    assert.deepEqual(await kept(lists, ["0", "1", "3", "9", "x"]), [[null, null, "3", "?9", "x"], 3, []]);
    assert.deepEqual(await kept({ ...lists, otherwise: "pass" }, ["x", "3"]), [[null, "3"], 1, []]);
    assert.deepEqual(await kept({ ...lists, otherwise: "unknown" }, ["x", "3"]), [["?x", "3"], 1, []]);
    assert.deepEqual(await kept({ ...lists, otherwise: "reject" }, ["x", "3"]), [
      ["3"],
      undefined,
      ["not in lookup: quality_flag"],
    ]);
  });

  test("no flag may mean anything but a reject", async () => {
    assert.deepEqual(await kept({ empty: "unknown" }, ["", "G"]), [["?", "G"], 1, []]);
    assert.deepEqual(await kept({ empty: "fail", pass: ["V"] }, ["", "V"]), [["none", null], 1, []]);
    assert.deepEqual(await kept({ missing: ["-"] }, ["-", "G"]), [[null, "G"], 1, []]);
  });
});
