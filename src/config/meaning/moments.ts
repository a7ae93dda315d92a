/** Whether dates and times can be read: their formats, what tells the zone, which end of its period a time marks. */
import { expandMeasurements } from "../expansion.ts";
import { type MomentFormat, parseMomentFormat } from "../moment-format.ts";
import { ambiguousText } from "../moment-overlap.ts";
import { type Complaint, type Path, quote } from "../problem.ts";
import { isRawMap, type RawMap, rawAt, rawItems } from "../raw.ts";
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

/** A format of a date or time, where it stands, and what is wrong with it. */
type WrittenFormat = MomentFormat & { readonly path: Path; readonly text: string };

/** The formats of a date or time, if there are any; `complaints` when they cannot be used, alone or together. */
function formatsOf({ path, field }: WrittenField): { formats: WrittenFormat[]; complaints: Complaint[] } {
  const place = [...path, "format"];
  const { format } = field;
  const several = rawItems(format).map((item, index) => ({ item, at: [...place, index] }));
  const written = Array.isArray(format) ? several : [{ item: format, at: place }];
  const formats = written.flatMap(({ item, at }): WrittenFormat[] =>
    typeof item !== "string" || item === "" ? [] : [{ ...parseMomentFormat(item), path: at, text: item }],
  );
  const complaints = formats.flatMap(({ path: at, problems }) =>
    problems.slice(0, 1).map((message) => ({ path: at, message })),
  );
  return { formats, complaints: complaints.length > 0 ? complaints : together(formats) };
}

/** What formats of one list do to each other: each is complained of for the first one above it that it quarrels with. */
function together(formats: readonly WrittenFormat[]): Complaint[] {
  return formats.flatMap((format, index) => {
    for (const other of formats.slice(0, index)) {
      const message = quarrel(other, format);
      if (message !== undefined) return [{ path: format.path, message }];
    }
    return [];
  });
}

function quarrel(above: WrittenFormat, format: WrittenFormat): string | undefined {
  const [one, other] = [quote(above.text), quote(format.text)];
  if (above.text === format.text) return `${one} is named twice`;
  if (above.hasTime !== format.hasTime) {
    const [timed, plain] = above.hasTime ? [one, other] : [other, one];
    return `${timed} has a time of day and ${plain} has none: formats of one list are alike in that`;
  }
  const text = ambiguousText(above.text, format.text);
  if (text === undefined) return undefined;
  return `${quote(text)} would be one thing as ${one} and another as ${other}: which is meant cannot be told`;
}

function timeComplaints(written: WrittenField): Complaint[] {
  const { formats, complaints } = formatsOf(written);
  if (complaints.length > 0) return complaints;
  return formats.flatMap(({ path, text, hasTime, hasOffset }) => {
    if (!hasTime) return [{ path, message: `a time needs an hour, HH or H; ${quote(text)} is a date` }];
    if (hasOffset || written.field["zone"] !== undefined) return [];
    const message = `${quote(text)} does not say how far its clock is from UTC: \`zone\` must, such as UTC or Europe/Berlin`;
    return [{ path, message }];
  });
}

function dateComplaints(written: WrittenField, target: unknown): Complaint[] {
  const { path, field } = written;
  if (field["of"] === "time") {
    if (target !== "daily") return [];
    return [
      { path: [...path, "of"], message: "only observations have a time that a date could be taken from" },
    ];
  }
  const { formats, complaints } = formatsOf(written);
  const [first] = formats;
  if (complaints.length > 0 || first === undefined) return complaints;
  const needless = (key: string, why: string): Complaint[] =>
    field[key] === undefined ? [] : [{ path: [...path, key], atKey: true, message: `has no effect: ${why}` }];
  if (!first.hasTime) {
    const plain = `${quote(first.text)} has no time of day`;
    return ["day_of", "day_starts", "local", "zone"].flatMap((key) => needless(key, plain));
  }
  const unplaced = formats.find(({ hasOffset }) => !hasOffset);
  if (field["local"] !== undefined && field["zone"] === undefined && unplaced !== undefined) {
    const message = `the day in another zone can be told only if \`zone\` says in which one ${quote(unplaced.text)} is written`;
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
