/** How far the keys of a template are determined before anything is listed. */
import type { DateFormat } from "../config/date-format.ts";
import type { Element } from "../config/template.ts";
import type { KeyMatch, KeyTemplate } from "./template.ts";

/** The wanted values of some variables, by name. */
export type Values = ReadonlyMap<string, ReadonlySet<string>>;

/** `objects.values`, for looking things up. */
export function wantedValues(values: Readonly<Record<string, readonly string[]>>): Values {
  return new Map(Object.entries(values).map(([name, texts]) => [name, new Set(texts)]));
}

/** Whether every variable for which values are wanted has one of them. */
export function isWanted(match: Pick<KeyMatch, "variables">, values: Values): boolean {
  for (const [name, texts] of values) if (!texts.has(match.variables[name] ?? "")) return false;
  return true;
}

/** The beginning that a set of keys shares, and what follows from it. */
export interface Branch {
  /** The level of the template that the undetermined part begins in; the last one for whole keys. */
  readonly level: number;
  /** The levels before, with their slashes. */
  readonly path: string;
  /** What is determined of this level. */
  readonly head: string;
  /** True when path and head are a whole key. */
  readonly whole: boolean;
  /** Variables whose text is determined. */
  readonly known: ReadonlyMap<string, string>;
}

interface Position {
  readonly level: number;
  readonly element: number;
  readonly path: string;
  readonly head: string;
  readonly known: ReadonlyMap<string, string>;
}

/** The branches of a whole template: one, or one for each combination of wanted values. */
export function rootBranches(template: KeyTemplate, values: Values): Iterable<Branch> {
  return branches(template, values, { level: 0, element: 0, path: "", head: "", known: new Map() });
}

/** The branches below a path, which has levels 0 to `level` - 1 of the template and ends with a slash. */
export function branchesBelow(
  template: KeyTemplate,
  values: Values,
  below: Pick<Branch, "level" | "path" | "known">,
): Iterable<Branch> {
  return branches(template, values, { ...below, element: 0, head: "" });
}

function* branches(template: KeyTemplate, values: Values, position: Position): Generator<Branch> {
  const { level, path, head, known } = position;
  const elements = template.levels[level] ?? [];
  const element = elements[position.element];
  if (element === undefined) {
    if (level === template.levels.length - 1) yield { level, path, head, whole: true, known };
    else
      yield* branches(template, values, {
        level: level + 1,
        element: 0,
        path: `${path}${head}/`,
        head: "",
        known,
      });
    return;
  }
  const texts = possibleTexts(element, values, known);
  if (texts === undefined) {
    yield { level, path, head, whole: false, known };
    return;
  }
  for (const text of texts) {
    yield* branches(template, values, {
      level,
      element: position.element + 1,
      path,
      head: head + text,
      known: "name" in element ? new Map(known).set(element.name, text) : known,
    });
  }
}

/** The texts that an element may stand for, as far as that is determined. */
function possibleTexts(
  element: Element,
  values: Values,
  known: ReadonlyMap<string, string>,
): Iterable<string> | undefined {
  switch (element.kind) {
    case "literal":
      return [element.text];
    case "optional":
      return undefined;
    case "text": {
      const text = known.get(element.name);
      return text === undefined ? values.get(element.name) : [text];
    }
    case "date":
      return writtenIn(element.format, values.get(element.name));
  }
}

/** Wanted dates determine a key's text only where it is written as they are. */
function writtenIn(format: DateFormat, texts: ReadonlySet<string> | undefined): Iterable<string> | undefined {
  if (texts === undefined) return undefined;
  return [...texts].every((text) => format.read(text) !== undefined) ? texts : undefined;
}
