/** Keeping rejects under control: counted without end, stored up to a limit for each reason. */
import { isUtf8 } from "node:buffer";
import { RAW_LIMIT, type Reject, type RejectReason } from "../decode/batch.ts";

/** Rejects stored per load and reason. */
export const STORED_PER_REASON = 1000;

export interface KeptReject {
  readonly objectId: number;
  readonly line: number;
  readonly byte: number;
  readonly field: string | null;
  readonly reason: RejectReason;
  readonly raw: string;
}

interface RejectCount {
  readonly reason: RejectReason;
  readonly field: string;
  count: number;
}

/** The rejects of one load; those of an object that is being read can be taken back. */
export class Rejects {
  readonly kept: KeptReject[] = [];
  readonly #counts = new Map<string, RejectCount>();
  readonly #keptOf = new Map<RejectReason, number>();

  add(objectId: number, reject: Reject): void {
    const field = reject.field ?? "";
    this.#count(reject.reason, field, 1);
    const kept = this.#keptOf.get(reject.reason) ?? 0;
    if (kept >= STORED_PER_REASON) return;
    this.#keptOf.set(reject.reason, kept + 1);
    this.kept.push({
      objectId,
      line: reject.line,
      byte: reject.byte,
      field: reject.field ?? null,
      reason: reject.reason,
      raw: printable(reject.raw),
    });
  }

  /** Takes over another's rejects, within the limits. */
  merge(other: Rejects): void {
    for (const { reason, field, count } of other.#counts.values()) this.#count(reason, field, count);
    for (const reject of other.kept) {
      const kept = this.#keptOf.get(reject.reason) ?? 0;
      if (kept >= STORED_PER_REASON) continue;
      this.#keptOf.set(reject.reason, kept + 1);
      this.kept.push(reject);
    }
  }

  counts(): readonly Readonly<RejectCount>[] {
    return [...this.#counts.values()];
  }

  /** Sums by reason. */
  byReason(): Partial<Record<RejectReason, number>> {
    const sums: Partial<Record<RejectReason, number>> = {};
    for (const { reason, count } of this.#counts.values()) sums[reason] = (sums[reason] ?? 0) + count;
    return sums;
  }

  #count(reason: RejectReason, field: string, count: number): void {
    const key = `${reason}\n${field}`;
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, { reason, field, count });
    else known.count += count;
  }
}

/** A record's bytes as text that Postgres can hold: cut, NUL and bytes that are no UTF-8 written as \xNN. */
export function printable(raw: Buffer): string {
  const cut = raw.subarray(0, RAW_LIMIT);
  const whole = cut.length < raw.length ? withoutSplitCharacter(cut) : cut;
  if (isUtf8(whole) && !whole.includes(0)) return whole.toString("utf8");
  let text = "";
  for (let at = 0; at < whole.length; ) {
    const length = characterLength(whole, at);
    if (length === 0) {
      text += `\\x${(whole[at] ?? 0).toString(16).padStart(2, "0")}`;
      at++;
    } else {
      text += whole.toString("utf8", at, at + length);
      at += length;
    }
  }
  return text;
}

/** Bytes of the UTF-8 character at `at`, or 0 for NUL and what is none. */
function characterLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first === 0) return 0;
  if (first < 0x80) return 1;
  for (let length = 2; length <= 4; length++) {
    if (at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))) return length;
  }
  return 0;
}

function withoutSplitCharacter(cut: Buffer): Buffer {
  for (let drop = 0; drop < 4; drop++) {
    const shorter = cut.subarray(0, cut.length - drop);
    if (isUtf8(shorter)) return shorter;
  }
  return cut;
}
