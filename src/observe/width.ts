/** How much room text takes on a terminal: combining marks none, East Asian characters and emoji two columns. */

/** Most text: what takes a column a character. */
const PLAIN = /^[\x20-\x7e\u00a0-\u02ff]*$/;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * What terminals show two columns wide: the scripts and symbols that Unicode calls wide (UAX 11), and emoji. Terminals differ
 * on some; a line that is taken for wider than it is does no harm.
 */
const WIDE =
  /\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Yi}|\p{Script=Bopomofo}|\p{Emoji_Presentation}|\p{Regional_Indicator}|\ufe0f|[\u3000-\u303e\u3200-\u33ff\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6]/u;
/** Marks that stand over or under others, and what only joins; soft hyphens apart, which terminals show. */
const NO_ROOM = /^[\p{Mn}\p{Me}\u200b-\u200f\u2060-\u2064\ufeff]+$/u;

/** What a reader takes for single characters. */
export function characters(text: string): string[] {
  return PLAIN.test(text) ? text.split("") : Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** Columns of a terminal that one of them takes. */
export function widthOfCharacter(character: string): number {
  if (PLAIN.test(character)) return character.length;
  if (NO_ROOM.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Columns of a terminal that the text takes. */
export function width(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return characters(text).reduce((sum, character) => sum + widthOfCharacter(character), 0);
}

/** What of the text has room in `size` columns, the last character `…` where something was cut. */
export function truncate(text: string, size: number): string {
  if (width(text) <= size) return text;
  if (size <= 0) return "";
  let kept = "";
  let room = size - 1;
  for (const character of characters(text)) {
    room -= widthOfCharacter(character);
    if (room < 0) break;
    kept += character;
  }
  return `${kept}…`;
}
