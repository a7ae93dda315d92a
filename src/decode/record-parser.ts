/** stream-json, kept within bounds, and made to tell where each record stands. */
import { getManyValues, type Many, none } from "stream-chain/core";
import fun from "stream-chain/fun.js";
import Assembler from "stream-json/core/assembler.js";
import { pick } from "stream-json/core/filters/pick.js";
import parser, { type Token } from "stream-json/core/parser.js";
import type { JsonFormat } from "../config/format.ts";
import { MillraceError } from "../errors.ts";
import { RAW_LIMIT } from "./batch.ts";
import { pieceDecoder } from "./encoding.ts";
import type { Window } from "./window.ts";

/** A text (a key, a number) may not be longer, unless records may: it is held in memory. */
const TEXT_BYTES = 16 * 2 ** 20;

/** A record, and where it stands in the window. */
export interface Element {
  readonly value: unknown;
  /** Exact for objects and lists; for others some bytes around them. */
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
  /** How many containers are open in the document, and among the records (a list of records counts as one). */
  #depth = 0;
  #depthInRecords = 0;
  /** The depth at which records stand: 1 in a list of them, 0 if what stands there is one record itself. */
  #base = 0;
  /** Whether records, or a list of them, were met. */
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

  constructor(format: JsonFormat) {
    this.#format = format;
    this.#decoder = pieceDecoder(format.encoding);
    // Only whole values: a token per piece of a string would be for those who build no objects.
    const parse = parser({ streamValues: false });
    const bound = (token: Token): Token => this.#bound(token);
    const assemble = (token: Token): { value: unknown } | typeof none => this.#assemble(token);
    const { records } = format;
    const run =
      records === undefined
        ? fun(parse, bound, assemble)
        : fun(parse, bound, pick({ filter: records }), assemble);
    this.#run = run as Run;
  }

  /**
   * Parses the window's bytes up to `end`, those excepted that were fed before; returns the records that they complete.
   * `end` must lie behind the next brace or bracket or at the window's end.
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
      start: typeof value === "object" && value !== null ? this.#completed : this.#pieceStart,
      end,
      ...(tooLong === undefined ? {} : { tooLong }),
    }));
  }

  /** Tells that the window may forget what no open record needs; returns how many bytes that is. */
  release(): number {
    const consumed = this.#tooLong === undefined ? (this.#open ?? this.#pieceEnd) : this.#pieceEnd;
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
    if (!this.#found) throw this.#invalid(`The document has nothing at ${this.#records()}.`);
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
    if (this.#depthInRecords === 0) this.#meet(token);
    if (this.#depthInRecords < this.#base || (this.#depthInRecords === this.#base && change === -1)) {
      this.#depthInRecords += change;
      return none;
    }
    if (change === 1 && this.#depthInRecords === this.#base) this.#open = this.#pieceEnd - 1;
    this.#depthInRecords += change;
    if (this.#depthInRecords > this.#base) {
      if (this.#tooLong === undefined) this.#assembler.consume(token);
      return none;
    }
    return { value: change === 0 ? undefined : this.#complete(token) };
  }

  /** Sees the first token of what stands where records should be. */
  #meet({ name }: Token): void {
    const isContainer = name === "startArray" || name === "startObject";
    if (!isContainer && this.#format.records !== undefined) {
      throw this.#invalid(`What stands at ${this.#records()} is neither a list nor an object.`);
    }
    this.#found = true;
    this.#base = name === "startArray" ? 1 : 0;
  }

  #complete(token: Token): unknown {
    this.#completed = this.#open ?? this.#pieceStart;
    this.#open = undefined;
    return this.#tooLong === undefined ? this.#assembler.consume(token).current : undefined;
  }

  /** Goes on without the record at hand, of which only the beginning is kept. */
  #abandon(window: Window): void {
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
