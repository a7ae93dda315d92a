/**
 * The reading half of a load: its objects as one stream of COPY bytes. One object streams through; of several small
 * ones each is read and verified to its end before any of its bytes is passed on, so that a bad one fails alone.
 */
import type { DecodeContext } from "../decode/batch.ts";
import { noRecords, type RecordCounts } from "../decode/batch.ts";
import { openDecoder } from "../decode/decoder.ts";
import type { ByteCounts } from "../decode/decompress.ts";
import { requireRecords } from "../decode/require-records.ts";
import type { JobObject, LoadJob } from "../discover/job.ts";
import { MillraceError } from "../errors.ts";
import { withAddedColumns } from "../normalise/added-columns.ts";
import type { SourceObject } from "../normalise/cursor.ts";
import { Normaliser } from "../normalise/normaliser.ts";
import type { Plan } from "../normalise/plan.ts";
import type { ReadReceipt } from "../postgres/checks.ts";
import { COPY_HEADER, COPY_TRAILER } from "../postgres/copy.ts";
import type { MergeRequest } from "../postgres/merge.ts";
import type { LoadedObject } from "../postgres/verdict.ts";
import type { ObjectStore } from "../s3/store.ts";
import { type Content, isObjectFault, openContent, readContents } from "./content.ts";
import { allocateFor, planOf } from "./plan.ts";
import { progress } from "./progress.ts";
import type { Services } from "./services.ts";
import { StageClock } from "./stages.ts";
import { keepYoungGeneration } from "./young-generation.ts";

/** An object of a group of which more than this share is rejected is set aside and loaded by itself. */
const ALONE_ABOVE = 0.5;
/** When that concerns more objects than this, the group as a whole is what a person must look at. */
const ALONE_LIMIT = 10;
/** Small pieces are put together before they are sent: each costs Postgres two reads of the socket. */
const PIECE = 128 * 1024;

const RECORD_COUNTS = ["read", "headers", "comments", "blanks", "decoded", "rejected"] as const;

/** What one load reads. Made by `prepare`; its numbers are complete once `copyBytes` has been read to its end. */
export class Intake {
  readonly normaliser: Normaliser;
  /** The objects that were read well, in the order of their keys. */
  readonly read: LoadedObject[] = [];
  /** Objects of a group that failed alone. */
  readonly faults: { readonly job: LoadJob; readonly error: MillraceError }[] = [];
  /** Objects of a group that are to be loaded by themselves. */
  readonly alone: LoadJob[] = [];
  readonly clock = new StageClock();
  readonly #job: LoadJob;
  readonly #plan: Plan;
  readonly #services: Services;
  #objects: readonly JobObject[];
  readonly #records = noRecords();
  #bytesExpected = 0;
  #bytesRead = 0;
  #bytesDecompressed = 0;
  /** Of the object that streams through at the moment. */
  #streaming: ByteCounts | undefined;

  private constructor(job: LoadJob, plan: Plan, services: Services) {
    this.#job = job;
    this.#objects = job.objects;
    this.#plan = plan;
    this.#services = services;
    this.normaliser = new Normaliser(plan, allocateFor(job, services));
  }

  /** Compiles the job's plan; throws what the database throws. */
  static async prepare(job: LoadJob, services: Services): Promise<Intake> {
    keepYoungGeneration();
    return new Intake(job, await planOf(job, services), services);
  }

  /** Of the job's objects only these are to be read. To be called before `copyBytes`. */
  keepTo(objects: readonly JobObject[]): void {
    this.#objects = objects;
  }

  /**
   * Everything that COPY needs, header and trailer included; to be read once. Throws the fault of an object that is
   * loaded alone, and what concerns no single object: STORE_UNREACHABLE, LOAD_ABORTED, what the database throws.
   */
  async *copyBytes(loadId: number, signal: AbortSignal): AsyncGenerator<Buffer> {
    const report = progress(this.#job, loadId, this.#services.emit);
    const store = this.#services.storeOf(this.#job.pipeline);
    yield COPY_HEADER;
    const rows =
      this.#job.objects.length === 1 ? this.#single(store, signal) : inPieces(this.#group(store, signal));
    for await (const piece of this.clock.timed("rows", rows)) {
      yield piece;
      const { counts, objectCounts } = this.normaliser;
      report(this.#bytesRead + (this.#streaming?.compressed ?? 0), counts.copied + objectCounts.copied);
    }
    yield COPY_TRAILER;
  }

  /** The part of the receipt that is known before merging. */
  receipt(): ReadReceipt {
    const { counts, recordsFiltered } = this.normaliser;
    const { read, headers, comments, blanks, decoded, rejected } = this.#records;
    return {
      bytesExpected: this.#bytesExpected,
      bytesReceived: this.#bytesRead,
      bytesDecompressed: this.#bytesDecompressed,
      recordsRead: read,
      headers,
      comments,
      blanks,
      // Decoders know nothing of filters.
      decoded: decoded - recordsFiltered,
      recordsRejected: rejected,
      recordsFiltered,
      ...counts,
    };
  }

  /** What the merge needs to know of what was read. */
  mergeRequest(): Pick<
    MergeRequest,
    "pipeline" | "slice" | "keys" | "objectIds" | "seenStations" | "descriptions" | "reload"
  > {
    const { pipeline, slice, reload } = this.#job;
    return {
      pipeline,
      ...(slice === undefined ? {} : { slice, keys: this.normaliser.keys }),
      objectIds: this.read.map(({ objectId }) => objectId),
      seenStations: [...this.normaliser.stationsSeen],
      descriptions: this.normaliser.takeDescriptions(),
      reload,
    };
  }

  async *#single(store: ObjectStore, signal: AbortSignal): AsyncGenerator<Buffer> {
    for (const object of this.#objects) {
      const { format } = this.#job.pipeline;
      const content = await openContent(store, object, { format, signal });
      this.#streaming = content.counts;
      const records = noRecords();
      this.normaliser.begin(sourceOf(object));
      const chunks = this.clock.timed("content", content.chunks);
      yield* this.#rows(object, chunks, records);
      this.#commit(object, content, records);
    }
  }

  async *#group(store: ObjectStore, signal: AbortSignal): AsyncGenerator<Buffer> {
    const { format } = this.#job.pipeline;
    const contents = readContents(store, this.#objects, { format, signal });
    for await (const { object, content, fault } of this.clock.timed("content", contents)) {
      if (fault !== undefined) {
        if (fault.code !== "OBJECT_TOO_LARGE" || !this.#setAside(object)) this.#fault(object, fault);
        continue;
      }
      const rows = await this.#wholeObject(object, content);
      if (rows !== undefined) yield* rows;
    }
  }

  /** All rows of a small object, or undefined when it failed or was set aside. */
  async #wholeObject(object: JobObject, content: Content): Promise<Buffer[] | undefined> {
    const records = noRecords();
    const rows: Buffer[] = [];
    this.normaliser.begin(sourceOf(object));
    try {
      for await (const piece of this.#rows(object, content.chunks, records)) rows.push(piece);
    } catch (error) {
      this.normaliser.discard();
      if (!isObjectFault(error)) throw error;
      this.#fault(object, error);
      return undefined;
    }
    const rejected = records.rejected + this.normaliser.objectCounts.rejected;
    const withData = records.decoded + records.rejected;
    if (rejected > withData * ALONE_ABOVE && this.#setAside(object)) {
      this.normaliser.discard();
      return undefined;
    }
    this.#commit(object, content, records);
    return rows;
  }

  async *#rows(object: JobObject, chunks: Content["chunks"], counts: RecordCounts): AsyncGenerator<Buffer> {
    const { bucket, key } = object.object;
    const { columns, rowsFor } = this.#plan;
    const context: DecodeContext = { columns, rowsFor, counts, reject: this.normaliser.reject };
    try {
      const decoder = openDecoder(this.#job.pipeline.format);
      const decode = withAddedColumns(decoder, this.#plan, sourceOf(object));
      yield* this.normaliser.rows(decode(chunks, context));
    } catch (error) {
      throw error instanceof MillraceError ? error.at({ bucket, key }) : error;
    }
    requireRecords(this.#job.pipeline, counts, { bucket, key });
  }

  #commit(object: JobObject, content: Content, records: RecordCounts): void {
    const { compressed, decompressed, fingerprint } = content.counts;
    this.normaliser.commit();
    this.clock.addStored(content.counts);
    for (const name of RECORD_COUNTS) this.#records[name] += records[name];
    this.#bytesExpected += content.size;
    this.#bytesRead += compressed;
    this.#bytesDecompressed += decompressed;
    this.#streaming = undefined;
    this.read.push({
      objectId: object.objectId,
      etag: object.object.etag,
      size: content.size,
      contentCrc: fingerprint?.crc32 ?? null,
      contentLength: fingerprint?.length ?? null,
      bytesReceived: compressed,
      bytesDecompressed: decompressed,
      recordsRead: records.read,
      recordsRejected: records.rejected,
    });
  }

  #fault(object: JobObject, error: MillraceError): void {
    this.faults.push({ job: this.#jobOf(object), error: error.at({ pipeline: this.#job.pipeline.name }) });
  }

  /** Has the object of a group loaded by itself, unless too many are already; returns whether. */
  #setAside(object: JobObject): boolean {
    if (this.alone.length >= ALONE_LIMIT) return false;
    this.alone.push(this.#jobOf(object));
    return true;
  }

  /** The job of one of the objects alone. */
  #jobOf(object: JobObject): LoadJob {
    return { ...this.#job, name: object.object.key, objects: [object], bytes: object.object.size };
  }
}

function sourceOf({ objectId, object, variables }: JobObject): SourceObject {
  return { objectId, key: object.key, variables };
}

async function* inPieces(parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const part of parts) {
    waiting.push(part);
    size += part.length;
    if (size < PIECE) continue;
    yield joined(waiting);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield joined(waiting);
}

function joined(parts: readonly Buffer[]): Buffer {
  const [first] = parts;
  return first !== undefined && parts.length === 1 ? first : Buffer.concat(parts);
}
