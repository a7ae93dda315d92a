/** The version of this program. */
import { readFileSync } from "node:fs";
import * as z from "zod";

/** Reads it from package.json, which stands above src and, compiled, above dist. */
export function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return z.object({ version: z.string() }).parse(manifest).version;
}
