/** Which pipelines a command is about. */
import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Pipeline } from "../config/pipeline.ts";
import { type Problem, readPipeline, readPipelines } from "../config/read.ts";
import { MillraceError } from "../errors.ts";

/** The folder of the pipelines that come with the program. */
export function shippedPipelines(): string {
  return join(import.meta.dirname, "..", "..", "pipelines");
}

/** All pipelines of a folder. Throws CONFIG_INVALID with every mistake of every file, one a line. */
export async function readSoundPipelines(folder: string): Promise<readonly Pipeline[]> {
  const { pipelines, problems } = await readPipelines(folder);
  if (problems.length === 0) return pipelines;
  throw mistakes("the pipelines have mistakes", problems);
}

/**
 * One pipeline, by its name or by the path of its file; the others of the folder may have mistakes. Throws USAGE when
 * there is none, CONFIG_INVALID with every mistake of its file.
 */
export async function readSoundPipeline(nameOrPath: string, folder: string): Promise<Pipeline> {
  const file = /[/\\]|\.ya?ml$/i.test(nameOrPath) ? nameOrPath : await fileOf(nameOrPath, folder);
  const { pipeline, problems } = await readPipeline(file, folder);
  if (pipeline !== undefined) return pipeline;
  throw mistakes(`${file} has mistakes`, problems);
}

async function fileOf(name: string, folder: string): Promise<string> {
  const files = await readdir(folder).catch((error: unknown) => {
    throw new MillraceError("USAGE", `the folder ${folder} cannot be read`, {}, error);
  });
  const pipelines = files.filter((file) => /\.ya?ml$/i.test(file)).sort();
  const names = pipelines.map((file) => file.slice(0, -extname(file).length));
  const file = pipelines[names.indexOf(name)];
  if (file === undefined) throw unknownPipeline(name, names);
  return join(folder, file);
}

function mistakes(what: string, problems: readonly Problem[]): MillraceError {
  const lines = problems.map(({ file, line, column, message }) => `  ${file}:${line}:${column} ${message}`);
  return new MillraceError("CONFIG_INVALID", `${what}:\n${lines.join("\n")}\n`);
}

function unknownPipeline(name: string, known: readonly string[]): MillraceError {
  return new MillraceError("USAGE", `there is no pipeline ${name}; there are ${known.join(", ")}`);
}

/** The named ones, in the order of the folder; without names the enabled ones. Throws USAGE for an unknown name. */
export function selectPipelines(
  pipelines: readonly Pipeline[],
  names: readonly string[],
): readonly Pipeline[] {
  if (names.length === 0) return pipelines.filter((pipeline) => pipeline.enabled);
  const known = pipelines.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownPipeline(unknown, known);
  return pipelines.filter(({ name }) => names.includes(name));
}
