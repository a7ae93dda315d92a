/** The stations of the generated fetches, each with some of the oddities that OpenAQ's old records are known for. */
import type { Pollutant } from "./air.ts";

export interface Channel {
  readonly parameter: Pollutant;
  readonly unit: string;
  /** Usual value, in the unit. */
  readonly level: number;
  /** The value is one of these error codes instead, every third hour. */
  readonly errors?: readonly number[];
}

/** A station as records describe it; what is absent here is absent there. */
export interface FetchStation {
  readonly location: string;
  readonly city?: string;
  readonly country?: string;
  readonly coordinates?: { readonly latitude: number; readonly longitude: number };
  readonly source: string;
  /** Minutes ahead of UTC. */
  readonly offset: number;
  /** Hours; absent where the source does not tell. */
  readonly averaging?: number;
  /** Hours by which the data are late. */
  readonly late?: number;
  readonly attribution?: readonly { readonly name: string; readonly url?: string }[];
  readonly channels: readonly Channel[];
}

const MICRO = "\u00b5g/m³";
const GREEK_MU = "\u03bcg/m³";
/** The micro sign after two decodings too many. */
const BROKEN = "\ufffd\ufffdg/m³";

const EEA = [{ name: "EEA", url: "http://www.eea.europa.eu/themes/air/air-quality" }];

/** Between them the stations show every oddity. */
export const STATIONS: readonly FetchStation[] = [
  {
    location: "DEBE034",
    city: "Berlin",
    country: "DE",
    coordinates: { latitude: 52.489439, longitude: 13.430844 },
    source: "EEA Germany",
    offset: 60,
    averaging: 1,
    attribution: EEA,
    channels: [
      { parameter: "pm10", unit: MICRO, level: 21 },
      { parameter: "no2", unit: MICRO, level: 26, errors: [-9999] },
    ],
  },
  {
    location: 'Zürich, Kaserne "NABEL"',
    city: "Zürich",
    country: "CH",
    coordinates: { latitude: 47.3776, longitude: 8.5304 },
    source: "EEA Switzerland",
    offset: 60,
    averaging: 1,
    attribution: EEA,
    channels: [
      { parameter: "o3", unit: GREEK_MU, level: 38 },
      { parameter: "no2", unit: "ug/m3", level: 24 },
    ],
  },
  {
    location: "תחנה:כ.חסידים",
    city: "תחנות ניידות",
    country: "IL",
    coordinates: { latitude: 32.310944, longitude: 34.874947 },
    source: "israel",
    offset: 120,
    averaging: 0.25,
    attribution: [{ name: "Israel Ministry of Environmental Protection", url: "http://www.svivaaqm.net/" }],
    channels: [
      // Around zero the instruments drift below it: real values, not error codes.
      { parameter: "so2", unit: "ppm", level: 0.0001 },
      { parameter: "no2", unit: "ppm", level: 0.012, errors: [-9.999] },
    ],
  },
  {
    location: "Mailiao",
    city: "雲林縣",
    country: "TW",
    coordinates: { latitude: 23.753506, longitude: 120.251825 },
    source: "Taiwan",
    offset: 480,
    averaging: 1,
    channels: [
      { parameter: "pm25", unit: BROKEN, level: 27 },
      { parameter: "so2", unit: "ppb", level: 2.4 },
      { parameter: "o3", unit: "ppb", level: 31, errors: [-1111] },
    ],
  },
  {
    location: "Amsterdam-Einsteinweg",
    city: "Amsterdam",
    country: "NL",
    coordinates: { latitude: 52.3813, longitude: 4.84523 },
    source: "Netherlands",
    offset: 60,
    averaging: 1,
    attribution: [{ name: "RIVM", url: "http://www.lml.rivm.nl/" }, { name: "GGD A'dam" }],
    channels: [
      { parameter: "co", unit: MICRO, level: 310, errors: [-999, -998, -996, -995] },
      { parameter: "no2", unit: MICRO, level: 33 },
    ],
  },
  {
    location: "Gobernación",
    city: "Tocopilla",
    country: "CL",
    coordinates: { latitude: -22.093082, longitude: -70.20121 },
    source: "Chile - SINCA",
    offset: -180,
    attribution: [{ name: "SINCA", url: "http://sinca.mma.gob.cl/" }, { name: "Norgener S.A" }],
    channels: [
      { parameter: "pm10", unit: MICRO, level: 29 },
      { parameter: "so2", unit: MICRO, level: 6 },
    ],
  },
  {
    location: "Unit 7",
    country: "99",
    coordinates: { latitude: 0, longitude: 0 },
    source: "Test network",
    offset: 0,
    averaging: 1,
    channels: [
      { parameter: "pm25", unit: MICRO, level: 14 },
      { parameter: "co", unit: "ppm", level: 0.31 },
    ],
  },
  {
    location: "Khlong Chan, Bang kapi",
    city: "Bangkok",
    country: "TH",
    source: "Thailand",
    offset: 420,
    averaging: 1,
    channels: [
      { parameter: "no2", unit: "ppm", level: 0.019 },
      { parameter: "co", unit: "ppm", level: 0.7 },
    ],
  },
  {
    location: "US Diplomatic Post: Kolkata",
    source: "StateAir_Kolkata",
    offset: 330,
    averaging: 1,
    attribution: [
      { name: "EPA AirNow DOS", url: "http://airnow.gov/index.cfm?action=airnow.global_summary" },
    ],
    channels: [{ parameter: "pm25", unit: MICRO, level: 92 }],
  },
  {
    location: "Belisario Domínguez",
    city: "Tuxtla",
    country: "MX",
    coordinates: { latitude: 16.755, longitude: -93.1156 },
    source: "Mexico",
    offset: -360,
    averaging: 24,
    late: 44,
    channels: [
      { parameter: "pm10", unit: MICRO, level: 44 },
      { parameter: "o3", unit: "ppm", level: 0.028 },
    ],
  },
];
