/** A key for content that comes from a file: the one that it would have in the pipeline's bucket. */
import type { Pipeline } from "../config/pipeline.ts";
import { type Element, parseTemplate } from "../config/template.ts";
import { compileTemplate, type KeyMatch } from "../discover/template.ts";
import { MillraceError } from "../errors.ts";

/** What stands for a date that nothing tells. */
const ANY_DAY = "2020-01-01";

export interface ObjectKey {
  readonly key: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** What a key tells, by the pipeline's template. Throws USAGE for a key that does not fit it. */
export function readKey({ name, objects }: Pipeline, key: string): ObjectKey {
  const match = compileTemplate(objects.key).match(key);
  if (match !== undefined) return { key, variables: match.variables };
  throw new MillraceError("USAGE", `the key ${key} does not fit the template of ${name}: ${objects.key}`);
}

/**
 * The key that a file would have: as much of its path as fits the end of the template counts; all else is made up from
 * the wanted values and the first day of the pipeline's range. `path` may be undefined: then all is made up.
 */
export function keyOfFile(pipeline: Pipeline, path: string | undefined): ObjectKey {
  const { key: template } = pipeline.objects;
  const told = path === undefined ? undefined : matchEnd(template, path);
  const key = writeKey(pipeline, told);
  return { key, variables: compileTemplate(template).match(key)?.variables ?? {} };
}

/** What the longest end of the path that fits the template's end tells. */
function matchEnd(template: string, path: string): KeyMatch | undefined {
  const levels = template.split("/");
  for (let count = levels.length; count > 0; count--) {
    const end = levels.slice(-count).join("/");
    // Part of a template may lack what makes it whole, such as the year of a day.
    if (parseTemplate(end).problems.length > 0) continue;
    const compiled = compileTemplate(end);
    for (const form of compressedOrNot(path)) {
      const match = compiled.match(form.split("/").slice(-count).join("/"));
      if (match !== undefined) return match;
    }
  }
  return undefined;
}

/** Files lie about decompressed, and otherwise compressed than in the bucket. */
function compressedOrNot(path: string): readonly string[] {
  const plain = path.replace(/\.(?:gz|zst|bz2|xz|br|zip)$/, "");
  return [path, plain, ...["gz", "zst", "bz2", "xz", "br", "zip"].map((ending) => `${plain}.${ending}`)];
}

function writeKey({ objects }: Pipeline, told: KeyMatch | undefined): string {
  const day = told?.days?.from ?? objects.from ?? ANY_DAY;
  const write = (element: Element): string => {
    switch (element.kind) {
      case "literal":
        return element.text;
      case "optional":
        return "";
      case "text":
        return told?.variables[element.name] ?? objects.values[element.name]?.[0] ?? element.name;
      case "date":
        return writeDate(element.format.text, day);
    }
  };
  return parseTemplate(objects.key)
    .levels.map((level) => level.map(write).join(""))
    .join("/");
}

function writeDate(format: string, day: string): string {
  if (format === "unix") return String(Date.parse(`${day}T00:00:00Z`) / 1000);
  const [year = "", month = "", date = ""] = day.split("-");
  return format.replace("yyyy", year).replace("MM", month).replace("dd", date).replace("HH", "00");
}
