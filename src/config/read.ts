/** Pipeline files → pipelines ready for use, and every mistake in them with its line and column. */
import { readdir } from "node:fs/promises";
import { dirname, extname, join, resolve } from "node:path";
import { type Draft, readDraft } from "./draft.ts";
import { fingerprint } from "./fingerprint.ts";
import { contradictions } from "./folder.ts";
import { LookupFolder } from "./lookups.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Complaint, Problem } from "./problem.ts";
import { resolveReferences, type Surroundings } from "./resolve.ts";

export type { Problem } from "./problem.ts";

export interface ReadPipelines {
  /** The pipelines without mistakes, by name. */
  readonly pipelines: readonly Pipeline[];
  /** All mistakes, by file, line and column. */
  readonly problems: readonly Problem[];
}

/**
 * Reads every pipeline file (`*.yaml`) directly in a folder. Mistakes, unreadable files and a missing folder
 * are problems, nothing is thrown for them.
 */
export async function readPipelines(folder: string): Promise<ReadPipelines> {
  const listed = await listFiles(folder);
  if (typeof listed === "string") {
    return { pipelines: [], problems: [{ file: folder, line: 1, column: 1, message: listed }] };
  }
  const drafts = await Promise.all(listed.map(async (name) => await readDraft(join(folder, name))));
  const byName = new Map(drafts.map((draft) => [draft.name, draft]));
  const surroundings: Surroundings = {
    find: (name) => Promise.resolve(byName.get(name)),
    names: [...byName.keys()],
    lookupFolders: [new LookupFolder(folder)],
  };
  const between = contradictions(drafts);
  const read = await Promise.all(
    drafts.map(async (draft) => await finish(draft, surroundings, between.get(draft) ?? [])),
  );
  return {
    pipelines: read.flatMap(({ pipeline }) => pipeline ?? []),
    problems: read.flatMap(({ problems }) => problems),
  };
}

export interface ReadPipeline {
  /** Undefined when there are problems. */
  readonly pipeline: Pipeline | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Reads one pipeline file. What it refers to (side tables, the pipeline of `kpis.of`) is looked for beside it,
 * then in `folder`; contradictions with other pipelines are not looked for.
 */
export async function readPipeline(file: string, folder: string = dirname(file)): Promise<ReadPipeline> {
  const places = await Promise.all(
    [...new Set([resolve(dirname(file)), resolve(folder)])].map(async (path) => {
      const listed = await listFiles(path);
      return { path, names: typeof listed === "string" ? [] : listed.map(pipelineName) };
    }),
  );
  const surroundings: Surroundings = {
    find: async (name) => {
      const place = places.find(({ names }) => names.includes(name));
      return place && (await readDraft(join(place.path, `${name}.yaml`)));
    },
    names: places.flatMap(({ names }) => names),
    lookupFolders: places.map(({ path }) => new LookupFolder(path)),
  };
  return await finish(await readDraft(file), surroundings, []);
}

const pipelineName = (file: string): string => file.slice(0, -extname(file).length);

/** Names of the YAML files in a folder, in order; or why there are none to be had. */
async function listFiles(folder: string): Promise<string[] | string> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && /\.ya?ml$/i.test(entry.name) && !entry.name.startsWith("."))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    if (error.code === "ENOENT")
      return "there is no such folder; MILLRACE_PIPELINES says where pipelines are";
    return `the folder cannot be read: ${String(error.code)}`;
  }
}

/** What one file can say at most, so that a hostile one does not bury the others. */
const PROBLEM_LIMIT = 100;

async function finish(
  draft: Draft,
  surroundings: Surroundings,
  more: readonly Complaint[],
): Promise<ReadPipeline> {
  const { complaints, ...references } = await resolveReferences(draft, surroundings);
  const { document } = draft;
  const located =
    document === undefined
      ? []
      : [...draft.complaints, ...complaints, ...more].map((complaint) => document.locate(complaint));
  const problems = [...draft.problems, ...located].sort((a, b) => a.line - b.line || a.column - b.column);
  const beyond = problems.length - PROBLEM_LIMIT;
  const last = problems[PROBLEM_LIMIT];
  if (beyond > 0 && last !== undefined) {
    const shown = [
      ...problems.slice(0, PROBLEM_LIMIT),
      { ...last, message: `${beyond} more mistakes from here on` },
    ];
    return { pipeline: undefined, problems: shown };
  }
  if (problems.length > 0 || draft.content === undefined) return { pipeline: undefined, problems };
  const pipeline = { ...draft.content, name: draft.name, file: draft.file, ...references };
  return { pipeline: { ...pipeline, fingerprint: fingerprint(pipeline) }, problems };
}
