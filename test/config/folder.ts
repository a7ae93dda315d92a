/** Pipeline files in a folder of their own, for one test. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { type Problem, readPipeline } from "../../src/config/read.ts";

export type Files = Readonly<Record<string, string | Buffer>>;

/** Stands in a test's file where a mistake must be reported. */
const MARK = "§";

/** The text without its marks, and the places of the marks as `line:column`. */
export function unmark(marked: string): { text: string; places: string[] } {
  const places: string[] = [];
  const lines = marked.split("\n").map((line, index) => {
    let plain = "";
    for (const character of line) {
      if (character === MARK) places.push(`${index + 1}:${plain.length + 1}`);
      else plain += character;
    }
    return plain;
  });
  return { text: lines.join("\n"), places };
}

/** Writes the files into a new folder, which goes away with the test. */
export async function folderWith(test: TestContext, files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-pipelines-"));
  test.after(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return folder;
}

/** `line:column message`, as people read it. */
export function placed(problems: readonly Problem[]): string[] {
  return problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

/** Asserts that the file has exactly these mistakes, one at each of its marks, in this order. */
export async function assertProblems(
  t: TestContext,
  marked: string,
  messages: readonly string[],
): Promise<void> {
  const { text, places } = unmark(marked);
  const folder = await folderWith(t, { "a.yaml": text });
  const { problems } = await readPipeline(join(folder, "a.yaml"));
  assert.deepEqual(
    placed(problems),
    messages.map((message, index) => `${places[index] ?? "unmarked"} ${message}`),
  );
}

/** The pipeline in a file without mistakes. */
export async function pipelineOf(t: TestContext, content: string, files: Files = {}): Promise<Pipeline> {
  const folder = await folderWith(t, { "a.yaml": content, ...files });
  const { pipeline, problems } = await readPipeline(join(folder, "a.yaml"));
  assert.deepEqual(placed(problems), []);
  assert(pipeline !== undefined);
  return pipeline;
}

function replaceAll(text: string, replacements: Readonly<Record<string, string>>): string {
  let changed = text;
  for (const [from, to] of Object.entries(replacements)) {
    if (changed.split(from).length !== 2) throw new Error(`the template holds ${from} not exactly once`);
    changed = changed.replace(from, () => to);
  }
  return changed;
}

/** A daily pipeline without mistakes; `replacements` put other text in place of parts of it. */
export function dailyYaml(replacements: Readonly<Record<string, string>> = {}): string {
  const text = `description: A test.
source: test
target: daily
schedule: "17 */6 * * *"
objects:
  bucket: a-bucket
  key: data/{year:yyyy}.csv.gz
  from: 2020-01-01
  change: content
format:
  type: delimited
  header: detect
  columns: [station, date, element, value, flag]
fields:
  station_id: station
  date: { column: date, format: yyyyMMdd }
  value: { column: value, sentinels: [-9999] }
  quality_flag: flag
kpis:
  element: element
  list:
    - { from: TMAX, in: 0.1 °C, to: TMAX, unit: °C, factor: 0.1, description: Maximum. }
    - { from: PRCP, in: 0.1 mm, to: PRCP, unit: mm, factor: 0.1, description: Rain. }
merge: { mode: replace, slice: year, year: year }
checks:
  required: [station_id, date]
`;
  return replaceAll(text, replacements);
}

/** An observations pipeline without mistakes. */
export function observationsYaml(replacements: Readonly<Record<string, string>> = {}): string {
  const text = `description: A test.
source: air
target: observations
objects:
  bucket: a-bucket
  key: loc={location}/{day:yyyy}/{location}-{day:yyyyMMdd}.csv.gz
  values: { location: [12, 13] }
  together: { objects: 10, bytes: 1 MiB }
format:
  type: delimited
  header: always
  columns: [id, time, parameter, unit, value, span, span_unit]
fields:
  station_id: { variable: location, prefix: "x:" }
  time: { column: time, format: iso }
  date: { column: time, format: iso, day_of: end }
  value: value
  averaging: { column: span, unit: span_unit }
kpis:
  element: parameter
  unit: unit
  unit_aliases: { µg/m³: [ug/m3] }
  list:
    - { from: pm25, in: µg/m³, to: PM25, unit: µg/m³, description: Particles. }
    - { from: o3, in: ppb, to: O3, unit: µg/m³, factor: 1.963, description: Ozone. }
daily: { "": mean, _MAX: max }
merge: { mode: upsert, deletes: true }
`;
  return replaceAll(text, replacements);
}
