/** A first pipeline file from what the columns seem to be. */
import type { Column } from "./column.ts";
import { factSections, positionEntries } from "./fact-sections.ts";
import type { Facts } from "./kpi-section.ts";
import { type Place, templateOf } from "./place.ts";
import type { Roles } from "./roles.ts";
import type { Sample } from "./sample.ts";
import type { FormatEntry } from "./table.ts";
import type { SampleText } from "./text.ts";
import { unsure, YamlLines, type YamlValue } from "./yaml.ts";

/** All that is known of the sample. */
export interface Findings {
  readonly place: Place;
  readonly source: string;
  readonly sample: Pick<Sample, "member">;
  readonly text: Pick<SampleText, "encoding" | "doubt">;
  readonly format: readonly FormatEntry[];
  readonly roles: Roles;
}

export type Target = "daily" | "observations" | "stations";

/** Values with a date, values with a time, or only positions. */
export function targetOf({ when, values, value, latitude, longitude }: Roles): Target {
  if (when === undefined && latitude !== undefined && longitude !== undefined) return "stations";
  if (when === undefined && values.length === 0 && value === undefined) return "stations";
  return when?.hasTime === true ? "observations" : "daily";
}

/** The text of the pipeline file. */
export function pipelineText(findings: Findings): string {
  const yaml = new YamlLines();
  const target = targetOf(findings.roles);
  // For a file that lies beside the shipped ones, where the schema is.
  yaml.note("yaml-language-server: $schema=pipeline.schema.json");
  yaml.note("A first version, guessed by `millrace infer` from the beginning of one object.");
  yaml.note(
    "Look at every line marked UNSURE, then try `millrace validate`, `millrace preview` and `millrace test`.",
  );
  yaml.entry("description", `Data of ${findings.source}.`, unsure("what does it bring, in a sentence?"));
  yaml.entry("source", findings.source);
  yaml.entry("target", target, doubtOfTarget(findings.roles, target));
  yaml.entry("enabled", false, "runs only when it is named");
  yaml.gap();
  objectsSection(yaml, findings.place);
  yaml.gap();
  formatSection(yaml, findings);
  yaml.gap();
  if (target === "stations") stationSections(yaml, findings.roles);
  else factSections(yaml, factsOf(findings.roles, target));
  yaml.gap();
  yaml.block("merge", (merge) => {
    merge.entry("mode", "upsert");
  });
  constantsNote(yaml, findings.roles.constants);
  unusedNote(yaml, findings.roles.unused);
  return `${yaml.lines.join("\n")}\n`;
}

function factsOf(roles: Roles, target: Facts["target"]): Facts {
  return { roles, target };
}

function objectsSection(yaml: YamlLines, { store, key, isMadeUp }: Place): void {
  yaml.block("objects", (objects) => {
    const [name, value] =
      "bucket" in store ? (["bucket", store.bucket] as const) : (["url", store.url] as const);
    objects.entry(
      name,
      value,
      isMadeUp ? unsure("where are the objects? `bucket`, or `url` for a web server") : undefined,
    );
    const template = templateOf(key);
    const doubt =
      template === key
        ? "does it name all objects? {name} stands for any text, {day:yyyyMMdd} for a date"
        : "does it fit all objects?";
    objects.entry("key", template, unsure(doubt));
    if (name === "url" && key.includes("?")) objects.entry("listing", "keys", "queries cannot be listed");
  });
}

function formatSection(yaml: YamlLines, { format, text, sample }: Findings): void {
  yaml.block("format", (lines) => {
    const [type, ...others] = format;
    if (type !== undefined) lines.entry(type.name, type.value);
    if (sample.member !== undefined) {
      lines.entry(
        "member",
        sample.member.pattern,
        unsure(`one of several files of the archive: ${sample.member.name}`),
      );
    }
    const { encoding, doubt } = text;
    if (encoding !== "utf-8")
      lines.entry("encoding", encoding, doubt === undefined ? undefined : unsure(doubt));
    for (const { name, value, comment } of others) lines.entry(name, value, comment);
  });
}

function stationSections(yaml: YamlLines, roles: Roles): void {
  yaml.block("fields", (fields) => {
    const missing = (): YamlValue => ({ literal: "?" });
    const id = roles.station?.name ?? roles.name?.name ?? missing();
    const name = roles.name?.name ?? roles.station?.name ?? missing();
    fields.entry(
      "station_id",
      id,
      roles.station === undefined ? unsure("which column is the station's id?") : undefined,
    );
    fields.entry("name", name, roles.name === undefined ? unsure("which column is its name?") : undefined);
    positionEntries(fields, roles);
    if (roles.country !== undefined) {
      fields.entry("country_id", roles.country.name, unsure("are these ISO 3166-1 codes of two letters?"));
    }
  });
}

/** What speaks for another target; undefined when nothing does. */
function doubtOfTarget({ when, clock }: Roles, target: Target): string | undefined {
  if (when === undefined) return unsure(`no date found; are these ${target}?`);
  if (clock === undefined) return undefined;
  return unsure(`${clock.name} looks like a time of day; are these observations?`);
}

function constantsNote(yaml: YamlLines, constants: readonly Column[]): void {
  if (constants.length === 0) return;
  const names = constants.map(({ name }) => name).join(", ");
  yaml.gap();
  yaml.note(unsure(`these never change at a station: ${names}; are latitude and longitude among them?`));
}

function unusedNote(yaml: YamlLines, unused: readonly Column[]): void {
  if (unused.length === 0) return;
  const names = (columns: readonly Column[]): string => columns.map(({ name }) => name).join(", ");
  const empty = unused.filter(({ texts }) => texts.length === 0);
  const others = unused.filter(({ texts }) => texts.length > 0);
  yaml.gap();
  if (others.length > 0) yaml.note(`Columns without a use: ${names(others)}.`);
  if (empty.length > 0) yaml.note(`Empty in the sample: ${names(empty)}.`);
}
