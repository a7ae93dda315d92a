/** Reads Prometheus' text format: https://prometheus.io/docs/instrumenting/exposition_formats/ */
import assert from "node:assert/strict";

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Samples {
  readonly all: readonly Sample[];
  /** The one sample with exactly these labels. */
  value(name: string, labels: Readonly<Record<string, string>>): number;
}

export function readSamples(text: string): Samples {
  const all = text.split("\n").flatMap((line): Sample[] => {
    if (line === "" || line.startsWith("#")) return [];
    const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    assert.ok(match, `not a sample: ${line}`);
    const [, name = "", labels = "", value = ""] = match;
    const pairs = [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)",?/g)];
    return [
      {
        name,
        labels: Object.fromEntries(pairs.map(([, key = "", text = ""]) => [key, text] as const)),
        value: Number(value),
      },
    ];
  });
  return {
    all,
    value: (name, labels) => {
      const key = (set: Readonly<Record<string, string>>) => JSON.stringify(Object.entries(set).sort());
      const found = all.filter((sample) => sample.name === name && key(sample.labels) === key(labels));
      assert.equal(found.length, 1, `${found.length} samples of ${name} ${JSON.stringify(labels)}`);
      return found[0]?.value ?? Number.NaN;
    },
  };
}
