/** The definition of pipeline files as a JSON Schema, for editors and for the reference. */
import * as z from "zod";
import { pipelineSchema } from "./pipeline.ts";
import { isRawMap, type RawMap, rawAt } from "./raw.ts";
import { SHORT } from "./text.ts";

const TITLE = "A Millrace pipeline";

let built: RawMap | undefined;

/**
 * The JSON Schema (draft 2020-12) of what may stand in a pipeline file. It accepts every file that the definition
 * accepts, and a few more: what depends on two places at once only `millrace validate` knows.
 */
export function jsonSchema(): RawMap {
  built ??= { title: TITLE, ...withShorthands(generate()) };
  return built;
}

/** The schema as it stands in `pipelines/pipeline.schema.json`. */
export function jsonSchemaText(): string {
  return `${JSON.stringify(jsonSchema(), undefined, 2)}\n`;
}

function generate(): RawMap {
  return z.toJSONSchema(pipelineSchema, {
    io: "input",
    reused: "inline",
    override: ({ zodSchema, jsonSchema: schema }) => {
      // Zod leaves out what it cannot tell for sure: ours are all written as they stand in a file.
      const examples = z.globalRegistry.get(zodSchema)?.["examples"];
      if (Array.isArray(examples)) schema.examples = examples;
      if (zodSchema._zod.def.type === "default") schema.default = zodSchema._zod.def.defaultValue;
      if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
      if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
    },
  });
}

/** Where a text is short for a group of keys, either may stand. */
function withShorthands(schema: RawMap): RawMap {
  const parts = Object.entries(schema).map(([key, value]): [string, unknown] => [key, within(value)]);
  const { [SHORT]: short, ...long } = Object.fromEntries(parts);
  if (typeof short !== "string") return long;
  const { description, examples, default: fallback, ...rest } = long;
  const about = Object.entries({ description, examples, default: fallback });
  return {
    ...Object.fromEntries(about.filter(([, value]) => value !== undefined)),
    anyOf: [{ type: "string", minLength: 1, description: `Short for \`${short}\`.` }, rest],
  };
}

function within(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(within);
  return isRawMap(value) ? withShorthands(value) : value;
}

/** The schema itself, or the one that it refers to; what stands beside the reference counts more. */
export function resolved(schema: unknown): unknown {
  const name = rawAt(schema, ["$ref"]);
  if (typeof name !== "string" || !isRawMap(schema)) return schema;
  const definition = rawAt(jsonSchema(), name.split("/").slice(1));
  const { $ref: _ref, ...beside } = schema;
  return isRawMap(definition) ? { ...definition, ...beside } : schema;
}
