/** The command line: which commands there are, what they take, and how the program ends. */
import { Command, CommanderError } from "commander";
import { addAuthoringCommands, type Perform } from "./cli/authoring.ts";
import { parseDate, requireOrder } from "./cli/dates.ts";
import { MISUSED, reportError } from "./cli/exit.ts";
import { addSettlingCommands } from "./cli/settling.ts";
import { describeEnvironment, type Environment, readEnvironment } from "./config/environment.ts";
import { readVersion } from "./config/version.ts";

/** One run of the command line. Commands are imported when they are asked for, so that `--help` is quick. */
interface Invocation {
  exitCode: number;
  environment: Environment | undefined;
}

/**
 * Runs one command.
 *
 * @param args what stands after `millrace`
 * @returns the exit code: 0 done, 1 something failed, 2 wrong usage or configuration
 */
export async function main(args: readonly string[]): Promise<number> {
  ignoreClosedPipe();
  const invocation: Invocation = { exitCode: 0, environment: undefined };
  try {
    await createProgram(invocation).parseAsync([...args], { from: "user" });
    return invocation.exitCode;
  } catch (error) {
    // Commander has printed its own errors, and ends --help and --version this way too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSED;
    return reportError(error, invocation.environment?.logLevel === "debug");
  }
}

/** `millrace status | head` closes the pipe early; that is no fault, and what follows need not be printed. */
function ignoreClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}

function createProgram(invocation: Invocation): Command {
  const program = new Command("millrace");
  program
    .description("Streams public climate archives from S3 into one harmonised Postgres database.")
    .version(readVersion())
    .exitOverride()
    .showHelpAfterError("See `millrace --help`, or `--help` after the command.")
    .addHelpText("after", environmentHelp());
  const perform = async (command: (environment: Environment) => Promise<number>) => {
    invocation.environment = readEnvironment();
    invocation.exitCode = await command(invocation.environment);
  };
  addRun(program, perform);
  addDemo(program, perform);
  addValidate(program, perform);
  addSchema(program, perform);
  addAuthoringCommands(program, perform);
  addMigrate(program, perform);
  addStatus(program, perform);
  addCompact(program, perform);
  addSettlingCommands(program, perform);
  return program;
}

/** What --help says below the commands. */
function environmentHelp(): string {
  const variables = describeEnvironment().map(
    ({ name, description }) => `  ${name.padEnd(25)} ${description}`,
  );
  return `
Environment:
${variables.join("\n")}
  AWS credentials           As for every AWS tool; without any, requests are anonymous.

Exit codes: 0 done, 1 something failed and it says what, 2 wrong usage or configuration.`;
}

function addRun(program: Command, perform: Perform): void {
  program
    .command("run")
    .description("Runs the daemon; with --once, loads everything that is due now and ends.")
    .argument(
      "[pipelines...]",
      "with --once: only these pipelines, even disabled ones; otherwise all enabled ones",
    )
    .option("--once", "load what is due now, until it is committed, then end")
    .option("--from <date>", "with --once: objects from this date on (YYYY-MM-DD)", parseDate)
    .option("--to <date>", "with --once: objects up to this date (YYYY-MM-DD)", parseDate)
    .option("--reload", "with --once: take again what another configuration shaped, and what is quarantined")
    .action(async (pipelines: string[], options: RunOptions, command: Command) => {
      requireOrder(options.from, options.to);
      if (
        !options.once &&
        (pipelines.length > 0 || options.reload || (options.from ?? options.to) !== undefined)
      ) {
        command.error("error: pipelines, --from, --to and --reload need --once", { exitCode: MISUSED });
      }
      await perform(async (environment) => {
        const { run } = await import("./cli/run.ts");
        const { once = false, reload = false, ...range } = options;
        return run({ ...range, once, reload, pipelines }, environment);
      });
    });
}

interface RunOptions {
  readonly once?: true;
  readonly from?: string;
  readonly to?: string;
  readonly reload?: true;
}

function addDemo(program: Command, perform: Perform): void {
  program
    .command("demo")
    .description("Shows the whole job on a generated bucket, in a database of its own.")
    .option("--once", "end after the first pass instead of running on")
    .action(async (options: { once?: true }) => {
      await perform(async (environment) => {
        const { demo } = await import("./cli/demo.ts");
        return demo({ once: options.once ?? false }, environment);
      });
    });
}

function addValidate(program: Command, perform: Perform): void {
  program
    .command("validate")
    .description("Checks pipeline files: every mistake at once, as file:line:column message.")
    .argument("[files...]", "pipeline files; otherwise all of MILLRACE_PIPELINES")
    .option("--json", "print facts as JSON")
    .action(async (files: string[], options: { json?: true }) => {
      await perform(async (environment) => {
        const { validate } = await import("./cli/validate.ts");
        return validate({ json: options.json ?? false, files }, environment);
      });
    });
}

function addSchema(program: Command, perform: Perform): void {
  program
    .command("schema")
    .description(
      "Prints the JSON Schema of pipeline files, for editors; pipelines/pipeline.schema.json is one.",
    )
    .action(async () => {
      await perform(async () => {
        const { schema } = await import("./cli/schema.ts");
        return schema();
      });
    });
}

function addMigrate(program: Command, perform: Perform): void {
  program
    .command("migrate")
    .description("Brings the database up to date; `run` does so by itself.")
    .option("--json", "print facts as JSON")
    .action(async (options: { json?: true }) => {
      await perform(async (environment) => {
        const { migrate } = await import("./cli/migrate.ts");
        return migrate({ json: options.json ?? false }, environment);
      });
    });
}

function addStatus(program: Command, perform: Perform): void {
  program
    .command("status")
    .description("Shows pipelines, freshness, and pending, running, failed and quarantined loads.")
    .option("--json", "print facts as JSON")
    .action(async (options: { json?: true }) => {
      await perform(async (environment) => {
        const { status } = await import("./cli/status.ts");
        return status({ json: options.json ?? false }, environment);
      });
    });
}

function addCompact(program: Command, perform: Perform): void {
  program
    .command("compact")
    .description("Sorts replaced years that have settled, for readers; the daemon does so when it is quiet.")
    .argument("[pipelines...]", "only these pipelines, even disabled ones; otherwise all enabled ones")
    .option("--all", "also years whose load is younger than the pipeline's compact_after_days")
    .option("--json", "print facts as JSON")
    .action(async (pipelines: string[], options: { all?: true; json?: true }) => {
      await perform(async (environment) => {
        const { compact } = await import("./cli/compact.ts");
        const { all = false, json = false } = options;
        return compact({ pipelines, all, json }, environment);
      });
    });
}
