/** From what the AWS SDK throws to a MillraceError, by name, status and errno code only. */
import { S3ServiceException } from "@aws-sdk/client-s3";
import { type ErrorCode, MillraceError, type Place } from "../errors.ts";
import { abortedError, type RequestContext, unreachable } from "./network.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
const CODES_BY_NAME: Readonly<Record<string, ErrorCode>> = {
  NoSuchBucket: "BUCKET_NOT_FOUND",
  InvalidBucketName: "BUCKET_NOT_FOUND",
  NoSuchKey: "OBJECT_NOT_FOUND",
  NotFound: "OBJECT_NOT_FOUND",
  PreconditionFailed: "OBJECT_CHANGED",
  // A range that begins behind the end: the object is shorter than was announced.
  InvalidRange: "OBJECT_TRUNCATED",
  ExpiredToken: "ACCESS_DENIED",
  InvalidToken: "ACCESS_DENIED",
  CredentialsProviderError: "ACCESS_DENIED",
};

const CODES_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: "ACCESS_DENIED",
  403: "ACCESS_DENIED",
  404: "OBJECT_NOT_FOUND",
  412: "OBJECT_CHANGED",
  416: "OBJECT_TRUNCATED",
};

const SENTENCES: Partial<Record<ErrorCode, string>> = {
  BUCKET_NOT_FOUND: "the bucket does not exist",
  OBJECT_NOT_FOUND: "the object does not exist",
  OBJECT_CHANGED: "the object was rewritten since it was listed",
  OBJECT_TRUNCATED: "the object is shorter than was announced",
  ACCESS_DENIED: "access is denied",
};

/** The region that the store says the bucket lives in, when that is why it refused. */
function otherRegion(error: S3ServiceException): string | undefined {
  const status = error.$metadata.httpStatusCode ?? 0;
  if (status !== 301 && status !== 307 && error.name !== "AuthorizationHeaderMalformed") return undefined;
  const headers: Readonly<Record<string, string>> = error.$response?.headers ?? {};
  return headers["x-amz-bucket-region"];
}

function serviceFailure(error: S3ServiceException, place: Place): MillraceError {
  const status = error.$metadata.httpStatusCode ?? 0;
  const region = otherRegion(error);
  if (region !== undefined) {
    return new MillraceError(
      "ACCESS_DENIED",
      `the bucket lives in region ${region}: set objects.region`,
      place,
    );
  }
  const code = CODES_BY_NAME[error.name] ?? CODES_BY_STATUS[status] ?? "STORE_FAILED";
  const answer = `HTTP ${status}, ${error.name}`.slice(0, 200);
  // The SDK's error is not kept as the cause: it may carry the access key and what was signed.
  return new MillraceError(code, `${SENTENCES[code] ?? "the object store failed"} (${answer})`, place);
}

/** Any failure of a request, as an error that names bucket and key. */
export function storeFailure(error: unknown, context: RequestContext): MillraceError {
  const { place, endpoint, signal } = context;
  if (signal.aborted) return abortedError(signal, place);
  if (error instanceof MillraceError) return error.at(place);
  if (error instanceof S3ServiceException) return serviceFailure(error, place);
  const named = error instanceof Error ? CODES_BY_NAME[error.name] : undefined;
  if (named !== undefined)
    return new MillraceError(named, "the configured credentials cannot be used", place);
  return (
    unreachable(error, context) ??
    new MillraceError("STORE_FAILED", `${endpoint} gave an answer that is not S3's`, place, error)
  );
}
