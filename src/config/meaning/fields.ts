/** Whether the texts inside fields mean something: templates, regular expressions, quality flags, limits. */
import { RE2JS, RE2JSException } from "re2js";
import { type Complaint, type Path, quote } from "../problem.ts";
import { rawAt, rawEntries, rawItems } from "../raw.ts";
import { ORIGINS, PART_OF_NOTHING } from "../text.ts";
import { parseTextTemplate } from "../text-template.ts";
import { oncePerPlace, type WrittenField } from "./written.ts";

/** The mistakes inside fields that have the right shape. */
export function fieldComplaints(fields: readonly WrittenField[]): Complaint[] {
  return oncePerPlace(
    fields.flatMap((written) => [
      ...templateComplaints(written),
      ...["match", "matches", "preamble"].flatMap((key) => patternComplaints(written, key)),
      ...limitComplaints(written),
      ...partComplaints(written),
      ...wordComplaints(written),
      ...(written.role === "quality_flag" ? qualityComplaints(written) : []),
    ]),
  );
}

function templateComplaints({ path, field }: WrittenField): Complaint[] {
  const { template } = field;
  if (typeof template !== "string" || template === "") return [];
  const { problems } = parseTextTemplate(template);
  return problems.slice(0, 1).map((message) => ({ path: [...path, "template"], message }));
}

/** As in the definition of `match`, `matches` and `preamble`. */
const PATTERN_LIMIT = 200;

function patternComplaints({ path, field }: WrittenField, key: string): Complaint[] {
  const pattern = field[key];
  // That it is empty or too long is a mistake of shape.
  if (typeof pattern !== "string" || pattern === "" || pattern.length > PATTERN_LIMIT) return [];
  try {
    RE2JS.compile(pattern);
    return [];
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return [{ path: [...path, key], message: `not a regular expression of RE2: ${explain(error, pattern)}` }];
  }
}

/** What RE2 says, and at which character; it names the piece that it does not understand. */
function explain(error: RE2JSException, pattern: string): string {
  const piece = "input" in error && typeof error.input === "string" ? error.input : "";
  const fault = "error" in error && typeof error.error === "string" ? error.error : error.message;
  const at = piece === "" || piece === pattern ? -1 : pattern.indexOf(piece);
  if (at !== -1) return `${fault} at character ${at + 1}: ${quote(piece)}`;
  const open = fault === "missing closing )" ? unclosed(pattern) : -1;
  return open === -1 ? fault : `${fault} for that at character ${open + 1}`;
}

/** Where the bracket stands that is never closed. */
function unclosed(pattern: string): number {
  const open: number[] = [];
  let inClass = false;
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index];
    if (character === "\\") index += 1;
    else if (inClass) inClass = character !== "]";
    else if (character === "[") inClass = true;
    else if (character === "(") open.push(index);
    else if (character === ")") open.pop();
  }
  return open.at(-1) ?? -1;
}

/** Fields whose definition does not say so itself. */
const PARTIAL = ["date", "time", "zone", "quality_flag", "value", "filter"];

function partComplaints({ path, role, field }: WrittenField): Complaint[] {
  const other = ORIGINS.some((name) => name !== "column" && field[name] !== undefined);
  const told = role === "quality_flag" && path[0] === "measurements";
  if (!PARTIAL.includes(role) || told || field["part"] === undefined || !other) return [];
  return [{ path: [...path, "part"], message: PART_OF_NOTHING }];
}

const BOUNDS: readonly (readonly [least: string, greatest: string, message: string])[] = [
  ["at_least", "at_most", "no number is at least `at_least` and at most this"],
  ["sentinels_below", "sentinels_above", "with `sentinels_below` as high, every number is an error code"],
];

function limitComplaints({ path, field }: WrittenField): Complaint[] {
  return BOUNDS.flatMap(([low, high, message]) => {
    const [least, greatest] = [field[low], field[high]];
    if (typeof least !== "number" || typeof greatest !== "number" || least <= greatest) return [];
    return [{ path: [...path, high], message }];
  });
}

/** Words that mean "no value" before they could stand for a number. */
function wordComplaints({ path, field }: WrittenField): Complaint[] {
  const missing = rawItems(field["missing"]);
  return rawEntries(field["words"]).flatMap(([word]) =>
    missing.includes(word)
      ? [
          {
            path: [...path, "words", word],
            atKey: true,
            message: "has no effect: `missing` says that it is no value",
          },
        ]
      : [],
  );
}

const MEANINGS = ["pass", "fail", "unknown"];

/** Flags that are said to mean two things. */
function qualityComplaints({ path, field }: WrittenField): Complaint[] {
  const complaints: Complaint[] = [];
  const meant = new Map<string, string>();
  for (const meaning of MEANINGS) {
    for (const [index, flag] of rawItems(rawAt(field, [meaning])).entries()) {
      if (typeof flag !== "string") continue;
      const other = meant.get(flag);
      const place: Path = [...path, meaning, index];
      if (other === meaning) complaints.push({ path: place, message: `${quote(flag)} is named twice` });
      else if (other !== undefined)
        complaints.push({ path: place, message: `${quote(flag)} already means ${other}` });
      meant.set(flag, other ?? meaning);
    }
  }
  return complaints;
}
