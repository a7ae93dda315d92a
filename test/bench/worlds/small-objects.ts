/** OpenAQ's archive: objects of about 4 kB, one for each location and local day. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openaqLocations } from "../../../src/demo/air.ts";
import { ARCHIVE_BUCKET, DEMO, generateBucket } from "../../../src/demo/bucket.ts";
import { type World, worldIn } from "./folder.ts";

const LOCATIONS = 40;
/** The archive begins on 20 November of the year before. */
const TODAY = "2024-01-08";

export interface SmallObjects {
  readonly objects: number;
  /** Bytes as stored. */
  readonly stored: number;
  /** The provider's ids, for the pipeline's list. */
  readonly locations: readonly string[];
}

/** At least `count` objects of 40 locations. */
export async function makeSmallObjects(data: string, count: number): Promise<World<SmallObjects>> {
  const days = Math.ceil(count / LOCATIONS);
  const options = { ...DEMO, today: TODAY, years: 0, stations: 0, locations: LOCATIONS, days };
  return worldIn(data, `openaq-archive-${LOCATIONS}x${days}`, async (folder) => {
    let objects = 0;
    let stored = 0;
    for (const { bucket, key, body } of generateBucket(options)) {
      if (bucket !== ARCHIVE_BUCKET) continue;
      const file = join(folder, bucket, key);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, body);
      objects += 1;
      stored += body.length;
    }
    return { objects, stored, locations: openaqLocations(LOCATIONS).map(({ id }) => String(id)) };
  });
}
