/** Target 10: a slice of which a thousandth has changed, loaded again while somebody reads. */
import { copyFile, mkdir, mkdtemp } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Bench } from "../bench-context.ts";
import { ofYear, runOnce } from "../contenders/millrace.ts";
import { withEndpoint } from "../endpoint.ts";
import type { Round, Section } from "../report.ts";
import { pairedRatio } from "../statistics.ts";
import { expectFacts } from "../verify.ts";
import { fileOf, keyOf, makeYear, makeYears, NOAA_BUCKET, onlyYear, YEAR } from "../worlds/years.ts";
import { readUntil } from "./reader.ts";

const CHANGED_EVERY = 1000;

/** The first load and the next, round by round; the second is read beside. */
export async function reload(bench: Bench): Promise<Section> {
  const { rows, repeat } = bench.options;
  const before = await makeYear(bench.data, rows);
  const after = await makeYears(bench.data, `year-${YEAR}-${rows}-revised`, [
    { year: YEAR, rows, reviseEvery: CHANGED_EVERY },
  ]);
  const folder = await mkdtemp(join(bench.scratch, "reload-"));
  const file = join(folder, NOAA_BUCKET, keyOf(YEAR));
  await mkdir(dirname(file), { recursive: true });
  const firsts: Round[] = [];
  const seconds: Round[] = [];
  let longestWait = 0;
  let reads = 0;
  for (let round = 1; round <= repeat; round++) {
    bench.say(`re-load of ${rows} rows: round ${round} of ${repeat} …`);
    await copyFile(fileOf(before, YEAR), file);
    await withEndpoint(folder, (endpoint) =>
      bench.server.withDatabase("migrated", async (database) => {
        const run = () =>
          runOnce(bench, ["noaa-daily", ...ofYear(YEAR)], { database, endpoint: endpoint.url });
        firsts.push(await run());
        await copyFile(fileOf(after, YEAR), file);
        await endpoint.rescan();
        const reader = await readUntil(database, run());
        seconds.push(reader.result);
        longestWait = Math.max(longestWait, reader.longestWait);
        reads += reader.reads;
        await expectFacts(database, "production.f_climate_data_flagged", [onlyYear(after)]);
      }),
    );
  }
  const wall = ({ wall: seconds }: Round): number => seconds;
  const load = ({ load: seconds = Number.NaN }: Round): number => seconds;
  const target = "10";
  return {
    title: `A slice of ${rows} rows, a thousandth of them changed, loaded again`,
    figures: [
      { name: "the first load", count: rows, unit: "rows", rounds: firsts },
      { name: "the re-load, read beside", count: rows, unit: "rows", rounds: seconds },
    ],
    goals: [
      {
        target,
        what: "re-load against the first load, whole process",
        measured: pairedRatio(seconds.map(wall), firsts.map(wall)),
        unit: "×",
        most: 1.2,
      },
      {
        target,
        what: "re-load against the first load, the load alone",
        measured: pairedRatio(seconds.map(load), firsts.map(load)),
        unit: "×",
        most: 1.2,
      },
      { target, what: "the reader's longest wait", measured: longestWait, unit: "s", most: 1 },
    ],
    notes: [`The reader asked ${reads} times for a month of a station, one question after the other.`],
  };
}
