/** An HTTP server that answers each request as the test says, for faults that a real S3 shows only by chance. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { openStore, type StoreOptions } from "../../src/s3/aws.ts";
import type { ObjectStore } from "../../src/s3/store.ts";

/** Answers one request. */
export type Step = (request: IncomingMessage, response: ServerResponse) => void;

export interface ScriptedStore extends AsyncDisposable {
  readonly url: string;
  readonly store: ObjectStore;
  /** Requests in their order: method, path with query, Range and If-Match. */
  readonly requests: {
    path: string;
    range: string | undefined;
    ifMatch: string | undefined;
    signed: boolean;
  }[];
  /** Connections made since the start. */
  connections(): number;
  /** Resolves when no connection is open. */
  idle(): Promise<void>;
}

/** Quick, so that tests of exhausted limits end soon; silence is waited for only where a test says so. */
export const QUICK = {
  attempts: 1,
  fruitlessResumes: 3,
  resumes: 20,
  firstPauseMilliseconds: 1,
  longestPauseMilliseconds: 4,
};

/** Steps answer in turn, the last one every further request. */
export async function startScripted(
  steps: readonly Step[],
  limits: StoreOptions["limits"] = {},
  anonymous = true,
): Promise<ScriptedStore> {
  const requests: ScriptedStore["requests"] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let step = 0;
  const server = createServer((request, response) => {
    const { range, "if-match": ifMatch, authorization } = request.headers;
    requests.push({ path: request.url ?? "", range, ifMatch, signed: authorization !== undefined });
    steps[Math.min(step++, steps.length - 1)]?.(request, response);
  });
  server.on("connection", (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("close", () => {
      sockets.delete(socket);
      server.emit("closed-one");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const store = openStore({
    endpoint: url,
    environment: { region: "us-east-1", anonymous },
    limits: { ...QUICK, ...limits },
  });
  return {
    url,
    store,
    requests,
    connections: () => connections,
    async idle() {
      while (sockets.size > 0) await new Promise((resolve) => server.once("closed-one", resolve));
    },
    async [Symbol.asyncDispose]() {
      store.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Deterministic bytes in which every position is recognisable. */
export function sampleBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let index = 0; index < length; index++) bytes[index] = (index * 31 + (index >> 8) * 7) & 0xff;
  return bytes;
}

/** Where the requested range begins. */
export function offsetOf(request: IncomingMessage): number {
  return Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "bytes=0-")?.[1]);
}

/** Announces all that is left of `content`, from where the request's range begins. */
export function announce(
  request: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  etag = "v1",
): void {
  const from = offsetOf(request);
  const range =
    request.headers.range === undefined
      ? {}
      : { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` };
  response.writeHead(request.headers.range === undefined ? 200 : 206, {
    etag: `"${etag}"`,
    "content-length": content.length - from,
    "last-modified": "Tue, 05 Apr 2022 10:00:00 GMT",
    ...range,
  });
  response.flushHeaders();
}

/** Sends what was asked for. */
export function whole(content: Buffer, etag = "v1"): Step {
  return (request, response) => {
    announce(request, response, content, etag);
    response.end(content.subarray(offsetOf(request)));
  };
}

/** Sends up to the byte `until` of the object and then cuts the connection. */
export function cutAt(content: Buffer, until: number): Step {
  return (request, response) => {
    announce(request, response, content);
    response.write(content.subarray(offsetOf(request), until), () => response.socket?.destroySoon());
    if (until <= offsetOf(request)) response.socket?.destroySoon();
  };
}

/** Sends up to the byte `until` of the object and then nothing, leaving the connection open. */
export function silentAt(content: Buffer, until: number): Step {
  return (request, response) => {
    announce(request, response, content);
    response.write(content.subarray(offsetOf(request), until));
  };
}

/** An S3 error. */
export function refuse(status: number, code: string, headers: Record<string, string> = {}): Step {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/xml", ...headers });
    response.end(
      `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>No.</Message></Error>`,
    );
  };
}
