/** The order of keys: that of their UTF-8 bytes, which is S3's, and Postgres's under collate "C". */

/** Negative when `one` comes first, zero when equal. */
export function compareKeys(one: string, other: string): number {
  const shared = Math.min(one.length, other.length);
  for (let index = 0; index < shared; index++) {
    const left = one.charCodeAt(index);
    const right = other.charCodeAt(index);
    if (left !== right) return codePointRank(left) - codePointRank(right);
  }
  return one.length - other.length;
}

/**
 * JavaScript compares UTF-16 units, in which surrogates (characters above U+FFFF) stand before U+E000 to
 * U+FFFF; in bytes they come after them.
 */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x2800 : unit;
}
