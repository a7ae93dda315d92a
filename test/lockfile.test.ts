import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import * as z from "zod";

const lock = z.object({
  packages: z.record(
    z.string(),
    z.object({ optionalDependencies: z.record(z.string(), z.string()).default({}) }),
  ),
});

/** `npm ci` of npm 11 refuses a lockfile without them; npm leaves out those that a registry did not have. */
test("package-lock.json has an entry for every optional package that one of its packages names", async () => {
  const text = await readFile(new URL("../package-lock.json", import.meta.url), "utf8");
  const { packages } = lock.parse(JSON.parse(text));
  const named = Object.values(packages).flatMap((one) => Object.keys(one.optionalDependencies));
  assert.ok(named.length > 20);
  const locked = Object.keys(packages);
  for (const name of named)
    assert.ok(
      locked.some((path) => path.endsWith(`node_modules/${name}`)),
      name,
    );
});
