import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { assertProblems, dailyYaml, observationsYaml, pipelineOf } from "./folder.ts";

const FIELD = "  value: { column: value, sentinels: [-9999] }\n";
const ELEMENT = "  element: element\n";

/** A daily pipeline with this list of measurements. */
function wide(measurements: string, replacements: Readonly<Record<string, string>> = {}): string {
  return dailyYaml({
    [FIELD]: "  value: { sentinels: [-9999], missing: [NA] }\n",
    "kpis:\n": `measurements:\n${measurements}kpis:\n`,
    [ELEMENT]: "",
    "columns: [station, date, element, value, flag]":
      "columns: [station, date, TMAX, PRCP, flag, h01, h02, q01, q02]",
    ...replacements,
  });
}

suite("measurements", () => {
  test("of a long record are one, that overrides nothing", async (t) => {
    const { measurementList } = await pipelineOf(t, dailyYaml());
    assert.equal(measurementList.length, 1);
    assert.deepEqual(Object.keys(measurementList[0] ?? {}), ["value"]);
    assert.deepEqual(
      measurementList.map(({ value }) => [value?.column, value?.sentinels]),
      [["value", [-9999]]],
    );
  });

  test("by a name alone take element and column, and what fields.value says", async (t) => {
    const { measurementList } = await pipelineOf(t, wide("  - TMAX\n  - PRCP\n"));
    assert.deepEqual(
      measurementList.map(({ element, value }) => [element, value?.column, value?.sentinels, value?.missing]),
      [
        ["TMAX", "TMAX", [-9999], ["NA"]],
        ["PRCP", "PRCP", [-9999], ["NA"]],
      ],
    );
  });

  test("say what differs: the entry goes before fields.value", async (t) => {
    const entry = "  - { element: TMAX, value: { column: TMAX, sentinels: [-1] } }\n";
    const { measurementList } = await pipelineOf(t, wide(entry));
    assert.deepEqual(
      measurementList.map(({ value }) => [value?.sentinels, value?.missing]),
      [[[-1], ["NA"]]],
    );
  });

  test("are repeated for every combination, their variables filled in wherever they stand", async (t) => {
    const entry = `  - for: { hour: 1-2, name: [TMAX, PRCP] }
    element: "{name}"
    value: { column: "h{hour:02}", missing: ["{name}{hour}"] }
    quality_flag: { column: "q{hour:02}", fail: [x] }
    date: { template: "{date} {hour:02}", format: yyyyMMdd HH, day_of: end }
`;
    const { measurementList } = await pipelineOf(t, wide(entry));
    assert.deepEqual(
      measurementList.map(({ element, value, quality_flag: flag, date }) => [
        element,
        value?.column,
        value?.missing,
        flag?.column,
        date !== undefined && "template" in date ? date.template : undefined,
      ]),
      [
        ["TMAX", "h01", ["TMAX1"], "q01", "{date} 01"],
        ["PRCP", "h01", ["PRCP1"], "q01", "{date} 01"],
        ["TMAX", "h02", ["TMAX2"], "q02", "{date} 02"],
        ["PRCP", "h02", ["PRCP2"], "q02", "{date} 02"],
      ],
    );
    assert(measurementList.every((measurement) => !("for" in measurement)));
  });

  test("take an origin of their own instead of that of fields.value", async (t) => {
    const text = dailyYaml({ "kpis:\n": "measurements:\n  - {}\n  - { value: { literal: '1' } }\nkpis:\n" });
    const { measurementList } = await pipelineOf(t, text);
    assert.deepEqual(
      measurementList.map(({ value }) => [value?.column, value?.literal, value?.sentinels]),
      [
        ["value", undefined, [-9999]],
        [undefined, "1", [-9999]],
      ],
    );
  });

  test("of observations may have times of their own", async (t) => {
    const text = observationsYaml({
      "  value: value\n": "",
      "kpis:\n": `measurements:
  - for: { h: 1-3 }
    value: { column: value, split: { by: ";", take: 1 } }
    time: { template: "{time} {h:02}:00", format: "yyyy-MM-dd HH:mm", zone: UTC }
kpis:
`,
    });
    const { measurementList } = await pipelineOf(t, text);
    assert.deepEqual(
      measurementList.map(({ time }) => time?.template),
      ["{time} 01:00", "{time} 02:00", "{time} 03:00"],
    );
  });

  const wrong: [what: string, text: string, messages: string[]][] = [
    [
      "more than a thousand",
      wide("  - §{ for: { a: 0-9999, b: 0-9999 }, element: TMAX, value: 'h{a}{b}' }\n"),
      ["a record would hold more than 1000 measurements"],
    ],
    [
      "a variable that stands nowhere",
      wide("  - { for: { §hour: 1-2 }, element: TMAX, value: TMAX }\n"),
      ["`{hour}` stands nowhere in this entry"],
    ],
    [
      "a range that runs backwards",
      wide("  - { for: { hour: §9-2 }, element: TMAX, value: 'h{hour}' }\n"),
      ["expected the lesser number first"],
    ],
    [
      "columns that are not there, told once",
      wide("  - { for: { hour: 1-24 }, element: TMAX, value: §'h{hour:02}' }\n"),
      ["no column `h03` in format.columns; did you mean `h01`?"],
    ],
    [
      "an element that is not listed",
      wide("  - { element: §TMAXX, value: TMAX }\n"),
      ["kpis.list has no `TMAXX`, and what it has not is left out; did you mean `TMAX`?"],
    ],
    [
      "no element anywhere",
      wide("  - §{ value: TMAX }\n"),
      ["no `element`: neither here nor, for the whole record, in `kpis`"],
    ],
    [
      "no column anywhere",
      wide("  - §{ element: TMAX }\n"),
      ["no column for the value: neither here nor in fields.value"],
    ],
    [
      "elements in every measurement and in kpis too",
      wide("  - TMAX\n", { [ELEMENT]: "  §element: flag\n" }),
      ["has no effect: every measurement names its element"],
    ],
    [
      "a time in a daily row",
      wide("  - { element: TMAX, value: TMAX, §time: { column: date, format: iso } }\n"),
      ["has no effect: rows of daily have no time"],
    ],
    ["none at all", wide("").replace("measurements:\n", "measurements: §[]\n"), ["must not be empty"]],
    [
      "an entry of another shape, and nothing that follows from it",
      wide("  - { element: TMAX, value: TMAX, §for: §[hour] }\n").replace("§for", "for"),
      ["expected a group of keys, found a list"],
    ],
  ];
  for (const [what, text, messages] of wrong) {
    test(`${what}: a mistake`, async (t) => {
      await assertProblems(t, text, messages);
    });
  }

  test("what fields.value and an entry make together is checked together", async (t) => {
    const text = wide("  - { element: TMAX, value: §{ column: TMAX, thousands: ',' } }\n", {
      [FIELD]: "  value: { decimal: ',' }\n",
    });
    await assertProblems(t, text, ["decimal and thousands are the same character"]);
  });

  test("of several stations: what is no column's would be said of all of them", async (t) => {
    const stations = (measurements: string, station: string) =>
      wide(measurements, { "merge:": `station: { ${station} }\nmerge:` });
    const own =
      '  - { for: { place: [a, b] }, element: TMAX, value: "TMAX", station_id: { literal: "{place}" } }\n';
    const said =
      "would be said of 2 stations: measurements name their own; describe these in a pipeline of target stations";
    const two = stations(
      own,
      "§name: { literal: Hill }, country_id: { literal: DE }, §latitude: { literal: '53.5' }",
    );
    await assertProblems(t, two, [said, said]);
    // Besides that of the record.
    await assertProblems(
      t,
      stations(`${own.replace("[a, b]", "[a]")}  - PRCP\n`, "§name: { variable: year }"),
      [said],
    );
    for (const [measurements, station] of [
      [own, "name: station, country_id: { literal: DE }"],
      [own, "name: { template: 'at {station}' }"],
      [own.replace("[a, b]", "[a]"), "name: { literal: Hill }"],
      ["  - TMAX\n  - PRCP\n", "name: { literal: Hill }, latitude: { literal: '53.5' }"],
    ] as const) {
      await assertProblems(t, stations(measurements, station), []);
    }
  });
});
