/** What a pipeline file takes from other files: KPIs of another pipeline, side tables. */
import type { Draft } from "./draft.ts";
import { expandMeasurements } from "./expansion.ts";
import type { LookupFolder, LookupResult } from "./lookups.ts";
import { dailyComplaints } from "./meaning/daily.ts";
import { statesUnits } from "./meaning/kpis.ts";
import { unlisted } from "./meaning/measurements.ts";
import { oncePerPlace, writtenFields } from "./meaning/written.ts";
import { singleMeasurement } from "./measurements.ts";
import type { ConvertedKpi, Kpi, LookupTable, Measurement } from "./pipeline.ts";
import { type Complaint, type Path, quote, suggest } from "./problem.ts";
import { rawAt } from "./raw.ts";
import { explain } from "./shape.ts";
import { conversionOf } from "./units.ts";

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
  readonly kpiList: readonly ConvertedKpi[];
  readonly measurementList: readonly Measurement[];
  readonly unitAliases: Readonly<Record<string, readonly string[]>>;
  readonly lookups: ReadonlyMap<string, LookupTable>;
  readonly complaints: readonly Complaint[];
}

export async function resolveReferences(draft: Draft, surroundings: Surroundings): Promise<References> {
  const kpis = await resolveKpis(draft, surroundings);
  const measurements = resolveMeasurements(draft);
  const { lookups, complaints } = await resolveLookups(draft, surroundings);
  return {
    ...kpis,
    lookups,
    measurementList: measurements.list,
    complaints: [...kpis.complaints, ...measurements.complaints, ...complaints],
  };
}

const NO_KPIS = { kpiList: [], unitAliases: {}, complaints: [] };
const OF = ["kpis", "of"];

async function resolveKpis(
  draft: Draft,
  { find, names }: Surroundings,
): Promise<Pick<References, "kpiList" | "unitAliases" | "complaints">> {
  const own = draft.content !== undefined && "kpis" in draft.content ? draft.content.kpis : undefined;
  const of = rawAt(draft.raw, OF);
  if (typeof of !== "string") {
    return own === undefined
      ? NO_KPIS
      : { kpiList: converted(own.list ?? []), unitAliases: own.unit_aliases, complaints: [] };
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
    const kpiList = converted(list);
    if (kpiList.length < list.length) return complain(OF, `${quote(name)} has mistakes of its own`);
    return { kpiList, unitAliases, complaints: borrowed(draft.raw, name, list) };
  }
}

/** With the factor of the file, or that of the unit table. One without either has been complained of already. */
function converted(list: readonly Kpi[]): ConvertedKpi[] {
  return list.flatMap((kpi) => {
    const how = conversionOf(kpi);
    const { factor: _factor, gas: _gas, ...rest } = kpi;
    return how === undefined ? [] : [{ ...rest, ...how }];
  });
}

/** Empty for targets without KPIs; of a file of another shape, nothing can be told. */
function resolveMeasurements({ content, raw }: Draft): { list: Measurement[]; complaints: Complaint[] } {
  const list: Measurement[] = [];
  const complaints: Complaint[] = [];
  if (content === undefined || !("kpis" in content)) return { list, complaints };
  for (const { path, entry } of expandMeasurements(raw).measurements) {
    const { data, error } = singleMeasurement.safeParse(entry);
    if (data !== undefined) list.push(data);
    for (const issue of error?.issues ?? []) {
      for (const complaint of explain(issue, { value: entry, source: () => undefined })) {
        complaints.push({ ...complaint, path: [...path, ...complaint.path] });
      }
    }
  }
  return { list, complaints };
}

/** Whether a borrowed list fits the section that borrows it. */
function borrowed(raw: unknown, name: string, list: readonly Kpi[]): Complaint[] {
  const complaints: Complaint[] = [];
  if (rawAt(raw, ["kpis", "unit_aliases"]) !== undefined) {
    const message = `has no effect: the spellings come from ${quote(name)}`;
    complaints.push({ path: ["kpis", "unit_aliases"], atKey: true, message });
  }
  complaints.push(
    ...unlisted(
      raw,
      list.map(({ from }) => from),
    ),
  );
  if (rawAt(raw, ["target"]) === "observations") complaints.push(...dailyComplaints(raw, list, () => OF));
  const twice = list.find((kpi, index) => list.findIndex((other) => other.from === kpi.from) < index);
  if (twice !== undefined && !statesUnits(raw)) {
    const message = `${quote(name)} lists ${quote(twice.from)} in several units; kpis.unit must tell which`;
    complaints.push({ path: OF, message });
  }
  return complaints;
}

async function resolveLookups(draft: Draft, { lookupFolders }: Surroundings) {
  const lookups = new Map<string, LookupTable>();
  const complaints: Complaint[] = [];
  for (const { path, field } of writtenFields(draft.raw)) {
    const [file, key, value] = ["file", "key", "value"].map((part) => rawAt(field, ["lookup", part]));
    if (typeof file !== "string" || typeof key !== "string" || typeof value !== "string") continue;
    const name = [file, key, value].join("\n");
    if (lookups.has(name)) continue;
    const result = await readFirst(lookupFolders, { file, key, value });
    if (result === undefined) continue;
    if ("table" in result) lookups.set(name, result.table);
    else complaints.push({ path: [...path, "lookup", result.fault], message: result.message });
  }
  return { lookups, complaints: oncePerPlace(complaints) };
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
