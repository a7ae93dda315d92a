/** Targets 1, 2, 3 and 9: one year from S3 to staging and to production, beside everybody else. */
import type { Bench } from "../bench-context.ts";
import { withEndpoint } from "../endpoint.ts";
import type { Part } from "../options.ts";
import type { Figure, Goal, Section } from "../report.ts";
import { median, pairedRatio } from "../statistics.ts";
import { factsOf } from "../verify.ts";
import { makeYear, onlyYear } from "../worlds/years.ts";
import { inTurn, loads, walls } from "./rounds.ts";
import {
  classicContender,
  naiveContender,
  pgloaderContender,
  productionContender,
  rawContender,
  type Sizes,
  stagingContender,
} from "./year-contenders.ts";

/** Runs what the wanted parts need, each contender once a round. */
export async function throughput(bench: Bench): Promise<Section> {
  const { only, rows } = bench.options;
  const wants = (...parts: Part[]): boolean => parts.some((part) => only.has(part));
  const years = await makeYear(bench.data, rows);
  return withEndpoint(years.folder, async (endpoint) => {
    const sizes: Sizes = { millrace: [], compacted: [], classic: [] };
    const raw = wants("1", "2") ? rawContender(bench, years) : undefined;
    const staging = wants("1") ? await stagingContender(bench, years, endpoint) : undefined;
    const production = wants("2", "3", "9") ? productionContender(bench, years, endpoint, sizes) : undefined;
    const classic = wants("3", "9") ? classicContender(bench, years, sizes) : undefined;
    const naive = wants("3") ? naiveContender(bench, years) : undefined;
    const pgloader = wants("3") && bench.tools.pgloader ? pgloaderContender(bench, years) : undefined;
    const contenders = [raw, staging, production, classic, naive, pgloader].filter(
      (some) => some !== undefined,
    );
    const { figures, of } = await inTurn(bench, contenders);

    const goals = [
      ...(wants("1")
        ? against(of(staging), of(raw), { target: "1", what: "S3 to staging, against R", least: 0.75 })
        : []),
      ...(wants("2")
        ? against(of(production), of(raw), { target: "2", what: "S3 to production, against R", least: 0.4 })
        : []),
      ...(wants("3")
        ? [
            ...against(of(production), of(classic), {
              target: "3",
              what: "S3 to production, against S",
              least: 8,
            }),
            ...against(of(production), of(naive), {
              target: "3",
              what: "S3 to production, against N",
              least: 5,
            }),
            ...against(of(production), of(pgloader), {
              target: "3",
              what: "S3 to production, against pgloader",
              least: 8,
            }),
          ]
        : []),
      ...(wants("9") ? bytesPerFact(sizes, factsOf(onlyYear(years))) : []),
    ];
    return { title: `One year of ${rows} rows`, figures, goals, notes: notesOf(bench) };
  });
}

/**
 * How many times as fast as the other: as a whole process, and its load without what a process costs besides (its start,
 * the listing, marts). NaN when the other could not be run.
 */
function against(
  own: Figure | undefined,
  other: Figure | undefined,
  { target, what, least }: Pick<Goal, "target" | "what"> & { readonly least: number },
): Goal[] {
  const ratio = (seconds: readonly number[]): number =>
    other === undefined ? Number.NaN : pairedRatio(walls(other), seconds);
  return [
    { target, what: `${what}: whole process`, measured: ratio(walls(own)), unit: "×", least },
    { target, what: `${what}: the load alone`, measured: ratio(loads(own)), unit: "×", least },
  ];
}

function bytesPerFact({ millrace, compacted, classic }: Sizes, facts: number): Goal[] {
  const each = (what: string, bytes: readonly number[]): Goal => {
    return { target: "9", what, measured: median(bytes) / facts, unit: "B" };
  };
  const ofClassic = (what: string, bytes: readonly number[], most: number): Goal => {
    return { target: "9", what, measured: pairedRatio(bytes, classic), unit: "of S", most };
  };
  return [
    each("bytes on disk per fact as loaded, indexes included", millrace),
    each("the same once compacted", compacted),
    each("the same on S", classic),
    ofClassic("bytes per fact as loaded, against S", millrace, 0.65),
    ofClassic("bytes per fact once compacted, against S", compacted, 0.65),
  ];
}

function notesOf({ tools }: Bench): string[] {
  return [
    "Staging is measured by a copy of noaa-daily with one expectation that cannot hold: the load copies, checks, and is " +
      "quarantined, which commits its logged staging table without an index or a merge.",
    ...(tools.shell ? [] : ["psql or zcat is missing: a small Node program copies in their place."]),
    ...(tools.pgloader ? [] : ["pgloader is missing: not measured."]),
  ];
}
