/** Whether the pipelines of one folder agree with each other. */
import { isDeepStrictEqual } from "node:util";
import { ownStatisticsOf, statisticName } from "./daily.ts";
import type { Draft } from "./draft.ts";
import type { Conversion, Kpi, PipelineFile, Provider } from "./pipeline.ts";
import { type Complaint, type Path, quote } from "./problem.ts";
import { conversionOf } from "./units.ts";

/** A draft of the right shape. */
type Sound = Draft & { readonly content: NonNullable<Draft["content"]> };

/** What a pipeline says, and which one said it first. */
interface Said<T> {
  readonly what: T;
  readonly where: string;
}

/** What the pipelines read so far have said. */
interface Folder {
  readonly pipelines: Sound[];
  /** By source. */
  readonly providers: Map<string, Said<Provider>>;
  /** Units by harmonised name. */
  readonly units: Map<string, Said<string>>;
  /** What becomes of an element, by source, element and its unit. */
  readonly origins: Map<string, Said<Kpi>>;
}

/**
 * Contradictions between pipelines, each reported in the later file: two that replace each other's rows, one source
 * from two providers, one harmonised name in two units, one provider's element that becomes two different things.
 */
export function contradictions(drafts: readonly Draft[]): Map<Draft, Complaint[]> {
  const complaints = new Map<Draft, Complaint[]>();
  const folder: Folder = { pipelines: [], providers: new Map(), units: new Map(), origins: new Map() };
  for (const draft of drafts) {
    if (!isSound(draft)) continue;
    complaints.set(draft, [
      ...rivalry(draft, folder),
      ...otherStatistics(draft, folder),
      ...otherProvider(draft, folder),
      ...otherMeaning(draft, folder),
    ]);
    folder.pipelines.push(draft);
  }
  return complaints;
}

function isSound(draft: Draft): draft is Sound {
  return draft.content !== undefined;
}

function rivalry({ content }: Sound, { pipelines }: Folder): Complaint[] {
  const rival = pipelines.find((other) => exclude(other.content, content));
  if (rival === undefined) return [];
  const message = `${quote(rival.name)} fills the same tables of ${quote(content.source)}; each would replace the other's rows`;
  return [{ path: ["source"], message }];
}

/**
 * Whether two pipelines cannot share a source, because one would replace what the other brought: daily rows of whole
 * years or computed from observations with any other daily rows, and two inventories.
 */
function exclude(one: PipelineFile, other: PipelineFile): boolean {
  if (one.source !== other.source) return false;
  const targets = [one.target, other.target].sort().join(" ");
  if (targets === "daily daily") return one.merge.mode === "replace" || other.merge.mode === "replace";
  return targets === "daily observations" || targets === "inventory inventory";
}

/** Daily statistics are computed from all measurements of a source, whichever pipeline brought them. */
function otherStatistics({ content }: Sound, { pipelines }: Folder): Complaint[] {
  if (content.target !== "observations") return [];
  const own = ownStatisticsOf(content.kpis.list ?? []);
  for (const { name, content: other } of pipelines) {
    if (other.target !== "observations" || other.source !== content.source) continue;
    const said = `${quote(name)} computes other daily statistics of ${quote(content.source)}`;
    if (!isDeepStrictEqual(other.daily, content.daily)) {
      return [{ path: ["daily"], message: `${said}; a source has one set` }];
    }
    // A borrowed list says what the other one says.
    if (content.kpis.list === undefined || other.kpis.list === undefined) continue;
    const others = ownStatisticsOf(other.kpis.list);
    const differs = [...own.keys(), ...others.keys()].find(
      (kpi) => !isDeepStrictEqual(own.get(kpi), others.get(kpi)),
    );
    if (differs === undefined) continue;
    const message = `${said}: those of ${quote(differs)} must be the same, so list it in both`;
    return [{ path: ["kpis", "list"], atKey: true, message }];
  }
  return [];
}

function otherProvider({ name, content: { source, provider } }: Sound, { providers }: Folder): Complaint[] {
  if (provider === undefined) return [];
  const { what, where } = saidFirst(providers, source, { what: provider, where: name });
  if (isDeepStrictEqual(what, provider)) return [];
  const differing = (["name", "url", "licence", "attribution"] as const).filter(
    (key) => what[key] !== provider[key],
  );
  const message = `${quote(where)} states another ${differing.join(" and ")} for ${quote(source)}; a source has one provider`;
  return [{ path: ["provider", ...differing.slice(0, 1)], message }];
}

function otherMeaning({ name, content }: Sound, { units, origins }: Folder): Complaint[] {
  const found: Complaint[] = [];
  const list = "kpis" in content ? (content.kpis.list ?? []) : [];
  for (const [index, kpi] of list.entries()) {
    const path = ["kpis", "list", index];
    for (const [harmonised, place] of harmonisedNames(kpi)) {
      const unit = saidFirst(units, harmonised, { what: kpi.unit, where: name });
      if (unit.what === kpi.unit || unit.where === name) continue;
      const message = `${quote(harmonised)} is in ${quote(unit.what)} in ${quote(unit.where)}; a harmonised name has one unit`;
      found.push({ path: [...path, ...place], message });
    }
    const origin = [content.source, kpi.from, kpi.in].join("\n");
    const known = saidFirst(origins, origin, { what: kpi, where: name });
    const conversion = conversionOf(known.what);
    const differs = known.what.to !== kpi.to || !isDeepStrictEqual(conversion, conversionOf(kpi));
    if (known.where !== name && differs) {
      const made = `${quote(known.what.to)}${conversion === undefined ? "" : arithmetic(conversion)}`;
      found.push({ path, message: `${quote(known.where)} makes ${made} of this element` });
    }
  }
  return found;
}

/** The names that stand in the database for an entry, each with its place in it. */
function harmonisedNames({ to, daily = {} }: Kpi): [name: string, place: Path][] {
  const statistics = Object.keys(daily).map((key): [string, Path] => [
    statisticName(to, key),
    ["daily", key],
  ]);
  return [[to, ["unit"]], ...statistics.filter(([name]) => name !== to)];
}

function arithmetic({ add, multiply, divide }: Conversion): string {
  return `${add === 0 ? "" : ` + ${add}, then`} × ${multiply}${divide === 1 ? "" : ` ÷ ${divide}`}`;
}

function saidFirst<T>(known: Map<string, Said<T>>, key: string, said: Said<T>): Said<T> {
  const first = known.get(key) ?? said;
  known.set(key, first);
  return first;
}
