/** Where generated objects wait: one folder for each set of objects, made once and then taken as it is. */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A folder that the bench's endpoint serves: `<folder>/<bucket>/<key>`. */
export interface World<Totals> {
  readonly folder: string;
  /** What the generator says that it wrote. */
  readonly totals: Totals;
}

/**
 * The set of objects called `name`, which must say everything that they depend on. `generate` writes it below an empty
 * folder and returns its totals (plain JSON), unless it is there already.
 */
export async function worldIn<Totals>(
  data: string,
  name: string,
  generate: (folder: string) => Promise<Totals>,
): Promise<World<Totals>> {
  const home = join(data, name);
  const folder = join(home, "buckets");
  const account = join(home, "totals.json");
  try {
    // Written by the same program, as the last file.
    return { folder, totals: JSON.parse(await readFile(account, "utf8")) as Totals };
  } catch {
    const unfinished = `${home}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await rm(home, { recursive: true, force: true });
    await mkdir(join(unfinished, "buckets"), { recursive: true });
    const totals = await generate(join(unfinished, "buckets"));
    await writeFile(join(unfinished, "totals.json"), JSON.stringify(totals));
    await rename(unfinished, home);
    return { folder, totals };
  }
}
