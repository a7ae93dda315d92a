/** The endpoint's process, as the bench holds it. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { RequestCounts } from "./programs/endpoint.ts";

export interface Endpoint {
  readonly url: string;
  /** What it was asked for since the last time. */
  readonly counts: () => Promise<RequestCounts>;
  /** Takes notice of files that were written or touched. */
  readonly rescan: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const PROGRAM = fileURLToPath(new URL("./programs/endpoint.ts", import.meta.url));

/** Serves a folder of buckets on 127.0.0.1 in a process of its own, until stopped. */
export async function startEndpoint(folder: string): Promise<Endpoint> {
  const child = fork(PROGRAM, [folder]);
  const url = await answerOf<string>(child);
  return {
    url,
    counts: () => ask<RequestCounts>(child, "counts"),
    rescan: async () => {
      await ask(child, "rescan");
    },
    stop: async () => {
      const exit = once(child, "exit");
      child.disconnect();
      await exit;
    },
  };
}

/** Runs `work` with an endpoint over the folder. */
export async function withEndpoint<T>(folder: string, work: (endpoint: Endpoint) => Promise<T>): Promise<T> {
  const endpoint = await startEndpoint(folder);
  try {
    return await work(endpoint);
  } finally {
    await endpoint.stop();
  }
}

async function ask<Answer>(child: ChildProcess, question: string): Promise<Answer> {
  const answer = answerOf<Answer>(child);
  child.send(question);
  return answer;
}

/** The process answers one question after the other. */
async function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  const gone = Promise.withResolvers<never>();
  const fail = (): void => {
    gone.reject(new Error("the endpoint of the bench ended"));
  };
  child.once("exit", fail);
  try {
    const [answer] = (await Promise.race([once(child, "message"), gone.promise])) as [Answer];
    return answer;
  } finally {
    child.off("exit", fail);
  }
}
