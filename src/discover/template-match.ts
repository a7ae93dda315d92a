/** Fitting one level of a template to the text between two slashes of a key. */
import type { DateFormat } from "../config/date-format.ts";
import type { Element, Level } from "../config/template.ts";

/**
 * Where the texts end that the level's elements stand for (the first begins at 0, each where the one before
 * ended), or undefined when they do not fit. Texts are as short as possible, the first before the later ones.
 * `known` variables stand for their text and nothing else. The work is bounded by elements × length², whatever
 * the template and the text: what did not fit once is not tried again.
 */
export function fitLevel(
  level: Level,
  text: string,
  known: ReadonlyMap<string, string>,
): readonly number[] | undefined {
  const fitting = new Fitting(level, text, known);
  return fitting.from(0, 0) ? fitting.ends : undefined;
}

class Fitting {
  readonly ends: number[] = [];
  readonly #level: Level;
  readonly #text: string;
  readonly #known: ReadonlyMap<string, string>;
  /** Element and position pairs from which the rest does not fit. */
  #failed: Set<number> | undefined;

  constructor(level: Level, text: string, known: ReadonlyMap<string, string>) {
    this.#level = level;
    this.#text = text;
    this.#known = known;
  }

  /** Whether the elements from `index` on fit the text from `start` on. */
  from(index: number, start: number): boolean {
    const element = this.#level[index];
    if (element === undefined) return start === this.#text.length;
    const state = index * (this.#text.length + 1) + start;
    if (this.#failed?.has(state) === true) return false;
    if (this.#tryElement(element, index, start)) return true;
    this.#failed ??= new Set();
    this.#failed.add(state);
    return false;
  }

  #tryElement(element: Element, index: number, start: number): boolean {
    switch (element.kind) {
      case "literal":
        return this.#tryText(element.text, index, start);
      case "optional":
        return this.#tryText(element.text, index, start) || this.#endAt(index, start);
      case "text": {
        const known = this.#known.get(element.name);
        return known === undefined ? this.#tryLengths(index, start) : this.#tryText(known, index, start);
      }
      case "date":
        return this.#tryDate(element.format, index, start);
    }
  }

  #endAt(index: number, end: number): boolean {
    if (!this.from(index + 1, end)) return false;
    this.ends[index] = end;
    return true;
  }

  #tryText(text: string, index: number, start: number): boolean {
    return this.#text.startsWith(text, start) && this.#endAt(index, start + text.length);
  }

  #tryLengths(index: number, start: number): boolean {
    const next = this.#level[index + 1];
    const length = this.#text.length;
    if (next === undefined) return start < length && this.#endAt(index, length);
    for (let end = start + 1; end <= length; end++) {
      if (next.kind === "literal") {
        end = this.#text.indexOf(next.text, end);
        if (end < 0) return false;
      }
      if (this.#endAt(index, end)) return true;
    }
    return false;
  }

  #tryDate(format: DateFormat, index: number, start: number): boolean {
    for (
      let end = Math.min(start + format.longest, this.#text.length);
      end >= start + format.shortest;
      end--
    ) {
      if (format.read(this.#text.slice(start, end)) !== undefined && this.#endAt(index, end)) return true;
    }
    return false;
  }
}
