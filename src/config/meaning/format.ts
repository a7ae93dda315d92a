/** Whether the parts of a format go together. */
import { parseRecordsPath } from "../json-path.ts";
import type { Complaint } from "../problem.ts";
import { isRawMap, type RawMap, rawEntries, rawItems } from "../raw.ts";

/** Characters with two roles, and keys that have no effect beside others. */
export function formatComplaints(document: unknown): Complaint[] {
  const format = isRawMap(document) ? document["format"] : undefined;
  if (!isRawMap(format)) return [];
  return [
    ...(format["type"] === "delimited" ? delimitedComplaints(format) : []),
    ...(format["type"] === "json" ? recordsComplaints(format) : []),
    ...memberComplaints(format),
  ];
}

function recordsComplaints({ records }: RawMap): Complaint[] {
  if (typeof records !== "string") return [];
  const path = parseRecordsPath(records);
  return "problem" in path ? [{ path: ["format", "records"], message: path.problem }] : [];
}

function memberComplaints({ member, compression }: RawMap): Complaint[] {
  if (member === undefined || typeof compression !== "string") return [];
  if (compression === "zip" || compression === "detect") return [];
  const message = `has no effect: only a zip archive has members, and \`compression\` is ${compression}`;
  return [{ path: ["format", "member"], atKey: true, message }];
}

function delimitedComplaints(format: RawMap): Complaint[] {
  return [
    ...roleComplaints(format),
    ...quoteComplaints(format),
    ...escapeComplaints(format),
    ...headerComplaints(format),
    ...mapComplaints(format),
  ];
}

function roleComplaints(format: RawMap): Complaint[] {
  const complaints: Complaint[] = [];
  const roles: RawMap = { delimiter: ",", quote: '"', ...format };
  const taken = new Map<unknown, string>();
  for (const key of ["delimiter", "quote", "escape", "comment"]) {
    const written = roles[key];
    for (const text of Array.isArray(written) ? rawItems(written) : [written]) {
      const other = taken.get(text);
      if (typeof text === "string" && other !== undefined && other !== key) {
        const place = Object.hasOwn(format, key) ? key : other;
        complaints.push({ path: ["format", place], message: `${key} and ${other} are the same character` });
      } else taken.set(text, key);
    }
  }
  return complaints;
}

function quoteComplaints({ quote, escape, multiline }: RawMap): Complaint[] {
  if (quote !== "none") return [];
  const complaints: Complaint[] = [];
  if (escape !== undefined)
    complaints.push({ path: ["format", "escape"], message: "there is no quote to escape" });
  if (multiline === true) {
    const message = "only a quoted field can hold line ends, and `quote` is none";
    complaints.push({ path: ["format", "multiline"], message });
  }
  return complaints;
}

/** What the reader of escaped quotes cannot do. */
function escapeComplaints({ quote, escape, multiline, delimiter }: RawMap): Complaint[] {
  if (escape === undefined || quote === "none") return [];
  const complaints: Complaint[] = [];
  if (multiline === true) {
    const message = "does not go together with `escape`: such a record is one line";
    complaints.push({ path: ["format", "multiline"], message });
  }
  if (typeof delimiter === "string" && delimiter.length > 1) {
    const message = "expected one character, which is all that goes together with `escape`";
    complaints.push({ path: ["format", "delimiter"], message });
  }
  return complaints;
}

const OF_HEADERS = ["header_names", "header_repeats", "skip_after_header", "optional"];

function headerComplaints(format: RawMap): Complaint[] {
  const needless = (key: string, why: string): Complaint => ({
    path: ["format", key],
    message: `has no effect: ${why}`,
    atKey: true,
  });
  if (format["header"] === "none") {
    return OF_HEADERS.filter((key) => format[key] !== undefined && format[key] !== false).map((key) =>
      needless(key, "`header` is none"),
    );
  }
  if (format["header_names"] === undefined || Array.isArray(format["columns"])) return [];
  const why = isRawMap(format["columns"])
    ? "a map of columns gives the header's names itself"
    : "without `columns` the fields name columns as the header does";
  return [needless("header_names", why)];
}

/** A map says by name or number where a column is; names are of use only where there is always a header. */
function mapComplaints({ columns, header }: RawMap): Complaint[] {
  if (header !== "none" && header !== "detect") return [];
  return rawEntries(columns).flatMap(([name, place]) =>
    typeof place === "string"
      ? [
          {
            path: ["format", "columns", name],
            message: `expected the column's number: with \`header: ${header}\` not every file has names`,
          },
        ]
      : [],
  );
}
