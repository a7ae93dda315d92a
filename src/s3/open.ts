/** From where a pipeline's objects are to the store that reads them. */
import type { Pipeline } from "../config/pipeline.ts";
import { readVersion } from "../config/version.ts";
import { openStore } from "./aws.ts";
import type { BodyLimits } from "./body.ts";
import { openHttpsStore } from "./https/store.ts";
import type { RequestLimits } from "./network.ts";
import type { ObjectStore, StoreEnvironment } from "./store.ts";

/** What of a pipeline decides which store it needs. */
type Location = Pick<Pipeline["objects"], "store" | "endpoint" | "region" | "connections">;

/**
 * A store for the objects of a pipeline, with other limits than the daemon's where some are given. Nothing is sent before
 * the first call; `close` it in the end.
 */
export function storeFor(
  { store, endpoint, region, connections }: Location,
  environment: StoreEnvironment,
  limits: Partial<RequestLimits & BodyLimits> = {},
): ObjectStore {
  if (store === "https")
    return openHttpsStore({ connections, userAgent: `Millrace/${readVersion()}`, limits });
  return openStore({
    limits,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    environment,
  });
}

/** The same stores, each opened once for all pipelines that can share it. */
export class Stores {
  readonly #environment: StoreEnvironment;
  readonly #limits: Partial<RequestLimits & BodyLimits>;
  readonly #open = new Map<string, ObjectStore>();

  /** @param limits where they differ from REQUEST_LIMITS and BODY_LIMITS */
  constructor(environment: StoreEnvironment, limits: Partial<RequestLimits & BodyLimits> = {}) {
    this.#environment = environment;
    this.#limits = limits;
  }

  of(location: Location): ObjectStore {
    const { store, endpoint, region, connections } = location;
    const name = store === "https" ? `https ${connections}` : `s3 ${endpoint ?? ""} ${region ?? ""}`;
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    const opened = storeFor(location, this.#environment, this.#limits);
    this.#open.set(name, opened);
    return opened;
  }

  close(): void {
    for (const store of this.#open.values()) store.close();
  }
}
