/** A terminal for tests: keeps what was written and what a person would see. */
import type { DisplayStream } from "../../src/observe/display.ts";

export interface FakeStream extends DisplayStream {
  /** One entry for each call of `write`. */
  readonly writes: string[];
  /** The lines on an endless screen after all cursor movements. */
  screen(): string[];
}

export function fakeStream(options: { isTTY: boolean; columns?: number; rows?: number }): FakeStream {
  const writes: string[] = [];
  return { ...options, writes, write: (text) => writes.push(text), screen: () => show(writes.join("")) };
}

/** Understands what the display uses: line feed, carriage return, cursor up, clearing, colours, the cursor. */
function show(text: string): string[] {
  const lines: string[] = [""];
  let row = 0;
  let column = 0;
  for (const [token] of text.matchAll(/\x1b\[[?\d;]*[A-Za-z]|[^\x1b]/gu)) {
    if (token === "\n") {
      row += 1;
      column = 0;
      lines[row] ??= "";
    } else if (token === "\r") column = 0;
    else if (/^\x1b\[\d*A$/.test(token)) row -= Number(token.slice(2, -1));
    else if (token === "\x1b[K")
      lines[row] = Array.from(lines[row] ?? "")
        .slice(0, column)
        .join("");
    else if (token === "\x1b[J") lines.splice(row + 1, lines.length, ...[]);
    else if (!token.startsWith("\x1b")) {
      const points = Array.from(lines[row] ?? "");
      points[column] = token;
      lines[row] = points.join("");
      column += 1;
    }
  }
  return lines;
}
