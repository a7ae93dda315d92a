/** One pipeline file as it was read: its content as far as it is right, and its mistakes so far. */
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { FILE_LIMIT, type PipelineDocument, parsePipelineYaml } from "./document.ts";
import { checkMeaning } from "./meaning.ts";
import type { PipelineFile } from "./pipeline.ts";
import type { Complaint, Problem } from "./problem.ts";
import { checkShape } from "./shape.ts";

export interface Draft {
  /** The pipeline's name: the file's without `.yaml`. */
  readonly name: string;
  readonly file: string;
  /** Undefined when the file is no YAML document at all. */
  readonly document: PipelineDocument | undefined;
  /** The document, where a variant's name was wrong with the nearest one in its place. */
  readonly raw: unknown;
  /** The content with defaults, if it has the right shape. */
  readonly content: PipelineFile | undefined;
  /** Mistakes that have no place inside the document. */
  readonly problems: readonly Problem[];
  readonly complaints: readonly Complaint[];
}

const FILE_NAME = /^[a-z0-9][a-z0-9-]{0,62}\.yaml$/;

export async function readDraft(file: string): Promise<Draft> {
  const name = basename(file, ".yaml");
  const empty: Omit<Draft, "problems"> = {
    name,
    file,
    document: undefined,
    raw: undefined,
    content: undefined,
    complaints: [],
  };
  const refuse = (message: string): Draft => ({
    ...empty,
    problems: [{ file, line: 1, column: 1, message }],
  });
  const bytes = await readBytes(file);
  if (typeof bytes === "string") return refuse(bytes);
  const document = parsePipelineYaml(file, bytes);
  if (!("value" in document)) return { ...empty, problems: document };
  const misnamed = FILE_NAME.test(basename(file))
    ? []
    : [
        {
          file,
          line: 1,
          column: 1,
          message:
            "the file's name must be small letters, digits and hyphens, ending in .yaml: it names the pipeline",
        },
      ];
  const shape = checkShape(document.value, document.source);
  return {
    name,
    file,
    document,
    raw: shape.value,
    content: shape.file,
    problems: [...misnamed, ...document.problems],
    complaints: [...shape.complaints, ...checkMeaning(shape.value, document.source)],
  };
}

/** The file's bytes, or a sentence that says why there are none. */
async function readBytes(file: string): Promise<Buffer | string> {
  try {
    const facts = await stat(file);
    if (!facts.isFile()) return "this is not a file";
    if (facts.size > FILE_LIMIT) return `the file has ${facts.size} bytes; the limit is 1 MiB`;
    return await readFile(file);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    return error.code === "ENOENT"
      ? "there is no such file"
      : `the file cannot be read: ${String(error.code)}`;
  }
}
