/**
 * How much memory V8 gives to objects that have just been made.
 *
 * It doubles this young generation whenever much of it survives a collection, up to 134 MB in all: twice what a load holds of
 * anything else. What a load makes is short-lived; the 34 MB that a process begins with cost it no processor time that could be
 * measured (test/bench/RESULTS.md).
 */
import { setFlagsFromString } from "node:v8";

const FLAG = "--semi-space-growth-factor=1";
let kept = false;

/** Keeps the young generation as large as it is. To be called before a load; once a process is enough: V8 reads this flag each time it might grow. */
export function keepYoungGeneration(): void {
  if (kept) return;
  kept = true;
  setFlagsFromString(FLAG);
}
