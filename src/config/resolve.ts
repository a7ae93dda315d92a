/** What a pipeline file takes from other files: KPIs of another pipeline, side tables. */
import type { Draft } from "./draft.ts";
import type { LookupFolder, LookupResult } from "./lookups.ts";
import type { Kpi, LookupTable } from "./pipeline.ts";
import { type Complaint, type Path, quote, suggest } from "./problem.ts";
import { rawAt, rawEntries } from "./raw.ts";

/** Where to look for what a file refers to. */
export interface Surroundings {
  /** Another pipeline's file by name. */
  readonly find: (name: string) => Promise<Draft | undefined>;
  /** Names of the pipelines that there are, for suggestions. */
  readonly names: readonly string[];
  /** Folders of side tables, in the order in which they are searched. */
  readonly lookupFolders: readonly LookupFolder[];
}

export interface References {
  readonly kpiList: readonly Kpi[];
  readonly unitAliases: Readonly<Record<string, readonly string[]>>;
  readonly lookups: ReadonlyMap<string, LookupTable>;
  readonly complaints: readonly Complaint[];
}

export async function resolveReferences(draft: Draft, surroundings: Surroundings): Promise<References> {
  const kpis = await resolveKpis(draft, surroundings);
  const { lookups, complaints } = await resolveLookups(draft, surroundings);
  return { ...kpis, lookups, complaints: [...kpis.complaints, ...complaints] };
}

const NO_KPIS = { kpiList: [], unitAliases: {}, complaints: [] };
const OF = ["kpis", "of"];

async function resolveKpis(
  draft: Draft,
  { find, names }: Surroundings,
): Promise<Omit<References, "lookups">> {
  const own = draft.content !== undefined && "kpis" in draft.content ? draft.content.kpis : undefined;
  const of = rawAt(draft.raw, OF);
  if (typeof of !== "string") {
    return own === undefined
      ? NO_KPIS
      : { kpiList: own.list ?? [], unitAliases: own.unit_aliases, complaints: [] };
  }
  const complain = (path: Path, message: string) => ({ ...NO_KPIS, complaints: [{ path, message }] });
  const way = [draft.name];
  let name = of;
  for (;;) {
    if (way.includes(name)) return complain(OF, `this goes in a circle: ${[...way, name].join(" → ")}`);
    way.push(name);
    const other = await find(name);
    if (other === undefined) return complain(OF, `no pipeline ${quote(name)}${suggest(name, names)}`);
    const next = rawAt(other.raw, OF);
    if (typeof next === "string") {
      name = next;
      continue;
    }
    if (other.content === undefined) return complain(OF, `${quote(name)} has mistakes of its own`);
    if (!("kpis" in other.content)) return complain(OF, `${quote(name)} has no KPIs`);
    const { list = [], unit_aliases: unitAliases } = other.content.kpis;
    return { kpiList: list, unitAliases, complaints: borrowed(draft.raw, name, list) };
  }
}

/** Whether a borrowed list fits the section that borrows it. */
function borrowed(raw: unknown, name: string, list: readonly Kpi[]): Complaint[] {
  const complaints: Complaint[] = [];
  if (rawAt(raw, ["kpis", "unit_aliases"]) !== undefined) {
    const message = `has no effect: the spellings come from ${quote(name)}`;
    complaints.push({ path: ["kpis", "unit_aliases"], atKey: true, message });
  }
  const twice = list.find((kpi, index) => list.findIndex((other) => other.from === kpi.from) < index);
  if (twice !== undefined && rawAt(raw, ["kpis", "unit_column"]) === undefined) {
    const message = `${quote(name)} lists ${quote(twice.from)} in several units; unit_column must tell which`;
    complaints.push({ path: OF, message });
  }
  return complaints;
}

async function resolveLookups(draft: Draft, { lookupFolders }: Surroundings) {
  const lookups = new Map<string, LookupTable>();
  const complaints: Complaint[] = [];
  for (const section of ["fields", "station"]) {
    for (const [name, field] of rawEntries(rawAt(draft.raw, [section]))) {
      const [file, key, value] = ["file", "key", "value"].map((part) => rawAt(field, ["lookup", part]));
      if (typeof file !== "string" || typeof key !== "string" || typeof value !== "string") continue;
      const result = await readFirst(lookupFolders, { file, key, value });
      if (result === undefined) continue;
      if ("table" in result) lookups.set([file, key, value].join("\n"), result.table);
      else complaints.push({ path: [section, name, "lookup", result.fault], message: result.message });
    }
  }
  return { lookups, complaints };
}

/** From the first folder that has the file. */
async function readFirst(folders: readonly LookupFolder[], request: Parameters<LookupFolder["read"]>[0]) {
  let first: LookupResult | undefined;
  for (const folder of folders) {
    const result = await folder.read(request);
    if ("table" in result || result.absent !== true) return result;
    first ??= result;
  }
  return first;
}
