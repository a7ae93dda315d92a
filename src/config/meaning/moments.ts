/** Whether dates and times can be read: their formats, what tells the zone, which end of its period a time marks. */
import { expandMeasurements } from "../expansion.ts";
import { parseMomentFormat } from "../moment-format.ts";
import { type Complaint, type Path, quote } from "../problem.ts";
import { isRawMap, type RawMap, rawAt } from "../raw.ts";
import { oncePerPlace, type WrittenField } from "./written.ts";

/** The mistakes in dates, times and averaging. */
export function momentComplaints(document: unknown, fields: readonly WrittenField[]): Complaint[] {
  const target = rawAt(document, ["target"]);
  return oncePerPlace([
    ...fields.flatMap((written) => {
      if (written.role === "date") return dateComplaints(written, target);
      return written.role === "time" ? timeComplaints(written) : [];
    }),
    ...periodComplaints(document),
    ...strangers(document, target),
  ]);
}

/** The format of a date or time, if it is one, and what is wrong with it. */
function formatOf({ path, field }: WrittenField) {
  const { format } = field;
  if (typeof format !== "string" || format === "") return undefined;
  const parsed = parseMomentFormat(format);
  const complaints = parsed.problems.map((message) => ({ path: [...path, "format"], message }));
  return { ...parsed, text: format, complaints };
}

function timeComplaints(written: WrittenField): Complaint[] {
  const format = formatOf(written);
  if (format === undefined || format.complaints.length > 0) return format?.complaints.slice(0, 1) ?? [];
  const path = [...written.path, "format"];
  if (!format.hasTime) {
    return [{ path, message: `a time needs an hour, HH or H; ${quote(format.text)} is a date` }];
  }
  if (format.hasOffset || written.field["zone"] !== undefined) return [];
  const message = `${quote(format.text)} does not say how far its clock is from UTC: \`zone\` must, such as UTC or Europe/Berlin`;
  return [{ path, message }];
}

function dateComplaints(written: WrittenField, target: unknown): Complaint[] {
  const { path, field } = written;
  if (field["of"] === "time") {
    if (target !== "daily") return [];
    return [
      { path: [...path, "of"], message: "only observations have a time that a date could be taken from" },
    ];
  }
  const format = formatOf(written);
  if (format === undefined || format.complaints.length > 0) return format?.complaints.slice(0, 1) ?? [];
  const needless = (key: string, why: string): Complaint[] =>
    field[key] === undefined ? [] : [{ path: [...path, key], atKey: true, message: `has no effect: ${why}` }];
  if (!format.hasTime) {
    const plain = `${quote(format.text)} has no time of day`;
    return ["day_of", "day_starts", "local", "zone"].flatMap((key) => needless(key, plain));
  }
  if (field["local"] !== undefined && field["zone"] === undefined && !format.hasOffset) {
    const message = `the day in another zone can be told only if \`zone\` says in which one ${quote(format.text)} is written`;
    return [{ path: [...path, "local"], atKey: true, message }];
  }
  return [];
}

/** Kept is the end of a period; of one whose start is marked it is known only with its length. */
function periodComplaints(document: unknown): Complaint[] {
  const shared = rawAt(document, ["fields"]);
  if (!isRawMap(shared)) return [];
  return expandMeasurements(document).measurements.flatMap(({ path, own }): Complaint[] => {
    const time = own["time"] ?? shared["time"];
    const averaging = own["averaging"] ?? shared["averaging"];
    if (!isRawMap(time) || time["marks"] !== "start" || averaging !== undefined) return [];
    const place: Path = own["time"] === undefined ? ["fields", "time"] : [...path, "time"];
    const message = "kept is the end of the period, start + averaging: this needs `averaging`";
    return [{ path: [...place, "marks"], message }];
  });
}

/** What rows of one target have not. */
const FOREIGN: Readonly<Record<string, readonly string[]>> = {
  daily: ["time", "sensor", "averaging"],
  observations: ["observ_time"],
};

/** Parts of measurements that have no place in the rows of this target. */
function strangers(document: unknown, target: unknown): Complaint[] {
  if (typeof target !== "string") return [];
  const foreign = Object.hasOwn(FOREIGN, target) ? (FOREIGN[target] ?? []) : [];
  return expandMeasurements(document).measurements.flatMap(({ path, own }) =>
    foreign
      .filter((key) => holds(own, key))
      .map((key) => ({
        path: [...path, key],
        atKey: true,
        message: `has no effect: rows of ${target} have no ${key}`,
      })),
  );
}

const holds = (map: RawMap, key: string): boolean => map[key] !== undefined;
