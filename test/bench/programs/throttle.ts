/**
 * A slow way to Postgres, a program of its own: passes connections on, what clients send no faster than so many bytes a
 * second. It never waits with more than a piece in hand: whoever sends is slowed down.
 *
 *   node throttle.ts HOST PORT BYTES_PER_SECOND     with an IPC channel: sends its port, answers with the bytes so far
 */
import { type AddressInfo, connect, createServer } from "node:net";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

const PIECE = 64 * 1024;

const [host = "", port = "", rate = "Infinity"] = process.argv.slice(2);
let passed = 0;
/** When what has been let through so far would have gone at that rate. Milliseconds. */
let due = 0;

function slowly(): Transform {
  return new Transform({
    highWaterMark: PIECE,
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      const now = performance.now();
      due = Math.max(due, now) + (chunk.length / Number(rate)) * 1000;
      if (due - now < 1) done(null, chunk);
      else
        setTimeout(() => {
          done(null, chunk);
        }, due - now);
    },
  });
}

const server = createServer({ highWaterMark: PIECE, allowHalfOpen: true }, (client) => {
  const upstream = connect({ host, port: Number(port), allowHalfOpen: true });
  for (const socket of [client, upstream]) socket.setNoDelay(true);
  // Either end may go away whenever it likes; then the other one goes too.
  Promise.all([pipeline(client, slowly(), upstream), pipeline(upstream, client)]).catch(() => {
    client.destroy();
    upstream.destroy();
  });
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("message", () => process.send?.(passed));
process.on("disconnect", () => process.exit());
