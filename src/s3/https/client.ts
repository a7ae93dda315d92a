/** Requests to web servers: connections, redirects, and trying again until the headers of an answer are there. */
import * as http from "node:http";
import * as https from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import { MillraceError, type Place } from "../../errors.ts";
import type { BodyLimits } from "../body.ts";
import { abortedError, type RequestLimits, unreachable } from "../network.ts";
import { isPrivate } from "./private.ts";

export interface HttpRequest {
  readonly method: "GET" | "HEAD";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer whose body is unread: it is to be read to its end or destroyed. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: http.IncomingMessage;
  /** Where it came from, after redirects. */
  readonly url: URL;
}

export interface ClientOptions {
  /** Connections to one server at a time; further requests wait for a free one. */
  readonly connections: number;
  /** How the program introduces itself. */
  readonly userAgent: string;
  readonly limits: RequestLimits & Pick<BodyLimits, "firstPauseMilliseconds" | "longestPauseMilliseconds">;
}

const LONGEST_CHAIN = 5;
/** A server that asks for a longer rest is left alone until the next pass. */
const LONGEST_RETRY_AFTER = 60_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Answers of a moment, worth another try (RFC 9110, 15.6; RFC 6585, 4). */
const PASSING: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/** Connections are kept for the next request; `close` ends them. */
export class HttpClient {
  readonly #options: ClientOptions;
  readonly #http: http.Agent;
  readonly #https: https.Agent;

  constructor(options: ClientOptions) {
    this.#options = options;
    const agent = { keepAlive: true, maxSockets: options.connections };
    this.#http = new http.Agent(agent);
    this.#https = new https.Agent(agent);
  }

  /**
   * The answer, whatever its status, unless that is one of a moment (429, 5xx): then, and when there is none, it is
   * asked for again. Throws STORE_UNREACHABLE (network, names, TLS, silence), STORE_FAILED (still 429 or 5xx, or
   * redirects that lead astray) and the reason of an ended life.
   */
  async send(request: HttpRequest, place: Place, signal: AbortSignal): Promise<HttpAnswer> {
    const { limits } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(request, place, signal);
      if (!("failure" in outcome)) return outcome;
      const { failure, rest } = outcome;
      if (attempt >= limits.attempts || rest > LONGEST_RETRY_AFTER) throw failure;
      const longest = Math.min(
        limits.firstPauseMilliseconds * 2 ** (attempt - 1),
        limits.longestPauseMilliseconds,
      );
      try {
        await pause(Math.max(rest, longest * (0.5 + Math.random() / 2)), undefined, { signal });
      } catch {
        // Only the signal ends a pause early.
        throw abortedError(signal, place);
      }
    }
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  /** One try: an answer, or a failure that may pass and for how many milliseconds the server wants to rest. */
  async #attempt(
    request: HttpRequest,
    place: Place,
    signal: AbortSignal,
  ): Promise<HttpAnswer | { failure: MillraceError; rest: number }> {
    try {
      const answer = await this.#follow(request, place, signal);
      if (!PASSING.has(answer.status)) return answer;
      discard(answer.body, request.method);
      const rest = restOf(answer.headers["retry-after"]);
      const wish = rest > LONGEST_RETRY_AFTER ? ` and asks for ${Math.round(rest / 1000)} s of rest` : "";
      const said = `${answer.url.origin} answers HTTP ${answer.status}${wish}`;
      return { failure: new MillraceError("STORE_FAILED", said, place), rest };
    } catch (error) {
      if (signal.aborted) throw abortedError(signal, place);
      if (!(error instanceof MillraceError) || error.code !== "STORE_UNREACHABLE") throw error;
      return { failure: error, rest: 0 };
    }
  }

  async #follow(request: HttpRequest, place: Place, signal: AbortSignal): Promise<HttpAnswer> {
    const refuse = (why: string): MillraceError => new MillraceError("STORE_FAILED", why, place);
    let { url } = request;
    for (let hops = 0; hops <= LONGEST_CHAIN; hops++) {
      const body = await this.#askAt({ ...request, url }, { place, from: request.url }, signal);
      const status = body.statusCode ?? 0;
      const { location } = body.headers;
      if (!REDIRECTS.has(status) || location === undefined)
        return { status, headers: body.headers, body, url };
      discard(body, request.method);
      const target = URL.parse(location, url.href);
      if (target === null || !/^https?:$/.test(target.protocol))
        throw refuse(`${url.origin} redirects to nowhere`);
      if (url.protocol === "https:" && target.protocol === "http:")
        throw refuse(`${url.origin} redirects from https to http`);
      if (target.hostname !== url.hostname && (await isPrivate(target)) && !(await isPrivate(request.url)))
        throw refuse(`${url.origin} redirects into a private network`);
      url = target;
    }
    throw refuse(`${request.url.origin} redirects more than ${LONGEST_CHAIN} times`);
  }

  /** One request; throws STORE_UNREACHABLE, naming the server that failed, when there is no answer. */
  async #askAt(
    request: HttpRequest,
    { place, from }: { readonly place: Place; readonly from: URL },
    signal: AbortSignal,
  ): Promise<http.IncomingMessage> {
    try {
      return await this.#ask(request, signal);
    } catch (error) {
      const { origin } = request.url;
      const endpoint = origin === from.origin ? origin : `${origin}, to which ${from.origin} redirects`;
      throw error instanceof MillraceError
        ? error.at(place)
        : (unreachable(error, { place, endpoint }) ?? error);
    }
  }

  /** One request, until the headers of its answer are there. */
  #ask({ method, url, headers }: HttpRequest, signal: AbortSignal): Promise<http.IncomingMessage> {
    const { connectMilliseconds, answerMilliseconds } = this.#options.limits;
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const secure = url.protocol === "https:";
    const sent = (secure ? https : http).request(url, {
      method,
      signal,
      agent: secure ? this.#https : this.#http,
      // What is counted and resumed by byte are the stored bytes.
      headers: {
        accept: "*/*",
        "accept-encoding": "identity",
        "user-agent": this.#options.userAgent,
        ...headers,
      },
    });
    let timer: NodeJS.Timeout | undefined;
    const expect = (what: string, milliseconds: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const late = `${url.origin} did not ${what} within ${milliseconds / 1000} s`;
        sent.destroy(new MillraceError("STORE_UNREACHABLE", late));
      }, milliseconds);
    };
    // Not before it has a connection: waiting for a free one is no fault of the server.
    sent.on("socket", (socket) => {
      if (!socket.connecting) {
        expect("answer", answerMilliseconds);
        return;
      }
      expect("connect", connectMilliseconds);
      socket.once(secure ? "secureConnect" : "connect", () => {
        expect("answer", answerMilliseconds);
      });
    });
    sent.on("response", (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    // Stays, for what is reported after the answer has begun; its reader hears of that too.
    sent.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.end();
    return promise;
  }
}

/** Milliseconds of a Retry-After header: seconds or a date (RFC 9110, 10.2.3); 0 for none. */
function restOf(header: string | undefined): number {
  if (header === undefined) return 0;
  const rest = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(rest) ? 0 : Math.max(0, rest);
}

/** Leaves a body unread. An answer to HEAD has none, so that its connection can be kept. */
export function discard(body: http.IncomingMessage, method: HttpRequest["method"]): void {
  if (method === "HEAD") body.resume();
  else body.destroy();
}
