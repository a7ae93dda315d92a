/** Days as counts since 1970-01-01, so that the generator never meets a time zone of the machine. */

const DAY = 86_400_000;

/** The day of a date such as `2024-11-20`. */
export function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY;
}

/** `2024-11-20`. */
export function dateOf(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** `20241120`. */
export function compactDate(day: number): string {
  return dateOf(day).replaceAll("-", "");
}

/** 365 or 366. */
export function daysIn(year: number): number {
  return dayOf(`${year + 1}-01-01`) - dayOf(`${year}-01-01`);
}

/** `+05:30` for 330 minutes. */
function offsetText(offset: number): string {
  const minutes = Math.abs(offset);
  const hours = String(Math.floor(minutes / 60)).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${hours}:${String(minutes % 60).padStart(2, "0")}`;
}

/** A moment (minutes since 1970 in UTC) on the clock of a place `offset` minutes ahead: `2024-11-20T01:00:00+05:30`. */
export function localTime(minute: number, offset: number): string {
  return `${new Date((minute + offset) * 60_000).toISOString().slice(0, 19)}${offsetText(offset)}`;
}

/** `2024-11-19T19:30:00.000Z`. */
export function utcTime(minute: number): string {
  return new Date(minute * 60_000).toISOString();
}
