/** Contenders that run in turn, round by round. */
import type { Bench } from "../bench-context.ts";
import type { Figure, Round } from "../report.ts";

/** Something that is measured: each run in a database of its own, its result verified. */
export interface Contender {
  readonly name: string;
  readonly count: number;
  readonly unit: string;
  readonly run: () => Promise<Round>;
}

/** The figures of the contenders, in their order, and by name. */
export interface Rounds {
  readonly figures: readonly Figure[];
  /** The figure of a contender; undefined when it did not run. */
  readonly of: (contender: Contender | undefined) => Figure | undefined;
}

/** Runs every contender once in each round, so that whatever else the machine does meets all of them. */
export async function inTurn(bench: Bench, contenders: readonly Contender[]): Promise<Rounds> {
  const rounds = new Map<Contender, Round[]>(contenders.map((contender) => [contender, []]));
  const { repeat } = bench.options;
  for (let round = 1; round <= repeat; round++) {
    for (const [contender, results] of rounds) {
      bench.say(`round ${round} of ${repeat}: ${contender.name} …`);
      results.push(await contender.run());
    }
  }
  const figures = new Map(
    [...rounds].map(([{ run: _, ...contender }, results]) => [
      contender.name,
      { ...contender, rounds: results },
    ]),
  );
  return {
    figures: [...figures.values()],
    of: (contender) => (contender === undefined ? undefined : figures.get(contender.name)),
  };
}

/** Seconds of whole processes, round by round. */
export function walls(figure: Figure | undefined): number[] {
  return figure?.rounds.map(({ wall }) => wall) ?? [];
}

/** Seconds of Millrace's loads alone, round by round. */
export function loads(figure: Figure | undefined): number[] {
  return figure?.rounds.map(({ load = Number.NaN }) => load) ?? [];
}
