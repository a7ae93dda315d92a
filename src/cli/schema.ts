/** `millrace schema`: the JSON Schema of pipeline files, for editors. */
import { jsonSchemaText } from "../config/json-schema.ts";
import { DONE } from "./exit.ts";

/** Prints the schema. Returns 0. */
export function schema(out: NodeJS.WritableStream = process.stdout): number {
  out.write(jsonSchemaText());
  return DONE;
}
