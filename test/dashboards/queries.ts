/** The queries of the shipped dashboards and alert rules. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import * as z from "zod";

/** Of the folder dashboards/. */
export const DASHBOARDS = new URL("../../dashboards/", import.meta.url);

const target = z.object({ expr: z.string().optional(), rawSql: z.string().optional() });
const panel = z.object({ title: z.string(), targets: z.array(target).default([]) });
const dashboard = z.object({
  panels: z.array(panel),
  templating: z.object({
    list: z.array(z.object({ name: z.string(), query: z.object({ query: z.string() }) })),
  }),
});
const rules = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
});

export interface Query {
  readonly title: string;
  readonly text: string;
}

async function readDashboard() {
  const text = await readFile(new URL("grafana/dashboards/millrace.json", DASHBOARDS), "utf8");
  return dashboard.parse(JSON.parse(text));
}

export async function readSql(): Promise<Query[]> {
  const { panels } = await readDashboard();
  return panels.flatMap(({ title, targets }) =>
    targets.flatMap(({ rawSql }) => (rawSql === undefined ? [] : [{ title, text: rawSql }])),
  );
}

/** The PromQL of the dashboard's panels. */
export async function readPanels(): Promise<Query[]> {
  const { panels } = await readDashboard();
  return panels.flatMap(({ title, targets }) =>
    targets.flatMap(({ expr }) => (expr === undefined ? [] : [{ title, text: expr }])),
  );
}

/** What the dashboard's variables offer for choice: `label_values(metric, label)`. */
export async function readVariables(): Promise<Query[]> {
  const { templating } = await readDashboard();
  return templating.list.map(({ name, query }) => ({ title: name, text: query.query }));
}

/** The PromQL of the alert rules. */
export async function readAlerts(): Promise<Query[]> {
  const { groups } = rules.parse(parse(await readFile(new URL("prometheus/alerts.yml", DASHBOARDS), "utf8")));
  return groups.flatMap((group) => group.rules.map(({ alert, expr }) => ({ title: alert, text: expr })));
}

export async function readPromql(): Promise<Query[]> {
  return [...(await readPanels()), ...(await readVariables()), ...(await readAlerts())];
}

export interface Selector {
  readonly metric: string;
  /** The matchers between its braces. */
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
}

/** Words of PromQL and Grafana that are neither metrics nor labels; a word that is missing here fails a test. */
const WORDS = new Set(
  "by on sum min max rate increase histogram_quantile clamp_min scalar time label_values".split(" "),
);

/** The selectors of an expression, and the labels that it groups by or asks for. */
export function readExpression(text: string): { selectors: Selector[]; labels: string[] } {
  const labels: string[] = [];
  const bare = text
    .replaceAll(/\b(?:by|on)\s*\(([^)]*)\)/g, (_, names: string) => {
      labels.push(
        ...names
          .split(",")
          .map((name) => name.trim())
          .filter((name) => name !== ""),
      );
      return " ";
    })
    .replaceAll(/\[[^\]]*\]/g, " ")
    .replace(/(label_values\(.*),\s*(\w+)\)$/, (_, rest: string, label: string) => {
      labels.push(label);
      return `${rest})`;
    });
  const selectors: Selector[] = [];
  for (const [, word = "", braces = ""] of bare.matchAll(/([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?/g)) {
    if (WORDS.has(word)) continue;
    const matchers = [...braces.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)];
    selectors.push({
      metric: word,
      matchers: matchers.map(([, label = "", operator = "", value = ""]) => ({ label, operator, value })),
    });
  }
  assert.ok(selectors.length > 0, text);
  return { selectors, labels };
}
