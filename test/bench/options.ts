/** What the bench is asked for on its command line. */
import { join } from "node:path";
import { parseArgs } from "node:util";

/** Every part of the bench, in the order in which they run. */
export const PARTS = [
  "1",
  "2",
  "3",
  "9",
  "4",
  "5",
  "6",
  "7",
  "8",
  "10",
  "11",
  "reading",
  "decode",
  "growth",
] as const;
export type Part = (typeof PARTS)[number];

/** What runs unless `--only` says otherwise: all but the long form. */
const USUAL = PARTS.filter((part) => part !== "growth");

export interface BenchOptions {
  readonly only: ReadonlySet<Part>;
  /** Rows of the year that most parts load. */
  readonly rows: number;
  /** Rows of the large year of the memory part, and the most of the growth part. */
  readonly large: number;
  /** Rows of the reading part's great slice. */
  readonly readingRows: number;
  /** Rounds of contenders that run in turn. */
  readonly repeat: number;
  /** JSON-lines records. */
  readonly records: number;
  /** Small objects. */
  readonly objects: number;
  /** Year objects of the nothing-changed cycle, and the most slices of the growth part. */
  readonly slices: number;
  /** The most objects in the ledger of the growth part. */
  readonly ledger: number;
  /** Keep generated data here and take what is there; undefined: a folder of its own, removed at the end. */
  readonly data: string | undefined;
  /** Where the growth part's picture goes. */
  readonly svg: string;
  readonly json: boolean;
  readonly short: boolean;
  readonly help: boolean;
}

type Sizes = Pick<
  BenchOptions,
  "rows" | "large" | "readingRows" | "repeat" | "records" | "objects" | "slices" | "ledger"
>;

const FULL: Sizes = {
  rows: 5_000_000,
  large: 37_000_000,
  readingRows: 5_000_000,
  repeat: 3,
  records: 1_000_000,
  objects: 20_000,
  slices: 264,
  ledger: 100_000,
};

/** Under three minutes on two cores. Starting a process weighs more in it: its ratios are worse than the full form's. */
const SHORT: Sizes = {
  rows: 500_000,
  large: 2_000_000,
  readingRows: 500_000,
  repeat: 1,
  records: 100_000,
  objects: 2_000,
  slices: 264,
  ledger: 10_000,
};

/** Thrown for a command line that cannot be understood; the message says what is wrong. */
export class UsageError extends Error {}

/** Reads the arguments after the program's name. Throws UsageError. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parse(args);
  const sizes = values.short ? SHORT : FULL;
  const rows = count("rows", values.rows, sizes.rows);
  return {
    only: parts(values.only, values.growth),
    rows,
    large: count("large", values.large, Math.max(sizes.large, rows)),
    readingRows: count("rows", values.rows, sizes.readingRows),
    repeat: count("repeat", values.repeat, sizes.repeat),
    records: count("records", values.records, sizes.records),
    objects: count("objects", values.objects, sizes.objects),
    slices: count("slices", values.slices, sizes.slices),
    ledger: count("ledger", values.ledger, sizes.ledger),
    data: values.data,
    svg: values.svg,
    json: values.json,
    short: values.short,
    help: values.help,
  };
}

export const HELP = `npm run bench -- [options]

  --only PARTS     comma-separated: ${PARTS.join(", ")}; default: all but growth
  --growth         the long form: growth alone, written as a picture too
  --short          small sizes, one round: under three minutes
  --rows N         rows of a GHCN year (default ${FULL.rows})
  --large N        rows of the great year of target 5 and of growth (default ${FULL.large})
  --records N      JSON-lines records of target 6 (default ${FULL.records})
  --objects N      small objects of target 7 (default ${FULL.objects})
  --slices N       year objects of target 8 and of growth (default ${FULL.slices})
  --ledger N       most objects in the ledger of growth (default ${FULL.ledger})
  --repeat N       rounds; figures are medians, ratios are paired round by round (default ${FULL.repeat})
  --data DIR       keep generated data there, and take what is there already
  --svg FILE       where growth draws its picture (default test/bench/growth.svg)
  --json           figures for programs
  --help           this

Environment: DATABASE_URL, a Postgres 15 to 18 in which the bench makes and drops databases of its own; without it an
embedded one.`;

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: "string" },
        growth: { type: "boolean", default: false },
        short: { type: "boolean", default: false },
        rows: { type: "string" },
        large: { type: "string" },
        records: { type: "string" },
        objects: { type: "string" },
        slices: { type: "string" },
        ledger: { type: "string" },
        repeat: { type: "string" },
        data: { type: "string" },
        svg: { type: "string", default: join(import.meta.dirname, "growth.svg") },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** `37000000`, or `37_000_000`. */
function count(name: string, text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  const plain = text.replaceAll("_", "");
  if (!/^[1-9]\d{0,9}$/.test(plain)) throw new UsageError(`--${name}: expected a whole number above 0`);
  return Number(plain);
}

function parts(only: string | undefined, growth: boolean): ReadonlySet<Part> {
  if (only === undefined) return new Set(growth ? ["growth"] : USUAL);
  const wanted = only.split(",").map((part) => part.trim());
  const unknown = wanted.filter((part) => !isPart(part));
  if (unknown.length > 0) {
    throw new UsageError(`--only: there is no ${unknown.join(", ")}; there is ${PARTS.join(", ")}`);
  }
  return new Set([...wanted.filter(isPart), ...(growth ? (["growth"] as const) : [])]);
}

function isPart(text: string): text is Part {
  return PARTS.some((part) => part === text);
}
