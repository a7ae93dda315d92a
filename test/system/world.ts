/** A small generated world behind a real S3 endpoint, and the daemon that watches it every second. */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { openaqLocations } from "../../src/demo/air.ts";
import { DEMO, generateBucket } from "../../src/demo/bucket.ts";
import { type DemoBucket, serveObjects } from "../../src/demo/endpoint.ts";
import {
  bareEnvironment,
  millraceCommand,
  type RunningProgram,
  type Scope,
  startProgram,
} from "./programs.ts";

const SIZE = { ...DEMO, stations: 40, locations: 6, days: 5 };

/** The shipped pipelines. */
export const PIPELINES = [
  "noaa-countries",
  "noaa-daily",
  "noaa-inventory",
  "noaa-stations",
  "openaq-archive",
  "openaq-fetches",
] as const;

export interface World {
  readonly bucket: DemoBucket;
  readonly daemon: RunningProgram;
  /** Of the daemon's HTTP, ending in a slash. */
  readonly url: string;
}

/** Starts the daemon on an embedded database of its own; everything ends with the scope. */
export async function startWorld(scope: Scope): Promise<World> {
  const bucket = await serveObjects(generateBucket(SIZE));
  scope.after(() => bucket.stop());
  const folder = await mkdtemp(join(tmpdir(), "millrace-system-world-"));
  scope.after(() => rm(folder, { recursive: true }));
  const pipelines = join(folder, "pipelines");
  await preparePipelines(pipelines);
  const daemon = startProgram(scope, ...millraceCommand("run"), {
    env: {
      ...bareEnvironment(),
      MILLRACE_DATA_DIR: join(folder, "data"),
      MILLRACE_PIPELINES: pipelines,
      MILLRACE_HTTP: "127.0.0.1:0",
      AWS_ENDPOINT_URL_S3: bucket.endpoint,
    },
  });
  const [, url = ""] = await daemon.waitFor(/"event":"http\.listening","url":"([^"]+)"/);
  return { bucket, daemon, url };
}

/** Resolves when every pipeline's first pass has ended, whatever it brought. */
export async function firstPasses({ daemon }: World): Promise<void> {
  const ended = (name: string) => new RegExp(`"event":"pass\\.finished"[^\\n]*"pipeline":"${name}"`);
  await Promise.all(PIPELINES.map((name) => daemon.waitFor(ended(name))));
}

/** The shipped pipelines, all enabled, on the generated places, with a pass every second. */
async function preparePipelines(folder: string): Promise<void> {
  await cp(new URL("../../pipelines", import.meta.url), folder, { recursive: true });
  for (const name of PIPELINES) {
    const file = join(folder, `${name}.yaml`);
    const document = parseDocument(await readFile(file, "utf8"));
    document.set("schedule", "* * * * * *");
    document.set("enabled", true);
    if (name === "openaq-archive") {
      const ids = openaqLocations(SIZE.locations).map(({ id }) => id);
      document.setIn(["objects", "values", "location"], ids);
    }
    await writeFile(file, String(document));
  }
}
