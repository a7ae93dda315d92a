/** The lines above an object's first record, and what is found in them. */
import { RE2JS } from "re2js";

/** So many characters of them are kept and searched. */
const LONGEST = 64 * 1024;

export class LinesAbove {
  readonly #lines: string[] = [];
  #room = LONGEST;

  /** Takes the next line. */
  readonly add = (line: string): void => {
    if (this.#room <= 0) return;
    const kept = line.slice(0, this.#room);
    this.#lines.push(kept);
    this.#room -= kept.length + 1;
  };

  /**
   * What a pattern finds, by the pattern: what its first group matches or, without a group, the whole match, in the first
   * line in which it matches. One that names a line end is matched against all lines together. What is not found, or
   * empty, is not there. Throws RE2JSSyntaxException for a pattern that is none; the configuration's checks name it first.
   */
  find(patterns: readonly string[]): Map<string, string> {
    const found = new Map<string, string>();
    for (const pattern of patterns) {
      const text = this.#search(pattern)?.trim();
      if (text !== undefined && text !== "") found.set(pattern, text);
    }
    return found;
  }

  #search(pattern: string): string | undefined {
    const together = pattern.includes("\\n") || pattern.includes("\n");
    const compiled = RE2JS.compile(pattern, together ? RE2JS.MULTILINE : 0);
    const group = compiled.groupCount() > 0 ? 1 : 0;
    for (const text of together ? [this.#lines.join("\n")] : this.#lines) {
      const matcher = compiled.matcher(text);
      if (matcher.find()) return matcher.group(group) ?? undefined;
    }
    return undefined;
  }
}
