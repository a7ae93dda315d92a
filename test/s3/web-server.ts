/** A web server in this process, with folders of files that it shows and sends as different servers do. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { type HttpsStoreOptions, openHttpsStore } from "../../src/s3/https/store.ts";
import type { ListedObject, ObjectStore } from "../../src/s3/store.ts";
import { PAGES } from "./index-pages.ts";
import { QUICK } from "./scripted.ts";

/** How the server behaves. */
export interface Manner {
  readonly pages: keyof typeof PAGES;
  readonly etags: "strong" | "weak" | "none";
  readonly dated: boolean;
  /** False: HEAD is answered with 405. */
  readonly head: boolean;
  /** False: no Content-Length, as from programs. */
  readonly measured: boolean;
  readonly ranges: boolean;
}

export const APACHE: Manner = {
  pages: "apache",
  etags: "strong",
  dated: true,
  head: true,
  measured: true,
  ranges: true,
};

export interface WebFile {
  readonly body: Buffer;
  readonly modified: Date;
}

/** Answers one request in place of the server. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => void;

export interface WebServer extends AsyncDisposable {
  /** Ends in a slash. */
  readonly url: string;
  readonly store: ObjectStore;
  /** By path, without a leading slash and decoded; those of folders that have a page of their own end in a slash. */
  readonly files: Map<string, WebFile>;
  /** `GET /path?query`, `HEAD /path`, `GET /path bytes=0- if "tag"`, in order. */
  readonly requests: string[];
  readonly agents: Set<string | undefined>;
  /** Connections made since the start. */
  readonly connections: () => number;
  put(path: string, body: string | Buffer): void;
  /** The store's whole listing of the root. */
  list(prefix?: string): Promise<ListedObject[]>;
  /** What the store delivers of an object. */
  read(key: string, etag?: string): Promise<Buffer>;
  /** Faults for the next requests of a path, as it stands in the URL; one each, the last one for ever. */
  fault(path: string, ...faults: Fault[]): void;
  /** Answers as the server does: a fault that is none. */
  readonly serve: Fault;
  /** The same, but cuts the connection after so many bytes of a body. */
  readonly serveUntil: (cut: number) => Fault;
  stop(): Promise<void>;
}

/** Starts a server without files. */
export async function startWebServer(
  manner: Partial<Manner> = {},
  limits: HttpsStoreOptions["limits"] = {},
  allowed = 4,
): Promise<WebServer> {
  const ways = { ...APACHE, ...manner };
  const files = new Map<string, WebFile>();
  const faults = new Map<string, Fault[]>();
  const requests: string[] = [];
  const agents = new Set<string | undefined>();
  const serve: Fault = (request, response) => {
    answer(files, ways, { request, response });
  };
  const serveUntil = (cut: number): Fault => {
    return (request, response) => {
      answer(files, ways, { request, response, cut });
    };
  };
  let connections = 0;
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    agents.add(headers["user-agent"]);
    const condition = headers["if-range"];
    requests.push(
      [method, url, headers.range, condition !== undefined && `if ${String(condition)}`]
        .filter(Boolean)
        .join(" "),
    );
    const waiting = faults.get(url) ?? [];
    const fault = waiting.length > 1 ? waiting.shift() : waiting[0];
    (fault ?? serve)(request, response);
  });
  server.on("connection", () => connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const store = openHttpsStore({
    connections: allowed,
    userAgent: "Millrace/test",
    limits: { ...QUICK, ...limits },
  });
  const { signal } = new AbortController();
  const stop = async (): Promise<void> => {
    store.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    url,
    store,
    files,
    requests,
    agents,
    connections: () => connections,
    put(path, body) {
      const former = files.get(path)?.modified.getTime() ?? 0;
      // Dates have no fractions of a second on the way.
      const modified = new Date(Math.max(Math.floor(Date.now() / 1000) * 1000, former + 1000));
      files.set(path, { body: Buffer.from(body), modified });
    },
    serve,
    serveUntil,
    async list(prefix = "") {
      const pages = await Array.fromAsync(store.list({ bucket: url, prefix }, signal));
      return pages.flatMap(({ objects }) => objects);
    },
    read: async (key, etag) => buffer((await store.open(url, key, etag, signal)).body),
    fault: (path, ...more) => void faults.set(path, more),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** An answer that refuses. */
export function refuse(status: number, headers: Readonly<Record<string, string>> = {}): Fault {
  return (_request, response) => {
    response.writeHead(status, headers).end("<html>no</html>");
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly cut?: number;
}

function answer(files: ReadonlyMap<string, WebFile>, manner: Manner, exchange: Exchange): void {
  const { request, response } = exchange;
  const url = new URL(request.url ?? "/", "http://server");
  const path = decodeURIComponent(url.pathname.slice(1)) + decodeURIComponent(url.search);
  const isHead = request.method === "HEAD";
  if (isHead && !manner.head) {
    response.writeHead(405).end();
    return;
  }
  const file = files.get(path);
  if (file !== undefined) {
    send(file, manner, exchange);
    return;
  }
  const folder = decodeURIComponent(url.pathname.slice(1));
  const children = folder.endsWith("/") || folder === "" ? childrenOf(files, folder) : [];
  if (children.length === 0) {
    response.writeHead(404, { "content-type": "text/html" }).end(isHead ? undefined : "<h1>Not Found</h1>");
    return;
  }
  response.writeHead(200, { "content-type": "text/html;charset=utf-8" });
  response.end(isHead ? undefined : PAGES[manner.pages](folder, children));
}

function childrenOf(files: ReadonlyMap<string, WebFile>, folder: string): string[] {
  const names = new Set<string>();
  for (const path of files.keys()) {
    if (!path.startsWith(folder)) continue;
    const slash = path.indexOf("/", folder.length);
    names.add(slash < 0 ? path.slice(folder.length) : path.slice(folder.length, slash + 1));
  }
  names.delete("");
  return [...names].sort();
}

function send({ body, modified }: WebFile, manner: Manner, { request, response, cut }: Exchange): void {
  const tag = `"${createHash("md5").update(body).update(modified.toISOString()).digest("hex")}"`;
  const etag = manner.etags === "weak" ? `W/${tag}` : tag;
  const headers = {
    ...(manner.etags === "none" ? {} : { etag }),
    ...(manner.dated ? { "last-modified": modified.toUTCString() } : {}),
  };
  const condition = request.headers["if-range"];
  const holds = condition === undefined || condition === tag || condition === modified.toUTCString();
  const range = manner.ranges && holds ? rangeOf(request.headers.range, body.length) : undefined;
  if (range === "outside") {
    response.writeHead(416, { "content-range": `bytes */${body.length}` }).end();
    return;
  }
  const part = range === undefined ? body : body.subarray(range.from, range.to + 1);
  response.writeHead(range === undefined ? 200 : 206, {
    ...headers,
    ...(manner.measured ? { "content-length": part.length } : {}),
    ...(range === undefined ? {} : { "content-range": `bytes ${range.from}-${range.to}/${body.length}` }),
  });
  if (cut === undefined) response.end(request.method === "HEAD" ? undefined : part);
  else
    response.write(part.subarray(0, cut), () => {
      request.socket.destroySoon();
    });
}

/** Of `bytes=5-` and `bytes=-5`, both ends inclusive (RFC 9110, 14.1.2). */
function rangeOf(
  header: string | undefined,
  size: number,
): { from: number; to: number } | "outside" | undefined {
  const [, from = "", length = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === "" && length === "") return undefined;
  if (from === "") return { from: Math.max(0, size - Number(length)), to: size - 1 };
  return Number(from) < size ? { from: Number(from), to: size - 1 } : "outside";
}
