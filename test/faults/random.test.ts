/**
 * Random objects, random faults and a random order of both: in the end production is what follows from the versions that
 * were taken, by an oracle of its own and by a run without faults. A scenario follows from the seed and its number.
 */
import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { readPipelines } from "../../src/config/read.ts";
import { folderWith } from "../config/folder.ts";
import { openMill, shipped } from "../daemon/mill.ts";
import { HILLS } from "./families.ts";
import { Machine } from "./machine.ts";
import { MISHAPS, pick, type Scene } from "./mishaps.ts";
import { Model } from "./model.ts";
import { expectedFacts, expectedMeasurements, facts, measurements } from "./oracle.ts";
import { startProxy } from "./proxy.ts";
import { chance, LONG, repeat } from "./seed.ts";
import { takenVersions } from "./taken.ts";
import { assertGuarantee } from "./world.ts";

const SCENARIOS = LONG ? 100 : 4;
const ROUNDS = LONG ? 8 : 6;

async function openScene(context: TestContext, name: string): Promise<Scene> {
  const { pipelines: hills } = await readPipelines(await folderWith(context, { "hills.yaml": HILLS }));
  const pipelines = [
    ...(await shipped("noaa-daily", "noaa-stations", "openaq-archive", "openaq-fetches")),
    ...hills,
  ];
  const mill = await openMill(context, pipelines, []);
  const [toDatabase, toStore] = [await startProxy(mill.url), await startProxy(mill.bucket.endpoint)];
  const random = chance(name);
  const surroundings = { mill, pipelines, toDatabase, toStore };
  const scene = {
    ...surroundings,
    model: new Model(mill.bucket, random),
    chance: random,
    database: mill.database,
    machine: new Machine(surroundings),
  };
  context.after(async () => {
    await toStore.stop();
    await toDatabase.stop();
    await scene.machine.close();
  });
  return scene;
}

/** Faults end. What could not be written down as failed counts as old enough to be settled. */
async function heal({ toDatabase, toStore, database }: Scene): Promise<void> {
  await toDatabase.heal();
  await toStore.heal();
  await database.query(
    "update millrace.load set started_at = started_at - interval '1 minute' where status = 'running'",
  );
}

/** A round of the history: objects change, and a run meets with a mishap, or with none. Tells what happened. */
async function round(scene: Scene): Promise<string[]> {
  const story: string[] = [];
  const changes = 1 + Math.floor(scene.chance() * 5);
  for (let change = 0; change < changes; change++) story.push(await scene.model.change());
  const mishap = pick(scene, ["none", ...Object.keys(MISHAPS)]);
  story.push(`run: ${mishap}`);
  const happen = MISHAPS[mishap];
  if (happen === undefined) {
    await settle(scene);
    await takenVersions(scene.model, scene.database);
  } else await happen(scene);
  await heal(scene);
  return story;
}

/** Runs without faults until nothing is left to be done: rows wanted again may take several. */
async function settle({ machine }: Scene): Promise<void> {
  for (let run = 0; run < 2; run++) await machine.run();
}

async function assertScene(context: TestContext, scene: Scene): Promise<void> {
  const { model, database, pipelines } = scene;
  await model.repair();
  await settle(scene);
  const taken = await takenVersions(model, database);
  assert.deepEqual(await facts(database), expectedFacts(taken));
  assert.deepEqual(await measurements(database), expectedMeasurements(taken));
  const objects = [...taken].map(([{ family, key }, { body }]) => ({ bucket: family.bucket, key, body }));
  const faultFree = await openMill(context, pipelines, objects);
  await faultFree.run();
  const ends = faultFree.events.filter(({ type }) => type === "load.finished");
  assert.ok(
    ends.every((end) => "outcome" in end && end.outcome === "loaded"),
    JSON.stringify(ends),
  );
  await assertGuarantee(database, faultFree.database, "hills");
}

suite(`random histories (${repeat()})`, { concurrency: 2 }, () => {
  for (let number = 1; number <= SCENARIOS; number++) {
    const name = `scenario ${number}`;
    test(name, async (context) => {
      const scene = await openScene(context, name);
      const story: string[] = [];
      try {
        await scene.model.fill();
        for (let at = 0; at < ROUNDS; at++) story.push(...(await round(scene)));
        await assertScene(context, scene);
      } catch (error) {
        context.diagnostic(story.join("\n"));
        throw error;
      }
    });
  }
});
