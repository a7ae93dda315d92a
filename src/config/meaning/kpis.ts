/** Whether a list of KPIs is unambiguous: each element once, one unit for each harmonised name, units that convert. */
import { expandMeasurements } from "../expansion.ts";
import { type Complaint, type Path, quote } from "../problem.ts";
import { isRawMap, rawAt, rawEntries, rawItems } from "../raw.ts";
import { conversion, explainNoConversion } from "../units.ts";
import { dailyComplaints } from "./daily.ts";

const LIST = ["kpis", "list"];

/** Whether records state the unit of their values. */
export function statesUnits(document: unknown): boolean {
  return (
    rawAt(document, ["kpis", "unit"]) !== undefined ||
    expandMeasurements(document).measurements.some(({ own }) => own["unit"] !== undefined)
  );
}

/** Units by their spellings, and the mistakes among the spellings. */
function spellings(document: unknown): { units: Map<string, string>; complaints: Complaint[] } {
  const units = new Map<string, string>();
  const complaints: Complaint[] = [];
  const declared = rawEntries(rawAt(document, ["kpis", "unit_aliases"]));
  const names = new Set(declared.map(([name]) => name));
  for (const [unit, aliases] of declared) {
    for (const [index, alias] of rawItems(aliases).entries()) {
      if (typeof alias !== "string") continue;
      const path = ["kpis", "unit_aliases", unit, index];
      const other = units.get(alias) ?? (names.has(alias) ? alias : undefined);
      if (other === undefined) units.set(alias, unit);
      else if (other === unit) complaints.push({ path, message: `${quote(alias)} is named twice` });
      else complaints.push({ path, message: `${quote(alias)} already stands for ${quote(other)}` });
    }
  }
  return { units, complaints };
}

/** The mistakes in `kpis`, and those in the daily statistics of what it lists. */
export function kpiComplaints(document: unknown): Complaint[] {
  const { units, complaints } = spellings(document);
  const hasUnits = statesUnits(document);
  const origins = new Set<string>();
  const list = rawItems(rawAt(document, LIST));
  for (const [index, kpi] of list.entries()) {
    const [from, written] = [rawAt(kpi, ["from"]), rawAt(kpi, ["in"])];
    if (typeof from !== "string" || typeof written !== "string") continue;
    const origin = hasUnits ? `${from}\n${units.get(written) ?? written}` : from;
    const what = hasUnits ? `${quote(from)} in ${quote(written)}` : quote(from);
    if (origins.has(origin))
      complaints.push({ path: [...LIST, index, "from"], message: `${what} is listed twice` });
    origins.add(origin);
    complaints.push(...conversionComplaints(kpi, [...LIST, index]));
  }
  return [
    ...complaints,
    ...harmonisedComplaints(list),
    ...dailyComplaints(document, list, (index, ...rest) => [...LIST, index, ...rest]),
  ];
}

/** One unit for each harmonised name. */
function harmonisedComplaints(list: readonly unknown[]): Complaint[] {
  const complaints: Complaint[] = [];
  const unitOf = new Map<string, string>();
  for (const [index, kpi] of list.entries()) {
    const [to, unit] = [rawAt(kpi, ["to"]), rawAt(kpi, ["unit"])];
    if (typeof to !== "string" || typeof unit !== "string") continue;
    const first = unitOf.get(to) ?? unit;
    if (first !== unit) {
      const message = `${quote(to)} is in ${quote(first)} above; a harmonised name has one unit`;
      complaints.push({ path: [...LIST, index, "unit"], message });
    }
    unitOf.set(to, first);
  }
  return complaints;
}

/** Units that do not become each other, and a gas that changes nothing. */
function conversionComplaints(kpi: unknown, path: Path): Complaint[] {
  if (!isRawMap(kpi)) return [];
  const { in: from, unit, factor, gas } = kpi;
  if (typeof from !== "string" || typeof unit !== "string" || from === "" || unit === "") return [];
  const needless = (why: string): Complaint[] =>
    gas === undefined ? [] : [{ path: [...path, "gas"], atKey: true, message: `has no effect: ${why}` }];
  if (factor !== undefined) return needless("`factor` says all");
  if (conversion(from, unit) !== undefined) return needless(`${from} becomes ${unit} whatever the gas`);
  const named = typeof gas === "string" ? gas : undefined;
  if (conversion(from, unit, named) !== undefined) return [];
  return [{ path: [...path, "in"], message: explainNoConversion(from, unit, named) }];
}
