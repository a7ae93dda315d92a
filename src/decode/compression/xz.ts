/** xz (https://tukaani.org/xz/xz-file-format.txt), decompressed by xz-embedded as WebAssembly. */
import { createRequire } from "node:module";
import { ReadableStream, type ReadableStreamDefaultController } from "node:stream/web";
import type { XzReadableStream } from "xz-decompress";
import { MillraceError } from "../../errors.ts";
import type { ByteReader } from "../byte-reader.ts";
import { damaged, truncated } from "./stage.ts";
import type { Storage } from "./storage.ts";

const NAME = "xz";

/** Where a stream's header says how its content is checked, and what the values mean (section 2.1.1.2). */
const CHECK_AT = 7;
const CHECKS_KNOWN: ReadonlySet<number> = new Set([0x00, 0x01, 0x04]);

/**
 * Decompresses all streams, one behind the other, and checks their CRCs. At most 64 MiB of memory are taken (`xz -9`).
 * @throws MillraceError OBJECT_TRUNCATED; OBJECT_CORRUPT, also for anything behind the last stream, for streams checked
 * by SHA-256 and for the filters of executable files.
 */
export async function* unxz(reader: ByteReader, { place }: Storage): AsyncGenerator<Buffer> {
  const check = (await reader.peek(CHECK_AT + 1))[CHECK_AT];
  if (check !== undefined && !CHECKS_KNOWN.has(check)) {
    const what = "The xz data are checked by SHA-256, which is not supported; compress with --check=crc64.";
    throw new MillraceError("OBJECT_CORRUPT", what, place);
  }
  const source = new Source(reader);
  const XzStream = decompressor();
  try {
    for await (const chunk of new XzStream(source.stream))
      yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  } catch (error) {
    if (source.failure !== undefined) throw source.failure.error;
    // Its errors have no code. It goes on to the end of what is stored only as long as all is well.
    throw source.ended ? truncated(NAME, place, error) : damaged(NAME, place, error);
  }
}

/** The reader as the stream that the package asks for: nothing is read ahead. */
class Source {
  ended = false;
  /** What the reader threw. */
  failure: { readonly error: unknown } | undefined;
  readonly stream: ReadableStream<Uint8Array>;

  constructor(reader: ByteReader) {
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> =>
      this.#pull(reader, controller);
    this.stream = new ReadableStream({ pull }, { highWaterMark: 0 });
  }

  async #pull(reader: ByteReader, controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      const chunk = await reader.next();
      this.ended = chunk === undefined;
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }
}

/**
 * A decompressor of its own for each object: one copy of the package decompresses one stream at a time and has the
 * others wait, for ever if an abandoned one was waiting too, and never gives memory back.
 */
function decompressor(): typeof XzReadableStream {
  const require = createRequire(import.meta.url);
  const file = require.resolve("xz-decompress");
  Reflect.deleteProperty(require.cache, file);
  return (require(file) as { readonly XzReadableStream: typeof XzReadableStream }).XzReadableStream;
}
