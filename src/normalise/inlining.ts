/**
 * Lets V8 inline the whole way of a row: imported for this effect alone.
 *
 * V8 stops inlining into a function once 920 bytes of bytecode have been inlined (flag
 * --max-inlined-bytecode-size-cumulative). A row of facts needs about three times that, so that without this it is chance
 * which of its small functions remain calls: measured for decode and normalise of a NOAA year, 3000 gives 1.3 times the rows
 * a second and 6000 less than that (test/bench/RESULTS.md). Node names no flag that is safe to change while it runs; this
 * one is only read when a function is optimised, and is set before any of ours is.
 */
import { setFlagsFromString } from "node:v8";

setFlagsFromString("--max-inlined-bytecode-size-cumulative=3000");
