import assert from "node:assert/strict";
import { test } from "node:test";
import { generateNoaaYear } from "../../../src/demo/noaa-year.ts";
import { reviseRows } from "./revise.ts";

const OPTIONS = { seed: 3, year: 2023, rows: 20_000 };

function rowsOf(chunks: Iterable<Buffer>): string[][] {
  const text = Buffer.concat([...chunks]).toString("latin1");
  return text
    .trimEnd()
    .split("\n")
    .map((row) => row.split(","));
}

function sumOf(rows: readonly string[][], element: string): number {
  return rows
    .filter((row) => row[2] === element && row[5] === "")
    .reduce((sum, row) => sum + Number(row[3]), 0);
}

test("a thousandth of the rows has another value, nothing else changes, and the totals know it", () => {
  const first = rowsOf(generateNoaaYear(OPTIONS).chunks);
  const year = generateNoaaYear(OPTIONS);
  const second = rowsOf(reviseRows(year.chunks, year.totals, 1000));
  assert.equal(second.length, first.length);
  const changed = second.filter((row, index) => row.join() !== first[index]?.join());
  assert.ok(changed.length >= 18 && changed.length <= 20, String(changed.length));
  const keys = (rows: readonly string[][]): string[] => rows.map((row) => row.slice(0, 3).join());
  assert.deepEqual(keys(second), keys(first));
  for (const element of ["TMAX", "TMIN", "PRCP", "SNOW", "SNWD"] as const) {
    assert.equal(sumOf(second, element), year.totals.elements[element].sum, element);
  }
});
