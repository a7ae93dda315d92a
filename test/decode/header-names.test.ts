/** Headers that repeat names: which column is meant, and what is said when that cannot be told. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { seek } from "../../src/decode/header-names.ts";
import { pipelineOf } from "../config/folder.ts";
import { recordsOf } from "../dry-run/running.ts";
import { decodeAll, valuesOf } from "./decoding.ts";

const NAMES = ["Date", "Ozone", "status", "PM10", "status", "status", "NO2", "value #2", "a after b", "b"];
/** Each value has a unit and a flag behind it, but NO2 has lost its flag. */
const BLOCKS = ["Ozone", "unit", "", "flag", "NO2", "unit", "PM10", "unit", "flag", "x", "x", "y", "x", "y"];

suite("columns of a header that repeats names", () => {
  for (const [text, expected] of [
    ["Ozone", { at: 1 }],
    ["status #1", { at: 2 }],
    ["status #3", { at: 5 }],
    ["status after Ozone", { at: 2, companion: { behind: 1, certain: "status #1 after Ozone" } }],
    ["status after PM10", { at: 4, companion: { behind: 3, certain: "status #1 after PM10" } }],
    ["status #1 after PM10", { at: 4 }],
    ["status #1 after Date", { at: 2 }],
    ["status after Date", { certain: "status #1 after Date", other: "Ozone" }],
    ["status #2 after PM10", { at: 5 }],
    ["status after status #1", { certain: "status #1 after status #1", other: "PM10" }],
    [
      "status after status after PM10",
      { at: 5, companion: { behind: 4, certain: "status #1 after status after PM10" } },
    ],
    ["status after status after Date", { certain: "status after status #1 after Date", other: "Ozone" }],
    ["Date #1", { at: 0 }],
    // The whole text as a name goes before what it could be taken apart to.
    ["value #2", { at: 7 }],
    ["a after b", { at: 8 }],
    ["b after a after b", { at: 9, companion: { behind: 8, certain: "b #1 after a after b" } }],
    ["b after value #2", { certain: "b #1 after value #2", other: "a after b" }],
    ["status", { ambiguous: "status", places: [2, 4, 5] }],
    ["NO2 after status", { ambiguous: "status", places: [2, 4, 5] }],
    ["status #4", { lacking: "status #4" }],
    ["status #0", { lacking: "status #0" }],
    ["status after NO2", { lacking: "status after NO2" }],
    ["status #3 after PM10", { lacking: "status #3 after PM10" }],
    ["status after Ozon", { lacking: "Ozon" }],
    ["state after Ozone", { lacking: "state after Ozone" }],
    [" after ", { lacking: " after " }],
    ["status after ", { lacking: "" }],
  ] as const) {
    test(`\`${text}\``, () => {
      assert.deepEqual(seek(NAMES, text), expected);
    });
  }

  for (const [text, expected] of [
    ["flag after Ozone", { at: 3, companion: { behind: 0, certain: "flag #1 after Ozone" } }],
    ["flag after PM10", { at: 8, companion: { behind: 6, certain: "flag #1 after PM10" } }],
    ["flag after NO2", { certain: "flag #1 after NO2", other: "PM10" }],
    ["flag #1 after NO2", { at: 8 }],
    ["unit after NO2", { at: 5, companion: { behind: 4, certain: "unit #1 after NO2" } }],
    ["y after x #2", { at: 11, companion: { behind: 10, certain: "y #1 after x #2" } }],
    // The second x may be what the y goes with.
    ["y after x #1", { certain: "y #1 after x #1", other: "x" }],
  ] as const) {
    test(`\`${text}\`, where values have several columns behind them`, () => {
      assert.deepEqual(seek(BLOCKS, text), expected);
    });
  }

  test("any header: the nth of a name behind another column, counted one by one", () => {
    const name = fc.constantFrom("a", "b", "c");
    const header = fc.array(name, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(header, name, fc.integer({ min: 1, max: 5 }), fc.nat(11), (names, sought, number, nth) => {
        const anchor = nth % names.length;
        const anchored = names[anchor] ?? "";
        const before = names.slice(0, anchor + 1).filter((other) => other === anchored).length;
        let left = number;
        const at = names.findIndex((other, index) => index > anchor && other === sought && --left === 0);
        const text = `${sought} #${number} after ${anchored} #${before}`;
        assert.deepEqual(seek(names, text), at < 0 ? { lacking: text } : { at });
      }),
    );
  });

  test("a hostile name ends soon", () => {
    const long = "a after ".repeat(100_000);
    assert.deepEqual(seek(["a", "b"], long), { lacking: long });
    assert.deepEqual(seek(["a"], `${"a after ".repeat(100)}a`), { lacking: "a after a" });
  });

  const CSV = "Ozone,status,PM10,status\n1,x,2,y\n";
  const byName = { type: "delimited", header: "always" };

  test("in fields, in maps and lists of columns, in header_names and optional", async () => {
    const wanted = ["status after PM10", "status #1"];
    assert.deepEqual(valuesOf(await decodeAll(byName, CSV, wanted)), [["y", "x"]]);
    const map = { ...byName, columns: { first: "status after Ozone", second: "status #2" } };
    assert.deepEqual(valuesOf(await decodeAll(map, CSV)), [["x", "y"]]);
    const list = {
      ...byName,
      header: "detect",
      columns: ["Ozone", "first", "PM10", "second"],
      header_names: { first: "status after Ozone", second: "status after PM10" },
    };
    for (const text of [CSV, "1,x,2,y\n"]) {
      assert.deepEqual(valuesOf(await decodeAll(list, text)), [["1", "x", "2", "y"]]);
    }
    const optional = { ...byName, optional: ["status #3", "status after NO2"] };
    const lacking = await decodeAll(optional, CSV, ["Ozone", "status #3", "status after NO2"]);
    assert.deepEqual(valuesOf(lacking), [["1", null, null]]);
  });

  test("errors say which columns there are, and how to tell them apart", async () => {
    const ambiguous =
      "The header has 2 columns called status: 2, 4. Say which: `status #1` is the first of them, `status after …` the one that goes with another column.";
    for (const optional of [[], "all"]) {
      await assert.rejects(decodeAll({ ...byName, optional }, CSV, ["status"]), {
        code: "COLUMN_MISSING",
        message: ambiguous,
      });
    }
    // Nobody asks for them.
    assert.deepEqual(valuesOf(await decodeAll(byName, CSV, ["PM10"])), [["2"]]);
    await assert.rejects(decodeAll(byName, CSV, ["status after Ozon"]), {
      message:
        "The header lacks status after Ozon; it has Ozone, status, PM10, status. Perhaps meant: Ozone for Ozon.",
    });
  });

  test("a flag that may be another column's is none", async () => {
    const header = "Ozone,PM10,status\n";
    const doubt =
      "The header lacks status after Ozone; it has Ozone, PM10, status. What could be status after Ozone stands behind PM10 and may belong to that: `status #1 after Ozone` takes it all the same.";
    await assert.rejects(decodeAll(byName, header, ["Ozone", "status after Ozone"]), {
      code: "COLUMN_MISSING",
      message: doubt,
      place: { line: 1, byte: 0 },
    });
    const values = async (text: string, wanted: string[], more: object = {}) =>
      valuesOf(await decodeAll({ ...byName, ...more }, text, wanted));
    const input = `${header}1,2,V\n`;
    assert.deepEqual(await values(input, ["Ozone", "status after PM10"]), [["1", "V"]]);
    assert.deepEqual(await values(input, ["Ozone", "status #1 after Ozone"]), [["1", "V"]]);
    assert.deepEqual(await values(input, ["Ozone", "status after Ozone"], { optional: "all" }), [
      ["1", null],
    ]);
    // PM10 stands there twice: what the pipeline reads for itself begins something else, and what goes with the value does not.
    const twice = "Ozone,PM10,status,Ozone,PM10,status\n1,2,V,3,4,W\n";
    assert.deepEqual(await values(twice, ["status after Ozone #1", "PM10 after Ozone #1"]), [["V", "2"]]);
    await assert.rejects(values(twice, ["status after Ozone #1", "PM10 #1"]), { code: "COLUMN_MISSING" });
    const numbered = { columns: { flag: "status after Ozone #1", dust: 2 } };
    await assert.rejects(values(twice, ["flag", "dust"], numbered), { code: "COLUMN_MISSING" });
  });

  test("two names for one column are a fault of the object, unless both are its number", async () => {
    const message =
      "status #1 and status after PM10 are one column of the file, number 3: it can be read under one name only.";
    await assert.rejects(decodeAll(byName, "Ozone,PM10,status\n", ["status #1", "status after PM10"]), {
      code: "COLUMN_MISSING",
      message,
      place: { line: 1, byte: 0 },
    });
    const mixed = { ...byName, columns: { a: 1, b: "Ozone" } };
    await assert.rejects(decodeAll(mixed, CSV), { code: "COLUMN_MISSING" });
    for (const header of ["always", "none"]) {
      const numbers = { type: "delimited", header, columns: { a: 1, b: 1 } };
      await assert.rejects(decodeAll(numbers, CSV), { code: "CONFIG_INVALID" }, header);
    }
  });

  test("a loop over measurements, each with the flag behind it, and a template", async (t) => {
    const pipeline = await pipelineOf(
      t,
      `description: A test.
source: test
target: daily
objects: { bucket: a-bucket, key: "data/{year:yyyy}.csv.gz" }
format: { type: delimited, header: always }
fields:
  station_id: { template: "{id #1}-{id #2}" }
  date: { column: date, format: yyyy-MM-dd }
  quality_flag: { pass: [V], fail: [F] }
measurements:
  - { for: { name: [Ozone, PM10] }, element: "{name}", value: "{name}", quality_flag: "status after {name}" }
  - { for: { n: 1-2 }, element: "extra{n}", value: "extra #{n}" }
kpis:
  list:
    - { from: Ozone, in: µg/m³, to: O3, unit: µg/m³, description: Ozone. }
    - { from: PM10, in: µg/m³, to: PM10, unit: µg/m³, description: Dust. }
    - { from: extra1, in: mm, to: PRCP, unit: mm, description: Rain. }
    - { from: extra2, in: mm, to: SNOW, unit: mm, description: Snow. }
merge: { mode: upsert }
`,
    );
    const [record] = await recordsOf(
      pipeline,
      "id,date,id,Ozone,status,PM10,status,extra,extra\nA,2020-01-02,7,11,V,12,F,13,14\n",
    );
    assert.deepEqual(
      record?.rows.map((row) => [
        row["station_id"],
        row["common_kpi_name"],
        row["data_value"],
        row["quality_flag"],
      ]),
      [
        ["A-7", "O3", "11", null],
        ["A-7", "PM10", "12", "F"],
        ["A-7", "PRCP", "13", null],
        ["A-7", "SNOW", "14", null],
      ],
    );
  });
});

suite("a header that is too long", () => {
  const WIDTH = 300_000;
  const header = `a,${"b".repeat(WIDTH)}\n`;

  test("is an error that says so, wherever its end is", async () => {
    const format = { type: "delimited", record_limit: 1000 };
    const message =
      "The line that should be the header is longer than the 1000 bytes of `format.record_limit`. If it is one, raise the limit; if it is none, `skip_lines` or `skip_to` passes over it.";
    for (const text of [`${header}1,2\n`, header, header.trimEnd()]) {
      for (const kind of [{ header: "always" }, { header: "detect", columns: ["a", "b"] }]) {
        await assert.rejects(decodeAll({ ...format, ...kind }, text, ["a"]), {
          code: "COLUMN_MISSING",
          message,
          place: { line: 1 },
        });
      }
    }
  });

  test("is none among the lines that are passed over, or within the limit", async () => {
    const format = { type: "delimited", header: "always", record_limit: 1000 };
    const skipped = await decodeAll({ ...format, skip_to: "x" }, `${header}x,y\n1,2\n`, ["x"]);
    assert.deepEqual(valuesOf(skipped), [["1"]]);
    const whole = await decodeAll({ ...format, record_limit: 1_000_000 }, `${header}1,2\n`, ["a"]);
    assert.deepEqual(valuesOf(whole), [["1"]]);
  });
});
