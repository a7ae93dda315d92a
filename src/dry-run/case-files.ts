/** A pipeline's cases on disk: `<name>.cases/<case>/`, beside the pipeline's file. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse, YAMLError } from "yaml";
import * as z from "zod";
import type { Pipeline } from "../config/pipeline.ts";

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

/** A case that cannot be run: what is wrong with which of its files, and what to do. */
export class MalformedCase extends Error {
  override readonly name = "MalformedCase";
  readonly file: string;

  constructor(file: string, what: string, cause?: unknown) {
    super(what, cause === undefined ? undefined : { cause });
    this.file = file;
  }
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

/** What a case is given. Throws MalformedCase for a folder without an input or with several, and for a wrong case.yaml. */
export async function readCase(folder: string): Promise<CaseInput> {
  const inputs = (await readdir(folder)).filter((name) => name === "input" || name.startsWith("input."));
  const [input] = inputs;
  if (input === undefined) {
    throw new MalformedCase(folder, "there is no input: put the object's bytes into a file input.<anything>");
  }
  if (inputs.length > 1) {
    const all = inputs.sort().join(", ");
    throw new MalformedCase(
      folder,
      `there are several inputs (${all}): keep one, and make cases of the others`,
    );
  }
  const { about, key, now } = await readDescription(descriptionOf(folder));
  return { path: join(folder, input), about, key, now: Date.parse(now) / 1000 };
}

/** Where a case is described. */
export function descriptionOf(folder: string): string {
  return join(folder, "case.yaml");
}

async function readDescription(file: string): Promise<z.output<typeof description>> {
  const text = await orNone(readFile(file, "utf8"));
  let document: unknown;
  try {
    document = parse(text ?? "", { maxAliasCount: 0 }) ?? {};
  } catch (error) {
    // A document with aliases is no YAMLError.
    if (!(error instanceof YAMLError || error instanceof ReferenceError)) throw error;
    // Below its first line stands the text, with a mark under it.
    const [what = ""] = error.message.split("\n");
    throw new MalformedCase(file, `no YAML: ${what.replace(/:$/, "")}`, error);
  }
  const { data, error } = description.safeParse(document);
  if (data !== undefined) return data;
  const known = Object.keys(description.shape).join(", ");
  throw new MalformedCase(file, `${sentenceOf(error)}; it may hold ${known}`, error);
}

function sentenceOf({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => `${path.join(".")}${path.length > 0 ? ": " : ""}${message}`)
    .join("; ");
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

/** Whether the file system refused something: what it says names the file. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error;
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
