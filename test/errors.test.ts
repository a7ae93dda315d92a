import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { CATALOGUE } from "../src/errors.ts";

test("the table of what is tried again is the catalogue's", async () => {
  const readme = await readFile("test/faults/README.md", "utf8");
  const [, section = ""] = readme.split("## What is tried again");
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  const documented = rows.flatMap((row) => {
    const [, codes = "", what = ""] = row.split("|");
    const attempts = /tried for ever/.test(what) ? Number.POSITIVE_INFINITY : /at most (\d+)/.exec(what)?.[1];
    const fate = /quarantine/.test(what) ? "quarantine" : attempts === undefined ? "uncounted" : attempts;
    return [...codes.matchAll(/`([A-Z_]+)`/g)].map(([, code = ""]) => `${code}: ${fate}`);
  });
  const actual = Object.entries(CATALOGUE).flatMap(([code, kind]) => {
    if (kind.disposition === "stop") return [];
    if (code === "LOAD_ABORTED") return [`${code}: uncounted`];
    return `${code}: ${kind.disposition === "retry" ? kind.retries.attempts : kind.disposition}`;
  });
  assert.deepEqual(documented.sort(), actual.sort());
});
