import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { withThrottle } from "./throttle.ts";

test("every byte passes, both ways, unchanged, and those of the client are counted", async (context) => {
  const echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  context.after(() => echo.close());
  const { port } = echo.address() as AddressInfo;
  const sent = randomBytes(300_000);
  await withThrottle(`postgres://somebody@127.0.0.1:${port}/climate`, 3_000_000, async ({ url, passed }) => {
    const { hostname, port: slow, pathname, username } = new URL(url);
    assert.deepEqual([hostname, pathname, username], ["127.0.0.1", "/climate", "somebody"]);
    assert.notEqual(Number(slow), port);
    const socket = connect({ host: hostname, port: Number(slow) });
    const received = buffer(socket);
    socket.end(sent);
    assert.ok(sent.equals(await received));
    assert.equal(await passed(), sent.length);
  });
});
