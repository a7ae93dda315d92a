/**
 * The file of a mart: a header of comments that declares what it reads and what its columns mean, then one query.
 *
 *     -- reads: noaa.daily noaa.stations
 *     -- key: station_id, month
 *     -- comment: What the table holds.
 *     -- column station_id: What the column holds,
 *     --   in one or more lines.
 *     select …
 */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { MillraceError, type Place } from "../../errors.ts";

/** A mart as its file declares it. */
export interface MartDefinition {
  /** The file's name without `.sql`: the table in production. */
  readonly mart: string;
  readonly file: string;
  /** What it reads, as `source.target`. */
  readonly inputs: readonly string[];
  /** Columns that no two rows share; empty: not declared. */
  readonly key: readonly string[];
  readonly comment: string;
  /** Meaning of the columns, by name. */
  readonly columns: ReadonlyMap<string, string>;
  /** One query, without a semicolon. */
  readonly query: string;
  /** SHA-256 of the file. */
  readonly fingerprint: string;
}

const NAME = /^[a-z][a-z0-9_]{0,50}$/;
const INPUT = /^[a-z][a-z0-9_]*\.(daily|observations|stations|countries|inventory)$/;
const DECLARATION = /^--\s*(reads|key|comment|column\s+(\S+)):\s*(.*)$/;
const CONTINUATION = /^--\s{2,}(\S.*)$/;

/** The `.sql` files of a folder, in order of their names. */
export async function martFiles(folder: string): Promise<string[]> {
  return (await readdir(folder))
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name) => join(folder, name));
}

/** Reads one file. Throws MART_INVALID, with the line where one is at fault. */
export async function readMart(file: string, mart: string): Promise<MartDefinition> {
  const text = (await readFile(file, "utf8")).replaceAll("\r\n", "\n");
  if (!NAME.test(mart))
    throw invalid("a mart's file is named after its table: small letters, digits, underscores", { file });
  const lines = text.split("\n");
  const body = lines.findIndex((line) => line.trim() !== "" && !line.startsWith("--"));
  const header = readHeader(lines.slice(0, body < 0 ? lines.length : body), file);
  const query = body < 0 ? "" : lines.slice(body).join("\n").trim().replace(/;$/, "");
  if (query === "") throw invalid("there is no query after the header", { file });
  return { mart, file, ...header, query, fingerprint: createHash("sha256").update(text).digest("hex") };
}

type Header = Pick<MartDefinition, "inputs" | "key" | "comment" | "columns">;

function readHeader(lines: readonly string[], file: string): Header {
  const said = readDeclarations(lines, file);
  const inputs = words(said.get("reads"));
  const wrong = inputs.find((input) => !INPUT.test(input));
  if (inputs.length === 0 || wrong !== undefined) {
    throw invalid("`-- reads:` must list what the mart reads as source.target, such as noaa.daily", { file });
  }
  const comment = said.get("comment") ?? "";
  if (comment === "") throw invalid("`-- comment:` must say what the table holds", { file });
  const columns = new Map(
    [...said].flatMap(([name, text]) =>
      name.startsWith("column ") ? [[name.slice("column ".length), text]] : [],
    ),
  );
  return { inputs, key: words(said.get("key")), comment, columns };
}

/** `reads`, `key`, `comment` and `column <name>` → text, continued lines joined. */
function readDeclarations(lines: readonly string[], file: string): Map<string, string> {
  const said = new Map<string, string>();
  let last: string | undefined;
  lines.forEach((line, index) => {
    const declaration = DECLARATION.exec(line);
    const continuation = CONTINUATION.exec(line)?.[1];
    if (declaration !== null) {
      const [, word = "", column, text = ""] = declaration;
      last = column === undefined ? word : `column ${column}`;
      if (said.has(last)) throw invalid(`${last} is declared twice`, { file, line: index + 1 });
      said.set(last, text.trim());
    } else if (continuation !== undefined && last !== undefined) {
      said.set(last, `${said.get(last) ?? ""} ${continuation.trim()}`);
    } else if (line.replace(/^--/, "").trim() !== "") {
      const place = { file, line: index + 1 };
      throw invalid("expected `-- reads:`, `-- key:`, `-- comment:` or `-- column <name>:`", place);
    }
  });
  return said;
}

function words(text = ""): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}

function invalid(what: string, place: Place): MillraceError {
  return new MillraceError("MART_INVALID", what, place);
}
