/** The status page of a real daemon in a real browser. */
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import * as z from "zod";
import { NOAA, yearKey } from "../daemon/mill.ts";
import { findProgram, type Scope, skipWithout, until } from "./programs.ts";
import { firstPasses, PIPELINES, startWorld, type World } from "./world.ts";

/** No sandbox, for the sake of root; and nothing that asks the network for anything of the browser's own. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

suite("the status page in Chromium", { skip: skipWithout("chromium") }, () => {
  const cleanUps: (() => Promise<void>)[] = [];
  const scope: Scope = { after: (cleanUp) => void cleanUps.push(cleanUp) };
  const complaints: string[] = [];
  const requests: string[] = [];
  let world: World;
  let browser: Browser;
  let page: Page;

  before(async () => {
    world = await startWorld(scope);
    await firstPasses(world);
    browser = await chromium.launch({ executablePath: findProgram("chromium") ?? "", args: FLAGS });
    cleanUps.push(() => browser.close());
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on("console", (message) => void complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => void complaints.push(error.message));
    page.on("request", (request) => void requests.push(request.url()));
    await until("all well", 30, async () => {
      await page.goto(world.url);
      return (await page.title()) === "Millrace: all well" ? true : undefined;
    });
  });
  after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  });

  test("a row for each pipeline, none in trouble", async () => {
    const rows = page.getByRole("region", { name: "Pipelines" }).locator("tbody tr");
    assert.deepEqual(await rows.locator("th").allInnerTexts(), [...PIPELINES]);
    // It passes every second, so one or the other is looking just now.
    for (const state of await rows.locator("td:nth-child(2)").allInnerTexts())
      assert.match(state, /^(up to date|looking)$/);
    const daily = page.getByRole("row", { name: "noaa-daily" });
    assert.match(await daily.innerText(), /2 of 2[^]*2024-12-31/);
  });

  test("on a screen of 400 pixels all of it can be read without scrolling sideways", async (context) => {
    await page.setViewportSize({ width: 400, height: 800 });
    context.after(() => page.setViewportSize({ width: 1280, height: 800 }));
    const [width, right, fonts, title] = z
      .tuple([z.number(), z.number(), z.array(z.string()), z.string()])
      .parse(
        await page.evaluate(`{
        const seen = [...document.querySelectorAll("h1, p, caption, tbody th, td, footer a")];
        [
          document.documentElement.scrollWidth,
          Math.max(...seen.map((element) => element.getBoundingClientRect().right)),
          [...new Set(seen.map((element) => getComputedStyle(element).fontSize))],
          getComputedStyle(document.querySelector("td"), "::before").content,
        ]
      }`),
      );
    assert.equal(width, 400);
    assert.ok(right > 300 && right <= 400, `${right}`);
    assert.deepEqual(
      fonts.map(Number.parseFloat).filter((pixels) => pixels < 16),
      [],
    );
    assert.equal(title, '"State"');
  });

  test("it keeps itself up to date, and pauses when asked", async () => {
    await world.bucket.put(NOAA, yearKey(2021), Buffer.from("<!doctype html><title>Moved</title>"));
    const refused = page.getByRole("region", { name: "Failed and quarantined loads" });
    await refused.waitFor({ timeout: 30_000 });
    assert.match(await refused.innerText(), /2021[^]*by_year\/2021\.csv\.gz[^]*OBJECT_NOT_DATA/);
    assert.equal(await page.title(), "Millrace: 1 load to look at");
    const pause = page.getByRole("button", { name: "Pause updates" });
    await pause.click();
    assert.equal(await pause.getAttribute("aria-pressed"), "true");
  });

  test("its links lead somewhere", async () => {
    const links = await page.locator("footer a").all();
    assert.equal(links.length, 3);
    for (const link of links) {
      const target = (await link.getAttribute("href")) ?? "";
      const answer = await fetch(new URL(target, world.url));
      await answer.arrayBuffer();
      assert.equal(answer.status, 200, target);
    }
  });

  test("nothing was complained of, and nobody else was asked", () => {
    assert.deepEqual(complaints, []);
    assert.ok(requests.length > 1);
    assert.deepEqual([...new Set(requests)], [world.url]);
  });
});
