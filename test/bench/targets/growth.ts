/** Growth: what happens to time and memory when there is more of everything; drawn as a picture. */
import { writeFile } from "node:fs/promises";
import type { Bench } from "../bench-context.ts";
import type { Section } from "../report.ts";
import { chart, type Panel } from "../svg.ts";
import { growthOfLedger } from "./growth-ledger.ts";
import { growthOfRows } from "./growth-rows.ts";
import { growthOfSlices } from "./growth-slices.ts";

/** What a kind of growth has to say, and how it looks. */
export interface Growth {
  readonly section: Section;
  readonly panels: readonly Panel[];
}

/** Rows of a slice, slices of the database, objects of the ledger. */
export async function growth(bench: Bench): Promise<Section[]> {
  const all: Growth[] = [];
  for (const measure of [growthOfRows, growthOfSlices, growthOfLedger]) all.push(await measure(bench));
  await writeFile(bench.options.svg, chart(all.flatMap(({ panels }) => panels)));
  bench.say(`drawn: ${bench.options.svg}`);
  return all.map(({ section }) => section);
}

/** 1, 10, 100, … and the last one. */
export function steps(first: number, last: number): number[] {
  const all: number[] = [];
  for (let step = first; step < last; step *= 10) all.push(step);
  return [...all, last];
}
