/** `npm run bench`: how fast Millrace is on this machine, beside others. See RESULTS.md for what is measured and how. */
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench } from "./bench-context.ts";
import { describeMachine, loadAverage } from "./machine.ts";
import { type BenchOptions, HELP, type Part, parseOptions, UsageError } from "./options.ts";
import { asJson, asText } from "./print.ts";
import type { Section } from "./report.ts";
import { startServer } from "./server.ts";
import { decode } from "./targets/decode.ts";
import { growth } from "./targets/growth.ts";
import { jsonLines } from "./targets/json-lines.ts";
import { memory } from "./targets/memory.ts";
import { reading } from "./targets/reading.ts";
import { reload } from "./targets/reload.ts";
import { slices } from "./targets/slices.ts";
import { smallObjects } from "./targets/small-objects.ts";
import { start, warmUp } from "./targets/start.ts";
import { throughput } from "./targets/throughput.ts";
import { unchanged } from "./targets/unchanged.ts";
import { findTools } from "./tools.ts";

/** What each part needs to be asked for, in the order in which they run. */
const MEASURES: readonly (readonly [
  parts: readonly Part[],
  measure: (bench: Bench) => Promise<Section | Section[]>,
])[] = [
  [["1", "2", "3", "9"], throughput],
  [["4"], slices],
  [["5"], memory],
  [["6"], jsonLines],
  [["7"], smallObjects],
  [["8"], unchanged],
  [["10"], reload],
  [["11"], start],
  [["reading"], reading],
  [["decode"], decode],
  [["growth"], growth],
];

async function run(options: BenchOptions): Promise<void> {
  const began = performance.now();
  const before = loadAverage();
  const scratch = await mkdtemp(join(tmpdir(), "millrace-bench-"));
  // The embedded server and the endpoint end with this process; databases of DATABASE_URL's server stay behind.
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.once(signal, () => {
      rmSync(scratch, { recursive: true, force: true });
      process.exit(code);
    });
  }
  const data = options.data ?? join(scratch, "data");
  await mkdir(data, { recursive: true });
  const server = await startServer(scratch, process.env["DATABASE_URL"]);
  try {
    const bench: Bench = { options, server, tools: await findTools(), scratch, data, say };
    await warmUp(bench);
    const sections: Section[] = [];
    for (const [parts, measure] of MEASURES) {
      if (!parts.some((part) => options.only.has(part))) continue;
      try {
        sections.push(...[await measure(bench)].flat());
      } catch (error) {
        // What was measured before, and what comes after, is not lost.
        sections.push(failed(parts, error));
        process.exitCode = 1;
      }
    }
    const machine = await describeMachine(server);
    const seconds = (performance.now() - began) / 1000;
    const report = { machine, options, loadAverage: [before, loadAverage()] as const, seconds, sections };
    process.stdout.write(`${options.json ? asJson(report) : asText(report)}\n`);
  } finally {
    await server.stop();
    await rm(scratch, { recursive: true, force: true });
  }
}

function failed(parts: readonly Part[], error: unknown): Section {
  const reason = error instanceof Error ? error.message : String(error);
  say(`part ${parts.join(", ")} failed: ${reason}`);
  return { title: `Part ${parts.join(", ")} failed`, figures: [], goals: [], notes: [reason] };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(`${HELP}\n`);
  else await run(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  say(`${error.message}\n\n${HELP}`);
  process.exitCode = 2;
}
