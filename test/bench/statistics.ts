/** The arithmetic of repeated runs. */

/** The middle one; of an even number the mean of the middle two. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  const lower = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** The least and the greatest. NaN of none. */
export function range(values: readonly number[]): readonly [least: number, greatest: number] {
  return values.length === 0 ? [Number.NaN, Number.NaN] : [Math.min(...values), Math.max(...values)];
}

/**
 * The median of the quotients `ofs[round] / thats[round]`: what else the machine does in a round meets both, so their
 * quotient bears it better than the quotient of two medians. Throws RangeError when the rounds do not pair.
 */
export function pairedRatio(ofs: readonly number[], thats: readonly number[]): number {
  if (ofs.length !== thats.length) throw new RangeError(`${ofs.length} rounds against ${thats.length}`);
  return median(ofs.map((value, round) => value / (thats[round] ?? Number.NaN)));
}
