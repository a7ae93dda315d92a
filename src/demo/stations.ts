/** NOAA stations of the generated world: several around each city, in the networks that exist there. */
import type { City } from "./places.ts";
import { cities } from "./places.ts";
import { Random } from "./random.ts";

/**
 * What a network measures and how its rows look.
 *
 * - `synoptic`: official stations with a WMO number; a daily mean from another source beside the extremes.
 * - `climate`: national climate stations.
 * - `cooperative`: American observers who read their instruments in the morning.
 * - `airport`: American automatic stations, midnight to midnight.
 * - `rain`: volunteers who measure precipitation and snow only.
 */
type Network = "synoptic" | "climate" | "cooperative" | "airport" | "rain";

export interface Station {
  /** Eleven characters. */
  readonly id: string;
  readonly name: string;
  readonly network: Network;
  /** The provider's mark of the source of a row. */
  readonly sourceFlag: string;
  readonly latitude: number;
  readonly longitude: number;
  /** Metres, whether or not the station file knows. */
  readonly elevation: number;
  readonly elevationKnown: boolean;
  /** `GSN`, or blank. */
  readonly gsn: string;
  /** `HCN`, `CRN`, or blank. */
  readonly reference: string;
  /** Five digits, or blank. */
  readonly wmo: string;
  readonly city: City;
}

interface Site {
  readonly id: string;
  readonly network: Network;
  readonly sourceFlag: string;
  readonly gsn?: string;
  readonly reference?: string;
  readonly wmo?: string;
}

const digits = (value: number, width: number) => String(value).padStart(width, "0");

function americanSite(city: City, variant: number, number: number): Site {
  switch (variant % 4) {
    case 0: {
      const reference = variant === 0 ? {} : { reference: "CRN" };
      return {
        id: `USW${digits(number, 8)}`,
        network: "airport",
        sourceFlag: "W",
        wmo: variant === 0 ? city.wmo : "",
        ...reference,
      };
    }
    case 1:
      return { id: `USC${digits(number, 8)}`, network: "cooperative", sourceFlag: "7", reference: "HCN" };
    case 2:
      return { id: `US1${city.state}${digits(number, 6)}`, network: "rain", sourceFlag: "N" };
    default:
      return { id: `USC${digits(number, 8)}`, network: "cooperative", sourceFlag: "H" };
  }
}

/** The letter behind the country says which numbering an id follows (NOAA's readme, section IV). */
function site(city: City, variant: number, number: number): Site {
  if (city.fips === "US") return americanSite(city, variant, number);
  if (city.fips === "CA" && variant % 4 === 2) {
    return { id: `CA1${city.state}${digits(number, 6)}`, network: "rain", sourceFlag: "N" };
  }
  if (city.fips === "CA") return { id: `CA00${digits(number, 7)}`, network: "cooperative", sourceFlag: "C" };
  if (city.fips === "BR" && variant === 1) {
    // Ids may hold a hyphen; Brazil's do.
    return { id: `BR00B7-${digits(number % 10_000, 4)}`, network: "climate", sourceFlag: "I" };
  }
  if (city.fips === "AS") return { id: `ASN${digits(number, 8)}`, network: "climate", sourceFlag: "a" };
  if (variant === 0) {
    return {
      id: `${city.fips}0000${city.wmo}`,
      network: "synoptic",
      sourceFlag: "G",
      gsn: "GSN",
      wmo: city.wmo,
    };
  }
  if (variant === 2) {
    const wmo = digits(Number(city.wmo) + 1, 5);
    return { id: `${city.fips}M000${wmo}`, network: "synoptic", sourceFlag: "S", wmo };
  }
  const network = variant % 8 === 7 ? "rain" : "climate";
  return { id: `${city.fips}E00${digits(number, 6)}`, network, sourceFlag: "E" };
}

/** As station lists write names: capitals without marks, sharp s as SS. */
function plainName(name: string): string {
  return name
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .replaceAll("ø", "o")
    .toUpperCase();
}

const QUARTERS = ["", "-NORTH", "/HILL", "-OLD TOWN", " (OBS.)", "-WEST", " UNIV.", "-HARBOUR"] as const;

function stationName(city: City, variant: number, network: Network): string {
  if (network === "rain" && city.iso === "CA") {
    return `${city.name.toUpperCase()} ${(1.8 + variant / 10).toFixed(1)} S - JEANNE-MANCE`;
  }
  const name = `${plainName(city.name)}${QUARTERS[variant % QUARTERS.length] ?? ""}`;
  if (network === "rain")
    return `${name}, ${city.state === "" ? "RAIN" : city.state} ${variant}.${variant % 10} ENE`;
  if (network === "cooperative" && variant % 4 === 3) return `${name} "OLD MILL"`;
  return variant < QUARTERS.length ? name : `${name} ${variant}`;
}

/**
 * The first `count` stations: one for each city in turn, then a second one, and so on. They are the same
 * whatever the seed. A city's first station stands where the city is; the others up to 25 km around it, the
 * third of each four on higher ground.
 */
export function generateStations(count: number): Station[] {
  const all = cities();
  return Array.from({ length: count }, (_, index) => {
    const city = all[index % all.length];
    if (city === undefined) throw new RangeError("there are no cities");
    const variant = Math.floor(index / all.length);
    const random = new Random("station", index);
    const distance = variant === 0 ? 0 : 1;
    const described = site(city, variant, 100_000 + index);
    const climb = variant % 4 === 2 ? random.between(60, 320) : random.between(0, 30);
    return {
      gsn: "",
      reference: "",
      wmo: "",
      ...described,
      name: stationName(city, variant, described.network),
      latitude: round(city.latitude + distance * random.between(-0.18, 0.18), 4),
      longitude: round(city.longitude + distance * random.between(-0.22, 0.22), 4),
      elevation: round(city.elevation + distance * climb, 1),
      elevationKnown: variant === 0 || !random.chance(0.06),
      city,
    };
  });
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
