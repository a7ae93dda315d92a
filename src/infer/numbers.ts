/** Columns of numbers: how they are written, and what among them is none. */
import { type Misfits, misfitsIn, tolerated } from "./misfits.ts";

const POINT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const COMMA = /^[+-]?\d{1,3}(?:\.\d{3})*,\d+$|^[+-]?\d+,\d+$/;
/** `1,234` is a number in English, and something else in most of Europe. */
const GROUPED = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;

/** Whether the text is a number, in any way of writing. */
export function isNumber(text: string): boolean {
  return POINT.test(text) || COMMA.test(text) || GROUPED.test(text);
}

/** Texts that stand for no value, as people write them. */
const MISSING = /^(?:-+|\*+|\.|\?|m|na|n\/a|n\.a\.|nan|none|null|\(null\)|nil|missing|mm|\\n|#n\/a|nd)$/i;
const TRACE = /^(?:t|tr|trace)$/i;
/** What providers write in place of a number. */
const SENTINELS = new Set([
  -9, -99, 99, -99.9, -999, -999.9, -9999, -9999.9, -99999, -998, -996, -995, -1111, -7999, -8888, -32768,
  99.9, 99.99, 999, 999.9, 999.99, 9999, 9999.9, 99999, 999999,
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
  /** Texts that are neither, or numbers written otherwise than most. */
  readonly misfits: Misfits;
}

/** What is known of a column whose texts are numbers, a few words and mistakes aside; undefined for other columns. */
export function numbersOf(texts: readonly string[]): Numbers | undefined {
  const numeric = texts.filter(isNumber);
  const isKnown = (word: string): boolean => isMissing(word) || TRACE.test(word);
  const words = new Set(texts.filter((text) => !isNumber(text) && isKnown(text)));
  const strange = texts.filter((text) => !isNumber(text) && !isKnown(text)).length;
  if (numeric.length === 0 || strange > tolerated(numeric.length + strange)) return undefined;
  const decimal = decimalOf(numeric);
  const thousands = thousandsOf(numeric, decimal);
  const valueOf = (text: string): number => toNumber(text, decimal, thousands);
  const all = numeric.map(valueOf).filter((value) => !Number.isNaN(value));
  const sentinels = sentinelsOf(all);
  return {
    values: all.filter((value) => !sentinels.includes(value)),
    decimal,
    thousands,
    isWhole: numeric.every((text) => /^[+-]?\d+$/.test(text)),
    missing: [...words].filter(isMissing),
    traces: [...words].filter((word) => !isMissing(word)),
    sentinels,
    misfits: misfitsIn(texts, (text) => words.has(text) || !Number.isNaN(valueOf(text))),
  };
}

/** As most numbers with decimals are written that can be read in one way only. */
function decimalOf(texts: readonly string[]): "." | "," {
  const commas = texts.filter((text) => !POINT.test(text) && !GROUPED.test(text)).length;
  const points = texts.filter(
    (text) =>
      text.includes(".") && (GROUPED.test(text) || !COMMA.test(text)) && !/^[+-]?\d{1,3}\.\d{3}$/.test(text),
  ).length;
  return commas > points ? "," : ".";
}

function thousandsOf(texts: readonly string[], decimal: "." | ","): "." | "," | undefined {
  if (decimal === ",") return texts.some((text) => /\d\.\d{3}(?:[.,]|$)/.test(text)) ? "." : undefined;
  return texts.some((text) => GROUPED.test(text)) ? "," : undefined;
}

/** NaN for what is no number in this way of writing. */
function toNumber(text: string, decimal: "." | ",", thousands: string | undefined): number {
  if (decimal === ".") return Number(thousands === undefined ? text : text.replaceAll(thousands, ""));
  const isGrouped = /^[+-]?\d{1,3}(?:\.\d{3})+(?:,|$)/.test(text);
  if (text.includes(".") && (thousands === undefined || !isGrouped)) return Number.NaN;
  return Number(text.replaceAll(".", "").replace(",", "."));
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
