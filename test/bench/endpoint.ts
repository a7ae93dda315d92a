/** The S3 endpoint of the bench, in a thread of its own, so that it does not share Millrace's event loop. */
import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { serveObjects } from "../../src/demo/endpoint.ts";

export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly body: Buffer;
}

export interface Endpoint {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves the objects from memory on 127.0.0.1 until stopped. */
export async function startEndpoint(objects: readonly StoredObject[]): Promise<Endpoint> {
  const worker = new Worker(new URL(import.meta.url), { workerData: objects });
  const [url] = (await once(worker, "message")) as [string];
  return {
    url,
    stop: async () => {
      const exit = once(worker, "exit");
      worker.postMessage("stop");
      await exit;
    },
  };
}

async function serve(port: NonNullable<typeof parentPort>): Promise<void> {
  const objects = workerData as readonly { bucket: string; key: string; body: Uint8Array }[];
  // Buffers arrive as plain arrays of bytes.
  const bucket = await serveObjects(
    objects.map(({ body, ...rest }) => ({ ...rest, body: Buffer.from(body) })),
  );
  port.once("message", () => void bucket.stop());
  port.postMessage(bucket.endpoint);
}

if (!isMainThread && parentPort !== null) await serve(parentPort);
