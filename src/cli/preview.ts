/** `millrace preview`: what a pipeline makes of real records; nothing is written, no database is needed. */
import type { Environment } from "../config/environment.ts";
import type { Pipeline } from "../config/pipeline.ts";
import { DryRun } from "../dry-run/dry-run.ts";
import type { DryRecord } from "../dry-run/record.ts";
import { type Repeat, Repeats } from "../dry-run/repeats.ts";
import { MillraceError } from "../errors.ts";
import { formatPlural } from "../observe/quantities.ts";
import { type DryObject, withObjects } from "./dry-object.ts";
import { DONE } from "./exit.ts";
import { formatJson } from "./json.ts";
import { type Line, piece } from "./pieces.ts";
import { recordLines } from "./preview-text.ts";
import { readSoundPipeline } from "./selection.ts";
import { paint, type Surface, surfaceOf } from "./styled.ts";

/** The command line of `preview`. */
export interface PreviewOptions {
  /** Name, or path of a file. */
  readonly pipeline: string;
  /** Records that are shown. */
  readonly rows: number;
  readonly object?: string;
  readonly file?: string;
  readonly key?: string;
  readonly json: boolean;
  readonly color: boolean;
}

type Out = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/**
 * Shows the first records of an object: as they came, their fields, and the rows, rejects and left-out measurements
 * that they become. Throws USAGE, CONFIG_INVALID, and the object's faults, after what was read before them.
 */
export async function preview(
  options: PreviewOptions,
  environment: Pick<Environment, "pipelines" | "s3">,
  out: Out = process.stdout,
): Promise<number> {
  const pipeline = await readSoundPipeline(options.pipeline, environment.pipelines);
  const now = Date.now() / 1000;
  const wanted = { file: options.file, key: options.key ?? options.object, count: 1, now };
  await withObjects(pipeline, wanted, environment, async ({ objects, cut }) => {
    for (const object of objects) {
      const source = await object.open(pipeline);
      const run = new DryRun(pipeline, source, { now, limit: options.rows });
      if (options.json) await writeJson(run, { pipeline, object }, out);
      else
        await writeText(run, { pipeline, object, key: source.key, cut }, out, surfaceOf(out, options.color));
    }
  });
  return DONE;
}

/** `{ pipeline, object, records, repeats, complete, counts, fault? }`; a fault is thrown once it has been written. */
async function writeJson(
  run: DryRun,
  { pipeline, object }: { readonly pipeline: Pipeline; readonly object: DryObject },
  out: Out,
): Promise<void> {
  const records: DryRecord[] = [];
  const repeats = new Repeats(pipeline.target);
  const repeated: Repeat[] = [];
  let fault: MillraceError | undefined;
  try {
    for await (const record of run.records()) {
      records.push(record);
      repeated.push(...repeats.see(record));
    }
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    fault = error;
  }
  const facts = {
    pipeline: pipeline.name,
    object: object.name,
    records,
    repeats: repeated,
    complete: run.complete,
    counts: { records: run.recordCounts, measurements: run.counts },
    ...(fault === undefined ? {} : { fault: { code: fault.code, message: fault.message } }),
  };
  out.write(formatJson(facts));
  if (fault !== undefined) throw fault;
}

interface Shown {
  readonly pipeline: Pipeline;
  readonly object: DryObject;
  readonly key: string;
  readonly cut: boolean;
}

async function writeText(run: DryRun, shown: Shown, out: Out, surface: Surface): Promise<void> {
  const { pipeline, object } = shown;
  out.write(paint(headLines(shown), surface));
  const repeats = new Repeats(pipeline.target);
  for await (const record of run.records()) {
    const repeated = repeats.see(record).map(repeatLine);
    out.write(paint([...recordLines(record, pipeline, surface.columns), ...repeated], surface));
  }
  out.write(paint([[piece(summary(run, object), "bold")]], surface));
}

function repeatLine({ line, earlier, key }: Repeat): Line {
  return [
    piece(`line ${line} has the key of line ${earlier}: ${key.join(", ")}; the last one stays`, "warn"),
  ];
}

function headLines({ pipeline, object, key, cut }: Shown): Line[] {
  const what = `${pipeline.name} (${pipeline.target}): ${object.name}`;
  const asIf = object.name === key ? [] : [[piece(`read as if its key were ${key}`, "dim")]];
  const older = cut
    ? [[piece("the bucket holds more than was listed; --object names another one", "dim")]]
    : [];
  return [[piece(what, "bold")], ...asIf, ...older, []];
}

function summary(run: DryRun, object: DryObject): string {
  const { decoded } = run.recordCounts;
  const rejected = run.refused;
  const { copied, empty, rejected: refused, filtered, recordsFiltered } = run.counts;
  const parts = [
    formatPlural(copied, "row"),
    ...(recordsFiltered > 0 ? [`${formatPlural(recordsFiltered, "record")} not wanted`] : []),
    ...(empty > 0 ? [`${formatPlural(empty, "measurement")} empty`] : []),
    ...(filtered > 0 ? [`${formatPlural(filtered, "measurement")} not wanted`] : []),
    ...(refused + rejected > 0 ? [formatPlural(refused + rejected, "reject")] : []),
  ];
  const what = run.complete ? `all ${formatPlural(decoded + rejected, "record")}` : "the first records";
  return `${what} of ${object.name}: ${parts.join(", ")}`;
}
