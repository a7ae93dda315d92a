/** A year as the provider rewrites it: the same rows, some of them with another value. */
import type { YearTotals } from "../../../src/demo/noaa-rows.ts";

const LINE_FEED = 10;

/**
 * The same rows, of which every `every`-th with no quality flag has a value greater by 1; `totals`, which must be those
 * of the generator that makes `chunks`, follow. Rows do not cross the borders of chunks.
 */
export function* reviseRows(chunks: Iterable<Buffer>, totals: YearTotals, every: number): Generator<Buffer> {
  let rows = 0;
  for (const chunk of chunks) {
    const parts: Buffer[] = [];
    let copied = 0;
    for (let start = 0; start < chunk.length; ) {
      const end = chunk.indexOf(LINE_FEED, start) + 1;
      if (++rows % every === 0) {
        parts.push(chunk.subarray(copied, start), reviseRow(chunk.toString("latin1", start, end), totals));
        copied = end;
      }
      start = end;
    }
    yield copied === 0 ? chunk : Buffer.concat([...parts, chunk.subarray(copied)]);
  }
}

function reviseRow(row: string, totals: YearTotals): Buffer {
  const fields = row.split(",");
  const [, , element = "", value = "", , qualityFlag] = fields;
  const account = Object.entries(totals.elements).find(([name]) => name === element)?.[1];
  if (account !== undefined && qualityFlag === "") {
    fields[3] = String(Number(value) + 1);
    account.sum += 1;
  }
  return Buffer.from(fields.join(","), "latin1");
}
