/** Samples that mean harm: names that would write lines of the pipeline file, or reach the terminal. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import { inferPipeline } from "../../src/infer/infer.ts";
import { flow, unsure, YamlLines } from "../../src/infer/yaml.ts";
import { zipOf } from "../decode/compression/zip-writer.ts";

/** What would end a comment's line in any version of YAML, or is an order to a terminal. */
const LIVE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const harmful = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(
      fc.constantFrom(
        "\n",
        "\r",
        "\u0085",
        "\u2028",
        "\u001b[2J",
        "\u009b",
        "\u202e",
        "\ud800",
        "\0",
        "enabled: true",
        "#",
        " # ",
        ": ",
        '"',
        "}",
        "]",
        "- ",
        "x".repeat(1500),
      ),
    )
    .map((parts) => parts.join("")),
);

async function* bytesOf(content: string | Buffer): AsyncGenerator<Buffer> {
  await Promise.resolve();
  yield Buffer.from(content);
}

async function inferred(content: string | Buffer): Promise<string> {
  const { yaml } = await inferPipeline(bytesOf(content), { sample: "a.json", place: { file: "a.json" } });
  for (const line of yaml.split("\n")) assert.doesNotMatch(line, LIVE);
  return yaml;
}

suite("infer, from samples that mean harm", () => {
  test("values come back as they are, comments stay comments", () => {
    fc.assert(
      fc.property(harmful, harmful, harmful, (key, value, comment) => {
        const yaml = new YamlLines();
        yaml.note(comment);
        yaml.entry("value", value, unsure(comment));
        yaml.block("list", (list) => {
          list.item({ [key]: [value] }, comment);
        });
        for (const line of yaml.lines) assert.doesNotMatch(line, LIVE);
        assert.deepEqual(parse(yaml.lines.join("\n")), { value, list: [{ [key]: [value] }] });
        assert.deepEqual(parse(flow(value)), value);
      }),
    );
  });

  test("whatever the names of columns, the file has the keys it should have", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(harmful, { minLength: 3, maxLength: 3 }), async (names) => {
        const [number = "", text = "", empty = ""] = names;
        fc.pre(!names.some((name) => ["station", "date", "pm10", "__proto__"].includes(name)));
        const records = [1, 2].map((day) => ({
          station: "A",
          date: `2020-01-0${day}`,
          pm10: day,
          [number]: day + 0.5,
          [text]: "words of some kind",
          [empty]: null,
        }));
        const document: unknown = parse(await inferred(JSON.stringify(records, undefined, 1)));
        assert(typeof document === "object" && document !== null && "enabled" in document);
        const known =
          "description source target enabled objects format fields station measurements kpis daily merge";
        for (const key of Object.keys(document)) assert.ok(known.split(" ").includes(key), key);
        assert.equal(document.enabled, false);
      }),
      { numRuns: 60 },
    );
  });

  test("names of an archive's files, too", async () => {
    const content = "station,date,pm10\nA,2020-01-01,1\nA,2020-01-02,2\n";
    const name = "data\nenabled: true\u001b[2J.csv";
    const yaml = await inferred(
      zipOf([
        { name, content },
        { name: "about.pdf", content: "x" },
      ]),
    );
    const document: unknown = parse(yaml);
    assert(
      typeof document === "object" && document !== null && "enabled" in document && "format" in document,
    );
    assert.equal(document.enabled, false);
    assert.deepEqual(document.format, {
      type: "delimited",
      member: name.replace("2", "*"),
      header: "always",
    });
  });
});
