/** `millrace test`: runs the cases of pipelines, or makes what they find what they expect. */
import type { Environment } from "../config/environment.ts";
import type { Pipeline } from "../config/pipeline.ts";
import { type CaseResult, type FileDifference, runCase } from "../dry-run/case.ts";
import { listCases } from "../dry-run/case-files.ts";
import { MillraceError } from "../errors.ts";
import { formatPlural } from "../observe/quantities.ts";
import { DONE, FAILED } from "./exit.ts";
import { formatJson } from "./json.ts";
import { type Line, piece } from "./pieces.ts";
import { readSoundPipeline, readSoundPipelines } from "./selection.ts";
import { paint, surfaceOf } from "./styled.ts";

/** The command line of `test`. */
export interface TestOptions {
  /** Names or paths; none: all of the folder. */
  readonly pipelines: readonly string[];
  readonly update: boolean;
  readonly json: boolean;
  readonly color: boolean;
}

type Out = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Changed lines that are shown of one file. */
const LINES_SHOWN = 20;

/**
 * Runs the cases one after the other. Returns 0 when all passed (or were updated), 1 otherwise; a case that cannot
 * be run has failed, and the others go on. Throws CONFIG_INVALID for pipelines with mistakes, USAGE for unknown pipelines and for named ones without cases.
 */
export async function test(
  options: TestOptions,
  environment: Pick<Environment, "pipelines">,
  out: Out = process.stdout,
): Promise<number> {
  const surface = surfaceOf(out, options.color);
  const results: CaseResult[] = [];
  const without: string[] = [];
  for (const pipeline of await chosen(options.pipelines, environment.pipelines)) {
    const folders = await listCases(pipeline);
    if (folders.length === 0) without.push(pipeline.name);
    for (const folder of folders) {
      const result = await runCase(pipeline, folder, options);
      results.push(result);
      if (!options.json) out.write(paint(resultLines(result), surface));
    }
  }
  if (options.json) out.write(formatJson({ cases: results, without }));
  else out.write(paint(summaryLines(results, without), surface));
  if (without.length > 0 && options.pipelines.length > 0) {
    throw new MillraceError(
      "USAGE",
      `no cases beside ${without.join(", ")}: a case is a folder <name>.cases/<case> with an input`,
    );
  }
  return results.every(({ outcome }) => outcome === "passed" || outcome === "updated") ? DONE : FAILED;
}

async function chosen(names: readonly string[], folder: string): Promise<readonly Pipeline[]> {
  if (names.length === 0) return readSoundPipelines(folder);
  return Promise.all(names.map((name) => readSoundPipeline(name, folder)));
}

function resultLines(result: CaseResult): Line[] {
  const { pipeline, case: name, about, outcome, differences, fault, problem } = result;
  const title = `${pipeline} / ${name}`;
  const isWell = outcome === "passed" || outcome === "updated";
  const words = {
    passed: "",
    failed: problem === undefined ? " differs from what it expects" : " cannot be run",
    new: " expects nothing yet: look at what was found, then run `millrace test --update`",
    updated: " updated; review what changed",
  }[outcome];
  return [
    [piece(isWell ? "✓ " : "✗ ", isWell ? "good" : "bad"), piece(title), piece(words, "warn")],
    ...(about === undefined || outcome === "passed" ? [] : [[piece(`  ${about}`, "dim")]]),
    ...(problem === undefined ? [] : [[piece(`  ${problem}`, "bad")]]),
    ...(fault === undefined || outcome === "passed" ? [] : [[piece(`  fault: ${fault}`, "warn")]]),
    ...differences.flatMap(differenceLines),
  ];
}

function differenceLines({ file, changes }: FileDifference): Line[] {
  const beyond = changes.length - LINES_SHOWN;
  return [
    [piece(`  ${file}`, "bold"), piece("  - expected, + found", "dim")],
    ...changes.slice(0, LINES_SHOWN).map(({ kind, line, text }): Line => {
      const isExpected = kind === "expected";
      const number = String(line).padStart(5);
      return [piece(`${number} ${isExpected ? "-" : "+"} ${text}`, isExpected ? "bad" : "good")];
    }),
    ...(beyond > 0 ? [[piece(`      … and ${formatPlural(beyond, "more line")}`, "dim")]] : []),
  ];
}

function summaryLines(results: readonly CaseResult[], without: readonly string[]): Line[] {
  const count = (outcome: CaseResult["outcome"]): number =>
    results.filter((result) => result.outcome === outcome).length;
  const parts = (["passed", "failed", "new", "updated"] as const).flatMap((outcome) =>
    count(outcome) === 0 ? [] : [`${count(outcome)} ${outcome}`],
  );
  const none = without.length === 0 ? "" : `; without cases: ${without.join(", ")}`;
  return [
    [
      piece(
        `${formatPlural(results.length, "case")}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}${none}`,
        "bold",
      ),
    ],
  ];
}
