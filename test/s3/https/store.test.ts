/** Faults of web servers, and how they differ from what the contract suite shows. */
import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { suite, test } from "node:test";
import { formatError } from "../../../src/errors.ts";
import { isPrivate } from "../../../src/s3/https/private.ts";
import { failsWith } from "../../contract/store.ts";
import { type Fault, refuse, startWebServer } from "../web-server.ts";

const signal = new AbortController().signal;
const KEY = "some/key.gz";

function page(body: string, type = "text/html"): Fault {
  return (_request, response) => {
    response.writeHead(200, { "content-type": type }).end(body);
  };
}

suite("objects of a web server", () => {
  test("whose HEAD is refused are told by GET", async () => {
    for (const status of [400, 403, 405, 501]) {
      await using server = await startWebServer();
      server.put(KEY, "content");
      const expected = await server.store.find(server.url, KEY, signal);
      server.fault(`/${KEY}`, refuse(status), server.serve);
      assert.deepEqual(await server.store.find(server.url, KEY, signal), expected);
    }
  });

  test("are told apart by a query", async () => {
    await using server = await startWebServer({ etags: "none", dated: false, measured: false });
    for (const station of ["A", "B"]) server.put(`cgi/get.py?station=${station}&tz=Etc/UTC`, station);
    for (const station of ["A", "B"]) {
      const key = `cgi/get.py?station=${station}&tz=Etc/UTC`;
      const found = await server.store.find(server.url, key, signal);
      const { body } = await server.store.open(server.url, key, found?.etag, signal);
      assert.equal((await buffer(body)).toString(), station);
    }
    assert.equal(await server.store.find(server.url, "cgi/get.py?station=C", signal), undefined);
  });

  test("that nobody may read are listed, for their load to say so", async () => {
    await using server = await startWebServer();
    for (const name of ["a.gz", "b.gz", "c.gz"]) server.put(name, name);
    server.fault("/b.gz", refuse(403));
    const objects = await server.list();
    assert.deepEqual(
      objects.map(({ key }) => key),
      ["a.gz", "b.gz", "c.gz"],
    );
    const denied = server.store.open(server.url, "b.gz", objects[1]?.etag, signal);
    await assert.rejects(denied, failsWith("ACCESS_DENIED", { bucket: server.url, key: "b.gz" }));
  });

  test("that vanish while they are listed are left out; a server that fails ends the listing", async () => {
    await using server = await startWebServer();
    for (const name of ["a.gz", "b.gz", "c.gz"]) server.put(name, name);
    server.fault("/b.gz", refuse(404));
    assert.deepEqual(
      (await server.list()).map(({ key }) => key),
      ["a.gz", "c.gz"],
    );
    server.fault("/b.gz", refuse(500));
    await assert.rejects(server.list(), failsWith("STORE_FAILED", { bucket: server.url, key: "b.gz" }));
  });

  test("among twenty thousand are asked for only when they are wanted, over a few connections", async () => {
    await using server = await startWebServer({}, {}, 3);
    for (let index = 0; index < 20_000; index++) server.put(`many/${index}.gz`, "x");
    const request = { bucket: server.url, prefix: "many/", wanted: (key: string) => key.endsWith("77.gz") };
    const pages = await Array.fromAsync(server.store.list(request, signal));
    assert.equal(pages.flatMap(({ objects }) => objects).length, 200);
    assert.equal(server.requests.length, 201);
    assert.equal(server.connections(), 3);
    assert.deepEqual([...server.agents], ["Millrace/test"]);
  });
});

suite("folders of a web server", () => {
  test("that are not there hold nothing, unless the whole bucket is missing", async () => {
    await using server = await startWebServer();
    server.put("data/2024/x.gz", "x");
    const bucket = `${server.url}data/`;
    const keys = async (bucket: string, prefix: string): Promise<unknown[]> =>
      (await Array.fromAsync(server.store.list({ bucket, prefix }, signal))).flatMap(
        ({ objects }) => objects,
      );
    assert.equal((await keys(bucket, "2024/")).length, 1);
    assert.deepEqual(await keys(bucket, "2023/"), []);
    const absent = `${server.url}dato/`;
    for (const prefix of ["", "2024/", "2024/x"])
      await assert.rejects(
        keys(absent, prefix),
        failsWith("BUCKET_NOT_FOUND", { bucket: absent, key: prefix.replace(/[^/]*$/, "") }),
      );
  });

  test("must answer with an index", async () => {
    const cases = [
      [refuse(403), "ACCESS_DENIED"],
      [refuse(401), "ACCESS_DENIED"],
      [refuse(500), "STORE_FAILED"],
      [refuse(429, { "retry-after": "3600" }), "STORE_FAILED"],
      [page("{}", "application/json"), "STORE_FAILED"],
      [page("<html><form>Please log in</form></html>"), "STORE_FAILED"],
      [page("PK\u0003\u0004", "application/zip"), "STORE_FAILED"],
    ] as const;
    for (const [fault, code] of cases) {
      await using server = await startWebServer({}, {}, 1);
      server.fault("/", fault);
      await assert.rejects(server.list(), failsWith(code, { bucket: server.url, key: "" }));
      server.put("x", "x");
      server.fault("/", server.serve);
      assert.equal((await server.list()).length, 1);
    }
  });

  test("that contain themselves twice are no archive, and those 32 below each other are", async () => {
    await using server = await startWebServer();
    const key = `${"a/".repeat(32)}x.gz`;
    server.put(key, "x");
    assert.deepEqual(
      (await server.list()).map((object) => object.key),
      [key],
    );
    server.requests.length = 0;
    for (let depth = 0; depth < 40; depth++)
      server.fault(`/${"a/".repeat(depth)}`, page('<a href="a/">a</a><a href="b/">b</a>'));
    const place = { bucket: server.url, key: "a/".repeat(33) };
    await assert.rejects(server.list(), failsWith("STORE_FAILED", place));
    assert.equal(server.requests.length, 33);
  });
});

suite("requests to a web server", () => {
  test("are tried again after a moment's failure, and no sooner than it asks for", async () => {
    await using server = await startWebServer({}, { attempts: 3 });
    server.put(KEY, "content");
    server.fault(`/${KEY}`, refuse(503, { "retry-after": "0" }), refuse(429), server.serve);
    assert.equal((await server.read(KEY)).toString(), "content");
    assert.equal(server.requests.length, 3);
    const later = new Date(Date.now() + 3_600_000).toUTCString();
    for (const rest of ["3600", later]) {
      server.requests.length = 0;
      server.fault(`/${KEY}`, refuse(503, { "retry-after": rest }));
      await assert.rejects(server.read(KEY), /3600 s of rest|3599 s of rest/);
      assert.equal(server.requests.length, 1);
    }
  });

  test("follow redirects, a bounded number of them", async () => {
    await using server = await startWebServer({}, {}, 1);
    server.put("moved/here/file.gz", "content");
    const to = (location: string): Fault => refuse(302, { location });
    server.fault("/old/", to("/moved/"));
    server.fault("/moved/", to(`${server.url}moved/here/`));
    // A name in the page stands for the same name in the folder that was asked for.
    assert.deepEqual(await server.list("old/"), []);
    server.fault("/old/file.gz", to("../moved/here/file.gz"));
    const [object, ...others] = await server.list("old/");
    assert.deepEqual([object?.key, object?.size, others], ["old/file.gz", 7, []]);
    const { body } = await server.store.open(server.url, "old/file.gz", object?.etag, signal);
    assert.equal((await buffer(body)).toString(), "content");
    server.fault("/loop", to("/loop"));
    for (const location of ["/loop", "ftp://elsewhere.example/", "http://["]) {
      server.fault("/away", to(location));
      const found = server.store.find(server.url, "away", signal);
      await assert.rejects(found, failsWith("STORE_FAILED", { bucket: server.url, key: "away" }));
    }
  });

  test("that are redirected name the server that fails", async () => {
    await using first = await startWebServer({}, {}, 1);
    await using second = await startWebServer({}, {}, 1);
    const [asked, other] = [first.url, second.url].map((url) => new URL(url).origin);
    const { store } = first;
    first.fault(`/${KEY}`, refuse(302, { location: `${second.url}away` }));
    const says = (message: string) => (error: Error) => error.message === message;
    for (const [status, sentence] of [
      [403, "access is denied"],
      [404, "the object does not exist"],
      [418, `${other ?? ""} gave an answer that cannot be used`],
    ] as const) {
      second.fault("/away", refuse(status));
      const opened = store.open(first.url, KEY, undefined, signal);
      await assert.rejects(
        opened,
        says(`${sentence} (HTTP ${status} from ${other ?? ""}, to which it redirects)`),
      );
    }
    first.fault("/plain", refuse(403));
    await assert.rejects(
      store.open(first.url, "plain", undefined, signal),
      says("access is denied (HTTP 403)"),
    );
    await second.stop();
    await assert.rejects(
      store.open(first.url, KEY, undefined, signal),
      says(
        `no connection to ${other ?? ""}, to which ${asked ?? ""} redirects (ECONNREFUSED: nothing listens there)`,
      ),
    );
  });

  test("that nobody may read are not told of as buckets", async () => {
    await using server = await startWebServer({}, {}, 1);
    server.fault(`/${KEY}`, refuse(403));
    const denied = server.store.open(server.url, KEY, undefined, signal);
    await assert.rejects(denied, (error: Error) => !/bucket/i.test(formatError(error)));
  });

  test("without an answer are STORE_UNREACHABLE, in words", async () => {
    await using silent = await startWebServer({}, { answerMilliseconds: 50 }, 1);
    silent.put("other", "x");
    silent.fault(`/${KEY}`, () => undefined);
    const late = failsWith("STORE_UNREACHABLE", { bucket: silent.url, key: KEY });
    await assert.rejects(silent.read(KEY), late);
    assert.ok(await silent.store.find(silent.url, "other", signal));
    silent.fault(`/${KEY}`, (request) => request.socket.resetAndDestroy());
    await assert.rejects(silent.read(KEY), late);
    await assert.rejects(silent.read(KEY), /the connection was cut/);

    const stopped = await startWebServer();
    await stopped.stop();
    await assert.rejects(stopped.read(KEY), /ECONNREFUSED: nothing listens there/);
    const nowhere = silent.store.find("http://no-such-host.invalid/", KEY, signal);
    await assert.rejects(nowhere, failsWith("STORE_UNREACHABLE", { bucket: "http://no-such-host.invalid/" }));
    const bucket = silent.url.replace("http:", "https:");
    await assert.rejects(
      silent.store.find(bucket, KEY, signal),
      failsWith("STORE_UNREACHABLE", { bucket, key: KEY }),
    );
  });

  test("that are waited for end with their life", async () => {
    await using server = await startWebServer(
      {},
      { attempts: 2, firstPauseMilliseconds: 1e6, longestPauseMilliseconds: 1e6 },
    );
    const life = new AbortController();
    const place = { bucket: server.url, key: KEY };
    server.fault(`/${KEY}`, (request, response) => {
      refuse(503)(request, response);
      response.once("close", () =>
        setImmediate(() => {
          life.abort();
        }),
      );
    });
    await assert.rejects(server.store.find(server.url, KEY, life.signal), failsWith("LOAD_ABORTED", place));
  });
});

test("private networks are told from the public one", async () => {
  const hosts = {
    private: [
      "127.0.0.1",
      "10.1.2.3",
      "192.168.0.1",
      "172.31.255.1",
      "169.254.169.254",
      "100.64.0.1",
      "0.0.0.0",
      "[::1]",
      "[fd00::1]",
      "[fe80::1]",
      "[::ffff:10.0.0.1]",
      "localhost",
    ],
    public: ["8.8.8.8", "172.32.0.1", "141.38.2.22", "[2001:db8::1]"],
  };
  for (const host of hosts.private) assert.equal(await isPrivate(new URL(`http://${host}/`)), true, host);
  for (const host of hosts.public) assert.equal(await isPrivate(new URL(`http://${host}/`)), false, host);
});
