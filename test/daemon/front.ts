/** What stands before the S3 endpoint of a test: passes requests on, refuses some, and holds answers half-way. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export interface Front {
  readonly endpoint: string;
  /** Keys that were read from, in order, those of ranges included. */
  readonly reads: string[];
  /** From now on answers every read of the key with this status and S3's error code. */
  refuse(key: string, status: number, code: string): void;
  /** Passes reads of the key on again. */
  admit(key: string): void;
  /** Sends half of the object to the next who reads it, and the rest after `release`. */
  hold(key: string): Held;
  stop(): Promise<void>;
}

interface Held {
  /** Resolves when half of the object is on its way. */
  readonly reached: Promise<void>;
  readonly release: () => void;
}

interface Hold {
  readonly reach: () => void;
  readonly released: Promise<void>;
}

export async function startFront(endpoint: string): Promise<Front> {
  const refusals = new Map<string, { readonly status: number; readonly code: string }>();
  const holds = new Map<string, Hold>();
  const reads: string[] = [];
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? "/", endpoint);
    const key = decodeURIComponent(url.pathname).split("/").slice(2).join("/");
    if (key !== "") reads.push(key);
    const refusal = refusals.get(key);
    if (refusal !== undefined) {
      response.writeHead(refusal.status, { "content-type": "application/xml" });
      response.end(`<Error><Code>${refusal.code}</Code><Message>refused</Message></Error>`);
      return;
    }
    const forwarded = request(url, { method: incoming.method, headers: incoming.headers });
    forwarded.end();
    const [original] = (await once(forwarded, "response")) as [IncomingMessage];
    response.writeHead(original.statusCode ?? 500, original.headers);
    const hold = holds.get(key);
    holds.delete(key);
    if (hold === undefined) {
      original.pipe(response);
      return;
    }
    const body = await buffer(original);
    const half = body.length >> 1;
    response.write(body.subarray(0, half), hold.reach);
    await hold.released;
    response.end(body.subarray(half));
  };
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reads,
    refuse: (key, status, code) => refusals.set(key, { status, code }),
    admit: (key) => refusals.delete(key),
    hold: (key) => {
      const reached = Promise.withResolvers<undefined>();
      const released = Promise.withResolvers<undefined>();
      const open = (gate: typeof reached) => (): void => {
        gate.resolve(undefined);
      };
      holds.set(key, { reach: open(reached), released: released.promise });
      return { reached: reached.promise, release: open(released) };
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
