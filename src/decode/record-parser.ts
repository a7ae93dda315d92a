/** stream-json, kept within bounds, and made to tell where each record stands. */
import { StringDecoder } from "node:string_decoder";
import { getManyValues, type Many, none } from "stream-chain/core";
import fun from "stream-chain/fun.js";
import { pick } from "stream-json/core/filters/pick.js";
import parser, { type Token } from "stream-json/core/parser.js";
import { type StreamArrayItem, streamArray } from "stream-json/core/streamers/stream-array.js";
import { MillraceError } from "../errors.ts";
import { isRecord } from "./json-columns.ts";
import type { Window } from "./window.ts";

/** A record, or a single string outside the records, may not be longer: it is held in memory. */
const LIMIT_BYTES = 16 * 2 ** 20;

/** An element of the array of records, and where it stands in the window. */
export interface Element {
  readonly value: unknown;
  /** Exact for objects; for other elements some bytes around them. */
  readonly start: number;
  readonly end: number;
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
type Run = (piece: string | typeof none) => Many<StreamArrayItem>;

export class RecordParser {
  readonly #decoder = new StringDecoder();
  readonly #run: Run;
  readonly #records: string | undefined;
  readonly #depthLimit: number;
  /** How many containers are open in the document, and in the array of records (which counts as one). */
  #depth = 0;
  #depthInRecords = 0;
  /** Whether the array of records was met. */
  #found = false;
  /** The piece that is being parsed, as positions in the window. */
  #pieceStart = 0;
  #pieceEnd = 0;
  /** Where the record at hand begins, if one is open, and where the one that was completed last began. */
  #open: number | undefined;
  #completed = 0;
  /** Bytes that brought no token: the string at hand is about as long. */
  #quiet = 0;
  /** Byte offset of the window in the object. */
  #offset = 0;

  /** @param records Path of the array, keys joined by dots; the document itself when absent. */
  constructor(records: string | undefined, depthLimit: number) {
    this.#records = records;
    this.#depthLimit = depthLimit;
    // Only whole values: a token per piece of a string would be for those who build no objects.
    const parse = parser({ streamValues: false });
    const bound = (token: Token): Token => this.#bound(token);
    const locate = (token: Token): Token => this.#locate(token);
    const assemble = streamArray({ numberAsString: true });
    const run =
      records === undefined
        ? fun(parse, bound, locate, assemble)
        : fun(parse, bound, pick({ filter: records }), locate, assemble);
    this.#run = run as Run;
  }

  /**
   * Parses the window's bytes up to `end`, those excepted that were fed before; returns the elements that they complete.
   * `end` must lie behind the next brace or at the window's end.
   * @throws MillraceError DOCUMENT_INVALID
   */
  feed(window: Window, end: number): Element[] {
    this.#offset = window.offset;
    this.#pieceStart = this.#pieceEnd;
    this.#pieceEnd = end;
    this.#quiet += end - this.#pieceStart;
    const values = this.#parse(this.#decoder.write(window.bytes.subarray(this.#pieceStart, end)));
    const held = this.#open === undefined ? this.#quiet : end - this.#open;
    if (held > LIMIT_BYTES) throw this.#invalid(`A record or a text is longer than ${LIMIT_BYTES} bytes.`);
    return values.map((value) => ({
      value,
      start: isRecord(value) ? this.#completed : this.#pieceStart,
      end,
    }));
  }

  /** Tells that the window may forget what no open record needs; returns how many bytes that is. */
  release(): number {
    const consumed = this.#open ?? this.#pieceEnd;
    this.#pieceEnd -= consumed;
    if (this.#open !== undefined) this.#open = 0;
    return consumed;
  }

  /**
   * To be called at the end of the document.
   * @throws MillraceError DOCUMENT_INVALID for a document that is not complete or has no array of records.
   */
  finish(): void {
    this.#parse(none);
    if (!this.#found) throw this.#invalid(`The document has nothing at ${this.#records ?? "its root"}.`);
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
    if (this.#depth <= this.#depthLimit) return token;
    throw this.#invalid(`The document nests deeper than ${this.#depthLimit} levels.`);
  }

  /** Sees the tokens of the array of records: notes where records begin. */
  #locate(token: Token): Token {
    const change = levels(token);
    if (this.#depthInRecords === 0 && token.name !== "startArray") {
      throw this.#invalid(`What stands at ${this.#records ?? "the document's root"} is not an array.`);
    }
    this.#found = true;
    if (change === 1 && this.#depthInRecords === 1) {
      this.#open = token.name === "startObject" ? this.#pieceEnd - 1 : this.#pieceStart;
    }
    this.#depthInRecords += change;
    if (change === -1 && this.#depthInRecords === 1) {
      this.#completed = this.#open ?? this.#pieceStart;
      this.#open = undefined;
    }
    return token;
  }

  #invalid(what: string, cause?: unknown): MillraceError {
    return new MillraceError("DOCUMENT_INVALID", what, { byte: this.#offset + this.#pieceEnd }, cause);
  }
}
