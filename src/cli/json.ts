/** Facts as JSON that may be shown on a terminal. */

/** What moves a terminal's cursor, ends lines or turns the direction of writing; JSON itself leaves most of it as it is. */
const UNPRINTABLE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The facts, indented, and a line end. All characters of data that would not be shown are escaped; a parser sees no difference. */
export function formatJson(facts: unknown): string {
  const text = JSON.stringify(facts, undefined, 2);
  // Only in strings can there be any: what stands between them is JSON's own.
  return `${text.replace(UNPRINTABLE, escaped)}\n`;
}

/** A character beyond U+FFFF is escaped as the two that UTF-16 writes for it. */
function escaped(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
