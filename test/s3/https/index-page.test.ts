import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { linksIn, readIndexPage } from "../../../src/s3/https/index-page.ts";
import { PAGES } from "../index-pages.ts";

const URL_OF_PAGE = new URL("https://data.example/pub/daily/");

function names(html: string, url = URL_OF_PAGE): string[] {
  return [...readIndexPage(html, url).names].sort();
}

suite("index pages", () => {
  const inside = ["2023/", "2024.csv.gz", "a&b <1>.txt", "long-name-of-a-file-that-is-cut.csv", "ü 100%.csv"];
  for (const [server, page] of Object.entries(PAGES)) {
    test(`of ${server} name what is in the folder, and nothing else`, () => {
      assert.deepEqual(names(page("pub/daily/", inside)), inside);
      assert.deepEqual(names(page("pub/daily/", [])), []);
      assert.ok(readIndexPage(page("pub/daily/", []), URL_OF_PAGE).links > 0);
    });
  }

  test("link in many ways to one thing", () => {
    const links = [
      "file.gz",
      "./file.gz",
      "/pub/daily/file.gz",
      "//data.example/pub/daily/file.gz",
      "https://data.example/pub/daily/file.gz",
      "http://data.example/pub/daily/file.gz",
      "../daily/file.gz#part",
      "%66ile.gz",
      "fi&#108;e&#x2E;gz",
    ];
    for (const link of links) assert.deepEqual(names(`<a href="${link}">x</a>`), ["file.gz"], link);
  });

  test("link elsewhere without a trace", () => {
    const links = [
      "?C=N;O=D",
      "?C=M&amp;O=A",
      "sub/?C=N",
      "../",
      "..",
      "/",
      "/pub/",
      "/pub/daily",
      "/pub/daily/",
      "sub/deeper.gz",
      "sub/deeper/",
      "/pub/daily2/x",
      "https://other.example/pub/daily/x",
      "https://data.example:8443/pub/daily/x",
      "ftp://data.example/pub/daily/x",
      "mailto:x@data.example",
      "javascript:void(0)",
      "http://[",
      "#x",
      "",
    ];
    const { links: count, names } = readIndexPage(
      links.map((href) => `<a href="${href}">x</a>`).join(""),
      URL_OF_PAGE,
    );
    assert.deepEqual([count, names], [links.length, []]);
  });

  test("tell files with a query from sort links", () => {
    assert.deepEqual(names(`<a href="get.php?file=1&amp;year=2024">x</a>`), ["get.php?file=1&year=2024"]);
  });

  test("are read where a redirect led to", () => {
    const url = new URL("https://mirror.example/a%20b/x%3Dy/");
    assert.deepEqual(names(`<a href="/a b/x=y/1.gz">1</a><a href="2.gz">2</a>`, url), ["1.gz", "2.gz"]);
  });

  test("are read as HTML", () => {
    const cases = [
      [`<A HREF=bare.gz>x</A>`, ["bare.gz"]],
      [`<a\nclass='x'\nhref\n=\n'single.gz'\n>x</a>`, ["single.gz"]],
      [`<a title="href='no' >" data-href="no" href="yes">x</a>`, ["yes"]],
      [`<a href="first" href="second">`, ["first"]],
      [`<a/href="slash"/>`, ["slash"]],
      [`<a name="top">x</a><a>y</a><abbr href="no">`, []],
      [`<!-- <a href="no"> --><!DOCTYPE x "<a href='no'>"><a href="yes">`, ["yes"]],
      [
        `<script>"<a href='no'>"</script><style><a href="no"></style ><title><a href=no></TITLE><a href="yes">`,
        ["yes"],
      ],
      [`3 < 4 <a href="&lt;&quot;&amp;amp;&nosuch;&#1114112;">`, [`<"&amp;&nosuch;&#1114112;`]],
      [`<a href="open`, ["open"]],
      [`<a href="x" `, ["x"]],
      [`<!-- never closed <a href="no">`, []],
      [`<script><a href="no">`, []],
      [`<a`, []],
      [`<`, []],
    ] as const;
    for (const [html, links] of cases) assert.deepEqual([...linksIn(html)], links, html);
  });

  test("of any content are read to their end, in time that grows with their length", () => {
    const pieces = fc.constantFrom(
      "<a ",
      "<",
      ">",
      '"',
      "'",
      "=",
      "href",
      "/",
      "<!--",
      "-->",
      "<script>",
      "x",
      " ",
      "&#",
    );
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 60 }),
        (array) => [...linksIn(array.join(""))].length <= array.length,
      ),
      { numRuns: 2000 },
    );
    // Each of these was quadratic in some scanner; at that length it would take hours.
    for (const piece of ['<a "', "<a href='", "<!--", "<script>", "<a =", "<a href=x ", "< "])
      assert.ok([...linksIn(piece.repeat(500_000))].length <= 500_000);
  });
});
