/** Whether a list of KPIs is unambiguous: each element once, one unit for each harmonised name. */
import { type Complaint, quote } from "./problem.ts";
import { rawAt, rawEntries, rawItems } from "./raw.ts";

const LIST = ["kpis", "list"];

/** Units by their spellings, and the mistakes among the spellings. */
function spellings(document: unknown): { units: Map<string, string>; complaints: Complaint[] } {
  const units = new Map<string, string>();
  const complaints: Complaint[] = [];
  const declared = rawEntries(rawAt(document, ["kpis", "unit_aliases"]));
  for (const [unit, aliases] of declared) {
    for (const [index, alias] of rawItems(aliases).entries()) {
      if (typeof alias !== "string") continue;
      const path = ["kpis", "unit_aliases", unit, index];
      const other = units.get(alias) ?? (declared.some(([name]) => name === alias) ? alias : undefined);
      if (other === undefined) units.set(alias, unit);
      else if (other === unit) complaints.push({ path, message: `${quote(alias)} is named twice` });
      else complaints.push({ path, message: `${quote(alias)} already stands for ${quote(other)}` });
    }
  }
  return { units, complaints };
}

/** The mistakes in `kpis`, and names that the daily statistics would give twice. */
export function kpiComplaints(document: unknown): Complaint[] {
  const { units, complaints } = spellings(document);
  const hasUnits = rawAt(document, ["kpis", "unit_column"]) !== undefined;
  const origins = new Set<string>();
  const unitOf = new Map<string, string>();
  const suffixes = rawEntries(rawAt(document, ["daily"])).flatMap(([suffix]) =>
    suffix === "" ? [] : [suffix],
  );
  const list = rawItems(rawAt(document, LIST));
  const names = new Set(list.map((kpi) => rawAt(kpi, ["to"])));
  for (const [index, kpi] of list.entries()) {
    const [from, written, to, unit] = ["from", "in", "to", "unit"].map((key) => rawAt(kpi, [key]));
    if (typeof from === "string" && typeof written === "string") {
      const origin = hasUnits ? `${from}\n${units.get(written) ?? written}` : from;
      const what = hasUnits ? `${quote(from)} in ${quote(written)}` : quote(from);
      if (origins.has(origin))
        complaints.push({ path: [...LIST, index, "from"], message: `${what} is listed twice` });
      origins.add(origin);
    }
    if (typeof to !== "string" || typeof unit !== "string") continue;
    const first = unitOf.get(to) ?? unit;
    if (first !== unit) {
      const message = `${quote(to)} is in ${quote(first)} above; a harmonised name has one unit`;
      complaints.push({ path: [...LIST, index, "unit"], message });
    }
    unitOf.set(to, first);
    for (const suffix of suffixes) {
      if (!names.has(`${to}${suffix}`)) continue;
      const message = `the daily statistic ${quote(to + suffix)} would share its name with a listed KPI`;
      complaints.push({ path: [...LIST, index, "to"], message });
    }
  }
  return complaints;
}
