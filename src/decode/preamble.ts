/** Lines that are told by how they begin: what precedes the header or the first record, and comments. */
import type { DelimitedFormat, FixedWidthFormat } from "../config/format.ts";
import { MillraceError } from "../errors.ts";
import { bytesOf } from "./encoding.ts";

/** Texts that a line may begin with. */
export class Prefixes {
  /** 1 for the bytes that a prefix begins with. */
  readonly first = new Uint8Array(256);
  readonly #prefixes: readonly Buffer[];

  constructor(prefixes: readonly Buffer[]) {
    this.#prefixes = prefixes;
    for (const [first] of prefixes) if (first !== undefined) this.first[first] = 1;
  }

  /** Whether one of them stands at `at`. */
  standAt(bytes: Buffer, at: number): boolean {
    return this.first[bytes[at] ?? 0] === 1 && this.#prefixes.some((prefix) => standsAt(bytes, at, prefix));
  }
}

/** Tells which lines are no records, from the object's first line on. One serves one object. */
export class Preamble {
  readonly comments: Prefixes;
  readonly #mark: { readonly text: string; readonly bytes: Buffer } | undefined;
  /** Lines that are passed over, whatever they are. */
  #left: number;
  /** Whether the line that the header or the records begin with was met. */
  #over = false;

  constructor({
    skip_lines,
    skip_to,
    comment,
    encoding,
  }: Pick<DelimitedFormat | FixedWidthFormat, "skip_lines" | "skip_to" | "comment" | "encoding">) {
    this.comments = new Prefixes(comment.map((prefix) => bytesOf(prefix, encoding)));
    this.#left = skip_lines;
    this.#mark = skip_to === undefined ? undefined : { text: skip_to, bytes: bytesOf(skip_to, encoding) };
  }

  /** Whether the lines that `skip_lines` and `skip_to` tell of are behind. */
  get over(): boolean {
    return this.#over;
  }

  /**
   * Whether the line at `start` precedes the records or is a comment; to be asked once about each line. What begins
   * with `skip_to` is neither, even if comments begin so.
   */
  holds(bytes: Buffer, start: number): boolean {
    if (this.#over) return this.comments.standAt(bytes, start);
    if (this.#left > 0) {
      this.#left--;
      return true;
    }
    if (this.#mark !== undefined && !standsAt(bytes, start, this.#mark.bytes)) return true;
    this.#over = true;
    return this.#mark === undefined && this.comments.standAt(bytes, start);
  }

  /**
   * To be called at the end of the object.
   * @throws MillraceError COLUMN_MISSING if the line that `skip_to` speaks of never came.
   */
  finish(): void {
    if (this.#mark === undefined || this.#over) return;
    throw new MillraceError(
      "COLUMN_MISSING",
      `No line of the object begins with \`${this.#mark.text}\`, which \`format.skip_to\` waits for.`,
    );
  }
}

function standsAt(bytes: Buffer, at: number, prefix: Buffer): boolean {
  return bytes.subarray(at, at + prefix.length).equals(prefix);
}
