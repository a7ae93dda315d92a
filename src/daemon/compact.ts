/** Compaction of what has settled: when nothing else is to be done, or when it is asked for. */
import type { Pipeline } from "../config/pipeline.ts";
import { describeFault, type MillraceError } from "../errors.ts";
import type { Emit } from "../observe/events.ts";
import { compactYear, type SettledYear, settledYears } from "../postgres/compact.ts";
import type { Database } from "../postgres/connect.ts";
import { databaseError } from "../postgres/errors.ts";

/** What a round of compaction is about. */
export interface CompactOptions {
  readonly pipelines: readonly Pipeline[];
  /** Also years whose load is younger than the pipeline asks for. */
  readonly all: boolean;
  /** Asked before each year: false ends the round. */
  readonly goOn?: () => boolean;
}

/** What a round of compaction works with. */
export interface CompactContext {
  readonly database: Database;
  readonly emit: Emit;
  /** Leaves the year under way as it was, and begins no other. */
  readonly signal: AbortSignal;
}

/**
 * Compacts, one after the other, the years that are due now, and announces what became of each. Returns whether none
 * failed. A year that fails does not keep the others waiting; a database that cannot be reached ends the round. Never
 * rejects.
 */
export async function compactDue(options: CompactOptions, context: CompactContext): Promise<boolean> {
  const { pipelines, all, goOn = () => true } = options;
  const ends = (failure: MillraceError | undefined): boolean =>
    context.signal.aborted || !goOn() || failure?.code === "DATABASE_UNREACHABLE";
  let failure: MillraceError | undefined;
  for (const pipeline of pipelines) {
    if (ends(failure)) break;
    let due: readonly SettledYear[] = [];
    const listing = await faultOf({ pipeline: pipeline.name }, context, async () => {
      due = await settledYears(context.database, pipeline, all ? 0 : quietDays(pipeline));
    });
    failure = listing ?? failure;
    for (const year of due) {
      if (ends(failure)) break;
      const work = { pipeline: pipeline.name, slice: year.slice };
      failure = (await faultOf(work, context, () => compactOne(work, year, context))) ?? failure;
    }
  }
  return failure === undefined;
}

interface Work {
  readonly pipeline: string;
  /** Absent while it is found out what is due. */
  readonly slice?: string;
}

/** What went wrong with the work, which is announced. Being stopped on request is not wrong. */
async function faultOf(
  work: Work,
  { emit, signal }: CompactContext,
  carryOut: () => Promise<void>,
): Promise<MillraceError | undefined> {
  const began = performance.now();
  try {
    await carryOut();
    return undefined;
  } catch (error) {
    if (signal.aborted) return undefined;
    const failure = databaseError(error);
    const { code } = failure;
    const seconds = (performance.now() - began) / 1000;
    const message = describeFault(failure);
    emit({ type: "compaction.finished", ...work, outcome: "failed", seconds, code, message });
    return failure;
  }
}

async function compactOne(work: Work, year: SettledYear, context: CompactContext): Promise<void> {
  const began = performance.now();
  const compacted = await compactYear(context.database, year, context.signal);
  const outcome = compacted === undefined ? "skipped" : "compacted";
  const seconds = (performance.now() - began) / 1000;
  context.emit({ type: "compaction.finished", ...work, outcome, seconds, ...compacted });
}

function quietDays({ merge }: Pipeline): number {
  return "compact_after_days" in merge ? merge.compact_after_days : 0;
}

/**
 * The time when no pass is under way: compaction has it. What runs then goes on when a pass begins, which does not wait for
 * it; the next year waits until all passes have ended.
 */
export class QuietTime {
  readonly #pipelines: readonly Pipeline[];
  readonly #context: CompactContext;
  #passes = 0;
  /** Whether a pass has ended since the latest round began. */
  #due = false;
  #rounds: Promise<void> | undefined;

  constructor(pipelines: readonly Pipeline[], context: CompactContext) {
    this.#pipelines = pipelines;
    this.#context = context;
  }

  /** Runs a pass, its wait for a turn included; after the last one under way compaction begins. */
  async around(pass: () => Promise<void>): Promise<void> {
    this.#passes += 1;
    try {
      await pass();
    } finally {
      this.#passes -= 1;
      this.#due = true;
      if (this.#rounds === undefined && this.#mayBegin()) this.#rounds = this.#compact();
    }
  }

  /** Resolves when no compaction is under way. */
  async ended(): Promise<void> {
    await this.#rounds;
  }

  #isQuiet(): boolean {
    return this.#passes === 0;
  }

  #mayBegin(): boolean {
    return this.#due && this.#isQuiet() && !this.#context.signal.aborted;
  }

  async #compact(): Promise<void> {
    while (this.#mayBegin()) {
      this.#due = false;
      const goOn = (): boolean => this.#isQuiet();
      await compactDue({ pipelines: this.#pipelines, all: false, goOn }, this.#context);
    }
    this.#rounds = undefined;
  }
}
