/** Listed objects and what the ledger knows of them, for tests of the decision. */
import { crc32, gzipSync } from "node:zlib";
import type { Changes, KnownVersion } from "../../src/discover/changes.ts";
import type { Candidate } from "../../src/discover/job.ts";

export const FINGERPRINT = "configuration of today";
export const BUCKET = "archive";

export function listed(key: string, etag: string, size: number): Candidate {
  return { object: { bucket: BUCKET, key, etag, size, lastModified: new Date(0) }, variables: {} };
}

/** What the ledger knows after loading a version of this content. */
export function loaded(content: Buffer, over: Partial<KnownVersion> = {}): KnownVersion {
  return {
    objectId: 7,
    etag: "loaded",
    size: gzipSync(content).length,
    contentCrc: crc32(content),
    contentLength: content.length,
    fingerprint: FINGERPRINT,
    incomplete: false,
    refusedEtag: null,
    refusedOutcome: null,
    refusedRetry: "never",
    refusedFingerprint: over.refusedEtag === undefined ? null : FINGERPRINT,
    refusedSize: null,
    refusedContentCrc: null,
    refusedContentLength: null,
    ...over,
  };
}

/** In one word each: load, reload, rewritten, refused, unchanged, held, later. */
export function verdict(changes: Changes): string {
  const words = [
    ...changes.chosen.map(({ reload }) => (reload ? "reload" : "load")),
    ...changes.rewritten.map(() => "rewritten"),
    ...changes.refused.map(() => "refused"),
    ...Array.from({ length: changes.unchanged }, () => "unchanged"),
    ...Array.from({ length: changes.held }, () => "held"),
    ...changes.waiting.map(() => "later"),
  ];
  return words.join(" ");
}
