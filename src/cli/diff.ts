/** `millrace diff`: what would change in the rows if another version of a pipeline were used. */
import type { Environment } from "../config/environment.ts";
import type { Pipeline } from "../config/pipeline.ts";
import { type Collected, collect } from "../dry-run/collect.ts";
import { Comparison } from "../dry-run/compare.ts";
import { DryRun } from "../dry-run/dry-run.ts";
import { MillraceError } from "../errors.ts";
import { diffLines } from "./diff-text.ts";
import { type DryObject, withObjects } from "./dry-object.ts";
import { DONE } from "./exit.ts";
import { formatJson } from "./json.ts";
import { readSoundPipeline } from "./selection.ts";
import { paint, surfaceOf } from "./styled.ts";

/** The command line of `diff`. */
export interface DiffOptions {
  /** Names or paths. */
  readonly old: string;
  readonly new: string;
  /** So many of the newest objects. */
  readonly objects: number;
  /** Records of each object, at most. */
  readonly rows: number;
  readonly file?: string;
  readonly key?: string;
  readonly json: boolean;
  readonly color: boolean;
}

/** An object that was compared. */
export interface ComparedObject {
  readonly name: string;
  /** Whether both pipelines read it to its end. */
  readonly complete: boolean;
  /** Under which pipelines none of it would be loaded, and why. */
  readonly faults: { readonly old: string | null; readonly new: string | null };
}

type Out = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/**
 * Runs both pipelines over the same objects and says what differs; differences are no failure. Throws USAGE,
 * CONFIG_INVALID, and what the store throws; faults of single objects are told.
 */
export async function diff(
  options: DiffOptions,
  environment: Pick<Environment, "pipelines" | "s3">,
  out: Out = process.stdout,
): Promise<number> {
  const old = await readSoundPipeline(options.old, environment.pipelines);
  const fresh = await readSoundPipeline(options.new, environment.pipelines);
  if (old.target !== fresh.target) {
    throw new MillraceError("USAGE", `the targets differ: ${old.target} and ${fresh.target}`);
  }
  const now = Date.now() / 1000;
  const wanted = { file: options.file, key: options.key, count: options.objects, now };
  const comparison = new Comparison();
  const objects: ComparedObject[] = [];
  await withObjects(old, wanted, environment, async (found) => {
    for (const object of found.objects) {
      const limits = { now, limit: options.rows };
      const before = await read(old, object, limits);
      const after = await read(fresh, object, limits);
      comparison.add(before, after);
      objects.push(compared(object, before, after));
    }
  });
  if (options.json) out.write(formatJson(facts(comparison, objects)));
  else out.write(paint(diffLines(comparison, objects, old.target), surfaceOf(out, options.color)));
  return DONE;
}

async function read(
  pipeline: Pipeline,
  object: DryObject,
  limits: { readonly now: number; readonly limit: number },
): Promise<Collected> {
  return collect(new DryRun(pipeline, await object.open(pipeline), limits), pipeline);
}

function compared(object: DryObject, old: Collected, fresh: Collected): ComparedObject {
  const told = ({ fault }: Collected): string | null =>
    fault === undefined ? null : `${fault.message} [${fault.code}]`;
  return {
    name: object.name,
    complete: old.complete && fresh.complete,
    faults: { old: told(old), new: told(fresh) },
  };
}

function facts(comparison: Comparison, objects: readonly ComparedObject[]): object {
  return {
    objects,
    different: comparison.isDifferent,
    records: comparison.records,
    kpis: [...comparison.kpis.values()],
    columns: Object.fromEntries(comparison.columns),
    examples: comparison.examples,
    rejects: [...comparison.rejects.values()],
    leftOut: comparison.leftOut,
  };
}
