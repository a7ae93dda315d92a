/** Whether every measurement of a record has an element, a value, a station and a date. */
import { expandMeasurements } from "../expansion.ts";
import { type Complaint, quote, suggest } from "../problem.ts";
import { isRawMap, rawAt, rawItems } from "../raw.ts";
import { ORIGINS } from "../text.ts";
import { columnsUsed, oncePerPlace, type WrittenField } from "./written.ts";

/** The mistakes in `measurements`, and what is missing in them or beside them. */
export function measurementComplaints(document: unknown, fields: readonly WrittenField[]): Complaint[] {
  const { complaints } = expandMeasurements(document);
  // A list of which a part was left out tells nothing about what is missing.
  if (complaints.length > 0) return [...complaints];
  return oncePerPlace([
    ...valueComplaints(document),
    ...whereAndWhenComplaints(document),
    ...flagComplaints(document),
    ...stationComplaints(document, fields),
    ...elementComplaints(document),
    ...unlisted(document, listed(document)),
  ]);
}

function valueComplaints(document: unknown): Complaint[] {
  const target = rawAt(document, ["target"]);
  if (target !== "daily" && target !== "observations") return [];
  if (!isRawMap(rawAt(document, ["fields"]))) return [];
  const wide = rawAt(document, ["measurements"]) !== undefined;
  return expandMeasurements(document).measurements.flatMap(({ path, entry }): Complaint[] => {
    const { value } = entry;
    if (value !== undefined && !isRawMap(value)) return [];
    if (ORIGINS.some((name) => rawAt(value, [name]) !== undefined)) return [];
    if (wide) {
      const message = "no column for the value: neither here nor in fields.value";
      return [{ path: [...path, "value"], message }];
    }
    const message = value === undefined ? "missing key `value`" : `expected one of ${ORIGINS.join(", ")}`;
    return [{ path: ["fields", "value"], message }];
  });
}

/** What tells where and when a measurement was made: of the record, or of each of its measurements. */
const WHERE_AND_WHEN = new Map<unknown, readonly string[]>([
  ["daily", ["station_id", "date"]],
  ["observations", ["station_id", "time", "date"]],
]);

function whereAndWhenComplaints(document: unknown): Complaint[] {
  const fields = rawAt(document, ["fields"]);
  if (!isRawMap(fields)) return [];
  const wide = rawAt(document, ["measurements"]) !== undefined;
  const { measurements } = expandMeasurements(document);
  return (WHERE_AND_WHEN.get(rawAt(document, ["target"])) ?? []).flatMap((name): Complaint[] => {
    if (fields[name] !== undefined) return [];
    if (!wide) return [{ path: ["fields", name], message: `missing key ${quote(name)}` }];
    return measurements
      .filter(({ own }) => own[name] === undefined)
      .map(({ path }) => ({
        path: [...path, name],
        message: `no ${quote(name)}: neither here nor, for the whole record, in fields`,
      }));
  });
}

/** What a station has of its own; a country may well be that of all. */
const OF_ONE_STATION = ["name", "latitude", "longitude", "elevation"];

/** Where the measurements of a record are of several stations, a text that is not the record's would be that of all of them. */
function stationComplaints(document: unknown, fields: readonly WrittenField[]): Complaint[] {
  const { measurements } = expandMeasurements(document);
  const stations = new Set(measurements.map(({ own }) => JSON.stringify(own["station_id"])));
  if (stations.size < 2) return [];
  return fields
    .filter(({ path, role }) => path[0] === "station" && OF_ONE_STATION.includes(role))
    .filter((field) => columnsUsed(field).length === 0)
    .map(({ path }) => ({
      path,
      atKey: true,
      message: `would be said of ${stations.size} stations: measurements name their own; describe these in a pipeline of target stations`,
    }));
}

/** A shared flag without a column is of use only to measurements that name one. */
function flagComplaints(document: unknown): Complaint[] {
  const path = ["fields", "quality_flag"];
  const shared = rawAt(document, path);
  if (!isRawMap(shared) || ORIGINS.some((name) => shared[name] !== undefined)) return [];
  const { measurements } = expandMeasurements(document);
  if (measurements.some(({ own }) => own["quality_flag"] !== undefined)) return [];
  return [{ path, message: `expected one of ${ORIGINS.join(", ")}` }];
}

function elementComplaints(document: unknown): Complaint[] {
  if (!isRawMap(rawAt(document, ["kpis"]))) return [];
  const wide = rawAt(document, ["measurements"]) !== undefined;
  const { measurements } = expandMeasurements(document);
  const nameless = measurements.filter(({ own }) => own["element"] === undefined);
  const path = ["kpis", "element"];
  if (rawAt(document, path) !== undefined) {
    if (nameless.length > 0 || measurements.length === 0) return [];
    return [{ path, atKey: true, message: "has no effect: every measurement names its element" }];
  }
  if (!wide) return [{ path, message: "missing key `element`" }];
  return nameless.map((measurement) => ({
    path: [...measurement.path, "element"],
    message: "no `element`: neither here nor, for the whole record, in `kpis`",
  }));
}

/** The elements of the document's own list; undefined when it has none. */
function listed(document: unknown): string[] | undefined {
  const list = rawAt(document, ["kpis", "list"]);
  if (!Array.isArray(list)) return undefined;
  return rawItems(list).flatMap((kpi) => {
    const from = rawAt(kpi, ["from"]);
    return typeof from === "string" ? [from] : [];
  });
}

/** Elements that measurements name and nobody would keep. `list`: those that are kept; undefined if nothing is known. */
export function unlisted(document: unknown, list: readonly string[] | undefined): Complaint[] {
  const unknown = rawAt(document, ["kpis", "unknown"]);
  if (list === undefined || (unknown !== undefined && unknown !== "filter")) return [];
  return expandMeasurements(document).measurements.flatMap(({ path, own: { element } }) =>
    typeof element !== "string" || list.includes(element)
      ? []
      : [
          {
            path: [...path, "element"],
            message: `kpis.list has no ${quote(element)}, and what it has not is left out${suggest(element, list)}`,
          },
        ],
  );
}
