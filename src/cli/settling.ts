/** The commands that look at and settle what went wrong: what they take, and what --help says of them. */
import type { Command } from "commander";
import type { Perform } from "./authoring.ts";
import { parseCount } from "./count.ts";

/** Loads that `rejects` looks at, and records that it quotes of each group, unless it is told otherwise. */
const REJECTS_LOADS = 20;
const REJECTS_EXAMPLES = 3;

/** Adds `rejects` and `retry`. */
export function addSettlingCommands(program: Command, perform: Perform): void {
  addRejects(program, perform);
  addRetry(program, perform);
}

interface RejectsArguments {
  readonly loads: number;
  readonly examples: number;
  readonly json?: true;
}

function addRejects(program: Command, perform: Perform): void {
  program
    .command("rejects")
    .description("Groups what a pipeline's newest loads rejected by reason and field, with examples.")
    .argument("<pipeline>", "its name")
    .option("--loads <n>", "so many of the newest loads", parseCount, REJECTS_LOADS)
    .option("--examples <n>", "records quoted of each group", parseCount, REJECTS_EXAMPLES)
    .option("--json", "print facts as JSON")
    .action(async (pipeline: string, { loads, examples, json }: RejectsArguments) => {
      await perform(async (environment) => {
        const { rejects } = await import("./rejects.ts");
        return rejects({ pipeline, loads, examples, json: json ?? false }, environment);
      });
    });
}

function addRetry(program: Command, perform: Perform): void {
  program
    .command("retry")
    .description("Loads again what a failed or quarantined load was about, by the pipeline as it is now.")
    .argument("<load>", "its number, as status shows it", parseCount)
    .option("--json", "print facts as JSON")
    .action(async (load: number, options: { readonly json?: true }) => {
      await perform(async (environment) => {
        const { retry } = await import("./retry.ts");
        return retry({ load, json: options.json ?? false }, environment);
      });
    });
}
