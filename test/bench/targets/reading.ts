/** Reading: five questions through the readable view against the same rows in the classic table. */
import { openaqLocations } from "../../../src/demo/air.ts";
import type { Database } from "../../../src/postgres/connect.ts";
import type { Bench } from "../bench-context.ts";
import { createClassic, loadClassic } from "../contenders/classic.ts";
import { compactAll, pipelinesWith, runOnce } from "../contenders/millrace.ts";
import { withEndpoint } from "../endpoint.ts";
import type { Goal, Round, Section } from "../report.ts";
import { onDatabase } from "../server.ts";
import { median, pairedRatio } from "../statistics.ts";
import { expectEqual, expectFacts } from "../verify.ts";
import { makeSmallObjects } from "../worlds/small-objects.ts";
import { fileOf, makeYears, YEAR } from "../worlds/years.ts";
import { QUESTIONS, type Question, type Subject } from "./questions.ts";

/** Years before the great one, each this many times smaller. */
const SMALLER = 10;
const TIMES_SMALLER = 40;
/** Objects of air quality: 40 places over 30 days, in the great year. */
const AIR_OBJECTS = 1_200;
/** Each question is asked once to warm up and then so often on either side, in turn. */
const ASKED = 5;

const CLASSIC = "(select * from climate where quality_flag is null)";
const VIEW = "production.f_climate_data";

/** One great slice, ten smaller ones and some air, on both sides. */
export async function reading(bench: Bench): Promise<Section> {
  const { readingRows: rows } = bench.options;
  const small = Math.max(10_000, Math.round(rows / TIMES_SMALLER));
  const first = YEAR - SMALLER;
  const requests = Array.from({ length: SMALLER }, (_, index) => ({ year: first + index, rows: small }));
  bench.say(`reading: generating ${rows} rows and ${SMALLER} years of ${small} …`);
  const years = await makeYears(bench.data, `reading-${rows}`, [...requests, { year: YEAR, rows }]);
  const air = await makeSmallObjects(bench.data, AIR_OBJECTS);
  const pipelines = await pipelinesWith(bench, {
    "noaa-daily": () => undefined,
    "openaq-archive": (pipeline) => {
      pipeline.setIn(["objects", "values", "location"], air.totals.locations);
    },
  });
  return bench.server.withDatabase("migrated", (database) =>
    bench.server.withDatabase("empty", async (classic) => {
      bench.say("reading: loading both sides …");
      const from = ["--from", `${first}-01-01`];
      await withEndpoint(years.folder, async ({ url: endpoint }) => {
        await runOnce(bench, ["noaa-daily", ...from], { database, endpoint, pipelines });
        // What the daemon does in quiet times with years that have settled.
        await compactAll(bench, "noaa-daily", { database, endpoint, pipelines });
      });
      await withEndpoint(air.folder, ({ url: endpoint }) =>
        runOnce(bench, ["openaq-archive"], { database, endpoint, pipelines }),
      );
      await createClassic(
        classic,
        years.totals.map(({ year }) => year),
      );
      for (const { year } of years.totals) await loadClassic(bench, classic, fileOf(years, year));
      await copyAir(database, classic);
      for (const side of [database, classic]) {
        // As autovacuum would have left them by the time somebody reads.
        await onDatabase(side, (connection) => connection.query("vacuum analyze"));
      }
      await expectFacts(database, "production.f_climate_data_flagged where source = 'noaa'", years.totals);
      return ask(database, classic, rows);
    }),
  );
}

/** The classic side gets the daily air quality that Millrace has computed. */
async function copyAir(database: string, classic: string): Promise<void> {
  const rows = await onDatabase(database, (connection) =>
    connection.query<{ row: unknown }>(
      `select to_jsonb(f) as row from ${VIEW} f where source = 'openaq' and date_ < '${YEAR + 1}-01-01'`,
    ),
  );
  await onDatabase(classic, (connection) =>
    connection.query(
      `insert into climate select f.* from jsonb_array_elements($1::jsonb) as fact
       cross join lateral jsonb_to_record(fact) as f (station_id text, date_ date, common_kpi_name text,
         common_unit text, data_value numeric, observ_time text, country_id char(2), quality_flag text)`,
      [JSON.stringify(rows.map(({ row }) => row))],
    ),
  );
}

async function ask(database: string, classic: string, rows: number): Promise<Section> {
  return onDatabase(database, (own) =>
    onDatabase(classic, async (other) => {
      const subject = subjectOf();
      const goals: Goal[] = [];
      const figures: Section["figures"][number][] = [];
      const ratios: number[] = [];
      for (const question of QUESTIONS) {
        const [mine, theirs] = await inTurn(question, subject, own, other);
        const ratio = pairedRatio(seconds(theirs), seconds(mine));
        ratios.push(ratio);
        goals.push({ target: "reading", what: question.name, measured: ratio, unit: "×", least: 1 });
        figures.push({ name: question.name, count: 1, unit: "answers", rounds: mine });
        figures.push({ name: "… on S", count: 1, unit: "answers", rounds: theirs });
      }
      goals.push({
        target: "reading",
        what: "median of the five",
        measured: median(ratios),
        unit: "×",
        least: 2,
      });
      return {
        title: `Reading: a slice of ${rows} rows and ${SMALLER} smaller ones, through ${VIEW}`,
        figures,
        goals,
        notes: [
          "On our side `millrace compact --all` has sorted the years, as the daemon does once they have settled.",
          "Both sides are warm, vacuumed and analysed; answers must be equal. S has its primary key and no other index.",
        ],
      };
    }),
  );
}

function seconds(rounds: readonly Round[]): number[] {
  return rounds.map(({ wall }) => wall);
}

async function inTurn(
  question: Question,
  subject: Subject,
  own: Database,
  other: Database,
): Promise<readonly [mine: Round[], theirs: Round[]]> {
  const mine: Round[] = [];
  const theirs: Round[] = [];
  for (let round = 0; round <= ASKED; round++) {
    const [answer, wall] = await timed(own, question.sql(VIEW, subject));
    const [otherAnswer, otherWall] = await timed(other, question.sql(CLASSIC, subject));
    expectEqual(`${question.name}: the answer`, answer, otherAnswer);
    if (answer === "[]") throw new Error(`${question.name}: no answer at all`);
    if (round === 0) continue;
    mine.push(asRound(wall));
    theirs.push(asRound(otherWall));
  }
  return [mine, theirs];
}

async function timed(database: Database, sql: string): Promise<readonly [answer: string, seconds: number]> {
  const began = performance.now();
  const rows = await database.query(sql);
  return [JSON.stringify(rows), (performance.now() - began) / 1000];
}

function asRound(wall: number): Round {
  return { wall, cpu: Number.NaN, peak: Number.NaN, postgresCpu: Number.NaN };
}

/** The generator's first city has a weather station in every year and the first place of the air archive. */
function subjectOf(): Subject {
  const [air] = openaqLocations(1);
  if (air === undefined) throw new RangeError("the generator has no places");
  return {
    station: "GM000010384",
    cityStation: "GM000010384",
    airStation: String(air.id),
    country: "DE",
    month: [`${YEAR}-07-01`, `${YEAR}-07-31`],
  };
}
