/** Buckets whose objects change at random, and what is known of every version that ever was in them. */
import { createHash } from "node:crypto";
import type { DemoBucket } from "../../src/demo/endpoint.ts";
import { DAMAGES } from "../daemon/damage.ts";
import { bodyOf, FAMILIES, type Family, type Slot, type Values } from "./families.ts";

/** One version of an object whose content is good. */
export interface Version {
  readonly values: Values;
  readonly body: Buffer;
  readonly etag: string;
}

/** An object's history. */
export interface ModelObject {
  readonly family: Family;
  readonly key: string;
  readonly slots: readonly Slot[];
  /** Good versions, in their order. */
  readonly versions: Version[];
  /** What the bucket holds now. */
  stored: Version | "damaged" | undefined;
  /** Where in `versions` that one stands which is known to have been loaded; -1: none. */
  loaded: number;
}

type Chance = () => number;

/** The buckets of one scenario. What happens in them follows from `chance` alone. */
export class Model {
  readonly objects: readonly ModelObject[] = FAMILIES.flatMap((family) =>
    family.keys.map((key) => ({
      family,
      key,
      slots: family.slots(key),
      versions: [],
      stored: undefined,
      loaded: -1,
    })),
  );
  readonly #bucket: DemoBucket;
  readonly #chance: Chance;
  #versions = 0;

  constructor(bucket: DemoBucket, chance: Chance) {
    this.#bucket = bucket;
    this.#chance = chance;
  }

  /** About two in three of the objects appear. */
  async fill(): Promise<void> {
    for (const object of this.objects) if (this.#chance() < 0.66) await this.#revise(object);
  }

  /** Something happens to one object; returns what, in words. */
  async change(): Promise<string> {
    const object = this.#pick(this.objects);
    const change = this.#pick(this.#changesOf(object));
    await change.call(this, object);
    return `${change.name.replace("#", "")} ${object.key}`;
  }

  /** Every object that may not stay as it is becomes good again. */
  async repair(): Promise<void> {
    for (const object of this.objects) {
      if (!object.family.vanishes && object.stored === "damaged") await this.#restore(object);
    }
  }

  #changesOf({ family, stored, versions }: ModelObject): readonly ((object: ModelObject) => Promise<void>)[] {
    if (versions.length === 0) return [this.#revise];
    if (stored === undefined) return [this.#revise, this.#restore, this.#restore];
    if (stored === "damaged") return [this.#restore, this.#revise, this.#damage];
    const changes = [this.#revise, this.#revise, this.#rewrite, this.#damage];
    if (family.vanishes) changes.push(this.#remove);
    if (family.pipeline === "noaa-daily") changes.push(this.#shorten);
    return changes;
  }

  /** A new version: some values changed, some added, and perhaps one dropped. */
  async #revise(object: ModelObject): Promise<void> {
    const { slots, versions, family } = object;
    const before = versions.at(-1)?.values;
    const always = new Set(firstOfStations(slots));
    const kept = family.pipeline === "noaa-daily" ? 0.995 : 0.7;
    const values = new Map<Slot, number>();
    let dropped = !family.drops;
    for (const slot of slots) {
      const former = before?.get(slot);
      const isWanted = former === undefined ? this.#chance() < kept : dropped || this.#chance() < 0.95;
      if (former !== undefined && !isWanted) dropped = true;
      if (!isWanted && !always.has(slot)) continue;
      values.set(slot, former === undefined || this.#chance() < 0.2 ? this.#value() : former);
    }
    await this.#put(object, values);
  }

  /** The same values under another etag. */
  async #rewrite(object: ModelObject): Promise<void> {
    await this.#put(object, object.versions.at(-1)?.values ?? new Map<Slot, number>());
  }

  /** A version without a whole month, which its check holds back once there was more. */
  async #shorten(object: ModelObject): Promise<void> {
    const values = [...(object.versions.at(-1)?.values ?? [])];
    await this.#put(object, new Map(values.filter(([{ day }]) => !day.includes("-03-"))));
  }

  async #damage(object: ModelObject): Promise<void> {
    const { family, key } = object;
    const damages = family.compressed ? DAMAGES : DAMAGES.filter(({ name }) => /empty|page$/.test(name));
    const text = family.text(object.versions.at(-1)?.values ?? new Map<Slot, number>(), 0);
    await this.#bucket.put(family.bucket, key, this.#pick(damages).make(text));
    object.stored = "damaged";
  }

  async #remove(object: ModelObject): Promise<void> {
    await this.#bucket.remove(object.family.bucket, object.key);
    object.stored = undefined;
  }

  /** The newest good version is there again. */
  async #restore(object: ModelObject): Promise<void> {
    const version = object.versions.at(-1);
    if (version === undefined) throw new RangeError(`${object.key} never was`);
    await this.#bucket.put(object.family.bucket, object.key, version.body);
    object.stored = version;
  }

  async #put(object: ModelObject, values: Values): Promise<void> {
    this.#versions += 1;
    const { family, key, versions } = object;
    const body = bodyOf(family, family.text(values, this.#versions), this.#versions);
    const version = { values, body, etag: createHash("md5").update(body).digest("hex") };
    await this.#bucket.put(family.bucket, key, body);
    versions.push(version);
    object.stored = version;
  }

  #value(): number {
    return Math.floor(this.#chance() * 300);
  }

  #pick<T>(choices: readonly T[]): T {
    const choice = choices[Math.floor(this.#chance() * choices.length)];
    if (choice === undefined) throw new RangeError("nothing to choose from");
    return choice;
  }
}

function firstOfStations(slots: readonly Slot[]): Slot[] {
  return [...Map.groupBy(slots, ({ station }) => station).values()].flatMap(([first]) => first ?? []);
}
