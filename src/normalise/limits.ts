/** Ranges that numbers of a position must lie in. */
import { type Decimal, narrow, toNumber } from "./decimal.ts";

/** Whether a number lies in its range; may first bring it there. */
export type Limit = (decimal: Decimal) => boolean;

/** Between -limit and limit. */
export function within(limit: number): Limit {
  return (decimal) => Math.abs(toNumber(decimal)) <= limit;
}

export const latitudeLimit: Limit = within(90);

const WEST = 180;
const TURN = 360;

/** Longitudes above 180 and up to 360 go on eastwards: 283.75 becomes -76.25, exactly. */
export const longitudeLimit: Limit = (decimal) => {
  const degrees = toNumber(decimal);
  if (Math.abs(degrees) <= WEST) return true;
  if (degrees < 0 || degrees > TURN) return false;
  const { mantissa, scale } = decimal;
  decimal.mantissa = narrow(BigInt(TURN) * 10n ** BigInt(scale) - BigInt(mantissa));
  decimal.negative = degrees < TURN;
  return true;
};
