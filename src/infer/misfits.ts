/** Cells that do not fit what the others of their column are: a few of them are mistakes of the sample, not another kind of column. */

/** The share of a column's cells that may be misfits. */
const SHARE = 0.1;
/** In columns of fewer cells every one counts. */
const DECENT = 5;

export interface Misfits {
  readonly count: number;
  /** The first of them; undefined when there are none. */
  readonly example: string | undefined;
}

/** How many of so many cells may be misfits: one in ten, and one of any decent sample. */
export function tolerated(cells: number): number {
  return cells < DECENT ? 0 : Math.max(1, Math.floor(cells * SHARE));
}

/** Whether it is true of all items but those that may be misfits. */
export function nearlyAll<Item>(items: readonly Item[], isTrue: (item: Item) => boolean): boolean {
  const most = tolerated(items.length);
  let misfits = 0;
  return items.every((item) => isTrue(item) || ++misfits <= most);
}

/** What misfits there are among the texts. */
export function misfitsIn(texts: readonly string[], isFit: (text: string) => boolean): Misfits {
  const misfits = texts.filter((text) => !isFit(text));
  return { count: misfits.length, example: misfits[0] };
}

/** The misfits of several columns together. */
export function together(all: readonly Misfits[]): Misfits {
  return {
    count: all.reduce((sum, { count }) => sum + count, 0),
    example: all.find(({ example }) => example !== undefined)?.example,
  };
}

/** Characters of an example that are shown. */
const SHOWN = 40;

/** Words about misfits, for a comment: that they are no `kind`; undefined when there are none. */
export function doubtOfMisfits({ count, example = "" }: Misfits, kind: string): string | undefined {
  if (count === 0) return undefined;
  const points = Array.from(example);
  const shown = points.length > SHOWN ? `${points.slice(0, SHOWN).join("")}…` : example;
  return `${count === 1 ? "1 cell is no" : `${count} cells are no`} ${kind}, such as "${shown}"`;
}
