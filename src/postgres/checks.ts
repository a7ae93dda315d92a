/** What must hold before a load is merged: its arithmetic, and the checks that its pipeline declares. */
import type { Pipeline } from "../config/pipeline.ts";
import { MillraceError } from "../errors.ts";
import type { Receipt } from "../observe/events.ts";
import type { CheckResult, MonthCoverage, RangeCount } from "./verdict.ts";

/** The part of a receipt that is known before merging. */
export type ReadReceipt = Omit<Receipt, "inserted" | "updated" | "unchanged" | "duplicates" | "deleted">;

export interface CheckInput {
  readonly pipeline: Pipeline;
  readonly receipt: ReadReceipt;
  readonly ranges: readonly RangeCount[];
  /** Of the staged version of a slice; empty where slices have no months. */
  readonly coverage: readonly MonthCoverage[];
  /** Of the version that the slice holds now; empty on its first load. */
  readonly former: readonly MonthCoverage[];
  /** Of a station file. */
  readonly stations?: StationCoverage;
}

/** How much of a source's former station file a newer one holds, in stations. */
export interface StationCoverage {
  readonly former: number;
  readonly kept: number;
}

/**
 * Throws RECEIPT_MISMATCH unless the numbers of a load add up: bytes received = expected; records read = headers
 * + comments + blanks + decoded + rejected + filtered; measurements = copied + empty + rejected + filtered;
 * copied = what COPY reported.
 */
export function requireReceipt(receipt: ReadReceipt, copiedByPostgres: number): void {
  const { headers, comments, blanks, decoded, recordsRejected, recordsFiltered } = receipt;
  const { copied, empty, rejected, filtered } = receipt;
  const records = headers + comments + blanks + decoded + recordsRejected + recordsFiltered;
  const sums = [
    ["bytes expected", receipt.bytesExpected, "bytes received", receipt.bytesReceived],
    ["records read", receipt.recordsRead, "records accounted for", records],
    [
      "measurements",
      receipt.measurements,
      "measurements accounted for",
      copied + empty + rejected + filtered,
    ],
    ["rows sent to COPY", copied, "rows reported by Postgres", copiedByPostgres],
  ] as const;
  const wrong = sums.filter(([, left, , right]) => left !== right);
  if (wrong.length === 0) return;
  const faults = wrong.map(([left, a, right, b]) => `${a} ${left}, but ${b} ${right}`);
  throw new MillraceError("RECEIPT_MISMATCH", `the load's numbers do not add up: ${faults.join("; ")}`);
}

/**
 * Evaluates the pipeline's declared checks on a load whose receipt adds up, and that there is something to merge.
 * Expectations in SQL are asked by `askExpectations`. The load may be merged when all of them passed.
 */
export function evaluateChecks(input: CheckInput): CheckResult[] {
  return [
    receiptResult(input.receipt),
    ...rejectResults(input),
    rowsResult(input),
    ...input.ranges.map((range) => rangeResult(range, input.pipeline.checks.out_of_range.share)),
    ...coverageResults(input),
    ...stationsResult(input),
  ];
}

function receiptResult({ recordsRead, copied }: ReadReceipt): CheckResult {
  return {
    name: "receipt",
    passed: true,
    observed: `${recordsRead} records read and accounted for, ${copied} rows copied`,
    expected: "every byte, record and measurement accounted for",
  };
}

/** Rejected records and measurements, as a share of the records that hold data. */
function rejectResults({ pipeline, receipt }: CheckInput): CheckResult[] {
  const { share, count } = pipeline.checks.rejects;
  const rejected = receipt.recordsRejected + receipt.rejected;
  const records = receipt.decoded + receipt.recordsRejected + receipt.recordsFiltered;
  const results = [
    {
      name: "rejects.share",
      passed: rejected <= share * records,
      observed: `${rejected} of ${records} records (${percent(rejected, records)})`,
      expected: `at most ${percent(share, 1)}`,
    },
  ];
  if (count !== undefined) {
    results.push({
      name: "rejects.count",
      passed: rejected <= count,
      observed: String(rejected),
      expected: `at most ${count}`,
    });
  }
  return results;
}

/**
 * A load without rows is suspicious: an empty year or station list would wipe out what is there. It passes when
 * all that was read was left out on purpose (an early year may lack every wanted element), and for measurements,
 * where an object without any is nothing unusual.
 */
function rowsResult({ pipeline, receipt }: CheckInput): CheckResult {
  const leftOut = receipt.recordsFiltered + receipt.filtered + receipt.empty;
  return {
    name: "rows",
    passed: receipt.copied > 0 || leftOut > 0 || pipeline.target === "observations",
    observed: `${receipt.copied} copied, ${leftOut} filtered or empty`,
    expected: pipeline.target === "observations" ? "any number" : "at least one that is not rejected",
  };
}

function rangeResult({ kpi, unit, outside, total, example }: RangeCount, share: number): CheckResult {
  const instance = example === null ? "" : `, such as ${example}`;
  return {
    name: `range.${kpi} (${unit})`,
    passed: outside <= share * total,
    observed: `${outside} of ${total} values outside (${percent(outside, total)})${instance}`,
    expected: `at most ${percent(share, 1)}`,
  };
}

/** Against the former version: the newest date, vanished months, and months that lost rows. */
function coverageResults({ pipeline, coverage, former }: CheckInput): CheckResult[] {
  if (former.length === 0) return [];
  const { newest, month_loss } = pipeline.checks.coverage;
  const now = new Map(coverage.map((month) => [month.month, month.rows]));
  const vanished = former.filter(({ month, rows }) => rows > 0 && (now.get(month) ?? 0) === 0);
  const shrunk = former.filter(({ month, rows }) => {
    const left = now.get(month) ?? 0;
    return left > 0 && rows - left > lossAllowed(rows, month_loss);
  });
  const results = [
    {
      name: "coverage.months",
      passed: vanished.length === 0,
      observed: vanished.length === 0 ? "none vanished" : `vanished: ${vanished.map(monthName).join(", ")}`,
      expected: `the ${former.length} months of the former version`,
    },
    {
      name: "coverage.month_loss",
      passed: shrunk.length === 0,
      observed:
        shrunk.length === 0
          ? "no month lost more"
          : shrunk
              .map((month) => `${monthName(month)}: ${now.get(month.month) ?? 0} of ${month.rows} rows`)
              .join(", "),
      expected: `no month loses more than ${percent(month_loss, 1)} of its rows`,
    },
  ];
  return newest ? [newestResult(coverage, former), ...results] : results;
}

function newestResult(coverage: readonly MonthCoverage[], former: readonly MonthCoverage[]): CheckResult {
  const [now, then] = [newestDate(coverage), newestDate(former)];
  return {
    name: "coverage.newest",
    // ISO dates sort as texts.
    passed: now >= then,
    observed: now === "" ? "no date" : now,
    expected: `${then} or later`,
  };
}

/** A station file that was cut short would mark what it lacks as missing. */
function stationsResult({ pipeline, stations }: CheckInput): CheckResult[] {
  if (stations === undefined || stations.former === 0) return [];
  const { former, kept } = stations;
  const share = pipeline.checks.coverage.month_loss;
  return [
    {
      name: "coverage.stations",
      passed: former - kept <= lossAllowed(former, share),
      observed: `${former - kept} of ${former} stations gone (${percent(former - kept, former)})`,
      expected: `at most ${percent(share, 1)} of the former file's`,
    },
  ];
}

/** One row may always go, however small the month: a deletion at the source is no loss of coverage. */
function lossAllowed(rows: number, share: number): number {
  return Math.max(1, rows * share);
}

function newestDate(coverage: readonly MonthCoverage[]): string {
  return coverage.reduce((newest, month) => (month.newest > newest ? month.newest : newest), "");
}

function monthName({ month }: MonthCoverage): string {
  return month.slice(0, 7);
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "0 %" : `${Number(((part / whole) * 100).toPrecision(3))} %`;
}
