/**
 * Whether the text fits the pattern, in which * stands for any characters (none, too) and ? for one. The work is bounded
 * by the product of their lengths.
 */
export function fitsWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let inPattern = 0;
  /** Where the last * stands, and how far the text was when it was met: it takes one character more each time. */
  let star = -1;
  let taken = 0;
  while (at < text.length) {
    const expected = pattern[inPattern];
    if (expected === "*") {
      star = inPattern++;
      taken = at;
    } else if (expected !== undefined && (expected === "?" || expected === text[at])) {
      inPattern++;
      at++;
    } else if (star === -1) return false;
    else {
      inPattern = star + 1;
      at = ++taken;
    }
  }
  while (pattern[inPattern] === "*") inPattern++;
  return inPattern === pattern.length;
}
