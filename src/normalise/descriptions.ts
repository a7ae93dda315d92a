/** What a load's objects told about their stations, as far as it counts. */
import type { StationDescription } from "../postgres/verdict.ts";

/**
 * Of each station only the last word is kept, on its name and country and on its position: where an object of the same stations
 * comes every hour, a load would otherwise hold fifty descriptions of each.
 */
export class Descriptions {
  readonly #named = new Map<number, StationDescription>();
  readonly #located = new Map<number, StationDescription>();

  /** Adds what an object told. Objects come in the order of their keys, so what comes later counts more. */
  add(descriptions: readonly StationDescription[]): void {
    for (const description of descriptions) {
      const { stationKey, name, countryId, latitude, longitude } = description;
      const told = name !== null || countryId !== null;
      if (told || !this.#named.has(stationKey)) this.#named.set(stationKey, description);
      if (latitude !== null && longitude !== null) this.#located.set(stationKey, description);
    }
  }

  /** One or two for each station that was described since they were taken last. */
  take(): StationDescription[] {
    const taken = [...new Set([...this.#named.values(), ...this.#located.values()])];
    this.#named.clear();
    this.#located.clear();
    return taken;
  }
}
