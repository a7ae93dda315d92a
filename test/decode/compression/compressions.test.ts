/** What holds for every compression; see zip.test.ts for what only archives do. */
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { suite, test } from "node:test";
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { CONTENT_LIMITS, decompress, noBytes } from "../../../src/decode/decompress.ts";
import { chunksOf, cut } from "../decoding.ts";
import { ABC, BYTES, BZIP2, ROWS, XZ, ZEROS } from "./fixtures.ts";
import { chunked, contentOf, outcomeOf, PLACE } from "./stored.ts";
import { xzOf } from "./xz-writer.ts";
import { zipOf } from "./zip-writer.ts";

const CHECKSUM = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };

/** One way to compress each; bzip2 has no writer here, so only what was written before. */
const WRITERS = {
  gzip: (content: Buffer): Buffer => gzipSync(content),
  zstd: (content: Buffer): Buffer => zstdCompressSync(content, CHECKSUM),
  xz: xzOf,
  zip: (content: Buffer): Buffer => zipOf([{ name: "a", content, descriptor: "signed" }]),
  brotli: (content: Buffer): Buffer => brotliCompressSync(content),
} as const;

/** The same rows in every compression. */
const STORED = {
  gzip: gzipSync(ROWS),
  zstd: zstdCompressSync(ROWS, CHECKSUM),
  bzip2: BZIP2.rows,
  xz: XZ.rows,
  zip: zipOf([{ name: "a", content: ROWS }]),
  brotli: brotliCompressSync(ROWS),
} as const;
type Kind = keyof typeof STORED;
const KINDS = Object.keys(STORED) as Kind[];
const CHAINED: readonly Kind[] = ["gzip", "zstd", "bzip2", "xz"];
const CHECKED: readonly Kind[] = ["gzip", "zstd", "bzip2", "xz", "zip"];

/** What hardly compresses. */
const NOISE = Buffer.from(
  Uint32Array.from({ length: 50_000 }, (_, index) => Math.imul(index, 2_654_435_761)).buffer,
);

const as = (compression: Kind | "none" | "detect"): { format: { compression: typeof compression } } => ({
  format: { compression },
});

suite("compressions", () => {
  for (const [kind, write] of Object.entries(WRITERS)) {
    test(`${kind}: any content, however the object is cut`, async () => {
      const cuts = fc.array(fc.nat(), { maxLength: 8 });
      const bytes = fc.uint8Array({ minLength: 1, maxLength: 5000 });
      const property = fc.asyncProperty(bytes, cuts, async (content, at) => {
        const data = Buffer.from(content.with(0, 0x61));
        const chunks = chunksOf(cut(write(data), at));
        assert.ok((await contentOf(chunks, as(kind as Kind))).equals(data));
      });
      await fc.assert(property, { numRuns: 60 });
    });
  }

  for (const kind of KINDS) {
    const stored = STORED[kind];

    test(`${kind}: said or detected, in chunks of any size`, async () => {
      const key = kind === "brotli" ? "k.br" : "k";
      for (const how of [as(kind), as("detect"), {}]) {
        for (const size of [1, 13, 4096]) {
          assert.ok((await contentOf(chunked(stored, size), how, key)).equals(ROWS));
        }
      }
    });

    test(`${kind}: whatever is cut off is missed`, async () => {
      // Each xz object costs some milliseconds.
      const whole = kind === "xz" ? xzOf(Buffer.from("1,2\n")) : stored;
      for (let length = 1; length < whole.length; length++) {
        assert.equal(await outcomeOf(whole.subarray(0, length), as(kind)), "OBJECT_TRUNCATED", `${length}`);
      }
    });

    test(`${kind}: parts behind one another are one content, anything else behind them is an error`, async () => {
      for (const size of [1, 4096]) {
        const twice = chunked(Buffer.concat([stored, stored]), size);
        const expected = CHAINED.includes(kind) ? ROWS.toString().repeat(2) : "OBJECT_CORRUPT";
        assert.equal(await outcomeOf(twice, as(kind)), expected);
        for (const garbage of ["g", "garbage of some length", "\0", "\0\0\0"]) {
          const surplus = chunked(Buffer.concat([stored, Buffer.from(garbage)]), size);
          assert.match(await outcomeOf(surplus, as(kind)), /^OBJECT_(CORRUPT|TRUNCATED)$/);
        }
      }
    });

    test(`${kind}: what is something else is told`, async () => {
      const others = KINDS.filter((other) => other !== kind && other !== "brotli");
      for (const other of others) {
        await assert.rejects(contentOf(STORED[other], as(kind)), {
          code: "OBJECT_NOT_DATA",
          message: new RegExp(`^This is an? ${other} (file|archive), not ${kind} data`),
        });
      }
      await assert.rejects(contentOf(Buffer.from("<!doctype html><p>Not found"), as(kind)), {
        code: "OBJECT_NOT_DATA",
        message: /^This is an HTML page, not /,
      });
      await assert.rejects(contentOf(Buffer.from("a,b\n1,2\n".repeat(9)), as(kind)), {
        code: "OBJECT_CORRUPT",
      });
      if (kind === "brotli") return;
      await assert.rejects(contentOf(stored, as("none")), {
        code: "OBJECT_NOT_DATA",
        message: new RegExp(`^This is an? ${kind} (file|archive), not data`),
      });
    });

    test(`${kind}: the body is destroyed when the reader stops, and its errors pass through`, async () => {
      const content = kind === "bzip2" ? STORED.bzip2 : WRITERS[kind](NOISE);
      const body = new Readable({ read: () => undefined });
      body.push(content.subarray(0, -2));
      body.push(content.subarray(-2));
      const chunks = decompress(body, PLACE, noBytes(), {
        ...as(kind),
        limits: { ...CONTENT_LIMITS, chunk: 4096 },
      });
      const waiting = new Readable({ read: () => undefined });
      const gone = new RangeError("gone");
      const broken = Array.fromAsync(decompress(waiting, PLACE, noBytes(), as(kind)));
      waiting.push(content.subarray(0, -8));
      waiting.destroy(gone);
      await assert.rejects(broken, gone);
      // bzip2 waits until it has a whole block for sure.
      if (kind === "bzip2") body.push(null);
      assert.equal((await chunks.next()).done, false);
      await chunks.return(undefined);
      assert.ok(body.destroyed);
    });
  }

  for (const kind of CHECKED) {
    test(`${kind}: no flipped byte brings other content`, async () => {
      const stored = STORED[kind];
      for (let at = 0; at < stored.length; at++) {
        const flipped = Buffer.from(stored);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
        const outcome = await outcomeOf(flipped, as(kind));
        if (outcome !== ROWS.toString()) assert.match(outcome, /^OBJECT_/, `byte ${at}`);
      }
    });
  }

  test("blocks, runs and all bytes", async () => {
    for (const [object, content] of [
      [BZIP2.abc, ABC],
      [BZIP2.bytes, BYTES],
      [BZIP2.zeros, ZEROS],
      [XZ.abc, ABC],
      [XZ.checkedByCrc32, ROWS],
      [XZ.unchecked, ROWS],
    ] as const) {
      for (const size of [1, 100]) assert.ok((await contentOf(chunked(object, size))).equals(content));
    }
  });

  test("nothing, compressed, is no content", async () => {
    const nothing = Buffer.alloc(0);
    for (const object of [BZIP2.empty, XZ.empty, gzipSync(nothing), zstdCompressSync(nothing)]) {
      assert.equal(await outcomeOf(object, {}), "OBJECT_EMPTY");
    }
    assert.equal(await outcomeOf(brotliCompressSync(nothing), as("brotli")), "OBJECT_EMPTY");
  });

  test("frames of zstd without content are left out", async () => {
    const skippable = Buffer.from("502a4d1803000000616263", "hex");
    const frames = Buffer.concat([skippable, STORED.zstd, skippable, STORED.zstd]);
    assert.equal(await outcomeOf(chunked(frames, 3), as("zstd")), ROWS.toString().repeat(2));
  });

  test("what xz files may hold and this reader does not", async () => {
    await assert.rejects(contentOf(XZ.checkedBySha256), { code: "OBJECT_CORRUPT", message: /SHA-256/ });
    await assert.rejects(contentOf(XZ.filtered), { code: "OBJECT_CORRUPT" });
  });

  test("several xz objects at a time, some of them abandoned", async () => {
    const abandoned = Array.from({ length: 4 }, () => decompress(chunked(XZ.abc, 50), PLACE, noBytes()));
    for (const chunks of abandoned) await chunks.next();
    const contents = await Promise.all(Array.from({ length: 20 }, () => contentOf(chunked(XZ.rows, 99))));
    for (const content of contents) assert.ok(content.equals(ROWS));
    for (const chunks of abandoned) await chunks.return(undefined);
  });

  test("bzip2 that would fill the memory: a block at a time, and not beyond the limits", async () => {
    const bomb = Buffer.concat(Array.from({ length: 3000 }, () => BZIP2.zeros));
    const limits = { ...CONTENT_LIMITS, ratioFrom: 2 ** 22 };
    const counts = noBytes();
    const chunks = decompress(chunksOf([bomb]), PLACE, counts, { limits });
    await chunks.next();
    assert.ok(counts.decompressed <= ZEROS.length);
    await assert.rejects(Array.fromAsync(chunks), { code: "OBJECT_TOO_LARGE" });
    assert.ok(counts.decompressed <= limits.ratio * bomb.length + ZEROS.length);
  });

  test("nothing is read ahead beyond what a decompressor holds", async () => {
    for (const kind of KINDS) {
      let given = 0;
      const part = Buffer.concat(Array.from({ length: 1000 }, () => STORED[kind]));
      const endless = function* (): Generator<Buffer> {
        for (;;) {
          given += part.length;
          yield part;
        }
      };
      const chunks = decompress(chunksOf(endless()), PLACE, noBytes(), as(kind));
      await chunks.next();
      assert.ok(given <= part.length + (kind === "bzip2" ? 10 ** 6 : part.length), `${kind}: ${given} bytes`);
      await chunks.return(undefined);
    }
  });

  test("the limits hold for every compression", async () => {
    for (const kind of KINDS) {
      const limits = { ...CONTENT_LIMITS, bytes: 1000 };
      assert.equal(await outcomeOf(STORED[kind], { ...as(kind), limits }), "OBJECT_TOO_LARGE");
    }
  });
});
