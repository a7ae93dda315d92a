/** An S3 endpoint in this process, and a store that reads from it. */
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type FauxqsServer, startFauxqs } from "fauxqs";
import { openStore } from "../../src/s3/aws.ts";
import type { ListRequest, ObjectStore } from "../../src/s3/store.ts";

export interface Endpoint {
  readonly server: FauxqsServer;
  readonly store: ObjectStore;
  /** Writes an object and returns its etag, without quotes. */
  put(bucket: string, key: string, body: string | Buffer): Promise<string>;
  stop(): Promise<void>;
}

export async function startEndpoint(...buckets: string[]): Promise<Endpoint> {
  const server = await startFauxqs({ port: 0, logger: false, host: "127.0.0.1" });
  for (const bucket of buckets) server.createBucket(bucket);
  const endpoint = `http://127.0.0.1:${server.port}`;
  const writer = new S3Client({
    endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const store = openStore({ endpoint, environment: { region: "us-east-1", anonymous: true } });
  return {
    server,
    store,
    async put(bucket, key, body) {
      const answer = await writer.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(body) }),
      );
      return (answer.ETag ?? "").replaceAll('"', "");
    },
    async stop() {
      store.close();
      writer.destroy();
      await server.stop();
    },
  };
}

/** The same store, and what was asked of it: `list prefix`, `list prefix /`, `find key`, `tail key`, `open key`. */
export function recording(store: ObjectStore): ObjectStore & { readonly requests: string[] } {
  const requests: string[] = [];
  return {
    requests,
    list(request: ListRequest, signal) {
      const parts = [
        "list",
        request.prefix,
        request.delimiter,
        request.startAfter && `after ${request.startAfter}`,
      ];
      requests.push(parts.filter((part) => part !== undefined).join(" "));
      return store.list(request, signal);
    },
    find(bucket, key, signal) {
      requests.push(`find ${key}`);
      return store.find(bucket, key, signal);
    },
    open(bucket, key, etag, signal) {
      requests.push(`open ${key}`);
      return store.open(bucket, key, etag, signal);
    },
    tail(...call) {
      requests.push(`tail ${call[1]}`);
      return store.tail(...call);
    },
    close() {
      store.close();
    },
  };
}
