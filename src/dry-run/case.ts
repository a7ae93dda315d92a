/** Running a pipeline's cases: an input, and what must become of it. */
import { basename } from "node:path";
import type { Pipeline } from "../config/pipeline.ts";
import { MillraceError } from "../errors.ts";
import {
  type CaseInput,
  type CaseTexts,
  descriptionOf,
  EXPECTATIONS,
  isRefusal,
  MalformedCase,
  readCase,
  readExpectations,
  writeExpectations,
} from "./case-files.ts";
import { formatCsv } from "./csv.ts";
import { DryRun, type DryRunSource } from "./dry-run.ts";
import { diffLines, type LineChange } from "./line-diff.ts";
import { READABLE_COLUMNS, type ReadableRow } from "./readable.ts";
import type { DryRecord, RecordStation } from "./record.ts";
import { openFile } from "./source.ts";

/** How one of a case's files differs from what was found. */
export interface FileDifference {
  readonly file: string;
  readonly changes: readonly LineChange[];
}

export interface CaseResult {
  readonly pipeline: string;
  readonly case: string;
  readonly about: string | undefined;
  /** `new`: it expects nothing yet. `updated`: what was found is what it expects from now on. */
  readonly outcome: "passed" | "failed" | "new" | "updated";
  /** Empty when it passed. */
  readonly differences: readonly FileDifference[];
  /** Of an object-level fault: what it says. */
  readonly fault: string | undefined;
  /** Why it could not be run, and what to do; only of a case that failed for that. */
  readonly problem?: string;
}

/**
 * Runs the case in this folder; with `update`, what was found replaces what it expects. A case that cannot be run has
 * failed: its files are not as they should be, or its key does not fit the pipeline's template.
 */
export async function runCase(
  pipeline: Pipeline,
  folder: string,
  options: { readonly update: boolean },
): Promise<CaseResult> {
  try {
    return await run(pipeline, folder, options);
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    return {
      pipeline: pipeline.name,
      case: basename(folder),
      about: undefined,
      outcome: "failed",
      differences: [],
      fault: undefined,
      problem,
    };
  }
}

/** What keeps a case from being run; undefined for errors that are none of its own. */
function problemOf(error: unknown): string | undefined {
  if (error instanceof MalformedCase) return `${error.file}: ${error.message}`;
  return isRefusal(error) ? error.message : undefined;
}

async function run(
  pipeline: Pipeline,
  folder: string,
  { update }: { readonly update: boolean },
): Promise<CaseResult> {
  const input = await readCase(folder);
  const expected = await readExpectations(folder);
  const { texts: found, fault } = await findOut(pipeline, input, await openInput(pipeline, folder, input));
  const differences = compare(expected, found);
  const isNew = EXPECTATIONS.every((name) => expected[name] === undefined);
  const about = { pipeline: pipeline.name, case: basename(folder), about: input.about, differences, fault };
  if (differences.length === 0 && !isNew) return { ...about, outcome: "passed" };
  if (!update) return { ...about, outcome: isNew ? "new" : "failed" };
  await writeExpectations(folder, found);
  return { ...about, outcome: "updated" };
}

/** Throws MalformedCase for an input that cannot be read, and for a key that the pipeline's objects do not have. */
async function openInput(
  pipeline: Pipeline,
  folder: string,
  { path, key }: CaseInput,
): Promise<DryRunSource> {
  try {
    return await openFile(pipeline, path, key);
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== "USAGE") throw error;
    const file = key === undefined ? path : descriptionOf(folder);
    throw new MalformedCase(
      file,
      `${error.message}; correct ${key === undefined ? "the input" : "`key`"}`,
      error,
    );
  }
}

function compare(expected: CaseTexts, found: CaseTexts): FileDifference[] {
  return EXPECTATIONS.flatMap((file) => {
    const changes = diffLines(linesOf(expected[file]), linesOf(found[file]));
    return changes.length === 0 ? [] : [{ file, changes }];
  });
}

function linesOf(text = ""): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

interface Findings {
  readonly texts: CaseTexts;
  readonly fault: string | undefined;
}

async function findOut(
  pipeline: Pipeline,
  { now }: Pick<CaseInput, "now">,
  source: DryRunSource,
): Promise<Findings> {
  const records: DryRecord[] = [];
  try {
    for await (const record of new DryRun(pipeline, source, { now }).records()) records.push(record);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    // Nothing of such an object is loaded, so that what was read before does not matter.
    return { texts: { "fault.txt": `${error.code}\n` }, fault: error.message };
  }
  const rejects = records.flatMap(({ line, rejects }) =>
    rejects.map(({ field, reason }) => [String(line), field, reason]),
  );
  const stations = stationsOf(records);
  return {
    texts: {
      "rows.csv": formatRows(
        pipeline,
        records.flatMap(({ rows }) => rows),
      ),
      ...(rejects.length === 0 ? {} : { "rejects.csv": formatCsv(["line", "field", "reason"], rejects) }),
      ...(stations.length === 0 ? {} : { "stations.csv": formatStations(stations) }),
    },
    fault: undefined,
  };
}

/** The columns in which any row has a value. */
function formatRows({ target }: Pipeline, rows: readonly ReadableRow[]): string {
  if (rows.length === 0) return "";
  const columns = READABLE_COLUMNS[target].filter((name) => rows.some((row) => (row[name] ?? null) !== null));
  return formatCsv(
    columns,
    rows.map((row) => columns.map((name) => row[name] ?? null)),
  );
}

/** What the records tell about each station: the first word counts, of the position the first that there is. */
function stationsOf(records: readonly DryRecord[]): RecordStation[] {
  const stations = new Map<string, RecordStation>();
  for (const { station } of records) {
    if (station === undefined) continue;
    const known = stations.get(station.station_id);
    if (known === undefined) stations.set(station.station_id, station);
    else if (known.latitude === null) {
      const { latitude, longitude } = station;
      stations.set(station.station_id, { ...known, latitude, longitude });
    }
  }
  return [...stations.values()];
}

const STATION_COLUMNS = ["station_id", "name", "country_id", "latitude", "longitude", "elevation"] as const;

function formatStations(stations: readonly RecordStation[]): string {
  return formatCsv(
    STATION_COLUMNS,
    stations.map((station) => STATION_COLUMNS.map((name) => station[name])),
  );
}
