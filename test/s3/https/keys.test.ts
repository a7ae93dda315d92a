import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { nameOf, urlOf } from "../../../src/s3/https/keys.ts";
import { failsWith } from "../../contract/store.ts";

const BUCKET = "https://data.example/pub/";

suite("keys of a web server", () => {
  test("become URLs below the folder", () => {
    const cases = [
      ["2024/a b.csv.gz", "2024/a%20b.csv.gz"],
      ["é/日本+x/100%", "%C3%A9/%E6%97%A5%E6%9C%AC%2Bx/100%25"],
      ["q#1;=,@:$", "q%231%3B%3D%2C%40%3A%24"],
      ["encoded%20already%3F", "encoded%20already%3F"],
      [
        "cgi-bin/asos.py?station=EDDB&tz=Etc/UTC&name=a b&x[]=%26#",
        "cgi-bin/asos.py?station=EDDB&tz=Etc/UTC&name=a%20b&x%5B%5D=%26%23",
      ],
      ["", ""],
      ["https://other.example/x", "https%3A//other.example/x"],
      ["a//b", "a//b"],
      ["...", "..."],
    ] as const;
    for (const [key, path] of cases) assert.equal(urlOf(BUCKET, key).href, BUCKET + path);
  });

  test("never lead out of it", () => {
    for (const key of [
      "..",
      "../x",
      "a/../../x",
      "a/../b",
      "./a",
      "a/.",
      "%2e%2e/x",
      "a/%2E./b",
      "/x",
      "//other/x",
    ])
      assert.throws(() => urlOf(BUCKET, key), failsWith("CONFIG_INVALID", { bucket: BUCKET, key }), key);
  });

  test("whatever they are, stay on the server and below the folder", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", ".", "/", "\\", "%2e", "%", "?", "#", "@", ":", "é", " "),
    });
    fc.assert(
      fc.property(text, (key) => {
        let url: URL;
        try {
          url = urlOf(BUCKET, key);
        } catch (error) {
          return failsWith("CONFIG_INVALID", { bucket: BUCKET, key })(error);
        }
        return url.host === "data.example" && url.pathname.startsWith("/pub/") && url.hash === "";
      }),
      { numRuns: 2000 },
    );
  });

  test("of listed names lead back to them, however the server wrote them", () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 8 }).map((array) => {
      const escapes = Array.from(array, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`);
      return escapes.join("");
    });
    const names = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).map(encodeURIComponent);
    fc.assert(
      fc.property(fc.oneof(bytes, names), (segment) => {
        const resolved = new URL(segment, BUCKET).pathname;
        fc.pre(resolved === `/pub/${segment}` && !/^(?:\.|%2E){1,2}$/i.test(segment));
        const back = urlOf(BUCKET, nameOf(segment)).pathname;
        assert.deepEqual(unescaped(back), unescaped(resolved));
      }),
      { numRuns: 2000 },
    );
  });
});

/** The bytes that a path stands for. */
function unescaped(path: string): string {
  return path.replace(/%([0-9A-F]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
