/** The object store over the AWS SDK: S3 itself and whatever speaks its protocol. */
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { MillraceError } from "../errors.ts";
import { bodyOf, decodeKey, listedObject } from "./answer.ts";
import { BODY_LIMITS, type BodyLimits, resumingBody } from "./body.ts";
import { createClient } from "./client.ts";
import { storeFailure } from "./failure.ts";
import { REQUEST_LIMITS, type RequestContext, type RequestLimits, withDeadline } from "./network.ts";
import { bare, partOf, readTail } from "./part.ts";
import type {
  ListedObject,
  ListPage,
  ListRequest,
  ObjectStore,
  OpenObject,
  StoreEnvironment,
} from "./store.ts";

export interface StoreOptions {
  /** The pipeline's own endpoint; goes before the environment's. */
  readonly endpoint?: string;
  /** The pipeline's own region; goes before the environment's. */
  readonly region?: string;
  readonly environment: StoreEnvironment;
  readonly limits?: Partial<RequestLimits & BodyLimits>;
}

/** A store that always has another page is broken; this many hold a hundred million objects. */
const MOST_PAGES = 100_000;

/** What of an object a request asks for. */
interface GetRequest {
  readonly bucket: string;
  readonly key: string;
  readonly etag?: string | undefined;
  readonly range?: string;
}

/** A store for one endpoint and region. Nothing is sent before the first call; `close` it in the end. */
export function openStore(options: StoreOptions): ObjectStore {
  return new AwsStore(options);
}

class AwsStore implements ObjectStore {
  readonly #client: S3Client;
  readonly #limits: RequestLimits & BodyLimits;
  /** Where requests go, for messages. */
  readonly #endpoint: string;

  constructor(options: StoreOptions) {
    const endpoint = options.endpoint ?? options.environment.endpoint;
    const region = options.region ?? options.environment.region;
    this.#limits = { ...REQUEST_LIMITS, ...BODY_LIMITS, ...options.limits };
    this.#endpoint = endpoint === undefined ? `S3 in ${region}` : new URL(endpoint).origin;
    this.#client = createClient({
      ...(endpoint === undefined ? {} : { endpoint }),
      region,
      anonymous: options.environment.anonymous,
      limits: this.#limits,
    });
  }

  async *list(request: ListRequest, signal: AbortSignal): AsyncGenerator<ListPage> {
    const place = { bucket: request.bucket, key: request.prefix };
    // Some servers report a prefix again on the next page.
    const reported = new Set<string>();
    let token: string | undefined;
    const tokens = new Set<string>();
    do {
      const answer = await this.#page(request, token, signal);
      const decode = answer.EncodingType === "url" ? decodeKey : (key: string) => key;
      const prefixes = (answer.CommonPrefixes ?? [])
        .map((entry) => decode(entry.Prefix ?? ""))
        .filter((prefix) => !reported.has(prefix));
      for (const prefix of prefixes) reported.add(prefix);
      const objects = (answer.Contents ?? []).map((entry) =>
        listedObject(request.bucket, entry, decode, place),
      );
      yield { objects, prefixes };
      const next = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
      if (answer.IsTruncated === true && (next === undefined || tokens.has(next))) {
        throw new MillraceError("STORE_FAILED", "the listing says that it goes on, but not where", place);
      }
      if (next !== undefined) tokens.add(next);
      if (tokens.size > MOST_PAGES) {
        throw new MillraceError("STORE_FAILED", `the listing has more than ${MOST_PAGES} pages`, place);
      }
      token = next;
    } while (token !== undefined);
  }

  async find(bucket: string, key: string, signal: AbortSignal): Promise<ListedObject | undefined> {
    // Not a HEAD: its answer has no body that tells a bucket that does not exist from a key.
    // The key stands first among those that begin with it.
    for await (const { objects } of this.list({ bucket, prefix: key, delimiter: "/" }, signal)) {
      return objects.find((object) => object.key === key);
    }
    return undefined;
  }

  async open(
    bucket: string,
    key: string,
    etag: string | undefined,
    signal: AbortSignal,
  ): Promise<OpenObject> {
    const place = { bucket, key };
    const answer = await this.#get({ bucket, key, etag }, signal);
    const first = bodyOf(answer, place);
    const size = answer.ContentLength;
    const version = bare(answer.ETag);
    if (size === undefined || version === undefined) {
      first.destroy();
      throw new MillraceError("STORE_FAILED", "the answer lacks Content-Length or ETag", place);
    }
    return {
      etag: version,
      size,
      lastModified: answer.LastModified ?? new Date(0),
      body: resumingBody(first, {
        size,
        place,
        limits: this.#limits,
        signal,
        reopen: async (offset, until) => {
          const rest = await this.#get({ bucket, key, etag: version, range: `bytes=${offset}-` }, until);
          return partOf(bodyOf(rest, place), rest.ContentRange, { from: offset, size, place });
        },
      }),
    };
  }

  async tail(...[bucket, key, etag, length, signal]: Parameters<ObjectStore["tail"]>): Promise<Buffer> {
    const place = { bucket, key };
    return this.#withDeadline({ place, signal }, async (until) => {
      const answer = await this.#get({ bucket, key, etag, range: `bytes=-${length}` }, until);
      const body = bodyOf(answer, place);
      try {
        const { ContentLength: contentLength, ContentRange: contentRange } = answer;
        return await readTail(body, { contentLength, contentRange }, length, place);
      } finally {
        body.destroy();
      }
    });
  }

  close(): void {
    this.#client.destroy();
  }

  #page(
    request: ListRequest,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<ListObjectsV2CommandOutput> {
    const place = { bucket: request.bucket, key: request.prefix };
    const command = new ListObjectsV2Command({
      Bucket: request.bucket,
      Prefix: request.prefix,
      Delimiter: request.delimiter,
      // Keys may hold characters that XML cannot.
      EncodingType: "url",
      ...(token === undefined ? { StartAfter: request.startAfter } : { ContinuationToken: token }),
    });
    return this.#withDeadline({ place, signal }, async (until) => {
      const answer = await this.#client.send(command, { abortSignal: until });
      // A web page answered with 200 parses as a listing without anything in it.
      if (answer.Name === undefined && answer.IsTruncated === undefined) {
        throw new MillraceError(
          "STORE_FAILED",
          `${this.#endpoint} gave an answer that is not a listing`,
          place,
        );
      }
      return answer;
    });
  }

  /** The answer to a GET, its body unread, of the asked-for version. */
  async #get(request: GetRequest, signal: AbortSignal): Promise<GetObjectCommandOutput> {
    const { bucket, key, etag, range } = request;
    const place = { bucket, key };
    try {
      const answer = await this.#client.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: key,
          IfMatch: etag === undefined ? undefined : `"${etag}"`,
          Range: range,
        }),
        { abortSignal: signal },
      );
      // For stores that do not know If-Match.
      if (etag !== undefined && bare(answer.ETag) !== etag) {
        bodyOf(answer, place).destroy();
        throw new MillraceError("OBJECT_CHANGED", "the object was rewritten since it was listed", place);
      }
      return answer;
    } catch (error) {
      throw storeFailure(error, { place, signal, endpoint: this.#endpoint });
    }
  }

  /** Runs a request whose answer is small: all of it must be there in time. */
  #withDeadline<T>(
    { place, signal }: Pick<RequestContext, "place" | "signal">,
    request: (until: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const context = { place, signal, endpoint: this.#endpoint };
    return withDeadline(context, this.#limits.pageMilliseconds, async (until) => {
      try {
        return await request(until);
      } catch (error) {
        throw storeFailure(error, { ...context, signal: until });
      }
    });
  }
}
