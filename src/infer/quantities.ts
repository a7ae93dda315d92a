/** What a column of numbers, or an element by its name, most likely measures. */

import { conversion } from "../config/units.ts";
import { nameWithoutUnit } from "./table.ts";

interface Quantity {
  /** Of the provider's name, in small letters with _ between its words. */
  readonly pattern: RegExp;
  /** The harmonised name and unit; shipped pipelines use the same. */
  readonly to: string;
  readonly unit: string;
  readonly description: string;
  readonly gas?: string;
}

const quantity = (pattern: RegExp, to: string, unit: string, description: string): Quantity => ({
  pattern,
  to,
  unit,
  description,
});
const gas = (pattern: RegExp, to: string, description: string): Quantity => ({
  ...quantity(pattern, to, "µg/m³", description),
  gas: to,
});

/** The first that fits counts. */
const QUANTITIES: readonly Quantity[] = [
  quantity(
    /(?:^|_)(?:max\w*_)?(?:t|temp\w*)_?max|max\w*_(?:\w+_)?temp|^txk?$/,
    "TMAX",
    "°C",
    "Maximum temperature of the day.",
  ),
  quantity(
    /(?:^|_)(?:t|temp\w*)_?min|min\w*_(?:\w+_)?temp|^tnk?$/,
    "TMIN",
    "°C",
    "Minimum temperature of the day.",
  ),
  quantity(/dew|^dpt?$|^dwp|^td$/, "DEWP", "°C", "Dew point."),
  quantity(
    /^tavg|^tmean|^tmk$|(?:mean|avg|average)_(?:\w+_)?temp|temp\w*_(?:mean|avg)/,
    "TAVG",
    "°C",
    "Mean temperature of the day.",
  ),
  quantity(
    /^t$|^ta$|^a?tmp|^lufttemp|^temp|_temp|temp(?:erature)?(?:_\d+m)?$/,
    "TEMP",
    "°C",
    "Air temperature.",
  ),
  quantity(/snow_?d|^snwd|^sndp|^shk/, "SNWD", "mm", "Snow depth."),
  quantity(/^snow/, "SNOW", "mm", "Snowfall."),
  quantity(
    /^pr?cp|precip|^rain|_rain|^rr\d?$|^rsk$|^ppt$|^p01|niederschlag|^regen|^pluie|lluvia/,
    "PRCP",
    "mm",
    "Precipitation.",
  ),
  quantity(/gust|^gst$|^fx[i]?$|^wsf/, "WGUST", "m/s", "Gust."),
  quantity(
    /wind_?(?:dir|richt)|^w_?dir|^drct$|^wdf|^dd$|^wd$|dir_vent/,
    "WDIR",
    "°",
    "Direction the wind comes from.",
  ),
  quantity(/wind|^wspd|^awnd$|^sknt$|^ff?m?$|^ws$|^wdsp$/, "WSPD", "m/s", "Wind speed."),
  quantity(/^rh|^relh$|humid|^hum$|^upm$|feuchte/, "RH", "%", "Relative humidity."),
  quantity(/mslp|^slp|sea_level/, "SLP", "hPa", "Air pressure at sea level."),
  quantity(/^alti$|altimeter/, "ALTIMETER", "hPa", "Altimeter setting."),
  quantity(/^pres|pressure|^baro|^bp$|luftdruck/, "PRES", "hPa", "Air pressure at the station."),
  quantity(/^vis|^vsb/, "VIS", "km", "Visibility."),
  quantity(/pm_?2_?5|^p2$/, "PM25", "µg/m³", "Particles smaller than 2.5 µm."),
  quantity(/pm_?10|^p1$/, "PM10", "µg/m³", "Particles smaller than 10 µm."),
  quantity(/pm_?1(?!\d)/, "PM1", "µg/m³", "Particles smaller than 1 µm."),
  quantity(/^bc$|black_?carbon/, "BC", "µg/m³", "Black carbon."),
  gas(/^o3|ozone/, "O3", "Ozone."),
  gas(/^no2|nitrogen_dioxide/, "NO2", "Nitrogen dioxide."),
  gas(/^nox|nitrogen_oxides/, "NOX", "Nitrogen oxides, as nitrogen dioxide."),
  gas(/^no$|nitric_oxide|nitrogen_monoxide/, "NO", "Nitrogen monoxide."),
  gas(/^so2|sul(?:f|ph)ur_dioxide/, "SO2", "Sulfur dioxide."),
  gas(/^co$|^co_|carbon_monoxide/, "CO", "Carbon monoxide."),
  gas(/^nh3|ammonia/, "NH3", "Ammonia."),
  quantity(/^sun|sunshine|^sdk$/, "SUN", "h", "Duration of sunshine."),
  quantity(/radiation|solar|^ghi$|irradiance/, "RADIATION", "W/m²", "Irradiance."),
];

/** Units as they are abbreviated at the ends of column names: `wind_ms`, `rain_mm`, `tmpf`. */
const UNIT_WORDS: ReadonlyMap<string, string> = new Map([
  ["c", "°C"],
  ["degc", "°C"],
  ["celsius", "°C"],
  ["f", "°F"],
  ["degf", "°F"],
  ["mm", "mm"],
  ["cm", "cm"],
  ["in", "in"],
  ["inch", "in"],
  ["inches", "in"],
  ["hpa", "hPa"],
  ["mb", "hPa"],
  ["mbar", "hPa"],
  ["kpa", "kPa"],
  ["pa", "Pa"],
  ["inhg", "inHg"],
  ["ms", "m/s"],
  ["mps", "m/s"],
  ["kmh", "km/h"],
  ["kph", "km/h"],
  ["mph", "mph"],
  ["kt", "kn"],
  ["kts", "kn"],
  ["knots", "kn"],
  ["pct", "%"],
  ["percent", "%"],
  ["deg", "°"],
  ["degrees", "°"],
  ["degt", "°"],
  ["ugm3", "µg/m³"],
  ["ug_m3", "µg/m³"],
  ["ppb", "ppb"],
  ["ppm", "ppm"],
  ["wm2", "W/m²"],
]);
/** Columns whose names say their unit to those who know them. */
const KNOWN_UNITS: ReadonlyMap<string, string> = new Map([
  ["tmpf", "°F"],
  ["dwpf", "°F"],
  ["sknt", "kn"],
  ["gust", "kn"],
  ["alti", "inHg"],
  ["vsby", "mi"],
  ["p01i", "in"],
]);

/** What Americans measure in, by the unit that it becomes. */
const AMERICAN: ReadonlyMap<string, string> = new Map([
  ["°C", "°F"],
  ["mm", "in"],
  ["m/s", "mph"],
  ["km", "mi"],
]);

export interface KpiGuess {
  readonly in: string;
  readonly to: string;
  readonly unit: string;
  readonly gas?: string;
  readonly description: string;
  /** What a person must look at; undefined where the sample says it. */
  readonly doubt?: string;
}

/** A unit that nobody has told; no table knows it, and it stands out. */
const UNKNOWN_UNIT = "?";

/**
 * What a name stands for.
 *
 * @param unit what the sample says of its unit
 * @param values some of its values, for plausibility
 * @param isAmerican whether other columns are in °F: then lengths are in inches and speeds in miles per hour
 */
export function guessKpi(
  name: string,
  unit: string | undefined,
  { values, isAmerican }: { readonly values: readonly number[]; readonly isAmerican: boolean },
): KpiGuess {
  const words = wordsOf(name);
  const known = QUANTITIES.find(({ pattern }) => pattern.test(words));
  const told = unit === undefined ? unitAtEnd(words) : (UNIT_WORDS.get(unit.toLowerCase()) ?? unit);
  if (known === undefined) {
    const own = told ?? UNKNOWN_UNIT;
    const doubt = told === undefined ? "which unit, and a better name?" : "a better name?";
    return { in: own, to: harmonisedName(name), unit: own, description: `${name}.`, doubt };
  }
  const from = told ?? plausibleUnit(known, values, isAmerican);
  const described = {
    description: known.description,
    ...(told === undefined ? { doubt: "is this the unit?" } : {}),
  };
  if (conversion(from, known.unit) !== undefined)
    return { in: from, to: known.to, unit: known.unit, ...described };
  if (known.gas !== undefined && conversion(from, known.unit, known.gas) !== undefined) {
    return { in: from, to: known.to, unit: known.unit, gas: known.gas, ...described };
  }
  // One harmonised name has one unit: what cannot be converted needs a name of its own.
  const to = `${known.to}_${harmonisedName(from)}`;
  return {
    in: from,
    to,
    unit: from,
    description: known.description,
    doubt: `no way from this unit to ${known.unit}`,
  };
}

function wordsOf(name: string): string {
  return nameWithoutUnit(name)
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
}

function unitAtEnd(words: string): string | undefined {
  const [last, before] = [words.split("_").at(-1) ?? "", words.split("_").slice(-2).join("_")];
  const known = KNOWN_UNITS.get(words);
  if (known !== undefined) return known;
  // Of anything but a speed, it is milliseconds.
  if (last === "ms" && !/wind|gust|speed|vel|^w/.test(words)) return undefined;
  return words.includes("_") ? (UNIT_WORDS.get(before) ?? UNIT_WORDS.get(last)) : undefined;
}

/** Where nothing is said: the harmonised unit, unless the values do not look like it. */
function plausibleUnit({ unit }: Quantity, values: readonly number[], isAmerican: boolean): string {
  if (isAmerican) return AMERICAN.get(unit) ?? unit;
  if (unit !== "°C" || values.length === 0) return unit;
  const least = values.reduce((one, other) => Math.min(one, other));
  const most = values.reduce((one, other) => Math.max(one, other));
  if (least > 180 && most < 340) return "K";
  if (most > 135 || least < -100) return "0.1 °C";
  return most > 60 ? "°F" : unit;
}

/** Capitals, digits and underscores, beginning with a letter. */
export function harmonisedName(name: string): string {
  const bare = wordsOf(name).toUpperCase();
  return (/^[A-Z]/.test(bare) ? bare : `X_${bare}`).slice(0, 40).replace(/_+$/, "");
}
