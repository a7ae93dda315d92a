/** What must hold before a load is merged: its arithmetic, and the checks that its pipeline declares. */
import { mayBeEmpty } from "../config/emptiness.ts";
import type { Pipeline } from "../config/pipeline.ts";
import { MillraceError } from "../errors.ts";
import type { Receipt } from "../observe/events.ts";
import type { CheckResult, MonthCoverage, RangeCount } from "./verdict.ts";

/** The part of a receipt that is known before merging. */
export type ReadReceipt = Omit<Receipt, "inserted" | "updated" | "unchanged" | "duplicates" | "deleted">;

export interface CheckInput {
  readonly pipeline: Pipeline;
  readonly receipt: ReadReceipt;
  /** Decoded records, filtered ones among them, and how many were refused as a whole; see `rejectResults`. */
  readonly whole: { readonly seen: number; readonly refused: number };
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

/** Rejected records and measurements: by share, and by number where the pipeline limits it. */
function rejectResults(input: CheckInput): CheckResult[] {
  const { pipeline, receipt } = input;
  const { share, count } = pipeline.checks.rejects;
  const rejected = receipt.recordsRejected + receipt.rejected;
  const shares = rejectShares(input);
  const results = [
    {
      name: "rejects.share",
      passed: shares.every((one) => one.rejected <= share * one.all),
      observed: shares
        .map((one) => `${one.rejected} of ${one.all} ${one.what} (${percent(one.rejected, one.all)})`)
        .join(", "),
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

interface RejectShare {
  readonly rejected: number;
  readonly all: number;
  readonly what: string;
}

/**
 * What is held against the allowed share of rejects. A wide record that is refused as a whole counts as one rejected
 * measurement while a good one counts many, so wide records have two shares: of measurements, and of whole records.
 */
function rejectShares({ receipt, whole }: CheckInput): RejectShare[] {
  const { measurements, rejected, recordsRejected, recordsFiltered } = receipt;
  const isWide = measurements > whole.seen - recordsFiltered;
  if (!isWide) {
    const what = measurements === receipt.decoded ? "records" : "measurements";
    const all = measurements + recordsRejected + recordsFiltered;
    return [{ rejected: rejected + recordsRejected, all, what }];
  }
  return [
    { rejected: rejected - whole.refused, all: measurements - whole.refused, what: "measurements" },
    {
      rejected: recordsRejected + whole.refused,
      all: recordsRejected + whole.seen,
      what: "records refused as a whole",
    },
  ];
}

/**
 * A load without rows is suspicious, unless its objects may be empty, or all that was read was left out on purpose (an
 * early year may lack every wanted element).
 */
function rowsResult({ pipeline, receipt }: CheckInput): CheckResult {
  const leftOut = receipt.recordsFiltered + receipt.filtered + receipt.empty;
  const anyNumber = mayBeEmpty(pipeline);
  return {
    name: "rows",
    passed: receipt.copied > 0 || leftOut > 0 || anyNumber,
    observed: `${receipt.copied} copied, ${leftOut} filtered or empty`,
    expected: anyNumber ? "any number" : "at least one that is not rejected",
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
