/** Air quality of the generated world: what is measured where, in which unit, and how it changes with the hour. */
import type { City } from "./places.ts";
import { cities } from "./places.ts";
import { Random } from "./random.ts";
import { normalTemperature } from "./weather.ts";

export type Pollutant = "pm25" | "pm10" | "no2" | "o3" | "so2" | "co";
type AirUnit = "µg/m³" | "ppm" | "ppb";

/** µg/m³ for each ppb at 25 °C and 1 atm: M / 24.45 L/mol (US EPA, WHO). */
const MASS_PER_PPB = { no2: 1.882, o3: 1.963, so2: 2.62, co: 1.146 };

/** Usual level in a German city, µg/m³. */
const LEVELS: Readonly<Record<Pollutant, number>> = { pm25: 11, pm10: 19, no2: 24, o3: 42, so2: 3, co: 330 };

interface Sensor {
  readonly id: number;
  readonly pollutant: Pollutant;
  readonly unit: AirUnit;
}

/** A place of the OpenAQ archive. */
export interface Location {
  readonly id: number;
  readonly name: string;
  readonly city: City;
  readonly latitude: number;
  readonly longitude: number;
  /** Minutes between two values. */
  readonly interval: 15 | 60;
  readonly sensors: readonly Sensor[];
  /** Whether its files put quotes around every text and number. */
  readonly quoted: boolean;
}

/** Sparse, as real ids are, and the same whatever the seed. */
function locationId(index: number): number {
  const steps = [2011 + 137 * index, 217_402 + 1_931 * index, 3_036_117 + 52_711 * index];
  return steps[index % steps.length] ?? 0;
}

const QUARTERS = ["Centre", "South, Ring Road", "Main Street", "University", "Port"] as const;

const GAS_UNITS: readonly AirUnit[] = ["µg/m³", "ppm", "µg/m³", "ppb"];

function unitOf(pollutant: Pollutant, choice: number): AirUnit {
  if (pollutant === "pm25" || pollutant === "pm10") return "µg/m³";
  return GAS_UNITS[choice % GAS_UNITS.length] ?? "µg/m³";
}

/** Every fourth place measures particles twice, with another sensor id. */
function sensorsOf(index: number, id: number): Sensor[] {
  const gases: Pollutant[][] = [["no2", "o3"], ["no2", "o3", "so2", "co"], ["no2"], []];
  const measured: Pollutant[] = ["pm25", "pm10", ...(gases[index % gases.length] ?? [])];
  if (index % 4 === 0) measured.push("pm25");
  return measured.map((pollutant, sensor) => ({
    id: id * 3 + 1_700 + sensor,
    pollutant,
    unit: unitOf(pollutant, Math.floor(index / 4) + sensor),
  }));
}

/** The first `count` places of the archive, one a city, the German ones first; at most one for each city. */
export function openaqLocations(count: number): Location[] {
  return cities()
    .slice(0, count)
    .map((city, index) => {
      const id = locationId(index);
      const random = new Random("location", id);
      return {
        id,
        // OpenAQ makes names unique by the id at their end.
        name: `${city.name} ${QUARTERS[index % QUARTERS.length] ?? ""}-${id}`,
        city,
        latitude: Number((city.latitude + random.between(-0.05, 0.05)).toFixed(6)),
        longitude: Number((city.longitude + random.between(-0.06, 0.06)).toFixed(6)),
        interval: index % 5 === 2 ? 15 : 60,
        sensors: sensorsOf(index, id),
        quoted: index % 2 === 1,
      };
    });
}

/** How the level of an hour of the local day compares with the day's: rush hours, and ozone after noon. */
function ofTheHour(pollutant: Pollutant, hour: number): number {
  if (pollutant === "o3") return 0.6 + 0.8 * Math.exp(-(((hour - 15) / 4) ** 2));
  const rush = Math.exp(-(((hour - 8) / 2) ** 2)) + Math.exp(-(((hour - 19) / 2.5) ** 2));
  return 0.8 + (pollutant === "no2" || pollutant === "co" ? 0.7 : 0.3) * rush;
}

/**
 * How dirty the air of a place is on a day since 1970, in relation to a German city in summer: by the city, by
 * the cold (heating), and by a weather that resembles the days before and after.
 */
export function dirtOf(seed: number, city: City, day: number): number {
  const weather = (of: number) => new Random(seed, "air", city.name, of).normal();
  const calm = Math.exp(0.3 * (0.5 * weather(day - 1) + weather(day) + 0.5 * weather(day + 1)));
  const cold = 1 + Math.max(0, 12 - normalTemperature(city, day)) * 0.03;
  return city.smog * cold * calm;
}

/** The values of one sensor, one after the other, each like the one before. */
export class Air {
  private readonly random: Random;
  private readonly sensor: Sensor;
  private readonly level: number;
  private readonly hours: readonly number[];
  private drift: number;

  /** Starts with a day whose air is `dirt` times as dirty as usual (see dirtOf); ozone cares little. */
  constructor(random: Random, sensor: Sensor, dirt: number) {
    this.random = random;
    this.sensor = sensor;
    this.level = LEVELS[sensor.pollutant] * (sensor.pollutant === "o3" ? dirt ** -0.1 : dirt);
    this.hours = Array.from({ length: 24 }, (_, hour) => ofTheHour(sensor.pollutant, hour));
    this.drift = 0.35 * random.normal();
  }

  /** The next value, as text in the sensor's unit, for a minute of the local day. */
  next(minute: number): string {
    this.drift = 0.9 * this.drift + 0.12 * this.random.normal();
    const mass = this.level * (this.hours[Math.floor(minute / 60) % 24] ?? 1) * Math.exp(this.drift);
    const { pollutant, unit } = this.sensor;
    if (unit === "µg/m³" || pollutant === "pm25" || pollutant === "pm10") return mass.toFixed(1);
    const billionths = mass / MASS_PER_PPB[pollutant];
    return unit === "ppb" ? billionths.toFixed(1) : (billionths / 1000).toFixed(4);
  }
}
