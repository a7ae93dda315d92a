/** Pseudo-random numbers that a seed determines: the same everywhere, for ever. */

/** FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/): spreads labels such as `7/noaa/2024` over all seeds. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  return state;
}

/**
 * A stream of numbers named by its labels; other labels give an unrelated stream, so that one part of the
 * generated data can change without moving all the others. The generator is Mulberry32: a Weyl sequence
 * with a 32-bit finaliser, period 2^32.
 */
export class Random {
  private state: number;

  constructor(...labels: readonly (string | number)[]) {
    this.state = hash(labels.join("/"));
  }

  /** 0 to 2^32 - 1. */
  bits(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** 0 ≤ x < 1. */
  unit(): number {
    return this.bits() / 0x1_0000_0000;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.unit();
  }

  /** 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor(this.unit() * count);
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /**
   * About normal, mean 0, standard deviation 1, never beyond ±3.46: the sum of four bytes of one draw, of
   * mean 510 and variance 4 × (256² - 1) / 12. The bound keeps generated weather credible.
   */
  normal(): number {
    const bits = this.bits();
    const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
    return (sum - 510) / 147.8;
  }

  /** One of a non-empty list. */
  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.below(items.length)] ?? items[0];
  }
}
