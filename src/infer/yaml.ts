/** YAML as people write it: plain words where they are safe, quotes where they are needed, and comments. */

/** What YAML 1.1 or 1.2 would take for something else than a text. */
const NOT_A_TEXT = /^(?:y|yes|n|no|on|off|true|false|null|~|\.inf|\.nan)$/i;
const SAFE = /^[A-Za-zµ°_][\wµ°./³² -]*$/;

export type YamlValue =
  | string
  | number
  | boolean
  | readonly YamlValue[]
  | { readonly [name: string]: YamlValue };

/** A value within a line: scalars, `[a, b]` and `{ a: b }`. */
export function flow(value: YamlValue): string {
  if (typeof value === "string") return text(value);
  if (typeof value !== "object") return String(value);
  if (isList(value)) return `[${value.map(flow).join(", ")}]`;
  const members = Object.entries(value).map(([name, member]) => `${keyOf(name)}: ${flow(member)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function isList(value: object): value is readonly YamlValue[] {
  return Array.isArray(value);
}

function text(value: string): string {
  // JSON's strings are YAML's in double quotes.
  return SAFE.test(value) && !NOT_A_TEXT.test(value) && !value.endsWith(" ") ? value : quoted(value);
}

/** Keys without a mark of their own end within 1024 characters (YAML 1.2.2, 7.4.2). */
const LONGEST_KEY = 1000;

function keyOf(name: string): string {
  const key = text(name);
  return key.length > LONGEST_KEY ? `? ${key} ` : key;
}

/** What ends lines, moves a terminal's cursor or turns the direction of writing; JSON leaves most of it as it is. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function quoted(value: string): string {
  return JSON.stringify(value).replace(UNPRINTABLE, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
}

/** Comments quote names from the sample: no more of them than a person reads, and nothing that would end the comment. */
const LONGEST_COMMENT = 1000;

function commentOf(words: string): string {
  const shown = words.replace(UNPRINTABLE, "?");
  const cut = shown.length > LONGEST_COMMENT ? `${shown.slice(0, LONGEST_COMMENT)}…` : shown;
  return `# ${cut.toWellFormed()}`;
}

/** What cannot be known from a sample is marked so that it can be searched for. */
export function unsure(what: string): string {
  return `UNSURE: ${what}`;
}

/** Lines of a YAML file; nested blocks are indented by two blanks. */
export class YamlLines {
  readonly lines: string[] = [];
  readonly #indent: string;

  constructor(indent = "") {
    this.#indent = indent;
  }

  /** A comment on lines of its own. */
  note(comment: string): void {
    this.lines.push(`${this.#indent}${commentOf(comment)}`);
  }

  entry(name: string, value: YamlValue, comment?: string): void {
    this.lines.push(
      `${this.#indent}${text(name)}: ${flow(value)}${comment === undefined ? "" : ` ${commentOf(comment)}`}`,
    );
  }

  /** An element of a list, within a line. */
  item(value: YamlValue, comment?: string): void {
    this.lines.push(
      `${this.#indent}- ${flow(value)}${comment === undefined ? "" : ` ${commentOf(comment)}`}`,
    );
  }

  /** `name:` and below it what `fill` adds. */
  block(name: string, fill: (inner: YamlLines) => void): void {
    const inner = new YamlLines(`${this.#indent}  `);
    fill(inner);
    this.lines.push(`${this.#indent}${text(name)}:`, ...inner.lines);
  }

  gap(): void {
    this.lines.push("");
  }
}
