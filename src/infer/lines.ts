/** Lines of a delimited file, and the character that divides them. */

/** The characters that divide lines; those that occur least elsewhere first. */
export const DELIMITERS = ["\t", ";", "|", ","] as const;
/** A blank, a tab, or several of them. */
export const WHITESPACE = "whitespace";

/** How lines are divided. */
export interface Dialect {
  readonly delimiter: (typeof DELIMITERS)[number] | typeof WHITESPACE;
  readonly quote: '"' | "'" | "none";
  /** Fields of nearly every line. */
  readonly fields: number;
  /** The first line of which this is true and that is no part of a preamble. */
  readonly first: number;
}

/** So many of the lines must have the same number of fields. */
const CONSISTENT = 0.8;
const LINES_COUNTED = 500;

/** The dialect in which lines have the same number of fields, more than one; undefined when there is none. */
export function dialectOf(lines: readonly string[]): Dialect | undefined {
  const counted = lines.slice(0, LINES_COUNTED);
  const quote = quoteOf(counted);
  let best: (Dialect & { readonly share: number }) | undefined;
  for (const delimiter of [...DELIMITERS, WHITESPACE] as const) {
    const { fields, share, first } = usualFields(
      counted.map((line) => splitLine(line, { delimiter, quote }).length),
    );
    if (fields < 2 || share < CONSISTENT) continue;
    // Earlier delimiters occur less often in texts and numbers; blanks occur everywhere.
    if (best === undefined || share > best.share + 0.1) best = { delimiter, quote, fields, first, share };
  }
  return best;
}

/** Lines that tell whether a table begins above them, and the share of them that must be divided as it is. */
const LOOKED_AHEAD = 10;
const ALIKE = 0.6;

/** The most frequent number of fields, the line where the table begins, and its share of the lines from there on. */
function usualFields(counts: readonly number[]): { fields: number; share: number; first: number } {
  const frequency = new Map<number, number>();
  for (const count of counts) frequency.set(count, (frequency.get(count) ?? 0) + 1);
  let fields = 0;
  for (const [count, times] of frequency) if (times > (frequency.get(fields) ?? 0)) fields = count;
  // What stands before the header is no table, though a line of it may be divided as those of the table are.
  const begins = counts.findIndex((count, index) => {
    const ahead = counts.slice(index + 1, index + 1 + LOOKED_AHEAD);
    return count === fields && ahead.filter((other) => other === fields).length >= ahead.length * ALIKE;
  });
  const first = begins < 0 ? counts.indexOf(fields) : begins;
  // But most of the file is one.
  const before = Math.min(first, Math.floor(counts.length / 2));
  const own = counts.slice(before).filter((count) => count === fields).length;
  return { fields, share: own / Math.max(1, counts.length - before), first };
}

/** Quotes that enclose cells; marks that only stand within them are none. */
function quoteOf(lines: readonly string[]): Dialect["quote"] {
  const enclosing = (quote: string): boolean =>
    lines.some((line) => new RegExp(`(?:^|[,;|\\t])${quote}[^${quote}]*${quote}(?:[,;|\\t]|$)`).test(line));
  if (enclosing('"')) return '"';
  if (enclosing("'")) return "'";
  return lines.some((line) => line.includes('"')) ? "none" : '"';
}

/** A line's cells, quotes taken off. */
export function splitLine(
  line: string,
  { delimiter, quote }: Pick<Dialect, "delimiter" | "quote">,
): string[] {
  if (delimiter === WHITESPACE) return line.trim().split(/[ \t]+/);
  if (quote === "none" || !line.includes(quote)) return line.split(delimiter);
  const cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (isQuoted && character === quote && line[at + 1] === quote) cell += line.charAt(at++);
    else if (character === quote && (isQuoted || cell.trim() === "")) isQuoted = !isQuoted;
    else if (character === delimiter && !isQuoted) {
      cells.push(cell);
      cell = "";
    } else cell += character;
  }
  return [...cells, cell];
}
