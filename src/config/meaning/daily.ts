/** Whether daily statistics are unambiguous: one set for each KPI, each name once, directions of degrees. */
import { isDeepStrictEqual } from "node:util";
import { statisticName } from "../daily.ts";
import { type Complaint, type Path, quote } from "../problem.ts";
import { isRawMap, type RawMap, rawAt, rawEntries } from "../raw.ts";
import { isSameUnit } from "../units.ts";

/** A harmonised KPI with the statistics that its daily rows get. */
interface Measured {
  readonly to: string;
  readonly unit: unknown;
  readonly index: number;
  /** Of an entry of its own; undefined: the pipeline's. */
  readonly own: RawMap | undefined;
}

/** Where a listed KPI stands: the path of its entry's key, or that of what borrows the list. */
type Place = (index: number, ...rest: readonly string[]) => Path;

/**
 * The mistakes in the statistics that a document of observations has of its list of KPIs (or of a borrowed one), and
 * statistics of lists whose rows are no observations.
 */
export function dailyComplaints(document: unknown, list: readonly unknown[], place: Place): Complaint[] {
  const target = rawAt(document, ["target"]);
  if (target !== "observations") return typeof target === "string" ? withoutEffect(list, place) : [];
  const complaints: Complaint[] = [];
  const measured = measuredKpis(list, place, complaints);
  const shared = rawAt(document, ["daily"]);
  if (shared === undefined) complaints.push(...missingStatistics(document, measured));
  const names = new Set(list.map((kpi) => rawAt(kpi, ["to"])));
  const taken = new Map<string, string>();
  for (const { to, unit, index, own } of measured.values()) {
    for (const [key, statistic] of rawEntries(own ?? shared)) {
      const name = statisticName(to, key);
      const path = own === undefined ? place(index, "to") : place(index, "daily", key);
      const complain = (message: string) => complaints.push({ path, message });
      if (name !== to && names.has(name)) {
        complain(`the daily statistic ${quote(name)} would share its name with a listed KPI`);
        continue;
      }
      const other = taken.get(name);
      if (other !== undefined) {
        complain(`the daily statistic ${quote(name)} is one of ${quote(other)} already`);
      } else if (statistic === "mean_direction" && typeof unit === "string" && !isSameUnit(unit, "°")) {
        complain(`${quote(name)}: a direction is in °, and ${quote(to)} is in ${quote(unit)}`);
      }
      taken.set(name, other ?? to);
    }
  }
  return complaints;
}

/** Without `daily` of the pipeline, whatever it keeps must have its own. */
function missingStatistics(document: unknown, measured: ReadonlyMap<string, Measured>): Complaint[] {
  const path = ["daily"];
  if (rawAt(document, ["kpis", "unknown"]) === "keep") {
    return [{ path, message: "missing key `daily`: elements that are not listed have no other statistics" }];
  }
  const without = [...measured.values()].find(({ own }) => own === undefined);
  if (without === undefined) return [];
  return [{ path, message: `missing key \`daily\`: ${quote(without.to)} has no statistics of its own` }];
}

function withoutEffect(list: readonly unknown[], place: Place): Complaint[] {
  return list.flatMap((kpi, index) =>
    rawAt(kpi, ["daily"]) === undefined
      ? []
      : [
          {
            path: place(index, "daily"),
            atKey: true,
            message: "has no effect: only observations have daily statistics",
          },
        ],
  );
}

/** By harmonised name; entries of one name that say different things are complained of. */
function measuredKpis(
  list: readonly unknown[],
  place: Place,
  complaints: Complaint[],
): Map<string, Measured> {
  const measured = new Map<string, Measured>();
  for (const [index, kpi] of list.entries()) {
    const [to, unit, daily] = [rawAt(kpi, ["to"]), rawAt(kpi, ["unit"]), rawAt(kpi, ["daily"])];
    if (typeof to !== "string") continue;
    const own = isRawMap(daily) ? daily : undefined;
    const first = measured.get(to);
    if (first?.own === undefined) {
      if (first === undefined || own !== undefined) measured.set(to, { to, unit, index, own });
    } else if (own !== undefined && !isDeepStrictEqual(own, first.own)) {
      const message = `${quote(to)} has other daily statistics above; one KPI has one set`;
      complaints.push({ path: place(index, "daily"), message });
    }
  }
  return measured;
}
