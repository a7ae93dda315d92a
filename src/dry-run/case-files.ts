/** A pipeline's cases on disk: `<name>.cases/<case>/`, beside the pipeline's file. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse, YAMLError } from "yaml";
import * as z from "zod";
import type { Pipeline } from "../config/pipeline.ts";
import { MillraceError } from "../errors.ts";

/** What a case may expect; a file that is not there expects nothing of its kind. */
export const EXPECTATIONS = ["rows.csv", "rejects.csv", "stations.csv", "fault.txt"] as const;
type Expectation = (typeof EXPECTATIONS)[number];

/** The texts of a case's expectations. */
export type CaseTexts = Readonly<Partial<Record<Expectation, string>>>;

const description = z.strictObject({
  about: z.string().min(1).optional().describe("What the case is about."),
  key: z.string().min(1).optional().describe("The key that the input has in the bucket."),
  now: z.iso.datetime({ offset: true }).default("2026-01-01T00:00:00Z").describe("The time of the run."),
});

export interface CaseInput {
  /** The input's path. */
  readonly path: string;
  readonly about?: string | undefined;
  readonly key?: string | undefined;
  /** Seconds since 1970. */
  readonly now: number;
}

/** The folders of a pipeline's cases, in the order of their names; none when it has no cases. */
export async function listCases({ name, file }: Pick<Pipeline, "name" | "file">): Promise<string[]> {
  const folder = join(dirname(file), `${name}.cases`);
  const entries = await orNone(readdir(folder, { withFileTypes: true }));
  return (entries ?? [])
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map((entry) => join(folder, entry.name))
    .sort();
}

/** What a case is given. Throws CONFIG_INVALID for a folder without an input and for a wrong case.yaml. */
export async function readCase(folder: string): Promise<CaseInput> {
  const inputs = (await readdir(folder)).filter((name) => name === "input" || name.startsWith("input."));
  const [input] = inputs;
  if (input === undefined || inputs.length > 1) {
    const what =
      input === undefined ? "there is no file input.…" : `there are several inputs: ${inputs.join(", ")}`;
    throw new MillraceError("CONFIG_INVALID", what, { file: folder });
  }
  const { about, key, now } = await readDescription(join(folder, "case.yaml"));
  return { path: join(folder, input), about, key, now: Date.parse(now) / 1000 };
}

async function readDescription(file: string): Promise<z.output<typeof description>> {
  const text = await orNone(readFile(file, "utf8"));
  try {
    return description.parse(parse(text ?? "", { maxAliasCount: 0 }) ?? {});
  } catch (error) {
    if (error instanceof z.ZodError)
      throw new MillraceError("CONFIG_INVALID", z.prettifyError(error), { file });
    if (error instanceof YAMLError) throw new MillraceError("CONFIG_INVALID", error.message, { file });
    throw error;
  }
}

/** What the case expects; no member for a file that is not there. */
export async function readExpectations(folder: string): Promise<CaseTexts> {
  const texts: Partial<Record<Expectation, string>> = {};
  for (const name of EXPECTATIONS) {
    const text = await orNone(readFile(join(folder, name), "utf8"));
    if (text !== undefined) texts[name] = text.replaceAll("\r\n", "\n");
  }
  return texts;
}

/** Makes these the case's expectations; files that are not among them go. */
export async function writeExpectations(folder: string, texts: CaseTexts): Promise<void> {
  for (const name of EXPECTATIONS) {
    const text = texts[name];
    if (text === undefined) await rm(join(folder, name), { force: true });
    else await writeFile(join(folder, name), text);
  }
}

/** Undefined where there is no such file or folder. */
async function orNone<Result>(reading: Promise<Result>): Promise<Result | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
