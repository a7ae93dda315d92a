/**
 * How much of a row's way V8 may inline.
 *
 * V8 stops inlining into a function once 920 bytes of bytecode have been inlined (its flag
 * --max-inlined-bytecode-size-cumulative). A row of facts needs about three times that, so that it is chance which of its
 * small functions remain calls: with 3000, decode and normalise of a NOAA year make 1.3 times the rows a second, with 6000
 * fewer than that (test/bench/RESULTS.md).
 */
import { setFlagsFromString } from "node:v8";

const FLAG = "--max-inlined-bytecode-size-cumulative=3000";
let allowed = false;

/**
 * To be called before rows are made; once a process is enough. Node warns of flags that change while it runs: this one is read
 * each time a function is optimised and by nothing else.
 */
export function allowInlining(): void {
  if (allowed) return;
  allowed = true;
  setFlagsFromString(FLAG);
}
