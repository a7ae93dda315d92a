/** Listings of more folders than a server in a test can show. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { listPages } from "../../../src/s3/https/listing.ts";
import { failsWith } from "../../contract/store.ts";

const signal = new AbortController().signal;

test("the folders of a listing are not more than a hundred thousand", async () => {
  const children = Array.from({ length: 315 }, (_, index) => `${index}/`);
  const archive = async (deepest: readonly string[]): Promise<number> => {
    let pages = 0;
    const server = {
      connections: 1,
      page: (folder: string) => {
        pages += 1;
        const names = [children, children, deepest][folder.split("/").length - 1] ?? [];
        return Promise.resolve({ names, links: 1 });
      },
      exists: () => Promise.resolve(true),
      find: () => Promise.resolve(undefined),
    };
    await Array.fromAsync(listPages({ bucket: "b", prefix: "" }, server, signal));
    return pages;
  };
  // 315 folders, and as many in each.
  assert.equal(await archive([]), 1 + 315 + 315 ** 2);
  await assert.rejects(archive(["x/"]), failsWith("STORE_FAILED", { bucket: "b" }));
});
