/** Where a command's output goes in tests: a pipe, or what looks like a terminal. */
import { Writable } from "node:stream";

export interface Sink extends Writable {
  readonly text: () => string;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Collects what is written; with a number of columns it is a terminal. */
export function sink(columns?: number): Sink {
  const written: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk);
      done();
    },
  });
  const text = () => Buffer.concat(written).toString();
  return Object.assign(stream, { text }, columns === undefined ? {} : { isTTY: true, columns });
}
