import assert from "node:assert/strict";
import { test } from "node:test";
import { chart } from "./svg.ts";

const PANEL = { title: "Time", x: "rows", y: "seconds" };

function placesOf(svg: string): [x: number, y: number][] {
  const [, points = ""] = /<polyline points="([^"]+)"/.exec(svg) ?? [];
  return points.split(" ").map((pair) => pair.split(",").map(Number) as [number, number]);
}

test("equal factors are equal distances, to the right and upwards", () => {
  const points = [
    [1, 0.1],
    [10, 1],
    [100, 10],
  ] as const;
  const [first = [0, 0], second = [0, 0], third = [0, 0]] = placesOf(
    chart([{ ...PANEL, series: [{ name: "a", points }] }]),
  );
  assert.ok(Math.abs(second[0] - first[0] - (third[0] - second[0])) < 0.2);
  assert.ok(second[0] > first[0] && second[1] < first[1] && third[1] < second[1]);
});

test("every point lies within its panel, even a single one", () => {
  for (const points of [
    [[5, 5]],
    [
      [1, 1000],
      [37_000_000, 0.003],
    ],
  ] as const) {
    for (const [x, y] of placesOf(chart([{ ...PANEL, series: [{ name: "a", points }] }]))) {
      assert.ok(x >= 0 && x <= 380 && y >= 0 && y <= 300, `${x} ${y}`);
    }
  }
});

test("text is escaped, and each series is named", () => {
  const svg = chart([
    {
      ...PANEL,
      title: "a < b & c",
      series: [
        { name: "one", points: [[1, 1]] },
        { name: "two", points: [[2, 2]] },
      ],
    },
  ]);
  assert.match(svg, /a &lt; b &amp; c/);
  assert.match(svg, />one</);
  assert.match(svg, />two</);
  assert.equal(svg.match(/<polyline/g)?.length, 2);
});
