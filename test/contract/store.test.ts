import { startEndpoint } from "../s3/endpoint.ts";
import { type Manner, startWebServer } from "../s3/web-server.ts";
import { CONTRACT_BUCKETS, type StoreUnderTest, storeContract } from "./store.ts";

storeContract(
  "AWS SDK against fauxqs",
  { oddNames: ["q?x=1#y", "a%20b", "dots/../up"], dated: true, withoutBucket: "BUCKET_NOT_FOUND" },
  async () => ({ ...(await startEndpoint(...CONTRACT_BUCKETS)), bucket: (name) => name }),
);

async function startFolders(manner: Partial<Manner>): Promise<StoreUnderTest> {
  const server = await startWebServer(manner);
  const { url, store } = server;
  for (const bucket of CONTRACT_BUCKETS) server.put(`${bucket}/.keep`, "");
  return {
    store,
    bucket: (name) => `${url}${name}/`,
    async put(bucket, key, body) {
      // In a key, a question mark of a name stays encoded: it would begin a query.
      server.put(bucket.slice(url.length) + key.replaceAll("%3F", "?"), body);
      return (await store.find(bucket, key, new AbortController().signal))?.etag ?? "";
    },
    stop: () => server.stop(),
  };
}

const WEB = { oddNames: ["q#y", "a%3Fb"], dated: true, withoutBucket: "OBJECT_NOT_FOUND" } as const;
storeContract("Apache", WEB, () => startFolders({}));
storeContract("nginx, weak etags", WEB, () => startFolders({ pages: "nginx", etags: "weak" }));
storeContract("a plain list, dates only", WEB, () => startFolders({ pages: "plain", etags: "none" }));
storeContract("a program: no HEAD, no length, no etag, no date", { ...WEB, dated: false }, () =>
  startFolders({ etags: "none", dated: false, head: false, measured: false, ranges: false }),
);
