/** Mistakes in pipeline files: first as a path into the document, then as a place that an editor can open. */

/** One mistake, where a person finds it. Lines and columns are 1-based; columns count characters. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type Path = readonly PropertyKey[];

/** One mistake, before it is located. */
export interface Complaint {
  readonly path: Path;
  /** Points at the key instead of its value. */
  readonly atKey?: boolean;
  readonly message: string;
}

/** Quotes a name for a message; long ones are cut. */
export function quote(name: string): string {
  return `\`${name.length > 80 ? `${name.slice(0, 80)}…` : name}\``;
}

/**
 * Number of single-character insertions, deletions, substitutions and swaps of neighbours that turn one
 * text into the other (optimal string alignment distance).
 */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** The valid name that was most likely meant, if one is near enough: at most a third of its letters differ. */
export function nearest(name: string, valid: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of valid) {
    if (Math.abs(candidate.length - name.length) > least) continue;
    const apart = distance(name.toLowerCase(), candidate.toLowerCase());
    if (apart < least) [best, least] = [candidate, apart];
  }
  return best !== undefined && least <= Math.max(1, Math.floor(Math.max(name.length, best.length) / 3))
    ? best
    : undefined;
}

const LISTED = 20;

/** `; did you mean x?`, or what is valid when nothing is near. */
export function suggest(name: string, valid: Iterable<string>): string {
  const names = [...new Set(valid)];
  const meant = name.length > 100 ? undefined : nearest(name, names);
  if (meant !== undefined) return `; did you mean ${quote(meant)}?`;
  if (names.length === 0) return "; there is none";
  const rest = names.length > LISTED ? ` and ${names.length - LISTED} more` : "";
  return `; valid: ${names.slice(0, LISTED).join(", ")}${rest}`;
}
