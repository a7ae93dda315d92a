/**
 * From a field's bytes to a small integer without making a string: open addressing with linear probing over
 * one buffer of keys (FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/). Entries are numbered from 0 in the
 * order of their arrival and never move, so that callers can keep arrays beside the table.
 */
export class KeyTable {
  #slots = new Int32Array(1024).fill(-1);
  #mask = 1023;
  #hashes = new Int32Array(512);
  #starts = new Int32Array(513);
  #keys = Buffer.allocUnsafeSlow(16 * 1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The entry of a key, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end);
    const slots = this.#slots;
    const mask = this.#mask;
    for (let slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] ?? -1;
      if (entry < 0) return -1;
      if (this.#hashes[entry] === hash && this.#equal(entry, bytes, start, end)) return entry;
    }
  }

  /** Whether an entry's key is this one; false for -1. */
  holds(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    return entry >= 0 && this.#equal(entry, bytes, start, end);
  }

  /** Adds a key that is not there yet; returns its entry. */
  add(bytes: Uint8Array, start: number, end: number): number {
    const entry = this.#size;
    const from = this.#starts[entry] ?? 0;
    const length = end - start;
    this.#grow(from + length);
    this.#keys.set(bytes.subarray(start, end), from);
    this.#starts[entry + 1] = from + length;
    const hash = hashOf(bytes, start, end);
    this.#hashes[entry] = hash;
    this.#insert(entry, hash);
    this.#size++;
    return entry;
  }

  addText(key: string): number {
    const bytes = Buffer.from(key, "utf8");
    const known = this.find(bytes, 0, bytes.length);
    return known >= 0 ? known : this.add(bytes, 0, bytes.length);
  }

  #insert(entry: number, hash: number): void {
    let slot = spread(hash) & this.#mask;
    while ((this.#slots[slot] ?? -1) >= 0) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = entry;
  }

  #equal(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    let at = this.#starts[entry] ?? 0;
    if ((this.#starts[entry + 1] ?? 0) - at !== end - start) return false;
    const keys = this.#keys;
    for (let index = start; index < end; index++) if (bytes[index] !== keys[at++]) return false;
    return true;
  }

  #grow(keyBytes: number): void {
    if (keyBytes > this.#keys.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#keys.length * 2, keyBytes));
      this.#keys.copy(larger);
      this.#keys = larger;
    }
    if (this.#size < this.#hashes.length) return;
    const capacity = this.#hashes.length * 2;
    this.#hashes = resized(this.#hashes, capacity);
    this.#starts = resized(this.#starts, capacity + 1);
    this.#slots = new Int32Array(capacity * 2).fill(-1);
    this.#mask = capacity * 2 - 1;
    for (let entry = 0; entry < this.#size; entry++) this.#insert(entry, this.#hashes[entry] ?? 0);
  }
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193);
  return hash;
}

/** FNV's low bits are its weakest; linear probing needs good ones. */
function spread(hash: number): number {
  return hash ^ (hash >>> 15);
}

function resized(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
