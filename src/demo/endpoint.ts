/** The demo's S3 endpoint: fauxqs inside this process, holding its objects in memory. */
import { buildApp } from "fauxqs";
import { MillraceError } from "../errors.ts";
import type { BucketOptions, GeneratedObject } from "./bucket.ts";
import { BUCKETS, generateBucket } from "./bucket.ts";

/** A running endpoint. */
export interface DemoBucket {
  /** Such as `http://127.0.0.1:40123`; path-style addresses, any credentials or none. */
  readonly endpoint: string;
  /** Writes an object of any size, and its bucket if there is none yet. */
  put(bucket: string, key: string, body: Buffer): Promise<void>;
  remove(bucket: string, key: string): Promise<void>;
  /** Cuts open connections and frees the port. */
  stop(): Promise<void>;
}

/** fauxqs takes bodies up to 11 MiB; what is bigger goes in parts. */
const PART_BYTES = 8 * 1024 * 1024;

type App = ReturnType<typeof buildApp>;

interface WriteRequest {
  readonly method: "PUT" | "POST" | "DELETE";
  readonly bucket: string;
  readonly key?: string;
  readonly query?: string;
  readonly payload?: Buffer | string;
}

/** Starts the endpoint on a free port of 127.0.0.1 with the generated buckets in it: about a second for the demo's. */
export function startDemoBucket(options: BucketOptions): Promise<DemoBucket> {
  return serveObjects(generateBucket(options));
}

/** The same with any objects. STORE_FAILED when one cannot be written. */
export async function serveObjects(objects: Iterable<GeneratedObject>): Promise<DemoBucket> {
  // Not startFauxqs: it listens on all interfaces and reads the environment. Filling goes through the
  // application itself, without sockets.
  const app = buildApp({ logger: false });
  const buckets = new Set<string>();
  const put = async (bucket: string, key: string, body: Buffer) => {
    if (!buckets.has(bucket)) {
      await write(app, { method: "PUT", bucket });
      buckets.add(bucket);
    }
    if (body.length > PART_BYTES) await putInParts(app, { bucket, key, body });
    else await write(app, { method: "PUT", bucket, key, payload: body });
  };
  const remove = async (bucket: string, key: string) => {
    await write(app, { method: "DELETE", bucket, key });
  };
  try {
    for (const bucket of BUCKETS) {
      await write(app, { method: "PUT", bucket });
      buckets.add(bucket);
    }
    for (const { bucket, key, body } of objects) await put(bucket, key, body);
    const endpoint = await app.listen({ host: "127.0.0.1", port: 0 });
    return { endpoint, put, remove, stop: () => app.close() };
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** Sends a request through the application and returns its answer. */
async function write(app: App, { method, bucket, key = "", query, payload }: WriteRequest) {
  const path = key.split("/").map(encodeURIComponent).join("/");
  const answer = await app.inject({
    method,
    url: `/${bucket}/${path}${query === undefined ? "" : `?${query}`}`,
    ...(payload === undefined ? {} : { payload, headers: { "content-type": "application/octet-stream" } }),
  });
  if (answer.statusCode >= 300) {
    const what = `the demo's endpoint refused ${method} with status ${answer.statusCode}`;
    throw new MillraceError("STORE_FAILED", what, { bucket, key });
  }
  return answer;
}

async function putInParts(app: App, { bucket, key, body }: GeneratedObject): Promise<void> {
  const begun = await write(app, { method: "POST", bucket, key, query: "uploads" });
  const upload = /<UploadId>(.+?)<\/UploadId>/.exec(begun.body)?.[1];
  if (upload === undefined) {
    throw new MillraceError("STORE_FAILED", "the demo's endpoint began no upload", { bucket, key });
  }
  const parts: string[] = [];
  for (let start = 0; start < body.length; start += PART_BYTES) {
    const number = parts.length + 1;
    const payload = body.subarray(start, start + PART_BYTES);
    const query = `partNumber=${number}&uploadId=${upload}`;
    const answer = await write(app, { method: "PUT", bucket, key, query, payload });
    parts.push(
      `<Part><PartNumber>${number}</PartNumber><ETag>${String(answer.headers["etag"])}</ETag></Part>`,
    );
  }
  const payload = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
  await write(app, { method: "POST", bucket, key, query: `uploadId=${upload}`, payload });
}
