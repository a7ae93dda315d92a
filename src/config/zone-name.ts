/** Names of time zones: `UTC`, offsets such as `+01:00`, `UTC-5` and `Z`, names of the IANA time zone database. */

const OFFSET = /^([+-])(0?\d(?=:|$)|0\d|1[0-5])(?::?([0-5]\d))?$/;
/** Hours as a number, in quarters: AirNow's offsets are so written. */
const HOURS = /^[+-]?(?:\d|1[0-5])(?:\.(?:0+|250*|50*|750*))?$/;

/** The plain forms only: in `Etc/GMT+5` of the IANA database the sign is the other way round. */
const FROM_UTC = /^(?:UTC|GMT) ?(?=[+-])/i;

/** Seconds east of UTC that an offset such as `+01:00`, `-0330`, `+05`, or in hours `-4` or `5.5`, names, `UTC` or `GMT` before it or not, or `Z`; undefined for other texts. */
export function offsetNamed(text: string): number | undefined {
  if (text === "Z" || text === "z") return 0;
  const name = text.replace(FROM_UTC, "");
  if (HOURS.test(name)) return Math.round(Number(name) * 3600) + 0;
  const [found, sign, hours, minutes = "0"] = OFFSET.exec(name) ?? [];
  if (found === undefined) return undefined;
  const seconds = Number(hours) * 3600 + Number(minutes) * 60;
  // Not -0, which is no other offset.
  return sign === "-" && seconds > 0 ? -seconds : seconds;
}

/** Whether it is an offset, `UTC`, or a zone that this Node knows; capital and small letters are alike. */
export function isZoneName(name: string): boolean {
  if (offsetNamed(name) !== undefined) return true;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch (error) {
    // The only way to ask whether a zone is known.
    if (error instanceof RangeError) return false;
    throw error;
  }
}
