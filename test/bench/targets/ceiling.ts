/** How fast the bench's endpoint is, so that nobody takes it for Millrace. */
import { Agent, get } from "node:http";
import type { Endpoint } from "../endpoint.ts";
import { storedFiles } from "../programs/stored-files.ts";

const AT_ONCE = 16;
/** More would tell nothing new. */
const MOST = 3_000;

/** Objects a second that a plain HTTP client of this process reads from the endpoint, its first time: a low estimate. */
export async function ceilingOf(endpoint: Endpoint, folder: string): Promise<number> {
  const buckets = await storedFiles(folder);
  const urls = [...buckets].flatMap(([bucket, { keys }]) =>
    keys.map((key) => `${endpoint.url}/${bucket}/${key}`),
  );
  const asked = urls.slice(0, MOST);
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const began = performance.now();
  await Promise.all(asked.map((url) => read(url, agent)));
  agent.destroy();
  return asked.length / ((performance.now() - began) / 1000);
}

/** Bytes a second of one body. */
export async function speedOf(endpoint: Endpoint, path: string): Promise<number> {
  const agent = new Agent();
  const began = performance.now();
  const bytes = await read(`${endpoint.url}/${path}`, agent);
  agent.destroy();
  return bytes / ((performance.now() - began) / 1000);
}

function read(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (answer) => {
      if (answer.statusCode !== 200) {
        answer.destroy();
        reject(new Error(`the endpoint answered ${url} with status ${answer.statusCode ?? "none"}`));
        return;
      }
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      answer.on("error", reject);
      answer.on("end", () => {
        resolve(bytes);
      });
    }).on("error", reject);
  });
}
