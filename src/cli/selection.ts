/** Which pipelines a command is about. */
import { join } from "node:path";
import type { Pipeline } from "../config/pipeline.ts";
import { readPipelines } from "../config/read.ts";
import { MillraceError } from "../errors.ts";

/** The folder of the pipelines that come with the program. */
export function shippedPipelines(): string {
  return join(import.meta.dirname, "..", "..", "pipelines");
}

/** All pipelines of a folder. Throws CONFIG_INVALID with every mistake of every file, one a line. */
export async function readSoundPipelines(folder: string): Promise<readonly Pipeline[]> {
  const { pipelines, problems } = await readPipelines(folder);
  if (problems.length === 0) return pipelines;
  const lines = problems.map(({ file, line, column, message }) => `  ${file}:${line}:${column} ${message}`);
  throw new MillraceError("CONFIG_INVALID", `the pipelines have mistakes:\n${lines.join("\n")}\n`);
}

/** The named ones, in the order of the folder; without names the enabled ones. Throws USAGE for an unknown name. */
export function selectPipelines(
  pipelines: readonly Pipeline[],
  names: readonly string[],
): readonly Pipeline[] {
  if (names.length === 0) return pipelines.filter((pipeline) => pipeline.enabled);
  const known = pipelines.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new MillraceError("USAGE", `there is no pipeline ${unknown}; there are ${known.join(", ")}`);
  }
  return pipelines.filter(({ name }) => names.includes(name));
}
