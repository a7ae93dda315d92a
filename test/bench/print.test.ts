import assert from "node:assert/strict";
import { test } from "node:test";
import { parseOptions } from "./options.ts";
import { asJson, asText, type Report } from "./print.ts";
import { type Goal, isMet } from "./report.ts";

const goal = (measured: number, bounds: Partial<Goal>): Goal => ({
  target: "1",
  what: "speed",
  measured,
  unit: "×",
  ...bounds,
});

const round = (wall: number) => ({ wall, cpu: wall / 2, postgresCpu: Number.NaN, peak: 100e6 });

const REPORT: Report = {
  machine: {
    processor: "A processor",
    cores: 2,
    memoryGiB: 4,
    system: "linux x64",
    node: "v24.0.0",
    zlib: "1.3",
    postgres: "PostgreSQL 18.4",
    server: "embedded",
    settings: { fsync: "on" },
    programs: { psql: "missing" },
  },
  options: parseOptions(["--only", "1"]),
  loadAverage: [0.1, 2],
  seconds: 61.4,
  sections: [
    {
      title: "One year",
      figures: [{ name: "R", count: 3_000_000, unit: "rows", rounds: [round(1), round(9), round(3)] }],
      goals: [goal(0.749, { least: 0.75 }), goal(Number.NaN, { most: 2 })],
      notes: ["A note."],
    },
  ],
};

test("a goal is met at its bound and missed beyond it; what was not measured is neither", () => {
  assert.equal(isMet(goal(8, { least: 8 })), true);
  assert.equal(isMet(goal(7.99, { least: 8 })), false);
  assert.equal(isMet(goal(1.1, { most: 1.1 })), true);
  assert.equal(isMet(goal(1.11, { most: 1.1 })), false);
  assert.equal(isMet(goal(Number.NaN, { least: 8 })), undefined);
  assert.equal(isMet(goal(5, {})), undefined);
});

test("the text has medians, ranges, rates, and says which goals are missed", () => {
  const text = asText(REPORT);
  assert.match(text, /\| R +\| 3 +\| 1–9 +\| 1\.00 M rows +\| 1\.5 +\| +\| 100 /);
  assert.match(text, /\| 1 +\| speed +\| 0\.749 × +\| ≥ 0\.75 +\| NO +\|/);
  assert.match(text, /\| not measured +\| ≤ 2 +\| +\|/);
  assert.match(text, /PostgreSQL 18\.4/);
  assert.match(text, /load average 0\.1 before and 2 after/);
});

test("a name with a bar in it does not break its table", () => {
  const [section] = REPORT.sections;
  assert.ok(section !== undefined);
  const [figure] = section.figures;
  assert.ok(figure !== undefined);
  const renamed = { ...section, figures: [{ ...figure, name: "zcat | copy" }] };
  const line = asText({ ...REPORT, sections: [renamed] })
    .split("\n")
    .find((text) => text.includes("zcat"));
  assert.match(line ?? "", /^\| zcat \\\| copy /);
});

test("the JSON has every round, and null for what was not measured", () => {
  const { sections } = JSON.parse(asJson(REPORT)) as {
    sections: { goals: { met: boolean | null }[]; figures: { rounds: unknown[] }[] }[];
  };
  assert.deepEqual(
    sections.flatMap(({ goals }) => goals.map(({ met }) => met)),
    [false, null],
  );
  assert.deepEqual(
    sections.flatMap(({ figures }) => figures.map(({ rounds }) => rounds.length)),
    [3],
  );
});
