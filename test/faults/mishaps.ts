/** What may happen to a run, each at a moment that chance decides. All that chance decides is decided before the run. */
import type { Database } from "../../src/postgres/connect.ts";
import { MACHINE, Machine, type Surroundings } from "./machine.ts";
import type { Model } from "./model.ts";
import type { Step } from "./proxy.ts";

/** Statements on the way of a pass and its loads. */
const STATEMENTS = [
  "insert into millrace.object",
  "insert into millrace.load (",
  "hashtext('millrace load')",
  "for no key update",
  'create table "staging"',
  'copy "staging"',
  "from millrace.slice join millrace.coverage",
  "hashtext('millrace merge')",
  "create temporary table vanished",
  "attach partition",
  "insert into millrace.slice",
  "insert into millrace.receipt",
  "set etag = read.etag",
  "commit\0",
  "set status = 'failed'",
  "insert into millrace.overlap",
  "update storage.station",
];

/** SQLSTATEs that a server may answer with at any time: full, out of memory, serialization, deadlock, cancelled, its own bug. */
const STATES = ["53100", "53200", "40001", "40P01", "57014", "25006", "XX000"];
const TABLES = [
  "millrace.receipt",
  "millrace.load_object",
  "millrace.object",
  "millrace.load",
  "millrace.tally",
];

const BACKENDS = `from pg_stat_activity
  where datname = current_database() and application_name = '${MACHINE}' and xact_start is not null`;

/** Where a scenario stands. */
export interface Scene extends Surroundings {
  readonly model: Model;
  readonly chance: () => number;
  /** Past the proxy. */
  readonly database: Database;
  machine: Machine;
}

type Mishap = (scene: Scene) => Promise<void>;

/** By their names. Each of them lets one run happen. */
export const MISHAPS: Readonly<Record<string, Mishap>> = {
  "connections reset": (scene) => at(scene, scene.toDatabase.reset),
  "a connection silent": async (scene) => {
    const held = scene.toDatabase.hold(stepOf(scene));
    await scene.machine.run();
    held.release();
  },
  "the server away": (scene) => at(scene, scene.toDatabase.refuse),
  "backends killed": (scene) =>
    at(scene, () => scene.database.query(`select pg_terminate_backend(pid) ${BACKENDS}`)),
  "statements cancelled": (scene) =>
    at(scene, () => scene.database.query(`select pg_cancel_backend(pid) ${BACKENDS}`)),
  "an SQLSTATE": async (scene) => {
    const [table, state] = [pick(scene, TABLES), pick(scene, STATES)];
    await scene.database.query(
      `create function public.fail() returns trigger language plpgsql as
       $$ begin raise exception 'on purpose' using errcode = '${state}'; end $$`,
    );
    await scene.database.query(
      `create trigger fail before insert or update on ${table} execute function public.fail()`,
    );
    await scene.machine.run();
    await scene.database.query("drop function public.fail cascade");
  },
  "database connections cut": async (scene) => {
    scene.toDatabase.cut(bytes(scene, 200_000), 1 + times(scene, 3));
    await scene.machine.run();
  },
  "bodies cut": async (scene) => {
    scene.toStore.cut(bytes(scene, 4_000), 1 + times(scene, 6));
    await scene.machine.run();
  },
  "bodies silent": async (scene) => {
    scene.toStore.swallow(bytes(scene, 4_000), 1 + times(scene, 3));
    await scene.machine.run();
  },
  "the store away": (scene) => at(scene, scene.toStore.refuse),
  "objects changed": (scene) => {
    const changes = 1 + times(scene, 3);
    return at(scene, async () => {
      for (let change = 0; change < changes; change++) await scene.model.change();
    });
  },
  "the machine stopped": async (scene) => {
    await at(scene, scene.machine.abort);
    await replaceMachine(scene);
  },
  "the machine lost": async (scene) => {
    await at(scene, scene.toDatabase.refuse);
    await scene.toDatabase.heal();
    await replaceMachine(scene);
  },
  "two machines": async (scene) => {
    const other = new Machine(scene);
    const fault = scene.chance() < 0.5;
    const step = stepOf(scene);
    const held = fault ? scene.toDatabase.hold(step) : undefined;
    const runs = Promise.all([scene.machine.run(), other.run()]);
    if (held !== undefined) await Promise.race([held.reached, runs]);
    if (fault) scene.toDatabase.reset();
    held?.release();
    await runs;
    await other.close();
  },
};

/** Lets a run come to a step, something happen there, and the run end; without that step it happens afterwards. */
async function at(scene: Scene, happens: () => unknown): Promise<void> {
  const held = scene.toDatabase.hold(stepOf(scene));
  const run = scene.machine.run();
  await Promise.race([held.reached, run]);
  await happens();
  held.release();
  await run;
}

async function replaceMachine(scene: Scene): Promise<void> {
  await scene.machine.close();
  scene.machine = new Machine(scene);
}

function stepOf(scene: Scene): Step {
  return { text: pick(scene, STATEMENTS), side: scene.chance() < 0.5 ? "before" : "after" };
}

/** Any number of bytes up to a limit, small ones more often. */
function bytes({ chance }: Scene, limit: number): number {
  return Math.floor(limit * chance() ** 2);
}

function times({ chance }: Scene, limit: number): number {
  return Math.floor(limit * chance());
}

export function pick<T>({ chance }: Pick<Scene, "chance">, choices: readonly T[]): T {
  const choice = choices[Math.floor(chance() * choices.length)];
  if (choice === undefined) throw new RangeError("nothing to choose from");
  return choice;
}
