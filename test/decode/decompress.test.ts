import assert from "node:assert/strict";
import { PassThrough, Readable } from "node:stream";
import { suite, test } from "node:test";
import { crc32, gzipSync } from "node:zlib";
import fc from "fast-check";
import { type ByteCounts, CONTENT_LIMITS, decompress, noBytes } from "../../src/decode/decompress.ts";
import { MillraceError } from "../../src/errors.ts";
import { chunksOf, cut } from "./decoding.ts";

const place = { bucket: "b", key: "k.gz" };
const lines = Array.from(
  { length: 20_000 },
  (_, index) => `ITE00100554,18000101,TMAX,${(index * 7919) % 997},,,E,\n`,
);
const rows = Buffer.from(lines.join(""));

async function contentOf(input: Buffer | Iterable<Buffer>, counts: ByteCounts = noBytes()): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(decompress(chunksOf(input), place, counts)));
}

/** The content's sum and what was counted, or the fault. */
async function outcomeOf(chunks: Iterable<Buffer>, atOnce: number): Promise<unknown> {
  const counts = noBytes();
  const how = { limits: { ...CONTENT_LIMITS, atOnce } };
  try {
    const content = Buffer.concat(await Array.fromAsync(decompress(chunksOf(chunks), place, counts, how)));
    return [crc32(content), counts.compressed, counts.decompressed, counts.fingerprint];
  } catch (error) {
    return error instanceof MillraceError ? error.code : error;
  }
}

suite("decompress", () => {
  test("plain and gzip content, counted, with the fingerprint of the content", async () => {
    const plain = noBytes();
    assert.ok((await contentOf(rows, plain)).equals(rows));
    assert.equal(plain.fingerprint, undefined);
    assert.partialDeepStrictEqual(plain, { compressed: rows.length, decompressed: rows.length });
    const stored = gzipSync(rows);
    const gzipped = noBytes();
    assert.ok((await contentOf(stored, gzipped)).equals(rows));
    assert.partialDeepStrictEqual(gzipped, {
      compressed: stored.length,
      decompressed: rows.length,
      fingerprint: { crc32: crc32(rows), length: rows.length },
    });
  });

  test("several members are one content; the last one's trailer is no fingerprint of it", async () => {
    const counts = noBytes();
    const members = [gzipSync(rows), gzipSync(Buffer.from("end\n"))];
    assert.ok(
      (await contentOf(Buffer.concat(members), counts)).equals(Buffer.concat([rows, Buffer.from("end\n")])),
    );
    assert.equal(counts.fingerprint, undefined);
    assert.equal(counts.compressed, Buffer.concat(members).length);
    const afterEmpty = noBytes();
    await contentOf(Buffer.concat([gzipSync(Buffer.alloc(0)), gzipSync(rows)]), afterEmpty);
    assert.equal(afterEmpty.fingerprint?.crc32, crc32(rows));
  });

  test("decompressed at once or as a stream: the same content, counts and faults", async () => {
    const sound = gzipSync(rows.subarray(0, 9_000));
    const files = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => gzipSync(bytes)),
      fc.constantFrom(sound, gzipSync(rows), gzipSync(Buffer.alloc(2 ** 21, "1\n"))),
    );
    const end = fc.constantFrom(
      Buffer.alloc(0),
      Buffer.from([0]),
      Buffer.from("x"),
      sound.subarray(-8),
      sound,
    );
    const damage = fc.option(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { freq: 2 });
    await fc.assert(
      fc.asyncProperty(
        files,
        end,
        damage,
        fc.array(fc.nat(), { maxLength: 3 }),
        async (file, more, bad, at) => {
          const stored = Buffer.concat([file, more]);
          const [place, bits] = bad ?? [0, 0];
          stored[place % stored.length] = (stored[place % stored.length] ?? 0) ^ bits;
          const [whole, streamed] = await Promise.all(
            [2 ** 16, 0].map((most) => outcomeOf(cut(stored, at), most)),
          );
          assert.deepEqual(whole, streamed);
        },
      ),
      { numRuns: 200, examples: [[gzipSync(""), Buffer.from([0]), null, []]] },
    );
  });

  test("however the object is cut", async () => {
    const content = Buffer.from("a,b\n1,2\n");
    const stored = Buffer.concat([gzipSync(content), gzipSync(content)]);
    const cuts = fc.array(fc.nat(), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        assert.equal((await contentOf(cut(stored, at))).toString(), "a,b\n1,2\na,b\n1,2\n");
        assert.equal((await contentOf(cut(content, at))).toString(), "a,b\n1,2\n");
      }),
      { numRuns: 60 },
    );
  });

  const stored = gzipSync(rows);
  const flipped = Buffer.from(stored);
  flipped[stored.length >> 1] = (flipped[stored.length >> 1] ?? 0) ^ 1;
  const wrongSum = Buffer.from(stored);
  wrongSum[stored.length - 6] = (wrongSum[stored.length - 6] ?? 0) ^ 1;
  const faults: [string, Buffer, string][] = [
    ["no bytes", Buffer.alloc(0), "OBJECT_EMPTY"],
    ["gzip of nothing", gzipSync(Buffer.alloc(0)), "OBJECT_EMPTY"],
    ["truncated data", stored.subarray(0, stored.length >> 1), "OBJECT_TRUNCATED"],
    ["a truncated trailer", stored.subarray(0, -3), "OBJECT_TRUNCATED"],
    ["a truncated header", stored.subarray(0, 4), "OBJECT_TRUNCATED"],
    ["a truncated second member", Buffer.concat([stored, stored.subarray(0, 40)]), "OBJECT_TRUNCATED"],
    ["a flipped bit", flipped, "OBJECT_CORRUPT"],
    ["a wrong CRC", wrongSum, "OBJECT_CORRUPT"],
    ["garbage behind the end", Buffer.concat([stored, Buffer.from("garbage")]), "OBJECT_CORRUPT"],
    ["zeros behind the end", Buffer.concat([stored, Buffer.alloc(10)]), "OBJECT_CORRUPT"],
    ["a member behind zeros", Buffer.concat([stored, Buffer.alloc(10), stored]), "OBJECT_CORRUPT"],
  ];
  for (const [what, input, code] of faults) {
    test(`${what}: ${code}`, async () => {
      await assert.rejects(contentOf(input), { name: "MillraceError", code, place });
      if (input.length === 0) return;
      const bytewise = cut(
        input,
        Array.from({ length: Math.min(input.length, 500) }, (_, index) => index),
      );
      await assert.rejects(contentOf(bytewise), { code });
    });
  }

  const impostors: [string, string][] = [
    ["<!DOCTYPE html>\n<html>", "an HTML page"],
    ["\uFEFF \n<HTML lang=en>", "an HTML page"],
    ['<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "an XML document"],
    ["<Error><Code>NoSuchKey</Code></Error>", "an XML error document"],
    ["version https://git-lfs.github.com/spec/v1\noid sha256:75ab\n", "a git-lfs pointer"],
    ["%PDF-1.4\n", "a PDF file"],
    ["GRIB\0\0\0\x02", "a GRIB file"],
    [`${"a.csv".padEnd(257, "\0")}ustar\0`, "a tar archive"],
  ];
  for (const [text, what] of impostors) {
    test(`${what} in place of data, plain and compressed`, async () => {
      const expected = { code: "OBJECT_NOT_DATA", message: `This is ${what}, not data.` };
      await assert.rejects(contentOf(Buffer.from(text)), expected);
      await assert.rejects(contentOf(cut(Buffer.from(text), [1, 2, 3])), expected);
      await assert.rejects(contentOf(gzipSync(text)), expected);
    });
  }

  test("content that outgrows the limits", async () => {
    const zeros = gzipSync(Buffer.alloc(80 * 2 ** 20, "0"));
    const dense = decompress(chunksOf(zeros), place, noBytes(), {
      limits: { ...CONTENT_LIMITS, ratioFrom: 2 ** 26 },
    });
    await assert.rejects(Array.fromAsync(dense), { code: "OBJECT_TOO_LARGE" });
    const small = decompress(chunksOf(stored), place, noBytes(), {
      limits: { ...CONTENT_LIMITS, bytes: 1000 },
    });
    await assert.rejects(Array.fromAsync(small), { code: "OBJECT_TOO_LARGE" });
  });

  test("the body's own errors pass through, and end the decompression", async () => {
    const gone = new MillraceError("OBJECT_CHANGED", "rewritten", place);
    for (const head of [stored.subarray(0, 100), rows.subarray(0, 100)]) {
      const body = new PassThrough();
      const reading = Array.fromAsync(decompress(body, place, noBytes()));
      body.write(head);
      body.destroy(gone);
      await assert.rejects(reading, gone);
    }
  });

  test("the body is destroyed when the reader stops, even while it waits for bytes", async () => {
    for (const [head, reads] of [
      [gzipSync(rows), 1],
      [rows, 1],
      [Buffer.from("<html>".padEnd(600)), 0],
    ] as const) {
      const body = new Readable({ read: () => undefined });
      body.push(head);
      const chunks = decompress(body, place, noBytes());
      if (reads === 0) await assert.rejects(chunks.next(), { code: "OBJECT_NOT_DATA" });
      else {
        assert.equal((await chunks.next()).done, false);
        await chunks.return(undefined);
      }
      assert.ok(body.destroyed);
    }
  });

  test("nothing is read ahead of demand beyond what streams hold", async () => {
    let given = 0;
    function* endless(): Generator<Buffer> {
      for (;;) {
        given++;
        yield rows;
      }
    }
    const chunks = decompress(chunksOf(endless()), place, noBytes());
    await chunks.next();
    assert.ok(given <= 2, `${given} chunks taken for one`);
    await chunks.return(undefined);
  });
});
