/** YAML text → a plain value and the position of everything in it. Hostile text is a problem, never a crash. */
import { isUtf8 } from "node:buffer";
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type YAMLError,
  type YAMLMap,
} from "yaml";
import type { Complaint, Path, Problem } from "./problem.ts";
import { quote } from "./problem.ts";

/** Pipeline files are a few kB; a mebibyte is room enough and bounds what parsing can cost. */
export const FILE_LIMIT = 2 ** 20;
/** Aliases may repeat a mapping, not multiply into a bomb. */
const ALIAS_LIMIT = 100;
/** Brackets deeper than anything a pipeline means; the parser recurses. */
const DEPTH_LIMIT = 100;

interface Position {
  readonly line: number;
  readonly column: number;
}

/** A document that could be parsed. */
export interface PipelineDocument {
  /** Maps, lists, texts, numbers, booleans and null. */
  readonly value: unknown;
  /** Mistakes that leave the rest readable: keys given twice. */
  readonly problems: readonly Problem[];
  readonly locate: (complaint: Complaint) => Problem;
  /** How a scalar is written in the file. */
  readonly source: (path: Path) => string | undefined;
}

/** Where the first bytes stand that are not UTF-8. */
function invalidPosition(bytes: Buffer): Position {
  let [valid, invalid] = [0, bytes.length];
  while (valid < invalid) {
    const middle = Math.floor((valid + invalid + 1) / 2);
    if (decodes(bytes.subarray(0, middle))) valid = middle;
    else invalid = middle - 1;
  }
  const before = new TextDecoder().decode(bytes.subarray(0, valid), { stream: true });
  const lines = before.split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

/** Whether the bytes are the beginning of valid UTF-8. */
function decodes(bytes: Buffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** Where brackets nest too deep, by a count that errs on the safe side: quoted brackets count too. */
function tooDeep(text: string): number | undefined {
  let depth = 0;
  let indent = 0;
  let lineStart = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === "\n") [lineStart, indent] = [index + 1, 0];
    else if (index === lineStart + indent && (character === " " || character === "-" || character === "?")) {
      indent += 1;
    } else if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth = Math.max(0, depth - 1);
    if (depth > DEPTH_LIMIT || indent > 4 * DEPTH_LIMIT) return index;
  }
  return undefined;
}

// Anything printable, tabs and line ends; as in the YAML specification.
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/** The document in a file's bytes, or why there is none. */
export function parsePipelineYaml(file: string, bytes: Buffer): PipelineDocument | readonly Problem[] {
  const refuse = (position: Position, message: string): Problem[] => [{ file, ...position, message }];
  if (bytes.length > FILE_LIMIT) {
    return refuse({ line: 1, column: 1 }, `the file has ${bytes.length} bytes; the limit is 1 MiB`);
  }
  if (!isUtf8(bytes)) return refuse(invalidPosition(bytes), "the file is not valid UTF-8 here");
  const text = bytes.toString("utf8").replace(/^\ufeff/, "");
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines.addNewLine(at + 1);
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const control = text.search(CONTROL);
  if (control !== -1) return refuse(position(control), "the file holds a control character here");
  const deep = tooDeep(text);
  if (deep !== undefined) return refuse(position(deep), `the file nests deeper than ${DEPTH_LIMIT} levels`);
  return parse({ file, text, position });
}

interface Source {
  readonly file: string;
  readonly text: string;
  readonly position: (offset: number) => Position;
}

function parse({ file, text, position }: Source): PipelineDocument | readonly Problem[] {
  const problem = (offset: number, message: string): Problem => ({ file, ...position(offset), message });
  // The parser's own search for repeated keys takes quadratic time; ours is below.
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) return faults.slice(0, 20).map((fault) => problem(fault.pos[0], explain(fault)));
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    return [problem(0, "the file is empty; it should describe a pipeline")];
  }
  const { refused, repeated } = inspect(document.contents);
  if (refused.length > 0) return refused.slice(0, 20).map((fault) => problem(fault.offset, fault.message));
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: ALIAS_LIMIT });
  } catch (error) {
    // The only errors of toJS: aliases without anchor, or more than the limit of them.
    if (!(error instanceof ReferenceError)) throw error;
    return [problem(0, `aliases cannot be resolved: ${firstLine(error.message)}`)];
  }
  const problems = repeated.map((fault) => problem(fault.offset, fault.message));
  return {
    value,
    problems,
    locate: (complaint) => problem(offsetOf(document, complaint), complaint.message),
    source: (path) => {
      const { node } = find(document, path);
      return isScalar(node) ? node.source : undefined;
    },
  };
}

const firstLine = (message: string): string => message.split("\n", 1)[0] ?? message;

function explain(fault: YAMLError): string {
  if (fault.code === "MULTIPLE_DOCS") return "a second document begins here; one file is one pipeline";
  if (fault.code === "TAB_AS_INDENT") return "tabs cannot indent in YAML; use blanks";
  return firstLine(fault.message);
}

interface Fault {
  readonly offset: number;
  readonly message: string;
}

/** What the parser lets pass: keys that are no names, keys given twice, NUL in texts. */
function inspect(root: unknown): { refused: Fault[]; repeated: Fault[] } {
  const refused: Fault[] = [];
  const repeated: Fault[] = [];
  const visit = (node: unknown): void => {
    if (isMap(node)) {
      const seen = new Set<string>();
      for (const pair of node.items) {
        const offset = startOf(pair.key) ?? startOf(node) ?? 0;
        if (!isScalar(pair.key) || pair.key.value === null) {
          refused.push({ offset, message: "expected a plain name as the key" });
          continue;
        }
        const key = keyOf(pair);
        if (seen.has(key)) repeated.push({ offset, message: `${quote(key)} is given twice` });
        seen.add(key);
        visit(pair.key);
        visit(pair.value);
      }
    } else if (isSeq(node)) for (const item of node.items) visit(item);
    else if (isScalar(node) && typeof node.value === "string" && node.value.includes("\0")) {
      refused.push({ offset: startOf(node) ?? 0, message: "a text cannot hold NUL" });
    }
  };
  visit(root);
  return { refused, repeated };
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

function startOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}

const indexes = new WeakMap<YAMLMap, Map<string, Pair>>();

/** A map's pairs by key, remembered: a hostile file may need them a hundred thousand times. */
function pairsOf(map: YAMLMap): Map<string, Pair> {
  const known = indexes.get(map);
  if (known !== undefined) return known;
  const pairs = new Map(map.items.toReversed().map((pair) => [keyOf(pair), pair]));
  indexes.set(map, pairs);
  return pairs;
}

/** The node at a path, its pair, and how much of the path exists. */
function find(document: Document, path: Path) {
  let node: unknown = document.contents;
  let pair: Pair | undefined;
  for (const [index, step] of path.entries()) {
    const target = isAlias(node) ? node.resolve(document) : node;
    if (isMap(target)) {
      const next = pairsOf(target).get(String(step));
      if (next === undefined) return { node, pair, found: index };
      [pair, node] = [next, next.value];
    } else if (isSeq(target) && typeof step === "number" && step in target.items) {
      node = target.items[step];
      if (isPair(node)) [pair, node] = [node, node.value];
      else pair = undefined;
    } else return { node, pair, found: index };
  }
  return { node, pair, found: path.length };
}

function offsetOf(document: Document, { path, atKey }: Complaint): number {
  const { node, pair, found } = find(document, path);
  const key = startOf(pair?.key);
  const value = isScalar(node) && node.value === null && node.source === "" ? key : startOf(node);
  // What is missing is looked for at its parent's key.
  return (atKey === true || found < path.length ? (key ?? value) : (value ?? key)) ?? 0;
}
