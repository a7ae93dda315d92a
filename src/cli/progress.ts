/** The display of `run --once` and `demo`: live in a terminal, plain lines elsewhere. */
import { prefersPlainText } from "../config/environment.ts";
import type { Events } from "../observe/bus.ts";
import { createDisplay, type Display } from "../observe/display.ts";

/** Shows what the events tell until closed. */
export function showProgress(events: Events): Display {
  const display = createDisplay({ stream: process.stdout, plain: prefersPlainText() });
  events.subscribe(display.listen);
  return display;
}
