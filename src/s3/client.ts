/** The AWS SDK's client, set up for bodies that last for minutes and buckets that need no account. */
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import type { RequestLimits } from "./network.ts";

export interface ClientOptions {
  readonly endpoint?: string;
  readonly region: string;
  readonly anonymous: boolean;
  readonly limits: RequestLimits;
}

/** Bodies and trailers that are open at once; the SDK's own 50 would make requests wait behind slow bodies. */
const SOCKETS = 256;

/** Requests go out unsigned. Without a signer of its own the SDK would refuse to send any. */
const ANONYMOUS: S3ClientConfig = {
  credentials: { accessKeyId: "anonymous", secretAccessKey: "anonymous" },
  signer: { sign: (request) => Promise.resolve(request) },
};

/** A client for one endpoint and region. Nothing is sent before the first request. */
export function createClient(options: ClientOptions): S3Client {
  const { limits } = options;
  return new S3Client({
    region: options.region,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint, forcePathStyle: true }),
    ...(options.anonymous ? ANONYMOUS : {}),
    maxAttempts: limits.attempts,
    // Otherwise bodies are wrapped in a stream that hashes every byte and does not pass `destroy` on.
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      connectionTimeout: limits.connectMilliseconds,
      requestTimeout: limits.answerMilliseconds,
      throwOnRequestTimeout: true,
      // Zero, not absent: any socket timeout would also cut a body that backpressure has paused.
      socketTimeout: 0,
      httpAgent: { keepAlive: true, maxSockets: SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: SOCKETS },
    },
  });
}
