import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { suite, test } from "node:test";
import { createMetrics } from "../../src/observe/metrics.ts";
import { testDatabase } from "../database.ts";
import { readSamples, type Sample } from "../observe/exposition.ts";
import { DASHBOARDS, readExpression, readPromql, readSql } from "./queries.ts";

/** Added by Prometheus to what it scrapes, beside a metric of its own making. */
const SCRAPED = ["instance", "job"];
const UP: Sample = { name: "up", labels: { job: "millrace" }, value: 1 };

suite("dashboards and alerts", async () => {
  const text = await createMetrics("1.2.3", [{ name: "noaa-daily", schedule: "0 0 * * *" }]).render();
  const samples = [...readSamples(text).all, UP];
  const queries = await readPromql();

  test("there are some", async () => {
    assert.ok(queries.length > 20);
    assert.ok((await readSql()).length >= 5);
  });

  for (const { title, text: query } of queries) {
    test(`${title}: every metric, label and label value exists`, () => {
      const { selectors, labels } = readExpression(query);
      for (const { metric, matchers } of selectors) {
        const known = samples.filter((sample) => sample.name === metric);
        assert.ok(known.length > 0, `no metric ${metric}`);
        for (const { label, operator, value } of matchers) {
          const values = new Set(known.map((sample) => sample.labels[label]));
          assert.ok(!values.has(undefined), `${metric} has no label ${label}`);
          if (operator === "=" || operator === "!=")
            assert.ok(values.has(value), `${metric} has no ${label}="${value}"`);
        }
      }
      for (const label of labels) {
        const found = samples.some(
          (sample) => selectors.some(({ metric }) => metric === sample.name) && label in sample.labels,
        );
        assert.ok(found || SCRAPED.includes(label), `no label ${label} in ${query}`);
      }
    });
  }

  test("labels in legends and annotations exist", async () => {
    const files = ["grafana/dashboards/millrace.json", "prometheus/alerts.yml"];
    const contents = await Promise.all(files.map((file) => readFile(new URL(file, DASHBOARDS), "utf8")));
    const names = contents.join("\n").matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g);
    for (const [, name = ""] of names) {
      assert.ok(SCRAPED.includes(name) || samples.some((sample) => name in sample.labels), name);
    }
  });

  test("a query for a metric that does not exist would be found", () => {
    const { selectors, labels } = readExpression(
      'sum by (pipelin) (rate(millrace_nope{a="b",c!~"d"}[5m])) > 0',
    );
    assert.deepEqual(labels, ["pipelin"]);
    assert.deepEqual(selectors, [
      {
        metric: "millrace_nope",
        matchers: [
          { label: "a", operator: "=", value: "b" },
          { label: "c", operator: "!~", value: "d" },
        ],
      },
    ]);
  });
});

suite("SQL panels", () => {
  test("run against a migrated database, by a role that can only read", async (context) => {
    const { database } = await testDatabase(context);
    await database.query(
      `insert into millrace.pipeline (pipeline, source, target, fingerprint) values ('p', 'noaa', 'daily', 'f')`,
    );
    for (const { title, text } of await readSql()) {
      // What Grafana puts in place of its macro.
      const sql = text.replaceAll(
        /\$__timeFilter\(([^)]*)\)/g,
        "$1 between now() - interval '1 day' and now()",
      );
      assert.doesNotMatch(sql, /\$/, title);
      await database.transaction(async (client) => {
        await client.query("set transaction read only");
        const { fields, rows } = await client.query(sql);
        assert.ok(fields.length > 0, title);
        assert.equal(rows.length, title === "Pipelines" ? 1 : 0, title);
      });
    }
  });
});
