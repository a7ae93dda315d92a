/** Chance that can be repeated: MILLRACE_FAULT_SEED, else a new seed, which is printed. */

/** How long tests of faults may take: `long` for `npm run test:faults`. */
export const LONG = process.env["MILLRACE_FAULTS"] === "long";

/** The seed of this run: 32 bits. */
export const SEED = Number(process.env["MILLRACE_FAULT_SEED"] ?? Math.trunc(Math.random() * 2 ** 31));

/** Numbers from 0 up to 1 that follow from the seed and a name, so that tests do not disturb one another (mulberry32). */
export function chance(name: string): () => number {
  let state = SEED;
  for (const character of name) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How to see the same again. */
export function repeat(): string {
  return `MILLRACE_FAULT_SEED=${SEED}${LONG ? " MILLRACE_FAULTS=long" : ""}`;
}
