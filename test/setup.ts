/** For `node --test --test-global-setup`: one Postgres for the whole run. */
import { startTestServer, type TestServer } from "./server.ts";

let server: TestServer | undefined;

/** The test processes inherit the environment in which this leaves the server's URL. */
export async function globalSetup(): Promise<void> {
  server = await startTestServer();
  process.env["MILLRACE_TEST_CLUSTER"] = server.url;
}

export async function globalTeardown(): Promise<void> {
  await server?.stop();
}
