/** What a load works with; made once for the life of the process. */
import type { Pipeline } from "../config/pipeline.ts";
import { KeyTable } from "../normalise/key-table.ts";
import type { StationTable } from "../normalise/stations.ts";
import type { Emit } from "../observe/events.ts";
import type { Database } from "../postgres/connect.ts";
import { loadStationKeys } from "../postgres/keys.ts";
import type { ObjectStore } from "../s3/store.ts";

/** Shared by all passes and loads of a process. */
export interface Services {
  readonly database: Database;
  /** The store that a pipeline's objects are in; shared where it can be. */
  readonly storeOf: (pipeline: Pipeline) => ObjectStore;
  readonly stations: StationTables;
  readonly emit: Emit;
}

/**
 * The stations of each source, read from the database when first asked for and kept: keys never change. Shared
 * by the loads of a process, which add what they allocate.
 */
export class StationTables {
  readonly #database: Database;
  readonly #tables = new Map<string, Promise<StationTable>>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** The source's table; throws what the database throws, and asks again the next time. */
  async of(source: string): Promise<StationTable> {
    const known = this.#tables.get(source);
    if (known !== undefined) return known;
    const table = this.#read(source);
    this.#tables.set(source, table);
    try {
      return await table;
    } catch (error) {
      this.#tables.delete(source);
      throw error;
    }
  }

  /** After the connection was lost: what answers now may be another database (a restored backup). */
  forget(): void {
    this.#tables.clear();
  }

  async #read(source: string): Promise<StationTable> {
    const table: StationTable = { ids: new KeyTable(), keys: [] };
    for (const [id, key] of await loadStationKeys(this.#database, source))
      table.keys[table.ids.addText(id)] = key;
    return table;
  }
}
