/** stream-json, kept within bounds, and made to tell where each record stands. */
import { getManyValues, type Many, none } from "stream-chain/core";
import fun from "stream-chain/fun.js";
import Assembler from "stream-json/core/assembler.js";
import { pick } from "stream-json/core/filters/pick.js";
import parser, { type Token } from "stream-json/core/parser.js";
import type { JsonFormat } from "../config/format.ts";
import { parseRecordsPath } from "../config/json-path.ts";
import { MillraceError } from "../errors.ts";
import { RAW_LIMIT } from "./batch.ts";
import { pieceDecoder } from "./encoding.ts";
import type { Around } from "./json-columns.ts";
import { Pieces } from "./json-pieces.ts";
import { RecordFinder } from "./record-finder.ts";
import type { Window } from "./window.ts";

/** A text (a key, a number) may not be longer, unless records may: it is held in memory. */
const TEXT_BYTES = 16 * 2 ** 20;

/** A record, and where it stands in the window. */
export interface Element {
  /** Assembled for objects and lists; null for null in a list or object of records; undefined for what else is no record. */
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
  /** Set instead, if the record is longer than the limit and was not kept: where in the object it begins, and how. */
  readonly tooLong?: { readonly byte: number; readonly raw: Buffer };
}

/** By how many levels a token changes the depth. */
function levels({ name }: Token): -1 | 0 | 1 {
  switch (name) {
    case "startObject":
    case "startArray":
      return 1;
    case "endObject":
    case "endArray":
      return -1;
    default:
      return 0;
  }
}

/** Whether keys and positions lead to the place. As text, stream-json's own way, `a.b` is both two keys and one. */
function isAt(place: readonly string[]): (around: readonly (string | number | null)[]) => boolean {
  return (around) =>
    around.length === place.length && place.every((key, index) => key === String(around[index]));
}

/**
 * Parses one piece more, or with `none` the end; all stages being synchronous, so is this. (The type that `fun` declares
 * mentions neither.)
 */
type Run = (piece: string | typeof none) => Many<{ readonly value: unknown }>;

export class RecordParser {
  readonly #decoder: { write(bytes: Buffer): string };
  readonly #run: Run;
  readonly #format: JsonFormat;
  #assembler = new Assembler({ numberAsString: true });
  /** How many containers are open in the document, and in the record at hand. */
  #depth = 0;
  #depthInRecord = 0;
  readonly #finder: RecordFinder;
  readonly #pieces = new Pieces();
  /** Whether the document itself holds the records. */
  readonly #isPlace: boolean;
  /** Whether something stands where records should be. */
  #found = false;
  /** The piece that is being parsed, as positions in the window. */
  #pieceStart = 0;
  #pieceEnd = 0;
  /** Where the record at hand begins, if one is open, and where the one that was completed last began. */
  #open: number | undefined;
  #completed = 0;
  /** The record at hand, if it has turned out too long: it is no longer assembled. */
  #tooLong: Element["tooLong"];
  /** Bytes that brought no token: the text at hand is about as long. */
  #quiet = 0;
  /** Byte offset of the window in the object. */
  #offset = 0;

  /** @throws MillraceError CONFIG_INVALID for `records` that cannot be followed. */
  constructor(format: JsonFormat) {
    const records = parseRecordsPath(format.records);
    if ("problem" in records) throw new MillraceError("CONFIG_INVALID", `${records.problem}.`);
    this.#format = format;
    this.#isPlace = records.place.length === 0;
    this.#finder = new RecordFinder(records.walks);
    this.#decoder = pieceDecoder(format.encoding);
    // Only whole values: a token per piece of a string would be for those who build no objects.
    const parse = parser({ streamValues: false });
    const bound = (token: Token): Token => this.#bound(token);
    const assemble = (token: Token): { value: unknown } | typeof none => this.#assemble(token);
    const run = this.#isPlace
      ? fun(parse, bound, assemble)
      : fun(parse, bound, pick({ filter: isAt(records.place) }), assemble);
    this.#run = run as Run;
  }

  /** What the record that was completed last stands under; until more is fed. */
  get around(): Around {
    return this.#finder.around;
  }

  /** Up to where the window is to be fed next, `from` being what has been. */
  endOfPiece(window: Window, from: number): number {
    const isBetween = this.#depthInRecord === 0 && (this.#isPlace || !this.#finder.isOutermost);
    return this.#pieces.next(window, from, isBetween);
  }

  /**
   * Parses the window's bytes up to `end`, those excepted that were fed before; returns the records that they complete.
   * `end` must be what `endOfPiece` said.
   * @throws MillraceError DOCUMENT_INVALID
   */
  feed(window: Window, end: number): Element[] {
    this.#offset = window.offset;
    this.#pieceStart = this.#pieceEnd;
    this.#pieceEnd = end;
    this.#quiet += end - this.#pieceStart;
    const values = this.#parse(this.#decoder.write(window.bytes.subarray(this.#pieceStart, end)));
    if (this.#quiet > Math.max(TEXT_BYTES, this.#format.record_limit)) {
      throw this.#invalid(`A text is longer than ${TEXT_BYTES} bytes.`);
    }
    const tooLong = this.#tooLong;
    if (this.#open === undefined) this.#tooLong = undefined;
    else if (tooLong === undefined && end - this.#open > Math.max(this.#format.record_limit, RAW_LIMIT))
      this.#abandon(window);
    return values.map((value) => ({
      value,
      ...this.#placeOf(value, end),
      ...(tooLong === undefined ? {} : { tooLong }),
    }));
  }

  /** The bytes of the record that the piece up to `end` completes. */
  #placeOf(value: unknown, end: number): { start: number; end: number } {
    const isAssembled = typeof value === "object" && value !== null;
    const none = { start: this.#completed, end };
    return isAssembled ? none : (this.#pieces.value ?? none);
  }

  /** Tells that the window may forget what no open record needs; returns how many bytes that is. */
  release(): number {
    const open = this.#open ?? this.#pieces.open;
    const consumed = this.#tooLong === undefined ? (open ?? this.#pieceEnd) : this.#pieceEnd;
    this.#pieces.forget(consumed);
    this.#pieceEnd -= consumed;
    if (this.#open !== undefined) this.#open = 0;
    return consumed;
  }

  /**
   * To be called at the end of the document.
   * @throws MillraceError DOCUMENT_INVALID for a document that is not complete or has nothing where records should be.
   */
  finish(): void {
    this.#parse(none);
    if (this.#found) return;
    const { records = "" } = this.#format;
    const hint = /(?<!\\)\./.test(records)
      ? " A dot that belongs to a key is written \\., as in `a\\.b`."
      : "";
    throw this.#invalid(`The document has nothing at ${this.#records()}.${hint}`);
  }

  /** What stream-json throws has no code and means one thing: this is not JSON. */
  #parse(piece: string | typeof none): unknown[] {
    try {
      return getManyValues(this.#run(piece)).map(({ value }) => value);
    } catch (error) {
      if (error instanceof MillraceError) throw error;
      throw this.#invalid("The document is not valid JSON.", error);
    }
  }

  /** Sees every token of the document: bounds its depth. */
  #bound(token: Token): Token {
    this.#quiet = 0;
    this.#depth += levels(token);
    if (this.#depth <= this.#format.depth_limit) return token;
    throw this.#invalid(`The document nests deeper than ${this.#format.depth_limit} levels.`);
  }

  /** Sees the tokens of the records: puts them together, and notes where they begin. */
  #assemble(token: Token): { value: unknown } | typeof none {
    const change = levels(token);
    if (this.#depthInRecord === 0) {
      if (this.#finder.isOutermost) this.#meet(token);
      if (!this.#finder.isRecord(token)) return none;
      if (change === 0) return { value: this.#isNothing(token) ? null : undefined };
      this.#open = this.#pieceEnd - 1;
    }
    this.#depthInRecord += change;
    if (this.#depthInRecord === 0) return { value: this.#complete(token) };
    if (this.#tooLong === undefined) this.#assembler.consume(token);
    return none;
  }

  /** Whether this is null among records. As all that there is, it stands where records should be. */
  #isNothing({ name }: Token): boolean {
    return name === "nullValue" && !this.#finder.isOutermost;
  }

  /** Sees the first token of what stands where records should be. */
  #meet({ name }: Token): void {
    const isContainer = name === "startArray" || name === "startObject";
    if (!isContainer && this.#format.records !== undefined) {
      throw this.#invalid(`What stands at ${this.#records()} is neither a list nor an object.`);
    }
    this.#found = true;
  }

  /**
   * To be called for a record that is longer than the limit.
   * @throws MillraceError OBJECT_TOO_LARGE if the record is all that the document has
   */
  refuseAlone(): void {
    if (!this.#finder.isOutermost) return;
    const what = `All of the document is one record, of more than ${this.#format.record_limit} bytes (\`format.record_limit\`).`;
    const hint =
      "Records can be the elements of a list in it (`records: a.b`) or the values of an object (`records: a.b{}`).";
    throw new MillraceError("OBJECT_TOO_LARGE", `${what} ${hint}`, {
      byte: this.#offset + (this.#open ?? 0),
    });
  }

  #complete(token: Token): unknown {
    this.#completed = this.#open ?? this.#pieceStart;
    this.#open = undefined;
    return this.#tooLong === undefined ? this.#assembler.consume(token).current : undefined;
  }

  /** Goes on without the record at hand, of which only the beginning is kept. */
  #abandon(window: Window): void {
    this.refuseAlone();
    const start = this.#open ?? 0;
    const raw = Buffer.from(window.bytes.subarray(start, start + RAW_LIMIT));
    this.#tooLong = { byte: window.offset + start, raw };
    this.#assembler = new Assembler({ numberAsString: true });
  }

  #records(): string {
    return this.#format.records ?? "its root";
  }

  #invalid(what: string, cause?: unknown): MillraceError {
    return new MillraceError("DOCUMENT_INVALID", what, { byte: this.#offset + this.#pieceEnd }, cause);
  }
}
