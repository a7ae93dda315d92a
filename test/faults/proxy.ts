/**
 * The network between Millrace and what it talks to, S3 or Postgres: a TCP proxy in the test's process that is slow,
 * breaks, swallows or refuses on request. Every fault is a real one of TCP; nothing of the protocols above is imitated.
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** A place where traffic stands still until it is released. */
export interface Held {
  /** Resolves when the traffic has arrived there. */
  readonly reached: Promise<void>;
  readonly release: () => void;
}

/** What a client sends at some point of a conversation, and on which side of it to stop. */
export interface Step {
  /** A text that the client's bytes hold, for Postgres a piece of a statement. */
  readonly text: string;
  /** `before` it gets to the server, or `after`: the server has it, and the client gets no answer. */
  readonly side: "before" | "after";
  /** Only on a connection that has sent this text before. */
  readonly following?: string;
}

export interface Proxy {
  readonly port: number;
  /** The same URL, by way of the proxy. */
  readonly url: (direct: string) => string;
  /** Connections that were opened so far, and that are open now. */
  readonly opened: () => number;
  readonly open: () => number;
  /** Delays each piece in either direction, in milliseconds. */
  readonly latency: (milliseconds: number) => void;
  /** Bytes a second that servers may send, each connection for itself. */
  readonly rate: (bytesPerSecond: number) => void;
  /** Resets the next so many connections on which a server has sent so many bytes. */
  readonly cut: (bytes: number, times: number) => void;
  /** The next connections on which a server has sent so many bytes go silent for ever. */
  readonly swallow: (bytes: number, times: number) => void;
  /** Resets what is open. */
  readonly reset: () => void;
  /** From now on swallows every packet, those that close a connection included. */
  readonly blackHole: () => void;
  /** Nobody listens any more; what is open is reset. */
  readonly refuse: () => Promise<void>;
  /** Stops the first connection that comes to this step; it goes on when released, by `heal` as well. */
  readonly hold: (step: Step) => Held;
  /** No faults any more; connections that were silent stay so and are reset. */
  readonly heal: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface Fault {
  readonly kind: "cut" | "swallow";
  readonly bytes: number;
  times: number;
}

interface Hold {
  readonly step: Step;
  /** Connections that have sent what the step follows. */
  readonly armed: WeakSet<Pair>;
  readonly reach: () => void;
  readonly released: Promise<void>;
}

/** One connection of a client's, and the server's end of it. */
interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** Resolves when answers may pass. */
  answers: Promise<void>;
  lost: boolean;
}

/** The end of what one side sends must not close what it is still to receive. */
const KEPT = { destroyOnReturn: false };

class TcpProxy {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #pairs = new Set<Pair>();
  readonly #holds: Hold[] = [];
  #opened = 0;
  #latency = 0;
  #rate = Number.POSITIVE_INFINITY;
  #faults: Fault[] = [];
  #lost = false;
  #listener: Server | undefined;
  port = 0;

  constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
  }

  readonly opened = (): number => this.#opened;
  readonly open = (): number => this.#pairs.size;

  readonly url = (direct: string): string => {
    const url = new URL(direct);
    url.host = `127.0.0.1:${this.port}`;
    return url.href.replace(/\/$/, "");
  };

  readonly latency = (milliseconds: number): void => {
    this.#latency = milliseconds;
  };

  readonly rate = (bytesPerSecond: number): void => {
    this.#rate = bytesPerSecond;
  };

  readonly cut = (bytes: number, times: number): void => {
    this.#faults.push({ kind: "cut", bytes, times });
  };

  readonly swallow = (bytes: number, times: number): void => {
    this.#faults.push({ kind: "swallow", bytes, times });
  };

  readonly reset = (): void => {
    for (const pair of this.#pairs) reset(pair);
  };

  readonly blackHole = (): void => {
    this.#lost = true;
    for (const pair of this.#pairs) pair.lost = true;
  };

  readonly refuse = async (): Promise<void> => {
    const listener = this.#listener;
    this.#listener = undefined;
    this.reset();
    if (listener === undefined) return;
    listener.close();
    await once(listener, "close");
  };

  readonly hold = (step: Step): Held => {
    const reached = Promise.withResolvers<undefined>();
    const released = Promise.withResolvers<undefined>();
    this.#holds.push({
      step,
      armed: new WeakSet(),
      reach: () => {
        reached.resolve(undefined);
      },
      released: released.promise,
    });
    return {
      reached: reached.promise,
      release: () => {
        released.resolve(undefined);
      },
    };
  };

  readonly heal = async (): Promise<void> => {
    this.#latency = 0;
    this.#rate = Number.POSITIVE_INFINITY;
    this.#faults = [];
    this.#holds.length = 0;
    this.#lost = false;
    for (const pair of this.#pairs) if (pair.lost) reset(pair);
    if (this.#listener === undefined) await this.listen();
  };

  readonly stop = async (): Promise<void> => {
    await this.refuse();
  };

  async listen(): Promise<void> {
    const listener = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
      this.#opened += 1;
      const server = connect({ ...this.#target, noDelay: true, allowHalfOpen: true });
      const pair: Pair = { client, server, answers: Promise.resolve(), lost: this.#lost };
      this.#pairs.add(pair);
      Promise.all([this.#requests(pair), this.#answers(pair)])
        // Either end may go away whenever it likes; then the other one is reset, unless that packet is lost too.
        .catch(() => {
          if (!pair.lost) reset(pair);
        })
        .finally(() => this.#pairs.delete(pair));
    });
    listener.listen(this.port, "127.0.0.1");
    await once(listener, "listening");
    this.#listener = listener;
    this.port = (listener.address() as AddressInfo).port;
  }

  async #requests(pair: Pair): Promise<void> {
    for await (const chunk of pair.client.iterator(KEPT) as AsyncIterable<Buffer>) {
      const hold = this.#take(pair, chunk);
      if (hold?.step.side === "before") {
        hold.reach();
        await hold.released;
      }
      if (hold?.step.side === "after") {
        pair.answers = hold.released;
        await this.#pass(pair, chunk, pair.server);
        hold.reach();
      } else await this.#pass(pair, chunk, pair.server);
    }
    if (pair.lost) await lost(pair);
    pair.server.end();
  }

  async #answers(pair: Pair): Promise<void> {
    let sent = 0;
    for await (const chunk of pair.server.iterator(KEPT) as AsyncIterable<Buffer>) {
      await pair.answers;
      const fault = this.#faults.find(({ bytes, times }) => times > 0 && sent + chunk.length > bytes);
      if (fault === undefined) await this.#pass(pair, chunk, pair.client);
      else {
        fault.times -= 1;
        await this.#pass(pair, chunk.subarray(0, Math.max(0, fault.bytes - sent)), pair.client);
        if (fault.kind === "cut") throw new Error("cut");
        pair.lost = true;
      }
      sent += chunk.length;
      if (this.#rate !== Number.POSITIVE_INFINITY) await pause((chunk.length / this.#rate) * 1000);
    }
    await pair.answers;
    if (pair.lost) await lost(pair);
    pair.client.end();
  }

  async #pass(pair: Pair, chunk: Buffer, to: Socket): Promise<void> {
    if (this.#latency > 0) await pause(this.#latency);
    if (pair.lost) await lost(pair);
    if (!to.write(chunk)) await Promise.race([once(to, "drain"), once(to, "close")]);
  }

  /** The first hold whose step these bytes are; it holds once. */
  #take(pair: Pair, chunk: Buffer): Hold | undefined {
    for (const { step, armed } of this.#holds) {
      if (step.following === undefined || chunk.includes(step.following)) armed.add(pair);
    }
    const at = this.#holds.findIndex(({ step, armed }) => armed.has(pair) && chunk.includes(step.text));
    return at === -1 ? undefined : this.#holds.splice(at, 1)[0];
  }
}

/** Waits until the pair is reset from outside: nothing that either end does reaches the other one. */
async function lost({ client, server }: Pair): Promise<void> {
  await Promise.all(
    [client, server].map(async (socket) => {
      socket.on("error", () => undefined);
      if (!socket.closed) await once(socket, "close").catch(() => undefined);
    }),
  );
  throw new Error("lost");
}

function reset({ client, server }: Pair): void {
  for (const socket of [client, server]) {
    socket.on("error", () => undefined);
    socket.resetAndDestroy();
  }
}

/** Stands between from now on; `stop` it in the end. */
export async function startProxy(direct: string): Promise<Proxy> {
  const { hostname, port } = new URL(direct);
  const proxy = new TcpProxy({ host: hostname, port: Number(port) });
  await proxy.listen();
  return proxy;
}
