/** Folders on web servers as an object store: listings from index pages, versions from headers, bodies that resume. */
import { Readable } from "node:stream";
import { MillraceError } from "../../errors.ts";
import { BODY_LIMITS, type BodyLimits, resumingBody } from "../body.ts";
import { REQUEST_LIMITS, type RequestLimits, unreachable, withDeadline } from "../network.ts";
import { partOf, readTail } from "../part.ts";
import type { ListedObject, ListPage, ListRequest, ObjectStore, OpenObject } from "../store.ts";
import {
  isGone,
  isHash,
  readBytes,
  readWhole,
  refusal,
  requirePage,
  requirePart,
  requireVersion,
  requireWhole,
  type Version,
  versionOf,
  type Wanted,
  type Whole,
} from "./answer.ts";
import { discard, type HttpAnswer, HttpClient, type HttpRequest } from "./client.ts";
import { type IndexPage, readIndexPage } from "./index-page.ts";
import { urlOf } from "./keys.ts";
import { listPages } from "./listing.ts";

export interface HttpsStoreOptions {
  /** Connections to one server at a time. */
  readonly connections: number;
  /** How the program introduces itself to servers. */
  readonly userAgent: string;
  readonly limits?: Partial<RequestLimits & BodyLimits>;
}

/** A store for folders on web servers, whose buckets are URLs. Nothing is sent before the first call; `close` it. */
export function openHttpsStore(options: HttpsStoreOptions): ObjectStore {
  return new HttpsStore(options);
}

/** How a server may refuse HEAD and yet answer GET. */
const NO_HEAD: ReadonlySet<number> = new Set([400, 401, 403, 405, 501]);

interface Target {
  readonly place: { readonly bucket: string; readonly key: string };
  readonly signal: AbortSignal;
}

class HttpsStore implements ObjectStore {
  readonly #client: HttpClient;
  readonly #limits: RequestLimits & BodyLimits;
  readonly #connections: number;

  constructor(options: HttpsStoreOptions) {
    this.#limits = { ...REQUEST_LIMITS, ...BODY_LIMITS, ...options.limits };
    this.#connections = options.connections;
    this.#client = new HttpClient({ ...options, limits: this.#limits });
  }

  list(request: ListRequest, signal: AbortSignal): AsyncGenerator<ListPage> {
    const { bucket } = request;
    const target = (key: string, until: AbortSignal): Target => ({ place: { bucket, key }, signal: until });
    const server = {
      connections: this.#connections,
      page: (folder: string, until: AbortSignal) => this.#page(target(folder, until)),
      exists: async (key: string, until: AbortSignal) => !isGone(await this.#head(target(key, until))),
      find: (key: string, until: AbortSignal) => this.find(bucket, key, until),
    };
    return listPages(request, server, signal);
  }

  async find(bucket: string, key: string, signal: AbortSignal): Promise<ListedObject | undefined> {
    const target = { place: { bucket, key }, signal };
    const head = await this.#head(target);
    if (isGone(head)) return undefined;
    const version = head.status === 200 ? versionOf(head) : undefined;
    if (version !== undefined) return listed(target, version);
    if (head.status !== 200 && !NO_HEAD.has(head.status)) throw refusal(head, target.place);
    return this.#findByBody(target);
  }

  async open(...[bucket, key, etag, signal]: Parameters<ObjectStore["open"]>): Promise<OpenObject> {
    const target = { place: { bucket, key }, signal };
    const answer = await this.#ask(target, "GET");
    try {
      requireWhole(answer, target.place);
      const version = versionOf(answer);
      if (version === undefined || (etag !== undefined && isHash(etag)))
        return this.#openRead(await this.#read(answer, target), etag, target);
      requireVersion(version.etags, etag, target.place);
      return this.#openResuming(answer.body, version, etag ?? version.etags[0], target);
    } catch (error) {
      answer.body.destroy();
      throw error;
    }
  }

  async tail(...[bucket, key, etag, length, signal]: Parameters<ObjectStore["tail"]>): Promise<Buffer> {
    const target = { place: { bucket, key }, signal };
    const { place } = target;
    if (isHash(etag)) {
      const answer = await this.#ask(target, "GET");
      requireWhole(answer, place);
      const { bytes, etags } = await this.#read(answer, target);
      requireVersion(etags, etag, place);
      if (bytes.length >= length) return bytes.subarray(bytes.length - length);
      throw new MillraceError("OBJECT_TRUNCATED", `the object has no last ${length} bytes`, place);
    }
    const answer = await this.#ask(target, "GET", { range: `bytes=-${length}` });
    requirePart(answer, { etag }, place);
    const { "content-length": told, "content-range": contentRange } = answer.headers;
    return this.#inTime(answer, target, () =>
      readTail(answer.body, { contentLength: Number(told), contentRange }, length, place),
    );
  }

  close(): void {
    this.#client.close();
  }

  #ask(
    { place, signal }: Target,
    method: HttpRequest["method"],
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpAnswer> {
    return this.#client.send({ method, url: urlOf(place.bucket, place.key), headers }, place, signal);
  }

  async #head(target: Target): Promise<HttpAnswer> {
    const answer = await this.#ask(target, "HEAD");
    discard(answer.body, "HEAD");
    return answer;
  }

  /** The index page of a folder. Throws STORE_FAILED when what answers is none. */
  async #page(target: Target): Promise<IndexPage | undefined> {
    const answer = await this.#ask(target, "GET");
    if (isGone(answer)) {
      answer.body.destroy();
      return undefined;
    }
    requirePage(answer, target.place);
    const bytes = await this.#inTime(answer, target, () => readBytes(answer, target.place));
    const page = readIndexPage(bytes.toString(), answer.url);
    if (page.links > 0) return page;
    throw new MillraceError(
      "STORE_FAILED",
      "the page of the folder has no links: it is no index",
      target.place,
    );
  }

  /** For servers that do not answer HEAD, or not with a version. */
  async #findByBody(target: Target): Promise<ListedObject | undefined> {
    const answer = await this.#ask(target, "GET");
    if (isGone(answer)) {
      answer.body.destroy();
      return undefined;
    }
    requireWhole(answer, target.place);
    const version = versionOf(answer);
    if (version !== undefined) {
      answer.body.destroy();
      return listed(target, version);
    }
    const { bytes, ...whole } = await this.#read(answer, target);
    return listed(target, { ...whole, size: bytes.length });
  }

  #openResuming(first: Readable, version: Version, etag: string, { place, signal }: Target): OpenObject {
    const { size, lastModified, condition } = version;
    const isDated = lastModified.getTime() > 0;
    const wanted: Wanted = { etag, condition, ...(isDated ? { lastModified } : {}) };
    const reopen = async (offset: number, until: AbortSignal): Promise<Readable> => {
      const range = { range: `bytes=${offset}-`, ...condition };
      const answer = await this.#ask({ place, signal: until }, "GET", range);
      requirePart(answer, wanted, place);
      return partOf(answer.body, answer.headers["content-range"], { from: offset, size, place });
    };
    const body = resumingBody(first, { size, place, limits: this.#limits, signal, reopen });
    return { etag, size, lastModified, body };
  }

  /** An object that had to be read before its version was known; its bytes are passed on only now. */
  #openRead(
    { bytes, etags, lastModified }: Whole,
    etag: string | undefined,
    { place, signal }: Target,
  ): OpenObject {
    requireVersion(etags, etag, place);
    const size = bytes.length;
    const reopen = (offset: number): Promise<Readable> => Promise.resolve(inPieces(bytes.subarray(offset)));
    const body = resumingBody(inPieces(bytes), { size, place, limits: this.#limits, signal, reopen });
    return { etag: etag ?? etags[0], size, lastModified, body };
  }

  #read(answer: HttpAnswer, target: Target): Promise<Whole> {
    return this.#inTime(answer, target, () => readWhole(answer, target.place));
  }

  /** Reads a small body, all of which must be there in time. However that ends, the body is closed. */
  async #inTime<T>(answer: HttpAnswer, { place, signal }: Target, read: () => Promise<T>): Promise<T> {
    const context = { place, signal, endpoint: answer.url.origin };
    try {
      return await withDeadline(context, this.#limits.pageMilliseconds, (until) => {
        until.addEventListener("abort", () => answer.body.destroy(), { once: true });
        return read();
      });
    } catch (error) {
      throw unreachable(error, context) ?? error;
    } finally {
      answer.body.destroy();
    }
  }
}

function listed({ place }: Target, { etags, size, lastModified }: Omit<Version, "condition">): ListedObject {
  return { ...place, etag: etags[0], size, lastModified };
}

const PIECE = 256 * 1024;

function inPieces(bytes: Buffer): Readable {
  const starts = Array.from({ length: Math.ceil(bytes.length / PIECE) }, (_, index) => index * PIECE);
  return Readable.from(starts.map((start) => bytes.subarray(start, start + PIECE)));
}
