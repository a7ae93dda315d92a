/** A small stochastic climate: seasons, height, and days that resemble the day before. */
import { dateOf, dayOf } from "./calendar.ts";
import type { City } from "./places.ts";
import type { Random } from "./random.ts";
import type { Station } from "./stations.ts";

/** Temperature falls with height by 6.5 °C a kilometre (ICAO standard atmosphere). */
const LAPSE = 0.0065;

/** How warm a day (0 = 1 January) is between the city's January and July: -1 to 1, the northern summer's peak at day 200. */
export function seasonOn(day: number): number {
  return Math.cos((2 * Math.PI * (day + 1 - 200)) / 365.25);
}

/** Mean temperature of a city on a day since 1970, °C: the same curve that its stations follow. */
export function normalTemperature(city: City, day: number): number {
  const year = Number(dateOf(day).slice(0, 4));
  const season = seasonOn(day - dayOf(`${year}-01-01`));
  return (city.january + city.july) / 2 + ((city.july - city.january) / 2) * season;
}

/** What all stations around a city share on a day. */
export class CityWeather {
  /** Departure from the season's temperature, °C. */
  anomaly = 0;
  private wet = false;
  private readonly city: City;
  /** Weather changes more where seasons differ more. */
  private readonly unrest: number;

  constructor(city: City) {
    this.city = city;
    this.unrest = Math.min(1, 0.3 + Math.abs(city.july - city.january) / 25);
  }

  /** Goes on by one day. A wet day follows a wet one one and a half times as often as any other. */
  step(random: Random): void {
    this.anomaly = 0.8 * this.anomaly + 2.2 * this.unrest * random.normal();
    const { wet } = this.city;
    const afterWet = Math.min(0.9, wet * 1.5);
    this.wet = random.chance(this.wet ? afterWet : (wet * (1 - afterWet)) / (1 - wet));
  }

  get rainy(): boolean {
    return this.wet;
  }
}

/** A station's day, in the units of the rows. */
export class StationWeather {
  /** Tenths of °C, minimum ≤ mean ≤ maximum. */
  maximum = 0;
  mean = 0;
  minimum = 0;
  /** Tenths of a millimetre. */
  precipitation = 0;
  /** Precipitation fell, but less than can be measured. */
  trace = false;
  /** Millimetres. */
  snowfall = 0;
  snowDepth = 0;

  private readonly centre: number;
  private readonly amplitude: number;
  private readonly range: number;
  private departure = 0;

  constructor(station: Station, random: Random) {
    const { city } = station;
    this.centre = (city.january + city.july) / 2 - LAPSE * (station.elevation - city.elevation);
    this.amplitude = (city.july - city.january) / 2;
    this.range = random.between(7, 11);
  }

  /** Goes on by one day. */
  step(season: number, city: CityWeather, random: Random): void {
    this.departure = 0.6 * this.departure + 0.6 * random.normal();
    const mean = this.centre + this.amplitude * season + city.anomaly + this.departure;
    const swing = Math.max(1, (city.rainy ? 0.65 : 1.1) * this.range + 1.4 * random.normal());
    this.maximum = Math.round(10 * mean + 5 * swing);
    this.minimum = Math.round(10 * mean - 5 * swing);
    this.mean = Math.round(10 * mean);
    this.rain(city, random);
    this.settleSnow(mean);
  }

  private rain(city: CityWeather, random: Random): void {
    this.precipitation = 0;
    this.trace = false;
    if (!city.rainy) return;
    // Amounts of wet days are about exponential; their mean is near 5 mm in most of the temperate zone.
    const amount = Math.floor(-50 * Math.log(1 - random.unit()));
    if (amount < 2) this.trace = true;
    else this.precipitation = Math.min(amount, 1500);
  }

  /** A millimetre of water makes a centimetre of snow, which sinks, and melts by 8 mm a day and degree. */
  private settleSnow(mean: number): void {
    this.snowfall = mean < 0.5 ? this.precipitation : 0;
    const melted = mean > 0 ? mean * 8 : 0;
    this.snowDepth = Math.max(0, Math.round(this.snowDepth * 0.97 + this.snowfall * 0.8 - melted));
  }
}
