/** Bodies from web servers that break, change or are not what was asked for. */
import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { suite, test } from "node:test";
import { failsWith } from "../../contract/store.ts";
import { cutAt, sampleBytes, silentAt, whole } from "../scripted.ts";
import { type Fault, refuse, startWebServer } from "../web-server.ts";

const CONTENT = sampleBytes(300_000);
const HALF = 150_000;
const signal = new AbortController().signal;
const KEY = "some/key.gz";

suite("a body from a web server", () => {
  const ways = [
    ["a strong etag", {}, /^"[0-9a-f]{32}"$/],
    ["a date", { etags: "none" }, / GMT$/],
    ["a weak etag, which no condition may name", { etags: "weak" }, undefined],
  ] as const;
  for (const [name, manner, condition] of ways) {
    test(`is resumed at its offset, by ${name}`, async () => {
      await using server = await startWebServer(manner);
      server.put(KEY, CONTENT);
      const { etag } = (await server.store.find(server.url, KEY, signal)) ?? assert.fail();
      server.fault(`/${KEY}`, server.serveUntil(HALF), server.serve);
      assert.ok((await server.read(KEY, etag)).equals(CONTENT));
      const [, , resumed] = server.requests;
      const [, range, asked] = /^GET \/some\/key\.gz (bytes=\d+-)(?: if (.*))?$/.exec(resumed ?? "") ?? [];
      assert.equal(range, `bytes=${HALF}-`);
      if (condition === undefined) assert.equal(asked, undefined);
      else assert.match(asked ?? "", condition);
    });
  }

  test("is resumed after silence and after bad moments of the server", async () => {
    await using server = await startWebServer({}, { stallMilliseconds: 250 });
    server.fault(`/${KEY}`, silentAt(CONTENT, HALF), refuse(503), refuse(429), whole(CONTENT));
    assert.ok((await server.read(KEY)).equals(CONTENT));
    assert.equal(server.requests.length, 4);
  });

  test("ends as what happened to the object meanwhile", async () => {
    const part = (headers: Record<string, string>, from = HALF): Fault => {
      return (_request, response) => {
        const range = `bytes ${from}-${CONTENT.length - 1}/${CONTENT.length}`;
        response.writeHead(206, { etag: '"v1"', "content-range": range, ...headers });
        response.end(CONTENT.subarray(HALF));
      };
    };
    const wholeAgain = (etag: string): Fault => {
      return (_request, response) => {
        response.writeHead(200, { etag, "content-length": CONTENT.length }).end(CONTENT);
      };
    };
    const cases = [
      [wholeAgain('"v2"'), "OBJECT_CHANGED"],
      [part({ etag: '"v2"' }), "OBJECT_CHANGED"],
      [part({}, HALF - 1), "OBJECT_CHANGED"],
      [part({ "content-range": "bytes */5" }), "OBJECT_CHANGED"],
      [refuse(412), "OBJECT_CHANGED"],
      [wholeAgain('"v1"'), "RANGE_UNSUPPORTED"],
      [refuse(416), "OBJECT_TRUNCATED"],
      [refuse(404), "OBJECT_NOT_FOUND"],
      [refuse(403), "ACCESS_DENIED"],
      [cutAt(CONTENT, HALF), "OBJECT_TRUNCATED"],
      [part({ "content-encoding": "br" }), "STORE_FAILED"],
    ] as const;
    for (const [fault, code] of cases) {
      await using server = await startWebServer({}, {}, 1);
      server.put("other", "x");
      server.fault(`/${KEY}`, cutAt(CONTENT, HALF), fault);
      await assert.rejects(server.read(KEY), failsWith(code, { bucket: server.url, key: KEY }));
      // Its only connection is free again.
      assert.ok(await server.store.find(server.url, "other", signal));
    }
  });

  test("is resumed without a condition only by what tells of the same version", async () => {
    const half = CONTENT.subarray(HALF);
    const range = `bytes ${HALF}-${CONTENT.length - 1}/${CONTENT.length}`;
    const [date, later] = ["Mon, 01 Jan 2024 00:00:00 GMT", "Mon, 01 Jan 2024 00:00:01 GMT"];
    const first = (headers: Record<string, string>): Fault => {
      return (request, response) => {
        response.writeHead(200, { "content-length": CONTENT.length, ...headers });
        response.write(CONTENT.subarray(0, HALF), () => {
          request.socket.destroySoon();
        });
      };
    };
    const part = (headers: Record<string, string>): Fault => {
      return (_request, response) => {
        response
          .writeHead(206, { "content-range": range, "content-length": half.length, ...headers })
          .end(half);
      };
    };
    const weak = { etag: 'W/"v1"' };
    const cases = [
      [weak, {}, false],
      [weak, { "last-modified": date }, false],
      [weak, weak, true],
      [weak, { ...weak, "last-modified": date }, true],
      [{ ...weak, "last-modified": date }, weak, true],
      [{ ...weak, "last-modified": date }, { ...weak, "last-modified": date }, true],
      [{ ...weak, "last-modified": date }, { ...weak, "last-modified": later }, false],
      [{ ...weak, "last-modified": date }, { "last-modified": date }, false],
      // These are asked for with If-Range, and need not be told again.
      [{ etag: '"v1"' }, {}, true],
      [{ "last-modified": date }, {}, true],
    ] as const;
    for (const [told, again, resumes] of cases) {
      await using server = await startWebServer();
      server.fault(`/${KEY}`, first(told), part(again));
      const reading = server.read(KEY);
      if (resumes) assert.ok((await reading).equals(CONTENT));
      else await assert.rejects(reading, failsWith("OBJECT_CHANGED", { bucket: server.url, key: KEY }));
    }
  });

  test("of another version than the listed one is not read", async () => {
    for (const manner of [{}, { etags: "none" }, { etags: "none", dated: false, measured: false }] as const) {
      await using server = await startWebServer(manner, {}, 1);
      server.put(KEY, "old");
      const [object] = await server.list();
      server.put(KEY, "new");
      await assert.rejects(
        server.read(KEY, object?.etag),
        failsWith("OBJECT_CHANGED", { bucket: server.url, key: KEY }),
      );
      const again = await server.store.find(server.url, KEY, signal);
      assert.equal((await server.read(KEY, again?.etag)).toString(), "new");
    }
  });

  test("that was compressed on its way is refused; an encoding that is the file's own is none of that", async () => {
    const encoded = (coding: string): Fault => {
      return (_request, response) => {
        response
          .writeHead(200, { etag: '"v1"', "content-length": 4, "content-encoding": coding })
          .end("1234");
      };
    };
    await using server = await startWebServer();
    const open = async (path: string, coding: string): Promise<string> => {
      server.fault(`/${path}`, encoded(coding));
      return (await buffer((await server.store.open(server.url, path, undefined, signal)).body)).toString();
    };
    assert.equal(await open("a.csv.gz", "x-gzip"), "1234");
    assert.equal(await open("a.bz2", "bzip2"), "1234");
    assert.equal(await open("a.csv", "identity"), "1234");
    for (const [path, coding] of [
      ["a.csv", "gzip"],
      ["a.csv.gz", "br"],
      ["a.csv.gz", "gzip, gzip"],
    ] as const)
      await assert.rejects(open(path, coding), failsWith("STORE_FAILED", { bucket: server.url, key: path }));
  });

  test("without length and version is not read beyond 64 MiB", async () => {
    await using server = await startWebServer();
    const piece = Buffer.alloc(1024 * 1024);
    server.fault(`/${KEY}`, (_request, response) => {
      response.writeHead(200);
      const more = (): void => {
        if (!response.destroyed) response.write(piece, more);
      };
      more();
    });
    await assert.rejects(server.read(KEY), failsWith("STORE_FAILED", { bucket: server.url, key: KEY }));
  });

  test("without length and version that breaks off is no object", async () => {
    await using server = await startWebServer({}, { pageMilliseconds: 200 });
    const begin = (end: (socket: { destroy(): void }) => void): Fault => {
      return (request, response) => {
        response.writeHead(200);
        response.write("some", () => {
          end(request.socket);
        });
      };
    };
    const cut = (socket: { destroy(): void }): void => {
      socket.destroy();
    };
    for (const end of [cut, () => undefined]) {
      server.fault(`/${KEY}`, begin(end));
      await assert.rejects(
        server.read(KEY),
        failsWith("STORE_UNREACHABLE", { bucket: server.url, key: KEY }),
      );
    }
  });
});

suite("tails", () => {
  test("that a server does not send alone are refused, and its connection is free", async () => {
    await using server = await startWebServer({ ranges: false }, {}, 1);
    server.put(KEY, CONTENT);
    const [object] = await server.list();
    const tail = server.store.tail(server.url, KEY, object?.etag ?? "", 8, signal);
    await assert.rejects(tail, failsWith("RANGE_UNSUPPORTED", { bucket: server.url, key: KEY }));
    assert.equal((await server.list()).length, 1);
  });

  test("that do not tell their version are none of the wanted one", async () => {
    for (const etags of ["strong", "weak", "none"] as const) {
      await using server = await startWebServer({ etags });
      server.put(KEY, CONTENT);
      const { etag } = (await server.store.find(server.url, KEY, signal)) ?? assert.fail();
      assert.ok((await server.store.tail(server.url, KEY, etag, 8, signal)).equals(CONTENT.subarray(-8)));
      server.fault(`/${KEY}`, (_request, response) => {
        const range = `bytes ${CONTENT.length - 8}-${CONTENT.length - 1}/${CONTENT.length}`;
        response.writeHead(206, { "content-range": range, "content-length": 8 }).end("rewrite!");
      });
      const tail = server.store.tail(server.url, KEY, etag, 8, signal);
      await assert.rejects(tail, failsWith("OBJECT_CHANGED", { bucket: server.url, key: KEY }));
    }
  });
});
