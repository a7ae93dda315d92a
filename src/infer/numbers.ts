/** Columns of numbers: how they are written, and what among them is none. */

const POINT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const COMMA = /^[+-]?\d{1,3}(?:\.\d{3})*,\d+$|^[+-]?\d+,\d+$/;
/** `1,234` is a number in English, and something else in most of Europe. */
const GROUPED = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;

/** Whether the text is a number, in any way of writing. */
export function isNumber(text: string): boolean {
  return POINT.test(text) || COMMA.test(text) || GROUPED.test(text);
}

/** Texts that stand for no value, as people write them. */
const MISSING = /^(?:-+|\*+|\.|\?|m|na|n\/a|n\.a\.|nan|none|null|\(null\)|nil|missing|\\n|#n\/a|nd)$/i;
const TRACE = /^(?:t|tr|trace)$/i;
/** What providers write in place of a number. */
const SENTINELS = new Set([
  -9, -99, -99.9, -999, -999.9, -9999, -9999.9, -99999, -998, -996, -995, -1111, -7999, -8888, -32768, 99.9,
  99.99, 999, 999.9, 999.99, 9999, 9999.9, 99999, 999999,
]);

/** Whether the text stands for no value. */
export function isMissing(text: string): boolean {
  return MISSING.test(text);
}

export interface Numbers {
  /** Without sentinels. */
  readonly values: readonly number[];
  readonly decimal: "." | ",";
  readonly thousands: "." | "," | undefined;
  readonly isWhole: boolean;
  /** Texts in place of numbers that mean none. */
  readonly missing: readonly string[];
  /** Texts that stand for a trace. */
  readonly traces: readonly string[];
  /** Numbers that mean none. */
  readonly sentinels: readonly number[];
}

/** What is known of a column whose texts are numbers, a few words aside; undefined for other columns. */
export function numbersOf(texts: readonly string[]): Numbers | undefined {
  const words = new Set<string>();
  const numeric: string[] = [];
  for (const text of texts) {
    if (isNumber(text)) numeric.push(text);
    else words.add(text);
  }
  const known = [...words].every((word) => isMissing(word) || TRACE.test(word));
  if (numeric.length === 0 || !known) return undefined;
  const decimal = numeric.some((text) => !POINT.test(text) && COMMA.test(text) && !GROUPED.test(text))
    ? ","
    : ".";
  const thousands = thousandsOf(numeric, decimal);
  const all = numeric.map((text) => toNumber(text, decimal, thousands));
  const sentinels = sentinelsOf(all);
  return {
    values: all.filter((value) => !sentinels.includes(value)),
    decimal,
    thousands,
    isWhole: numeric.every((text) => /^[+-]?\d+$/.test(text)),
    missing: [...words].filter(isMissing),
    traces: [...words].filter((word) => !isMissing(word)),
    sentinels,
  };
}

function thousandsOf(texts: readonly string[], decimal: "." | ","): "." | "," | undefined {
  if (decimal === ",") return texts.some((text) => /\d\.\d{3}(?:\.|,)/.test(text)) ? "." : undefined;
  return texts.some((text) => GROUPED.test(text)) ? "," : undefined;
}

function toNumber(text: string, decimal: string, thousands: string | undefined): number {
  const bare = thousands === undefined ? text : text.replaceAll(thousands, "");
  return Number(bare.replace(decimal, "."));
}

/** Known error codes that lie far from all other values. */
function sentinelsOf(values: readonly number[]): number[] {
  const codes = [...new Set(values)].filter((value) => SENTINELS.has(value));
  const others = values.filter((value) => !SENTINELS.has(value)).map(Math.abs);
  const most = others.reduce((greatest, value) => Math.max(greatest, value), 0);
  if (others.length === 0) return codes.filter((code) => Math.abs(code) >= 99);
  const hasNegative = values.some((value) => value < 0 && !SENTINELS.has(value));
  return codes.filter((code) =>
    code < 0 && !hasNegative ? Math.abs(code) >= most || Math.abs(code) >= 99 : Math.abs(code) > 3 * most,
  );
}
