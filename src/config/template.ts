/**
 * Key templates as pipeline files write them. A template is a key in which
 *
 *     {name}           stands for any text without `/`, at least one character
 *     {name:yyyyMMdd}  stands for a date; yyyy, MM, dd, HH and - _ . : T between them, or `unix` (seconds since 1970)
 *     [text]           may be absent
 *
 * A variable may occur several times: texts must then be the same, dates may be written in different formats and
 * must agree.
 */
import { compileDateFormat, DATE_PARTS, type DateFormat } from "./date-format.ts";

export type Element =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "optional"; readonly text: string }
  | { readonly kind: "text"; readonly name: string }
  | { readonly kind: "date"; readonly name: string; readonly format: DateFormat };

/** What stands between two slashes. */
export type Level = readonly Element[];

export interface ParsedTemplate {
  readonly levels: readonly Level[];
  /** By name, in the order of the template: the formats in which a date is written; none for texts. */
  readonly variables: ReadonlyMap<string, readonly string[]>;
  /** One sentence for each mistake; the rest may be used only when there is none. */
  readonly problems: readonly string[];
}

/** S3's limit for a key, in bytes. */
const LONGEST_KEY = 1024;

/** A piece of the template: a variable, an optional part, a run of plain text, or a stray bracket. */
const PIECES = /\{[^{}]*\}|\[[^[\]]*\]|[^{}[\]]+|[{}[\]]/g;

/** Divides a template into levels and elements, and finds every mistake. Throws nothing. */
export function parseTemplate(text: string): ParsedTemplate {
  const problems: string[] = [];
  const levels: Element[][] = [[]];
  for (const piece of text.match(PIECES) ?? []) {
    if (piece.length === 1 && "{}[]".includes(piece)) problems.push(`"${piece}" stands alone`);
    else if (piece.startsWith("{")) addVariable(piece.slice(1, -1), levels, problems);
    else if (piece.startsWith("[")) addOptional(piece.slice(1, -1), levels, problems);
    else addText(piece, levels);
  }
  if (text === "") problems.push("the template is empty");
  if (Buffer.byteLength(text) > LONGEST_KEY) problems.push(`longer than the ${LONGEST_KEY} bytes of a key`);
  return {
    levels,
    variables: variablesOf(levels.flat()),
    problems: [...problems, ...ambiguities(levels), ...dateProblems(levels.flat())],
  };
}

function variablesOf(elements: readonly Element[]): Map<string, readonly string[]> {
  const variables = new Map<string, readonly string[]>();
  for (const element of elements) {
    if (!("name" in element)) continue;
    const formats = variables.get(element.name) ?? [];
    variables.set(element.name, element.kind === "date" ? [...formats, element.format.text] : formats);
  }
  return variables;
}

function addText(piece: string, levels: Element[][]): void {
  for (const [index, text] of piece.split("/").entries()) {
    if (index > 0) levels.push([]);
    if (text !== "") levels.at(-1)?.push({ kind: "literal", text });
  }
}

function addOptional(text: string, levels: Element[][], problems: string[]): void {
  if (text === "") problems.push("[] encloses nothing");
  else if (text.includes("/")) problems.push(`[${text}] must lie between two slashes`);
  else if (/[{}]/.test(text)) problems.push(`[${text}] must hold no variable`);
  else levels.at(-1)?.push({ kind: "optional", text });
}

function addVariable(inside: string, levels: Element[][], problems: string[]): void {
  const colon = inside.indexOf(":");
  const name = colon < 0 ? inside : inside.slice(0, colon);
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
    problems.push(`{${inside}}: a variable's name is a letter followed by letters, digits and underscores`);
    return;
  }
  if (colon < 0) {
    levels.at(-1)?.push({ kind: "text", name });
    return;
  }
  const format = compileDateFormat(inside.slice(colon + 1));
  if ("problem" in format) problems.push(`{${inside}}: ${format.problem}`);
  else levels.at(-1)?.push({ kind: "date", name, format });
}

/** Templates that could be read in several ways, or only by trying out very many. */
function ambiguities(levels: readonly Level[]): string[] {
  const problems: string[] = [];
  for (const level of levels) {
    const seen = new Set<string>();
    for (const [index, element] of level.entries()) {
      if (element.kind !== "text") continue;
      const before = level[index - 1];
      if (before?.kind === "text") problems.push(`nothing separates {${before.name}} from {${element.name}}`);
      if (seen.has(element.name)) problems.push(`{${element.name}} occurs twice between two slashes`);
      seen.add(element.name);
    }
  }
  return problems;
}

function dateProblems(elements: readonly Element[]): string[] {
  const problems: string[] = [];
  const dates = new Map<string, Set<string>>();
  const texts = new Set<string>();
  for (const element of elements) {
    if (element.kind === "text") texts.add(element.name);
    if (element.kind !== "date") continue;
    const parts = dates.get(element.name) ?? new Set<string>();
    dates.set(element.name, parts);
    for (const part of element.format.parts) parts.add(part);
  }
  for (const [name, parts] of dates) {
    if (texts.has(name)) problems.push(`{${name}} is a date in one place and a text in another`);
    const missing = DATE_PARTS.find((part) => !parts.has(part));
    const finer = DATE_PARTS.findLast((part) => parts.has(part));
    if (
      missing !== undefined &&
      finer !== undefined &&
      DATE_PARTS.indexOf(finer) > DATE_PARTS.indexOf(missing)
    ) {
      problems.push(
        `{${name}} tells its ${finer}, but nowhere its ${missing}: parts of one date have one name`,
      );
    }
  }
  return problems;
}
