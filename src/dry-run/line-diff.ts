/** What differs between two lists of lines. */

export interface LineChange {
  readonly kind: "expected" | "found";
  /** 1-based, in its own list. */
  readonly line: number;
  readonly text: string;
}

/** Longer middle parts are told as wholly different: comparing them costs the product of their lengths. */
const MOST_COMPARISONS = 4_000_000;

/** Lines that only one of the lists has, in order: what was expected before what was found in its place. */
export function diffLines(expected: readonly string[], found: readonly string[]): LineChange[] {
  let start = 0;
  while (start < expected.length && start < found.length && expected[start] === found[start]) start++;
  let end = 0;
  const most = Math.min(expected.length, found.length) - start;
  while (end < most && expected.at(-1 - end) === found.at(-1 - end)) end++;
  const one = expected.slice(start, expected.length - end);
  const other = found.slice(start, found.length - end);
  const kept = one.length * other.length <= MOST_COMPARISONS ? commonLines(one, other) : [];
  return [...changes(one, other, kept)].map((change) => ({ ...change, line: change.line + start }));
}

type Pair = readonly [one: number, other: number];

function* changes(
  one: readonly string[],
  other: readonly string[],
  kept: readonly Pair[],
): Generator<LineChange> {
  let left = 0;
  let right = 0;
  for (const [nextLeft, nextRight] of [...kept, [one.length, other.length] as const]) {
    for (; left < nextLeft; left++) yield { kind: "expected", line: left + 1, text: one[left] ?? "" };
    for (; right < nextRight; right++) yield { kind: "found", line: right + 1, text: other[right] ?? "" };
    left = nextLeft + 1;
    right = nextRight + 1;
  }
}

/** A longest common subsequence, as pairs of places. */
function commonLines(one: readonly string[], other: readonly string[]): Pair[] {
  const width = other.length + 1;
  /** Length of the longest one of one[left…] and other[right…]. */
  const lengths = new Int32Array((one.length + 1) * width);
  const lengthAt = (left: number, right: number): number => lengths[left * width + right] ?? 0;
  for (let left = one.length - 1; left >= 0; left--) {
    for (let right = other.length - 1; right >= 0; right--) {
      lengths[left * width + right] =
        one[left] === other[right]
          ? lengthAt(left + 1, right + 1) + 1
          : Math.max(lengthAt(left + 1, right), lengthAt(left, right + 1));
    }
  }
  const pairs: Pair[] = [];
  for (let left = 0, right = 0; left < one.length && right < other.length; ) {
    if (one[left] === other[right]) pairs.push([left++, right++]);
    else if (lengthAt(left + 1, right) >= lengthAt(left, right + 1)) left++;
    else right++;
  }
  return pairs;
}
