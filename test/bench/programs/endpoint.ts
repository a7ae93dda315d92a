/**
 * The bench's S3 endpoint, a program of its own: a folder of buckets, read-only, over HTTP, so that contenders read the
 * same files and large ones are held in nobody's memory. It speaks ListObjectsV2, GET with ranges and If-Match, and
 * HEAD, counts what it is asked for, and gives touched files a new etag.
 *
 *   node endpoint.ts FOLDER     with an IPC channel: sends its URL, answers "counts" and "rescan"
 */
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { listingOf } from "./listing.ts";
import { type Buckets, type StoredFile, storedFiles } from "./stored-files.ts";

/** Requests by kind, and bytes of bodies, since the last time they were asked for. */
export interface RequestCounts {
  list: number;
  head: number;
  /** GETs of a part of an object, and of a whole one. */
  ranged: number;
  whole: number;
  refused: number;
  bytes: number;
}

/** Bodies up to so many bytes are kept once they were read. */
const SMALL = 64 * 1024;
/** Bytes that are read at once from larger ones. */
const PIECE = 1024 * 1024;

const none = (): RequestCounts => ({ list: 0, head: 0, ranged: 0, whole: 0, refused: 0, bytes: 0 });

class FolderEndpoint {
  readonly #folder: string;
  readonly #small = new Map<string, Buffer>();
  #buckets: Buckets;
  #counts = none();

  private constructor(folder: string, buckets: Buckets) {
    this.#folder = folder;
    this.#buckets = buckets;
  }

  static async over(folder: string): Promise<FolderEndpoint> {
    return new FolderEndpoint(folder, await storedFiles(folder));
  }

  /** Looks at the folder again: files that were touched have another etag then. */
  async rescan(): Promise<void> {
    this.#buckets = await storedFiles(this.#folder);
    this.#small.clear();
  }

  takeCounts(): RequestCounts {
    const counts = this.#counts;
    this.#counts = none();
    return counts;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://endpoint");
    const [, bucket = "", ...path] = pathname.split("/").map(decodeURIComponent);
    const contents = this.#buckets.get(bucket);
    const key = path.join("/");
    if (contents === undefined) {
      this.#refuse(response, 404, "NoSuchBucket");
    } else if (key === "") {
      this.#counts.list += 1;
      const body = listingOf(bucket, contents, searchParams);
      response.writeHead(200, {
        "content-type": "application/xml",
        "content-length": Buffer.byteLength(body),
      });
      response.end(body);
    } else {
      const file = contents.files.get(key);
      if (file === undefined) this.#refuse(response, 404, "NoSuchKey");
      else await this.#serve(request, response, file);
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse, file: StoredFile): Promise<void> {
    const { etag, size, modified } = file;
    const wanted = request.headers["if-match"];
    if (wanted !== undefined && wanted !== `"${etag}"`) {
      this.#refuse(response, 412, "PreconditionFailed");
      return;
    }
    const part = partOf(request.headers.range, size);
    if (part === "unsatisfiable") {
      this.#refuse(response, 416, "InvalidRange");
      return;
    }
    const [first, last] = part ?? [0, size - 1];
    response.writeHead(part === undefined ? 200 : 206, {
      "content-type": "binary/octet-stream",
      "content-length": last - first + 1,
      etag: `"${etag}"`,
      "last-modified": modified.toUTCString(),
      "accept-ranges": "bytes",
      ...(part === undefined ? {} : { "content-range": `bytes ${first}-${last}/${size}` }),
    });
    if (request.method === "HEAD") {
      this.#counts.head += 1;
      response.end();
      return;
    }
    this.#counts[part === undefined ? "whole" : "ranged"] += 1;
    this.#counts.bytes += last - first + 1;
    if (size <= SMALL) response.end((await this.#whole(file)).subarray(first, last + 1));
    else if (last < first) response.end();
    else {
      const body = createReadStream(join(this.#folder, file.path), {
        start: first,
        end: last,
        highWaterMark: PIECE,
      });
      await pipeline(body, response);
    }
  }

  async #whole({ path }: StoredFile): Promise<Buffer> {
    const known = this.#small.get(path);
    if (known !== undefined) return known;
    const body = await readFile(join(this.#folder, path));
    this.#small.set(path, body);
    return body;
  }

  #refuse(response: ServerResponse, status: number, code: string): void {
    this.#counts.refused += 1;
    const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
    response.writeHead(status, { "content-type": "application/xml", "content-length": body.length });
    response.end(body);
  }
}

/** `bytes=5-`, `bytes=5-9`, `bytes=-8`; undefined: all of it. */
function partOf(
  header: string | undefined,
  size: number,
): readonly [first: number, last: number] | "unsatisfiable" | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === undefined || to === undefined || from + to === "") return undefined;
  const first = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  return first >= size || last < first ? "unsatisfiable" : [first, last];
}

async function main(folder: string): Promise<void> {
  const endpoint = await FolderEndpoint.over(folder);
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    // A reader that goes away in the middle of a body is nothing to complain of.
    endpoint.answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1", () => {
    process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  process.on("message", (message) => {
    if (message === "counts") process.send?.(endpoint.takeCounts());
    else if (message === "rescan") void endpoint.rescan().then(() => process.send?.("rescanned"));
  });
  process.on("disconnect", () => process.exit());
}

await main(process.argv[2] ?? ".");
