/** Numbers as people read them: counts, bytes, durations, rates. English, whatever the machine's locale. */

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** `133,470` */
export function formatCount(count: number): string {
  return WHOLE.format(count);
}

/** `1 object`, `12 objects` */
export function formatPlural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function scaled(value: number, units: readonly string[]): string {
  let rest = value;
  let unit = 0;
  // 999.5 would be written as 1,000 of the smaller unit.
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  return `${SHORT.format(rest)} ${units[unit] ?? ""}`.trimEnd();
}

/** Decimal units, as the SI and S3's price list count: `1.23 MB`. */
export function formatBytes(bytes: number): string {
  return scaled(Math.round(bytes), ["B", "kB", "MB", "GB", "TB", "PB"]);
}

/** `1.71 M rows/s` */
export function formatRate(rowsPerSecond: number): string {
  const number = scaled(Math.round(rowsPerSecond), ["", "k", "M", "G"]);
  return `${number} rows/s`;
}

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h` */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return parts(whole, 60, ["min", "s"]);
  const minutes = Math.round(whole / 60);
  if (minutes < 1440) return parts(minutes, 60, ["h", "min"]);
  return parts(Math.round(whole / 3600), 24, ["d", "h"]);
}

function parts(small: number, ratio: number, [large, little]: readonly [string, string]): string {
  const rest = small % ratio;
  return `${Math.floor(small / ratio)} ${large}${rest === 0 ? "" : ` ${rest} ${little}`}`;
}
