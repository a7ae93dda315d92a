/** Whether a document has the shape of a pipeline file; zod's issues in the words of a person. */
import type * as z from "zod";
import { jsonSchema, resolved } from "./json-schema.ts";
import { type PipelineFile, pipelineSchema } from "./pipeline.ts";
import type { Complaint, Path } from "./problem.ts";
import { quote, suggest } from "./problem.ts";
import { isRawMap, rawAt, rawEntries, withRaw } from "./raw.ts";

type Issue = z.core.$ZodIssue;

export interface Shape {
  /** The file's content with defaults filled in, if nothing was wrong. */
  readonly file: PipelineFile | undefined;
  readonly complaints: readonly Complaint[];
  /** The document as it was read: where a variant's name was wrong, with the nearest one in its place. */
  readonly value: unknown;
}

/**
 * Checks a document against the definition of pipeline files. Where `target` or `format.type` is wrong, the rest
 * is checked against the variant that fits best, so that one mistake does not hide the others.
 */
export function checkShape(document: unknown, source: (path: Path) => string | undefined): Shape {
  const complaints: Complaint[] = [];
  let value = document;
  let result = pipelineSchema.safeParse(value);
  for (;;) {
    const wrong = result.error?.issues.find(isUnknownVariant);
    if (wrong === undefined) break;
    complaints.push(...explain(wrong, { value, source }));
    value = withBestVariant(value, wrong);
    result = pipelineSchema.safeParse(value);
  }
  const issues = result.error?.issues ?? [];
  complaints.push(...issues.flatMap((issue) => explain(issue, { value, source })));
  return { file: complaints.length === 0 ? result.data : undefined, complaints, value };
}

type UnknownVariant = Issue & { code: "invalid_union"; discriminator: string; options: unknown[] };

function isUnknownVariant(issue: Issue): issue is UnknownVariant {
  return (
    issue.code === "invalid_union" &&
    "discriminator" in issue &&
    "options" in issue &&
    Array.isArray(issue.options)
  );
}

function withBestVariant(value: unknown, { path, options }: UnknownVariant): unknown {
  const tried = options.map((option) => {
    const repaired = withRaw(value, path, option);
    return { repaired, issues: pipelineSchema.safeParse(repaired).error?.issues.length ?? 0 };
  });
  const best = tried.reduce((least, next) => (next.issues < least.issues ? next : least));
  return best.repaired;
}

interface Looked {
  readonly value: unknown;
  readonly source: (path: Path) => string | undefined;
}

/** A hostile file may have a hundred thousand unknown keys; nobody reads what was meant by all of them. */
const SUGGESTED = 100;

/** One of zod's issues in the words of a person. `looked` is what was checked. */
export function explain(issue: Issue, looked: Looked): Complaint[] {
  const { path } = issue;
  switch (issue.code) {
    case "unrecognized_keys": {
      const valid = validKeys(looked.value, path);
      return issue.keys.map((key, index) => ({
        path: [...path, key],
        atKey: true,
        message: `unknown key ${quote(key)}${index < SUGGESTED ? suggest(key, valid) : ""}`,
      }));
    }
    case "invalid_type":
      return [explainType(path, issue.expected, looked)];
    case "invalid_value":
      return [explainChoice(path, issue.values, looked)];
    case "invalid_union":
      if (isUnknownVariant(issue)) return [explainChoice(path, issue.options, looked)];
      return explainUnion(path, issue.errors, looked);
    case "invalid_key":
      return [{ path, atKey: true, message: issue.issues[0]?.message ?? issue.message }];
    case "too_small":
    case "too_big":
      return [{ path, message: explainBound(issue) }];
    default:
      return [{ path, message: issue.message }];
  }
}

function explainBound(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const counted = issue.origin === "string" || issue.origin === "array";
  if (issue.code === "too_small") {
    if (counted) return "must not be empty";
    return `expected a number ${issue.inclusive === false ? "greater than" : "of at least"} ${issue.minimum}`;
  }
  if (counted) return `too long: ${issue.maximum} at most`;
  return `expected a number ${issue.inclusive === false ? "less than" : "of at most"} ${issue.maximum}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "a group of keys",
  record: "a group of keys",
  null: "null",
};

function kindOf(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  return KINDS[typeof value] ?? typeof value;
}

function missingKey(path: Path): Complaint {
  return { path, message: `missing key ${quote(String(path.at(-1)))}` };
}

function explainType(path: Path, expected: string, { value, source }: Looked): Complaint {
  const found = rawAt(value, path);
  if (found === undefined && path.length > 0) return missingKey(path);
  const wanted = KINDS[expected] ?? expected;
  const written = source(path);
  if (expected === "string" && written !== undefined && written !== "" && typeof found !== "object") {
    return { path, message: `expected a text; put it in quotes: "${written}"` };
  }
  if (expected === "string" && found === null && written !== undefined && written !== "") {
    return { path, message: `expected a text; put it in quotes: "${written}"` };
  }
  return { path, message: `expected ${wanted}, found ${kindOf(found)}` };
}

function explainChoice(path: Path, options: readonly unknown[], { value }: Looked): Complaint {
  const found = rawAt(value, path);
  const valid = options.map(String);
  if (found === undefined) {
    const missing = missingKey(path);
    return { ...missing, message: `${missing.message}; valid: ${valid.join(", ")}` };
  }
  if (typeof found !== "string" && typeof found !== "number" && typeof found !== "boolean")
    return { path, message: `expected one of ${valid.join(", ")}, found ${kindOf(found)}` };
  const name = String(found);
  const near = suggest(name, valid);
  const list = near.startsWith("; did") && valid.length > 1 ? ` (valid: ${valid.join(", ")})` : "";
  return { path, message: `unknown ${quote(String(path.at(-1)))} ${quote(name)}${near}${list}` };
}

/** The issues of the variant that was meant: one of the right type, else the one with the fewest mistakes. */
function explainUnion(path: Path, variants: readonly (readonly Issue[])[], looked: Looked): Complaint[] {
  const wrongType = (issues: readonly Issue[]) =>
    issues.some((issue) => issue.path.length === 0 && issue.code === "invalid_type");
  const meant = variants
    .filter((issues) => !wrongType(issues))
    .reduce<readonly Issue[] | undefined>(
      (best, next) => (best && best.length <= next.length ? best : next),
      undefined,
    );
  if (meant !== undefined) {
    return meant.flatMap((issue) => explain({ ...issue, path: [...path, ...issue.path] }, looked));
  }
  const found = rawAt(looked.value, path);
  if (found === undefined) return [missingKey(path)];
  const kinds = variants.flatMap((issues) =>
    issues.flatMap((issue) =>
      issue.code === "invalid_type" ? [KINDS[issue.expected] ?? issue.expected] : [],
    ),
  );
  return [{ path, message: `expected ${[...new Set(kinds)].join(" or ")}, found ${kindOf(found)}` }];
}

/** The keys that may stand at a path, by the JSON Schema of the definition. */
function validKeys(value: unknown, path: Path): string[] {
  let variants = fitting([jsonSchema()], value);
  for (const [index, step] of path.entries()) {
    const here = rawAt(value, path.slice(0, index + 1));
    const next = variants.flatMap((schema) => [
      rawAt(schema, ["properties", step]) ?? rawAt(schema, ["additionalProperties"]),
      rawAt(schema, ["items"]),
    ]);
    variants = fitting(next.filter(isRawMap), here);
  }
  return variants.flatMap((schema) => Object.keys(rawAt(schema, ["properties"]) ?? {}));
}

/** Unions opened; variants whose constants (such as `target`) say something else left out. */
function fitting(schemas: readonly unknown[], value: unknown): unknown[] {
  const opened = schemas.map(resolved).flatMap((schema) => {
    const variants = rawAt(schema, ["oneOf"]) ?? rawAt(schema, ["anyOf"]);
    return Array.isArray(variants) ? fitting(variants, value) : [schema];
  });
  const fits = (schema: unknown) =>
    rawEntries(rawAt(schema, ["properties"])).every(([key, property]) => {
      const constant = rawAt(property, ["const"]);
      return constant === undefined || rawAt(value, [key]) === constant;
    });
  const chosen = opened.filter(fits);
  return chosen.length > 0 ? chosen : opened;
}
