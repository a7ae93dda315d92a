/** Target 11: from start to ready. */
import { mkdtemp, rm } from "node:fs/promises";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Bench } from "../bench-context.ts";
import { type Surroundings, startDaemon } from "../contenders/millrace.ts";
import { withEndpoint } from "../endpoint.ts";
import { freePort } from "../ports.ts";
import type { Round, Section } from "../report.ts";
import { median } from "../statistics.ts";

/** Milliseconds between two questions whether it is ready. */
const ASK = 10;
/** Milliseconds after which it is not expected any more. */
const PATIENCE = 60_000;

/** The daemon with every shipped pipeline, on a database that is up, and with the embedded one. */
export async function start(bench: Bench): Promise<Section> {
  const empty = await mkdtemp(join(bench.scratch, "empty-bucket-"));
  return withEndpoint(empty, async (endpoint) => {
    const given: Round[] = [];
    const existing: Round[] = [];
    const fresh: Round[] = [];
    for (let round = 1; round <= bench.options.repeat; round++) {
      bench.say(`start to ready: round ${round} of ${bench.options.repeat} …`);
      await bench.server.withDatabase("migrated", async (database) => {
        const surroundings = { database, endpoint: endpoint.url };
        await secondsToReady(bench, surroundings);
        // The first start has registered the pipelines: the second one finds what a restart finds.
        given.push(await secondsToReady(bench, surroundings));
      });
      const home = await mkdtemp(join(bench.scratch, "embedded-"));
      const more = { MILLRACE_DATA_DIR: home };
      fresh.push(await secondsToReady(bench, { endpoint: endpoint.url, more }));
      existing.push(await secondsToReady(bench, { endpoint: endpoint.url, more }));
      await rm(home, { recursive: true });
    }
    const seconds = (rounds: readonly Round[]): number => median(rounds.map(({ wall }) => wall));
    const figure = (name: string, rounds: readonly Round[]) => ({ name, count: 1, unit: "starts", rounds });
    const target = "11";
    return {
      title: "Start to ready",
      figures: [
        figure("DATABASE_URL", given),
        figure("embedded Postgres, data there", existing),
        figure("embedded Postgres, the very first start", fresh),
      ],
      goals: [
        { target, what: "start to ready, DATABASE_URL", measured: seconds(given), unit: "s", most: 1.5 },
        { target, what: "start to ready, embedded", measured: seconds(existing), unit: "s", most: 4 },
        { target, what: "start to ready, embedded, made anew", measured: seconds(fresh), unit: "s", most: 4 },
      ],
      notes: [
        "Ready is when /readyz first answers 200; processor time is that of the whole short life, with an embedded Postgres.",
      ],
    };
  });
}

/**
 * Starts the daemon once for nothing: it leaves compiled modules in the bench's own home, which every start but the first on a
 * machine finds.
 */
export async function warmUp(bench: Bench): Promise<void> {
  const empty = await mkdtemp(join(bench.scratch, "empty-bucket-"));
  await withEndpoint(empty, (endpoint) =>
    bench.server.withDatabase("migrated", (database) =>
      secondsToReady(bench, { database, endpoint: endpoint.url }),
    ),
  );
}

/** Starts the daemon, ends it when it is ready; `wall` is the time until then. */
async function secondsToReady(bench: Bench, surroundings: Surroundings): Promise<Round> {
  const port = await freePort();
  const http = { MILLRACE_HTTP: `127.0.0.1:${port}` };
  const began = performance.now();
  const daemon = startDaemon(bench, { ...surroundings, more: { ...surroundings.more, ...http } });
  const ended = new AbortController();
  const over = daemon.done.finally(() => {
    ended.abort();
  });
  // Whoever awaits it is told; until then nobody does.
  over.catch(() => undefined);
  while (!(await isReady(port)) && !ended.signal.aborted && performance.now() - began < PATIENCE)
    await delay(ASK);
  const wall = (performance.now() - began) / 1000;
  daemon.end();
  const { cpu } = await over;
  // An embedded Postgres is a child: its shared memory would count once for each of its processes.
  return { wall, cpu, peak: Number.NaN, postgresCpu: Number.NaN };
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ port, host: "127.0.0.1", path: "/readyz" }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    request.on("error", () => {
      resolve(false);
    });
  });
}
