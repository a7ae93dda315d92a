/** `millrace validate`: every mistake of pipeline files at once, each with its place. */
import { relative } from "node:path";
import type { Environment } from "../config/environment.ts";
import { type Problem, readPipeline, readPipelines } from "../config/read.ts";
import { DONE, MISUSED } from "./exit.ts";
import { formatJson } from "./json.ts";

interface ValidateOptions {
  /** Nothing named: every file of the pipelines folder. */
  readonly files: readonly string[];
  readonly json: boolean;
}

interface Findings {
  /** Names of the pipelines without mistakes. */
  readonly valid: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Prints `file:line:column message` for every mistake, or how many pipelines are in order; as JSON
 * `{ valid: [name], problems: [{ file, line, column, message }] }`. Returns 0, or 2 when there is a mistake.
 */
export async function validate(
  { files, json }: ValidateOptions,
  { pipelines: folder }: Pick<Environment, "pipelines">,
  out: NodeJS.WritableStream = process.stdout,
): Promise<number> {
  const findings = await (files.length === 0 ? findInFolder(folder) : findInFiles(files, folder));
  out.write(json ? formatJson(findings) : format(findings));
  return findings.problems.length === 0 ? DONE : MISUSED;
}

async function findInFolder(folder: string): Promise<Findings> {
  const { pipelines, problems } = await readPipelines(folder);
  return {
    valid: pipelines.map(({ name }) => name),
    problems: problems.map((problem) => ({ ...problem, file: relative("", problem.file) })),
  };
}

async function findInFiles(files: readonly string[], folder: string): Promise<Findings> {
  const read = await Promise.all(files.map(async (file) => await readPipeline(file, folder)));
  return {
    valid: read.flatMap(({ pipeline }) => pipeline?.name ?? []),
    problems: read.flatMap(({ problems }) => problems),
  };
}

function format({ valid, problems }: Findings): string {
  const lines = problems.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`);
  if (lines.length > 0) return `${lines.join("\n")}\n`;
  return valid.length === 1 ? "1 pipeline, no mistakes\n" : `${valid.length} pipelines, no mistakes\n`;
}
