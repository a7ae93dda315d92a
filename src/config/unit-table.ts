/** The table of units; units.ts works with it, the reference prints it. */

export interface Unit {
  /** As harmonised units are written. */
  readonly name: string;
  /** (value + add) × factor is in the first unit of its group. Decimals, or quotients of two. */
  readonly factor: string;
  readonly add?: string;
  /** Other spellings. Those in small letters are recognised in any case. */
  readonly spellings: readonly string[];
}

export interface UnitGroup {
  readonly quantity: string;
  readonly units: readonly Unit[];
}

const unit = (name: string, factor: string, ...spellings: string[]): Unit => ({ name, factor, spellings });

/**
 * The factors are exact by definition, except: knot and inch of mercury, rounded as is usual (0.514444 m/s,
 * 33.8639 hPa), and the millimetre of mercury (133.322387415 Pa; ISO 80000-4).
 */
export const UNITS: readonly UnitGroup[] = [
  {
    quantity: "Temperature",
    units: [
      unit(
        "°C",
        "1",
        "c",
        "degc",
        "deg_c",
        "deg c",
        "degree_c",
        "degrees_c",
        "degree_celsius",
        "degrees_celsius",
        "degrees c",
        "celsius",
        "degree celsius",
        "degrees celsius",
        "degrees centigrade",
      ),
      { ...unit("K", "1", "k", "kelvin", "degk", "deg k", "degrees kelvin"), add: "-273.15" },
      {
        ...unit(
          "°F",
          "5/9",
          "f",
          "degf",
          "deg_f",
          "deg f",
          "degrees f",
          "fahrenheit",
          "degree fahrenheit",
          "degrees fahrenheit",
        ),
        add: "-32",
      },
    ],
  },
  {
    quantity: "Length (rain, snow, visibility, height); of rain, 1 mm is 1 l/m² or 1 kg/m²",
    units: [
      unit("m", "1", "metre", "metres", "meter", "meters", "gpm"),
      unit("mm", "0.001", "millimetre", "millimetres", "millimeter", "millimeters", "mm h2o", "mm w.e."),
      unit("cm", "0.01", "centimetre", "centimetres", "centimeter", "centimeters"),
      unit("km", "1000", "kilometre", "kilometres", "kilometer", "kilometers"),
      unit(
        "µm",
        "0.000001",
        "um",
        "micron",
        "microns",
        "micrometre",
        "micrometres",
        "micrometer",
        "micrometers",
      ),
      unit("in", "0.0254", "inch", "inches", '"'),
      unit("ft", "0.3048", "foot", "feet"),
      unit("mi", "1609.344", "mile", "miles", "statute mile", "statute miles", "sm"),
      unit("NM", "1852", "nmi", "nautical mile", "nautical miles"),
      unit("kg/m²", "0.001", "l/m2", "kilogram per square metre", "kilograms per square meter"),
    ],
  },
  {
    quantity: "Rate of precipitation",
    units: [
      unit("mm/h", "1", "mm/hr", "mm/hour", "mmph", "kg/m2/h"),
      unit("mm/min", "60"),
      unit("mm/s", "3600", "kg/m2/s"),
      unit("mm/d", "1/24", "mm/day"),
      unit("cm/h", "10", "cm/hr"),
      unit("in/h", "25.4", "in/hr", "inches/hour", "inches per hour"),
    ],
  },
  {
    quantity: "Speed",
    units: [
      unit("m/s", "1", "mps", "m/sec", "metres per second", "meters per second", "meters/second"),
      unit("km/h", "1000/3600", "kmh", "kph", "km/hr", "kilometres per hour", "kilometers per hour"),
      unit("mph", "0.44704", "mi/h", "miles/hour", "miles per hour"),
      unit("kn", "0.514444", "kt", "kts", "knot", "knots"),
      unit("cm/s", "0.01"),
      unit("ft/s", "0.3048", "fps", "feet per second"),
    ],
  },
  {
    quantity: "Pressure",
    units: [
      unit("hPa", "1", "hpa", "mb", "mbar", "mbars", "millibar", "millibars", "hectopascal", "hectopascals"),
      unit("Pa", "0.01", "pa", "pascal", "pascals"),
      unit("kPa", "10", "kpa", "kilopascal", "kilopascals"),
      unit("bar", "1000"),
      unit(
        "inHg",
        "33.8639",
        "inhg",
        "in hg",
        '"hg',
        "inches hg",
        "inch hg",
        "inches of mercury",
        "inches mercury",
      ),
      unit(
        "mmHg",
        "1.33322387415",
        "mmhg",
        "mm hg",
        "torr",
        "millimetres of mercury",
        "millimeters (mercury)",
      ),
      unit("atm", "1013.25", "atmosphere", "atmospheres"),
    ],
  },
  {
    quantity: "Mass of a substance in air",
    units: [
      unit(
        "µg/m³",
        "1",

        "mcg/m3",
        "ug/cubic meter",
        "ug/cubic metre",
        "micrograms/m3",
        "microgram/m3",
        "microgram per cubic metre",
        "micrograms per cubic metre",
        "micrograms per cubic meter",
        "micrograms/cubic meter",
        "micrograms/cubic meter (lc)",
        "micrograms/cubic meter (25 c)",
      ),
      unit(
        "mg/m³",
        "1000",
        "milligrams per cubic metre",
        "milligrams per cubic meter",
        "milligrams/cubic meter",
      ),
      unit(
        "ng/m³",
        "0.001",
        "nanograms per cubic metre",
        "nanograms per cubic meter",
        "nanograms/cubic meter",
        "nanograms/cubic meter (lc)",
        "nanograms/cubic meter (25 c)",
      ),
      unit("g/m³", "1000000", "grams per cubic metre", "grams per cubic meter"),
      unit("kg/m³", "1000000000"),
    ],
  },
  {
    quantity: "Fraction (humidity, cloud, volume of a gas in air)",
    units: [
      unit("1", "1", "fraction", "ratio", "m3/m3", "mol/mol"),
      unit("%", "0.01", "percent", "pct", "per cent", "% rh", "%rh", "percent relative humidity", "% v/v"),
      unit("‰", "0.001", "permille", "per mille", "mmol/mol"),
      unit("ppm", "0.000001", "ppmv", "ppm v", "µmol/mol", "parts per million"),
      unit("ppb", "0.000000001", "ppbv", "ppb v", "nmol/mol", "parts per billion"),
      unit("ppt", "0.000000000001", "pptv", "ppt v", "pmol/mol", "parts per trillion"),
      unit("okta", "0.125", "oktas", "octa", "octas", "eighth", "eighths"),
      unit("tenth", "0.1", "tenths"),
    ],
  },
  {
    quantity: "Mass fraction (mixing ratio, specific humidity)",
    units: [unit("g/kg", "1"), unit("kg/kg", "1000"), unit("mg/kg", "0.001")],
  },
  {
    quantity: "Radiation over a time",
    units: [
      unit("J/m²", "1", "j/m2"),
      unit("kJ/m²", "1000", "kj/m2"),
      unit("MJ/m²", "1000000", "MJ/m2"),
      unit("J/cm²", "10000", "j/cm2"),
      unit("kJ/cm²", "10000000", "kj/cm2"),
      unit("Wh/m²", "3600", "wh/m2", "w h/m2"),
      unit("kWh/m²", "3600000", "kwh/m2"),
      unit("Ly", "41840", "ly", "langley", "langleys", "cal/cm2"),
    ],
  },
  {
    quantity: "Irradiance",
    units: [
      unit(
        "W/m²",
        "1",
        "w/m2",
        "watts/m2",
        "watts per square metre",
        "watts per square meter",
        "watts/square meter",
      ),
      unit("kW/m²", "1000", "kw/m2"),
      unit("J/m²/s", "1", "j/m2/s"),
      unit("Ly/min", "41840/60", "ly/min", "langleys/minute", "cal/cm2/min"),
    ],
  },
  {
    quantity: "Time (sunshine)",
    units: [
      unit("s", "1", "sec", "secs", "second", "seconds"),
      unit("min", "60", "mins", "minute", "minutes"),
      unit("h", "3600", "hr", "hrs", "hour", "hours"),
      unit("d", "86400", "day", "days"),
    ],
  },
  {
    quantity: "Angle (direction of the wind)",
    units: [
      unit(
        "°",
        "1",
        "deg",
        "degs",
        "degree",
        "degrees",
        "degrees compass",
        "deg true",
        "degrees true",
        "arcdeg",
      ),
      unit("rad", "57.2957795130823", "radian", "radians"),
      unit("gon", "0.9", "grad"),
    ],
  },
  {
    quantity: "Particles in air",
    units: [
      unit("1/cm³", "1", "#/cm3", "particles/cm3"),
      unit("1/l", "0.001", "#/l", "#/L", "1/L"),
      unit("1/m³", "0.000001", "#/m3"),
      unit("1/(0.1 l)", "0.01", "#/dl", "1/dl", "#/0.1l", "1/0.1l"),
    ],
  },
  {
    quantity: "Dose rate",
    units: [unit("µSv/h", "1", "µsv/h"), unit("nSv/h", "0.001", "nsv/h"), unit("mSv/h", "1000", "msv/h")],
  },
  { quantity: "Number of something", units: [unit("count", "1", "counts", "number")] },
];
