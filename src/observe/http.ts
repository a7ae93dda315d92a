/** The HTTP side of the daemon: status page, metrics, health. Reading only. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { MillraceError } from "../errors.ts";
import type { Metrics } from "./metrics.ts";
import { CONTENT_SECURITY_POLICY, renderPage } from "./page.ts";
import type { Readiness } from "./readiness.ts";
import type { Status } from "./status.ts";

export interface HttpSources {
  readonly metrics: Metrics;
  readonly readiness: Pick<Readiness, "obstacle">;
  readonly status: () => Promise<Status>;
}

export interface HttpServer {
  /** With the port that was taken, should 0 have been asked for. */
  readonly url: string;
  /** Answers what is underway, closes idle connections at once; resolves when the port is free. */
  readonly close: () => Promise<void>;
}

interface Answer {
  readonly code: number;
  readonly type: string;
  readonly body: string;
}

const TEXT = "text/plain; charset=utf-8";

/**
 * Listens on host and port until closed. Throws HTTP_UNAVAILABLE when the address cannot be had (in use, not
 * ours, not permitted).
 */
export async function startHttp(
  { host, port }: { readonly host: string; readonly port: number },
  sources: HttpSources,
): Promise<HttpServer> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 5_000 });
  server.on("request", (request, response) => {
    void respond(request, response, sources);
  });
  await listen(server, host, port);
  const address = server.address() as AddressInfo;
  const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}/`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
        server.closeIdleConnections();
      }),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? "something else listens there" : error.message;
      reject(
        new MillraceError("HTTP_UNAVAILABLE", `Cannot listen on ${host}:${port}: ${reason}.`, {}, error),
      );
    };
    server.once("error", fail);
    server.listen(port, host, () => {
      server.off("error", fail);
      resolve();
    });
  });
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  sources: HttpSources,
): Promise<void> {
  let answer: Answer;
  try {
    answer = await answerTo(request, sources);
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
    answer = { code: 500, type: TEXT, body: "This answer could not be made; see the log.\n" };
  }
  response.writeHead(answer.code, {
    "content-type": answer.type,
    "content-length": Buffer.byteLength(answer.body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": CONTENT_SECURITY_POLICY,
    ...(answer.code === 405 ? { allow: "GET, HEAD" } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : answer.body);
}

async function answerTo(request: IncomingMessage, sources: HttpSources): Promise<Answer> {
  const [path] = (request.url ?? "/").split("?");
  const route = ROUTES.get(path ?? "/");
  if (route === undefined) {
    return { code: 404, type: TEXT, body: `There is ${[...ROUTES.keys()].join(", ")}.\n` };
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    return { code: 405, type: TEXT, body: "Only GET and HEAD.\n" };
  }
  return route(sources);
}

const ROUTES: ReadonlyMap<string, (sources: HttpSources) => Promise<Answer>> = new Map([
  [
    "/",
    async ({ status }: HttpSources) => ({
      code: 200,
      type: "text/html; charset=utf-8",
      body: renderPage(await status()),
    }),
  ],
  ["/metrics", scrape],
  ["/healthz", () => Promise.resolve({ code: 200, type: TEXT, body: "alive\n" })],
  [
    "/readyz",
    async ({ readiness }) => {
      const obstacle = await readiness.obstacle();
      return obstacle === undefined
        ? { code: 200, type: TEXT, body: "ready\n" }
        : { code: 503, type: TEXT, body: `${obstacle}\n` };
    },
  ],
  [
    "/api/status",
    async ({ status }) => ({
      code: 200,
      type: "application/json; charset=utf-8",
      body: `${JSON.stringify(await status(), undefined, 2)}\n`,
    }),
  ],
]);

/** The metrics, with what the ledger knows; without it when the database is away. */
async function scrape({ metrics, status }: HttpSources): Promise<Answer> {
  metrics.adopt(await status());
  return { code: 200, type: metrics.contentType, body: await metrics.render() };
}
