/** The columns of a plan's batches: those that the decoder delivers, and texts that are worked out and added to them. */
import type { Pipeline } from "../config/pipeline.ts";
import { DONE, type Step } from "./cursor.ts";
import { originName } from "./origin.ts";
import type { SpanReader } from "./span.ts";
import { type FieldContext, ownSpanReader, type TextSource } from "./text.ts";
import { workedOutReader } from "./worked-out.ts";

/** A text that is worked out once a record, or once an object. */
export interface AddedText {
  /** Its column in the batch. */
  readonly column: number;
  readonly read: SpanReader;
  /** Whether the last one holds on where a record has none. */
  readonly carried: boolean;
  /** Whether it is the same in all records of an object. */
  readonly constant: boolean;
}

/** What is to be added to the decoder's batches. */
export interface AddedTexts {
  /** How many columns there are, and which of them the decoder delivers: our place → its name. */
  readonly width: number;
  readonly delivered: readonly { readonly place: number; readonly name: string }[];
  /** Each may use the columns of those before it. */
  readonly texts: readonly AddedText[];
  /** Patterns for the lines above the records. */
  readonly patterns: readonly string[];
}

/** Gives columns their places while fields are compiled. */
export class Columns {
  /** What each column is called, in the order of the batch. */
  readonly names: string[] = [];
  /** Of texts with names: what refuses a record whose text is refused. */
  readonly steps: Step[] = [];
  readonly #texts: AddedText[] = [];
  readonly #patterns = new Set<string>();
  /** Place by name; texts take the place of columns of the same name. */
  readonly #places = new Map<string, number>();
  /** Place by definition, for texts without a name. */
  readonly #unnamed = new Map<string, number>();
  readonly #context: FieldContext;

  constructor(pipeline: Pick<Pipeline, "lookups" | "texts">) {
    this.#context = { pipeline, columnOf: this.of, workedOut: this.workedOut };
    for (const [name, field] of Object.entries(pipeline.texts ?? {})) {
      const column = this.#add(name, field);
      this.#places.set(name, column);
      const read = workedOutReader(column);
      if (mayRefuse(field)) this.steps.push({ field: name, run: refusal(read) });
    }
  }

  /** The place of a column, or of a text with that name. */
  readonly of = (name: string): number => {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = this.names.push(name) - 1;
    this.#places.set(name, place);
    return place;
  };

  /** The place of a text that a field has worked out. */
  readonly workedOut = (field: TextSource): number => {
    const definition = JSON.stringify(field);
    const known = this.#unnamed.get(definition);
    if (known !== undefined) return known;
    const place = this.#add(originName(field), field);
    this.#unnamed.set(definition, place);
    return place;
  };

  /** What is to be added; undefined when the decoder delivers all there is. */
  get added(): AddedTexts | undefined {
    if (this.#texts.length === 0) return undefined;
    const own = new Set(this.#texts.map(({ column }) => column));
    return {
      width: this.names.length,
      delivered: this.names.flatMap((name, place) => (own.has(place) ? [] : [{ place, name }])),
      texts: this.#texts,
      patterns: [...this.#patterns],
    };
  }

  #add(name: string, { carry, ...field }: TextSource): number {
    const { preamble, variable, literal } = field;
    if (preamble !== undefined) this.#patterns.add(preamble);
    const read = ownSpanReader(field, this.#context);
    const column = this.names.push(name) - 1;
    const constant = (preamble ?? variable ?? literal) !== undefined;
    this.#texts.push({ column, read, carried: carry === true, constant });
    return column;
  }
}

/** Only these operations refuse a text. */
function mayRefuse({ lookup, replace }: TextSource): boolean {
  return replace !== undefined || (lookup !== undefined && lookup.otherwise !== "null");
}

/** That there is no text is for those to judge who use it. */
function refusal(read: SpanReader): Step["run"] {
  const span = { bytes: Buffer.alloc(0), start: 0, end: 0 };
  return (cursor) => {
    const outcome = read(cursor, span);
    return outcome > DONE ? outcome : DONE;
  };
}
