/** Side tables: CSV files below the pipelines folder, for `lookup` in fields. */

import { isUtf8 } from "node:buffer";
import { readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { parseString } from "fast-csv";
import { quote, suggest } from "./problem.ts";

/** A side table as it stands in its file. */
interface SideTable {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/** Which part of a side table a field wants. */
export interface LookupRequest {
  readonly file: string;
  readonly key: string;
  readonly value: string;
}

/** The table, or what is wrong and which part of the request is at fault. */
export type LookupResult =
  | { readonly table: ReadonlyMap<string, string> }
  | {
      readonly fault: keyof LookupRequest;
      readonly message: string;
      /** There is no such file; it may lie in another folder. */
      readonly absent?: boolean;
    };

/** Room for some 500,000 rows. */
const FILE_LIMIT = 16 * 2 ** 20;

/** Reads side tables, each file once. Files outside the folder are refused, also behind symbolic links. */
export class LookupFolder {
  readonly #folder: string;
  readonly #tables = new Map<string, Promise<SideTable | string | undefined>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async read({ file, key, value }: LookupRequest): Promise<LookupResult> {
    const reading = this.#tables.get(file) ?? this.#readFile(file);
    this.#tables.set(file, reading);
    const table = await reading;
    if (table === undefined) return { fault: "file", message: `there is no file ${file}`, absent: true };
    if (typeof table === "string") return { fault: "file", message: table };
    for (const [fault, column] of [
      ["key", key],
      ["value", value],
    ] as const) {
      if (!table.columns.includes(column)) {
        return { fault, message: `${file} has no column ${quote(column)}${suggest(column, table.columns)}` };
      }
    }
    const texts = new Map<string, string>();
    for (const row of table.rows) {
      const from = row[key] ?? "";
      const to = row[value] ?? "";
      if ((texts.get(from) ?? to) !== to) {
        return { fault: "file", message: `${file} gives ${quote(from)} two different values of ${value}` };
      }
      texts.set(from, to);
    }
    return { table: texts };
  }

  /** The table in a file, or a sentence that says why there is none; undefined when there is no file. */
  async #readFile(file: string): Promise<SideTable | string | undefined> {
    if (isAbsolute(file) || leaves(relative(this.#folder, resolve(this.#folder, file)))) {
      return "expected a path below the pipelines folder";
    }
    try {
      const path = await realpath(join(this.#folder, file));
      if (leaves(relative(await realpath(this.#folder), path)))
        return "this link leads out of the pipelines folder";
      const facts = await stat(path);
      if (!facts.isFile()) return `${file} is not a file`;
      if (facts.size > FILE_LIMIT) return `${file} has ${facts.size} bytes; the limit is 16 MiB`;
      const bytes = await readFile(path);
      return isUtf8(bytes) ? await parse(file, bytes.toString("utf8")) : `${file} is not valid UTF-8`;
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error)) throw error;
      return error.code === "ENOENT" ? undefined : `${file} cannot be read: ${String(error.code)}`;
    }
  }
}

const leaves = (path: string): boolean => path === ".." || path.startsWith(`..${sep}`) || isAbsolute(path);

/** The rows below the comments at the top and the header. */
async function parse(file: string, text: string): Promise<SideTable | string> {
  const content = text.replace(/^\ufeff/, "").replace(/^(?:#.*\r?\n|\s*\r?\n)*/, "");
  return await new Promise((settle) => {
    const rows: Record<string, string>[] = [];
    let columns: string[] = [];
    parseString<Record<string, string>, Record<string, string>>(content, {
      headers: true,
      ignoreEmpty: true,
      strictColumnHandling: true,
    })
      .on("headers", (names: string[]) => (columns = names))
      .on("data", (row: Record<string, string>) => rows.push(row))
      .on("data-invalid", (row) => {
        settle(
          `${file}: a row has another number of columns than the header: ${JSON.stringify(row).slice(0, 100)}`,
        );
      })
      .on("error", (error: Error) => {
        settle(`${file}: ${error.message.slice(0, 100).replaceAll(/\s+/g, " ")}`);
      })
      .on("end", () => {
        settle(columns.length === 0 ? `${file} has no header` : { columns, rows });
      });
  });
}
