/** Lines of which a decoder refused the record, until the records behind them come. */

/** More of them between two batches are taken for one stretch: what holds on then ends at each of its records. */
const MOST_STRETCHES = 10_000;

export class RefusedLines {
  /** First and last line of each stretch, in their order. */
  #stretches: { readonly first: number; last: number }[] = [];

  /** Lines come in their order. */
  add(line: number): void {
    const latest = this.#stretches.at(-1);
    if (latest !== undefined && (latest.last + 1 === line || this.#stretches.length === MOST_STRETCHES))
      latest.last = line;
    else this.#stretches.push({ first: line, last: line });
  }

  /** Whether a record was refused between the record last asked about and that of this line. Lines come in their order. */
  before(line: number): boolean {
    const [next] = this.#stretches;
    if (next === undefined || next.first > line) return false;
    const behind = this.#stretches.findIndex(({ last }) => last > line);
    this.#stretches = behind < 0 ? [] : this.#stretches.slice(behind);
    return true;
  }
}
