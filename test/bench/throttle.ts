/** The slow way to Postgres, as the bench holds it. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface Throttle {
  /** The database, by the slow way. */
  readonly url: string;
  /** Bytes that clients have sent so far. */
  readonly passed: () => Promise<number>;
}

const PROGRAM = fileURLToPath(new URL("./programs/throttle.ts", import.meta.url));

/** Runs `work` with a way to a database that lets through so many bytes a second; `Infinity` lets all through. */
export async function withThrottle<T>(
  database: string,
  bytesPerSecond: number,
  work: (throttle: Throttle) => Promise<T>,
): Promise<T> {
  const url = new URL(database);
  const child = fork(PROGRAM, [url.hostname, url.port || "5432", String(bytesPerSecond)]);
  const answer = async (): Promise<number> => {
    const [value] = (await once(child, "message")) as [number];
    return value;
  };
  try {
    url.host = `127.0.0.1:${await answer()}`;
    return await work({
      url: url.href,
      passed: () => {
        const passed = answer();
        child.send("passed");
        return passed;
      },
    });
  } finally {
    const exit = once(child, "exit");
    child.disconnect();
    await exit;
  }
}
