/** Angles in degrees, minutes and seconds. */
import { type Decimal, type NumberFault, readDecimal } from "./decimal.ts";

/** 0.000001° are 11 centimetres: what a whole second (31 metres) is worth, and more. */
const DIGITS = 6;

const NUMBER = "([0-9]{1,12}(?:\\.[0-9]{1,12})?)";
const DEGREES = "\\s*(?:[°ºd:]|\\s)\\s*";
const MINUTES = "\\s*(?:['′’m:]|\\s)\\s*";
const SECONDS = "(?:\\s*(?:[\"″”s]|''|′′|’’))?";
/** Degrees; degrees and minutes; degrees, minutes and seconds: marks are needed between them, not at the end. */
const ANGLE = new RegExp(
  `^([+-]?)\\s*${NUMBER}(?:\\s*[°ºd]|${DEGREES}${NUMBER}(?:\\s*['′’m]|${MINUTES}${NUMBER}${SECONDS})?)?$`,
  "u",
);
/** Beside a hemisphere: two digits of minutes, and two of seconds where there are six or more. The first group is ANGLE's sign. */
const RUN_TOGETHER = /^()([0-9]{2,3})([0-9]{2})([0-9]{2})?$/;
const HEMISPHERE = /^([NSEW])\s*(?![+-])|\s*([NSEW])$/u;

/**
 * Reads an angle such as `52°31'12"N`, `N 52 31 12`, `-33:52:10.5`, `52°31.2'` or `13.4°`: degrees, then perhaps minutes
 * and seconds, and either a sign or a hemisphere (S and W are negative). Degrees alone keep their digits; otherwise the
 * result is rounded, halves away from zero, to six digits behind the point and as many more as the last part has.
 * Beside a hemisphere the parts may run together, as in `5231N`, `01324E` or `0132400E`.
 * Minutes and seconds of 60 or more, and minutes behind broken degrees, are no angle.
 */
export function readSexagesimal(text: string, point: "." | ",", into: Decimal): NumberFault | undefined {
  const [mark = "", before, after] = HEMISPHERE.exec(text) ?? [];
  const rest = before === undefined ? text.slice(0, text.length - mark.length) : text.slice(mark.length);
  const hemisphere = before ?? after;
  const runTogether = hemisphere === undefined ? null : RUN_TOGETHER.exec(rest);
  const angle = runTogether ?? ANGLE.exec(point === "," ? rest.replaceAll(",", ".") : rest);
  if (angle === null || (point === "," && rest.includes("."))) return "not a number";
  const [, sign = "", degrees = "", minutes, seconds] = angle;
  if (sign !== "" && hemisphere !== undefined) return "not a number";
  if (minutes === undefined) readPart(degrees, into);
  else if (degrees.includes(".") || (seconds !== undefined && minutes.includes("."))) return "not a number";
  else if (Number(minutes) >= 60 || Number(seconds ?? 0) >= 60) return "not a number";
  else sum(degrees, minutes, seconds ?? "0", into);
  into.negative = sign === "-" || hemisphere === "S" || hemisphere === "W";
  return undefined;
}

function readPart(text: string, into: Decimal): void {
  readDecimal(Buffer.from(text, "latin1"), 0, text.length, into);
}

/** degrees + minutes / 60 + seconds / 3600, at most one of the latter two broken. */
function sum(degrees: string, minutes: string, seconds: string, into: Decimal): void {
  const [wholeMinutes = "0", brokenMinutes = ""] = minutes.split(".");
  const [wholeSeconds = "0", brokenSeconds = ""] = seconds.split(".");
  const broken = Math.max(brokenMinutes.length, brokenSeconds.length);
  const unit = 10n ** BigInt(broken);
  const part = (whole: string, fraction: string): bigint => BigInt(whole + fraction.padEnd(broken, "0"));
  const total =
    BigInt(degrees) * 3600n * unit +
    part(wholeMinutes, brokenMinutes) * 60n +
    part(wholeSeconds, brokenSeconds);
  const scale = DIGITS + broken;
  const numerator = total * 10n ** BigInt(scale);
  const denominator = 3600n * unit;
  into.mantissa = (2n * numerator + denominator) / (2n * denominator);
  into.scale = scale;
}
