/** The commands that help while a pipeline is written: what they take, and what --help says of them. */
import type { Command } from "commander";
import type { Environment } from "../config/environment.ts";
import { parseCount } from "./count.ts";

/** Runs a command in the environment, and keeps its exit code. */
export type Perform = (command: (environment: Environment) => Promise<number>) => Promise<void>;

/** Records of an object that `diff` reads, unless it is told otherwise. */
const DIFF_ROWS = 100_000;
const PREVIEW_ROWS = 10;

/** Adds `preview`, `test`, `diff` and `infer`. */
export function addAuthoringCommands(program: Command, perform: Perform): void {
  addPreview(program, perform);
  addTest(program, perform);
  addDiff(program, perform);
  addInfer(program, perform);
}

interface Shared {
  readonly json?: true;
  readonly color: boolean;
}

interface ReadOptions extends Shared {
  readonly rows: number;
  readonly file?: string;
  readonly key?: string;
}

function addPreview(program: Command, perform: Perform): void {
  program
    .command("preview")
    .description(
      "Shows what a pipeline makes of real records: raw, fields, rows, rejects. Writes nothing, needs no database.",
    )
    .argument("<pipeline>", "its name, or the path of its file")
    .option("--rows <n>", "records to show", parseCount, PREVIEW_ROWS)
    .option("--object <key>", "this object of the bucket; otherwise the newest")
    .option("--file <path>", "this file instead of an object")
    .option("--key <key>", "with --file: the key that it would have in the bucket")
    .option("--json", "print facts as JSON")
    .option("--no-color", "no colours; also NO_COLOR")
    .action(
      async (pipeline: string, options: ReadOptions & { readonly object?: string }, command: Command) => {
        refuse(command, options.key !== undefined && options.file === undefined, "--key needs --file");
        refuse(
          command,
          options.object !== undefined && options.file !== undefined,
          "--object or --file, not both",
        );
        await perform(async (environment) => {
          const { preview } = await import("./preview.ts");
          return preview({ ...options, pipeline, json: options.json ?? false }, environment);
        });
      },
    );
}

function addTest(program: Command, perform: Perform): void {
  program
    .command("test")
    .description(
      "Runs the cases of pipelines: an input each, and the rows and rejects that must become of it.",
    )
    .argument("[pipelines...]", "names, or paths of files; otherwise all of MILLRACE_PIPELINES")
    .option("--update", "make what is found what is expected, to be reviewed")
    .option("--json", "print facts as JSON")
    .option("--no-color", "no colours; also NO_COLOR")
    .addHelpText(
      "after",
      `
A case is a folder <pipeline>.cases/<case>/ beside the pipeline's file, with
  input.<anything>  the object's bytes, compressed or not
  case.yaml         optional: about, key (of the object), now (default 2026-01-01T00:00:00Z)
and what is expected, written by --update:
  rows.csv, rejects.csv, stations.csv, or fault.txt with the code of the object's fault.`,
    )
    .action(async (pipelines: string[], options: Shared & { readonly update?: true }) => {
      await perform(async (environment) => {
        const { test } = await import("./test.ts");
        const { update = false, json = false, color } = options;
        return test({ pipelines, update, json, color }, environment);
      });
    });
}

function addDiff(program: Command, perform: Perform): void {
  program
    .command("diff")
    .description("Says what would change in the rows if one version of a pipeline were replaced by another.")
    .argument("<old>", "name, or path of a file")
    .argument("<new>", "name, or path of a file")
    .option("--objects <n>", "compare on so many of the newest objects", parseCount, 1)
    .option("--rows <n>", "records of each object, at most", parseCount, DIFF_ROWS)
    .option("--file <path>", "compare on this file instead")
    .option("--key <key>", "compare on this object; with --file: the key that it would have")
    .option("--json", "print facts as JSON")
    .option("--no-color", "no colours; also NO_COLOR")
    .action(async (old: string, fresh: string, options: ReadOptions & { readonly objects: number }) => {
      await perform(async (environment) => {
        const { diff } = await import("./diff.ts");
        return diff({ ...options, old, new: fresh, json: options.json ?? false }, environment);
      });
    });
}

function addInfer(program: Command, perform: Perform): void {
  program
    .command("infer")
    .description(
      "Prints a first pipeline file, guessed from the beginning of an object; comments say where it is unsure.",
    )
    .argument("<sample>", "s3://bucket/key, an https:// address, or a file")
    .option("--source <name>", "the provider, for `source`; otherwise made of the sample's name")
    .option("--json", "print the guesses as JSON")
    .action(async (sample: string, options: { readonly source?: string; readonly json?: true }) => {
      await perform(async (environment) => {
        const { infer } = await import("./infer.ts");
        const { source, json = false } = options;
        return infer({ sample, json, ...(source === undefined ? {} : { source }) }, environment);
      });
    });
}

function refuse(command: Command, wrong: boolean, what: string): void {
  if (wrong) command.error(`error: ${what}`, { exitCode: 2 });
}
