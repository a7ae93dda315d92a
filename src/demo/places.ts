/**
 * The cities of the generated world. Positions, heights and monthly means are rounded climate normals
 * (1991–2020), good enough to make seasons, hemispheres and mountains come out right.
 */

export interface City {
  /** Country as NOAA codes it (FIPS 10-4). */
  readonly fips: string;
  /** The same country in ISO 3166-1 alpha-2, as OpenAQ codes it. */
  readonly iso: string;
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  /** Metres. */
  readonly elevation: number;
  /** Mean temperature of January, °C. */
  readonly january: number;
  /** Mean temperature of July, °C. */
  readonly july: number;
  /** Share of days with precipitation. */
  readonly wet: number;
  /** Minutes ahead of UTC in November and December. */
  readonly offset: number;
  /** Pollution of the air in relation to a German city. */
  readonly smog: number;
  /** The first station's number at the World Meteorological Organization. */
  readonly wmo: string;
  /** State or province; empty outside the United States and Canada. */
  readonly state: string;
}

type Row = readonly [
  ...codes: [fips: string, iso: string, name: string],
  ...position: [latitude: number, longitude: number, elevation: number],
  ...climate: [january: number, july: number, wet: number],
  ...rest: [offset: number, smog: number, wmo: string, state?: string],
];

/** The first forty also have an air quality location; see openaqLocations. */
const ROWS: readonly Row[] = [
  ["GM", "DE", "Berlin", 52.468, 13.402, 48, 0.9, 19.8, 0.44, 60, 1, "10384"],
  ["GM", "DE", "Hamburg", 53.633, 9.988, 11, 1.6, 18.3, 0.51, 60, 0.9, "10147"],
  ["GM", "DE", "München", 48.164, 11.543, 515, 0.3, 19.4, 0.47, 60, 0.9, "10865"],
  ["GM", "DE", "Köln", 50.865, 7.158, 92, 2.6, 18.7, 0.49, 60, 1.1, "10513"],
  ["GM", "DE", "Frankfurt", 50.026, 8.521, 100, 1.9, 20.4, 0.43, 60, 1, "10637"],
  ["GM", "DE", "Stuttgart", 48.828, 9.2, 314, 1.8, 20.2, 0.42, 60, 1.2, "10739"],
  ["GM", "DE", "Dresden", 51.128, 13.754, 227, 0.5, 19.3, 0.45, 60, 1, "10488"],
  ["GM", "DE", "Leipzig", 51.435, 12.24, 131, 0.9, 19.4, 0.43, 60, 1, "10469"],
  ["GM", "DE", "Hannover", 52.464, 9.678, 55, 1.6, 18.7, 0.47, 60, 0.9, "10338"],
  ["GM", "DE", "Nürnberg", 49.503, 11.055, 314, 0.2, 19.3, 0.44, 60, 1, "10763"],
  ["GM", "DE", "Bremen", 53.045, 8.798, 4, 2, 18.2, 0.5, 60, 0.9, "10224"],
  ["GM", "DE", "Rostock", 54.18, 12.081, 4, 1.5, 18.5, 0.46, 60, 0.7, "10170"],
  ["GM", "DE", "Freiburg", 48.023, 7.834, 236, 2.3, 20.7, 0.43, 60, 0.8, "10803"],
  ["IN", "IN", "New Delhi", 28.567, 77.117, 233, 13.9, 31.1, 0.12, 330, 8, "42181"],
  ["IN", "IN", "Bengaluru", 12.967, 77.583, 920, 21.3, 23.5, 0.28, 330, 3, "43295"],
  ["IN", "IN", "Kolkata", 22.533, 88.333, 6, 19.6, 29.4, 0.25, 330, 6, "42807"],
  ["NP", "NP", "Kathmandu", 27.7, 85.367, 1337, 10.8, 24.2, 0.25, 345, 5, "44454"],
  ["AS", "AU", "Darwin", -12.424, 130.893, 30, 28.4, 25.3, 0.25, 570, 0.5, "94120"],
  ["AS", "AU", "Adelaide", -34.952, 138.52, 2, 23.3, 11.5, 0.3, 630, 0.6, "94672"],
  ["AS", "AU", "Sydney", -33.947, 151.173, 6, 23.7, 13.1, 0.36, 660, 0.6, "94767"],
  ["CA", "CA", "St. John's", 47.622, -52.743, 141, -4.3, 16.1, 0.55, -210, 0.5, "71801", "NL"],
  ["CA", "CA", "Montréal", 45.47, -73.75, 36, -9.2, 21.6, 0.45, -300, 0.8, "71627", "QC"],
  ["US", "US", "New York", 40.779, -73.969, 40, 0.9, 25.1, 0.33, -300, 0.8, "72506", "NY"],
  ["US", "US", "Los Angeles", 33.938, -118.389, 30, 14.1, 20.4, 0.1, -480, 1.3, "72295", "CA"],
  ["US", "US", "Chicago", 41.995, -87.934, 202, -3.9, 23.9, 0.34, -360, 1, "72530", "IL"],
  ["FR", "FR", "Paris", 48.822, 2.338, 75, 5, 20.9, 0.44, 60, 1.2, "07156"],
  ["UK", "GB", "London", 51.479, -0.449, 25, 5.7, 19, 0.41, 0, 1.1, "03772"],
  ["SP", "ES", "Madrid", 40.412, -3.678, 667, 6.5, 26.1, 0.17, 60, 1.1, "08222"],
  ["IT", "IT", "Roma", 41.8, 12.583, 129, 7.6, 25.2, 0.22, 60, 1.2, "16239"],
  ["AU", "AT", "Wien", 48.249, 16.356, 198, 1.2, 21.6, 0.37, 60, 1, "11035"],
  ["SZ", "CH", "Zürich", 47.378, 8.566, 556, 0.9, 19, 0.43, 60, 0.7, "06660"],
  ["PL", "PL", "Warszawa", 52.163, 20.961, 106, -1.5, 19.7, 0.43, 60, 1.9, "12375"],
  ["SW", "SE", "Stockholm", 59.342, 18.055, 44, -1, 18.7, 0.44, 60, 0.5, "02485"],
  ["NO", "NO", "Oslo", 59.943, 10.721, 94, -2.3, 18.1, 0.43, 60, 0.6, "01492"],
  ["JA", "JP", "Tokyo", 35.692, 139.75, 25, 5.4, 25.7, 0.3, 540, 1.1, "47662"],
  ["CH", "CN", "Beijing", 39.933, 116.283, 55, -2.7, 27.2, 0.18, 480, 5, "54511"],
  ["BR", "BR", "São Paulo", -23.496, -46.62, 792, 23.2, 16.9, 0.34, -180, 1.5, "83781"],
  ["SF", "ZA", "Cape Town", -33.965, 18.602, 46, 21.6, 12.7, 0.19, 120, 0.9, "68816"],
  ["MX", "MX", "Ciudad de México", 19.404, -99.196, 2309, 14.6, 18.1, 0.33, -360, 2.1, "76680"],
  ["NI", "NG", "Lagos", 6.577, 3.321, 41, 27.6, 25.6, 0.27, 60, 4, "65201"],
  ["GM", "DE", "Hohenpeißenberg", 47.801, 11.012, 977, -0.3, 16.9, 0.5, 60, 0.5, "10962"],
  ["GM", "DE", "Zugspitze", 47.421, 10.987, 2964, -10.3, 3, 0.57, 60, 0.3, "10961"],
  ["GM", "DE", "Essen", 51.404, 6.968, 150, 2.5, 18.5, 0.52, 60, 1.2, "10410"],
  ["AU", "AT", "Innsbruck", 47.26, 11.357, 578, -1.3, 19.5, 0.43, 60, 0.9, "11120"],
  ["AU", "AT", "Graz", 46.993, 15.439, 337, -0.9, 20.4, 0.33, 60, 1.2, "11240"],
  ["SZ", "CH", "Genève", 46.248, 6.128, 411, 1.9, 20.6, 0.37, 60, 0.8, "06700"],
  ["FR", "FR", "Marseille", 43.438, 5.216, 9, 7.6, 25, 0.16, 60, 1.1, "07650"],
  ["FR", "FR", "Brest", 48.444, -4.412, 94, 7, 17.2, 0.5, 60, 0.6, "07110"],
  ["UK", "GB", "Edinburgh", 55.928, -3.343, 41, 4.3, 15.5, 0.47, 0, 0.6, "03160"],
  ["SP", "ES", "Sevilla", 37.417, -5.879, 34, 11, 28.6, 0.14, 60, 1, "08391"],
  ["IT", "IT", "Milano", 45.433, 9.283, 108, 2.9, 25.1, 0.24, 60, 2.2, "16080"],
  ["PL", "PL", "Kraków", 50.082, 19.802, 237, -1.6, 19.6, 0.46, 60, 2.6, "12566"],
  ["SW", "SE", "Kiruna", 67.822, 20.337, 459, -12.7, 13.4, 0.46, 60, 0.2, "02044"],
  ["NO", "NO", "Tromsø", 69.653, 18.937, 100, -3.2, 12.4, 0.6, 60, 0.2, "01026"],
  ["US", "US", "Phoenix", 33.428, -112.004, 337, 13.6, 35.3, 0.08, -420, 1.4, "72278", "AZ"],
  ["US", "US", "Fairbanks", 64.804, -147.876, 132, -22.1, 17.1, 0.3, -540, 0.7, "70261", "AK"],
  ["US", "US", "Miami", 25.791, -80.316, 9, 20.2, 29, 0.37, -300, 0.7, "72202", "FL"],
  ["CA", "CA", "Vancouver", 49.195, -123.182, 4, 4.2, 18.3, 0.46, -480, 0.6, "71892", "BC"],
  ["BR", "BR", "Manaus", -3.104, -60.016, 67, 26.4, 27, 0.45, -240, 0.7, "82331"],
  ["AR", "AR", "Buenos Aires", -34.571, -58.418, 6, 25.1, 11.2, 0.27, -180, 0.9, "87585"],
  ["AR", "AR", "Ushuaia", -54.843, -68.296, 22, 9.6, 1.7, 0.42, -180, 0.2, "87938"],
  ["SF", "ZA", "Johannesburg", -26.143, 28.234, 1694, 20, 10.5, 0.27, 120, 1.8, "68368"],
  ["NI", "NG", "Kano", 12.05, 8.533, 481, 21.5, 26.5, 0.15, 60, 5, "65046"],
  ["JA", "JP", "Sapporo", 43.06, 141.328, 26, -3.2, 21.1, 0.46, 540, 0.7, "47412"],
  ["CH", "CN", "Shanghai", 31.4, 121.467, 4, 5, 28.9, 0.34, 480, 3, "58362"],
  ["RS", "RU", "Moskva", 55.833, 37.617, 156, -6.2, 19.7, 0.48, 180, 1.2, "27612"],
  ["RS", "RU", "Yakutsk", 62.017, 129.717, 103, -36.9, 19.9, 0.22, 540, 1.1, "24959"],
  ["RS", "RU", "Sochi", 43.45, 39.95, 18, 6.3, 24, 0.39, 180, 0.8, "37171"],
  ["NZ", "NZ", "Wellington", -41.333, 174.8, 8, 17.8, 9.2, 0.34, 780, 0.3, "93439"],
  ["NZ", "NZ", "Invercargill", -46.417, 168.333, 1, 14, 5.3, 0.43, 780, 0.3, "93844"],
  ["CI", "CL", "Santiago", -33.445, -70.683, 520, 21.2, 8.6, 0.08, -180, 2.4, "85577"],
  ["EI", "IE", "Dublin", 53.428, -6.241, 85, 5.4, 15.6, 0.41, 0, 0.6, "03969"],
  ["DA", "DK", "København", 55.614, 12.645, 5, 1.6, 18.6, 0.46, 60, 0.7, "06180"],
  ["FI", "FI", "Helsinki", 60.327, 24.957, 51, -4, 18, 0.49, 120, 0.5, "02974"],
  ["IC", "IS", "Reykjavík", 64.127, -21.902, 52, 0.7, 11.8, 0.58, 0, 0.3, "04030"],
];

/** All cities, German ones first. */
export function cities(): City[] {
  return ROWS.map(
    ([
      fips,
      iso,
      name,
      latitude,
      longitude,
      elevation,
      january,
      july,
      wet,
      offset,
      smog,
      wmo,
      state = "",
    ]) => {
      const position = { latitude, longitude, elevation };
      return { fips, iso, name, ...position, january, july, wet, offset, smog, wmo, state };
    },
  );
}

/** Countries as ghcnd-countries.txt names them, by FIPS code; some with the blanks that stray behind names there. */
export const COUNTRIES: Readonly<Record<string, string>> = {
  AR: "Argentina ",
  AS: "Australia ",
  AU: "Austria ",
  BR: "Brazil",
  CA: "Canada ",
  CH: "China  ",
  CI: "Chile ",
  DA: "Denmark ",
  EI: "Ireland ",
  FI: "Finland ",
  FR: "France ",
  GM: "Germany ",
  IC: "Iceland ",
  IN: "India ",
  IT: "Italy ",
  JA: "Japan ",
  MX: "Mexico ",
  NI: "Nigeria",
  NO: "Norway ",
  NP: "Nepal ",
  NZ: "New Zealand ",
  PL: "Poland ",
  RS: "Russia ",
  SF: "South Africa ",
  SP: "Spain ",
  SW: "Sweden ",
  SZ: "Switzerland ",
  UK: "United Kingdom ",
  US: "United States ",
};

/** States and provinces as ghcnd-states.txt names them. */
export const STATES: Readonly<Record<string, string>> = {
  AK: "ALASKA",
  AL: "ALABAMA                                        ",
  AZ: "ARIZONA",
  BC: "BRITISH COLUMBIA",
  CA: "CALIFORNIA",
  FL: "FLORIDA",
  IL: "ILLINOIS",
  NL: "NEWFOUNDLAND AND LABRADOR",
  NY: "NEW YORK",
  QC: "QUEBEC",
};
