/**
 * Paths into JSON: keys joined by dots, numbers for elements of lists; [] behind a list for each of its elements, {} behind
 * an object for each of its values, {key} at the end for the key that such a value stands under.
 */

/** What a path goes through one by one: the elements of a list ([]) or the values of an object ({}). */
export interface Walk {
  /** The keys to the list or object: from the record on, or from what the walk before is at. */
  readonly keys: readonly string[];
  readonly over: "list" | "object";
}

export interface JsonPath {
  /** The path as it is written: where it leads nowhere in a record, a key of this very name is meant. */
  readonly text: string;
  /** From the outermost on. */
  readonly walks: readonly Walk[];
  /** The keys from what the last walk is at, or from the record. */
  readonly keys: readonly string[];
  /** Whether the path ends in {key}: it means the key that the last walk is at, or one above the record. */
  readonly isKey: boolean;
  /** How many levels above the record that key is: 1 for `^{key}`, under which the record itself stands; 0: it is not. */
  readonly above: number;
}

interface Problem {
  readonly problem: string;
}

/** Lists and objects within each other; far more than any document has. */
const DEPTH = 8;

const LONGEST = 1000;

/** A part of a path between dots: a name, then any number of [], {} and {key}. A backslash takes what follows as it is. */
const SEGMENT = /^((?:\\.|[^\\{}]|\\$)*?)((?:\[\]|\{\}|\{key\})*)$/s;

/** The parts of a path, or what is wrong with it. */
export function parseJsonPath(text: string): JsonPath | Problem {
  if (text.length > LONGEST) return { problem: `a path is no longer than ${LONGEST} characters` };
  const above = /^\^*/.exec(text)?.[0].length ?? 0;
  if (above > 0) return aboveTheRecord(text, above);
  const walks: Walk[] = [];
  let keys: string[] = [];
  const written = segmentsOf(text);
  for (const [index, segment] of written.entries()) {
    const [, name, suffixes = ""] = SEGMENT.exec(segment) ?? [];
    if (name === undefined) return { problem: problemOf(segment, text) };
    const foreign = foreignNotation(name, index === 0, text);
    if (foreign !== undefined) return { problem: foreign };
    if (name !== "" || suffixes === "") keys.push(unescaped(name));
    const isLast = index === written.length - 1;
    if (suffixes.replace(isLast ? /\{key\}$/ : "", "").includes("{key}")) return { problem: keyEnds(text) };
    for (const [suffix] of suffixes.matchAll(/\[\]|\{(?:key)?\}/g)) {
      walks.push({ keys, over: suffix === "[]" ? "list" : "object" });
      keys = [];
    }
  }
  if (walks.length > DEPTH)
    return { problem: `\`${text}\` leads through more than ${DEPTH} lists and objects` };
  return { text, walks, keys, isKey: (written.at(-1) ?? "").endsWith("{key}"), above: 0 };
}

/**
 * The same for the path of a column.
 * @param levels through how many lists and objects `records` leads: as many keys are there above a record
 */
export function parseColumnPath(text: string, levels: number): JsonPath | Problem {
  const path = parseJsonPath(text);
  if ("problem" in path || path.above <= levels) return path;
  const problem =
    levels === 0
      ? `\`${text}\` is a key above the record, and nothing is above a line`
      : `\`${text}\` is a key ${path.above} levels above the record, and \`records\` leads through ${levels}: as many ^ there can be`;
  return { problem };
}

export interface RecordsPath {
  /** The keys to what holds the records; none: the document itself. */
  readonly place: readonly string[];
  /** What leads from there to a record. At least one list: what is no list counts as a list of one. */
  readonly walks: readonly Walk["over"][];
}

/** Where a document's records are, by the path in `records`; or what is wrong with that. */
export function parseRecordsPath(text: string | undefined): RecordsPath | Problem {
  if (text === undefined) return { place: [], walks: ["list"] };
  const path = parseJsonPath(text);
  if ("problem" in path) return path;
  const { walks, keys, isKey } = path;
  if (isKey) {
    const problem = `\`${text}\` leads to keys: records are what {} walks, and the column \`^{key}\` is the key of each`;
    return { problem };
  }
  const [first] = walks;
  if (first === undefined) return { place: keys, walks: ["list"] };
  if (keys.length > 0 || walks.slice(1).some((walk) => walk.keys.length > 0)) {
    const problem = `\`${text}\` goes on behind [] or {}: in \`records\` they stand at the end, and columns lead on from there`;
    return { problem };
  }
  return { place: first.keys, walks: walks.map(({ over }) => over) };
}

/** Whether the record itself may be a list: the path begins with a position, or goes through the record itself. */
export function takesLists({ walks, keys, above }: JsonPath): boolean {
  const [first] = walks[0]?.keys ?? keys;
  return first === undefined ? above === 0 : /^\d+$/.test(first);
}

function aboveTheRecord(text: string, above: number): JsonPath | Problem {
  if (text.slice(above) === "{key}") return { text, walks: [], keys: [], isKey: true, above };
  const problem = `\`${text}\`: only {key} can follow ^, for the key that the record stands under; a ^ that a key begins with is written \\^`;
  return { problem };
}

/** The text between dots that no backslash precedes. */
function segmentsOf(text: string): string[] {
  const segments: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === ".") {
      segments.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...segments, text.slice(from)];
}

/** Positions, wildcards, quoted keys and filters of JSONPath and its like; a unit in brackets is none of them. */
const FOREIGN = /\[[\d*'"?@]/;

/** What other languages of paths mean by these signs is written otherwise here. */
function foreignNotation(name: string, isFirst: boolean, text: string): string | undefined {
  const bare = name.replace(/\\./gs, "\\");
  if (FOREIGN.test(bare)) {
    return `\`${text}\` has brackets that are not []: an element by its position is \`name.0\`, each element \`name[]\`; a bracket that belongs to a key is written \\[`;
  }
  if (isFirst && bare === "$") {
    return `\`${text}\` begins with $: paths begin at the record and have no sign for it; a key of that name is written \\$`;
  }
  return undefined;
}

/** The key as a path has it, whatever it is made up of. */
export function writtenKey(key: string): string {
  return key.replace(/[\\.{}]|\[(?=[\]\d*'"?@])|^\^|^\$$/g, "\\$&");
}

function unescaped(name: string): string {
  return name.replace(/\\([\\.[\]{}^$])/g, "$1");
}

/** What is wrong with the braces of a segment. */
function problemOf(segment: string, text: string): string {
  const bare = segment.replace(/\\./gs, "");
  const words = [...bare.matchAll(/\{([^{}]*)\}/g)].map(([, word = ""]) => word);
  const unknown = words.find((word) => word !== "" && word !== "key");
  if (unknown !== undefined) {
    return `\`${text}\` has {${unknown}}, and there are {} for each value of an object and {key} for its key; a brace that belongs to a key is written \\{`;
  }
  if (/[{}]/.test(bare.replace(/\{[^{}]*\}/g, ""))) {
    return `\`${text}\` has a brace without its other one; a brace that belongs to a key is written \\{ or \\}`;
  }
  if (words.includes("key")) return keyEnds(text);
  return `\`${text}\` goes on behind {} without a dot`;
}

function keyEnds(text: string): string {
  return `\`${text}\` goes on behind {key}, which ends a path: a key has no parts`;
}
