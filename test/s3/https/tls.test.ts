import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { openHttpsStore } from "../../../src/s3/https/store.ts";
import { failsWith } from "../../contract/store.ts";
import { QUICK } from "../scripted.ts";

const skip =
  spawnSync("openssl", ["version"]).status === 0 ? false : "there is no openssl to make a certificate";

test("a server that nobody vouches for is refused, and https never leads to http", {
  skip,
}, async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-tls-"));
  context.after(() => rm(folder, { recursive: true }));
  const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const made = spawnSync("openssl", [
    "req",
    "-x509",
    ...curve,
    "-keyout",
    keyFile,
    "-out",
    certFile,
    ...names,
  ]);
  assert.equal(made.status, 0, made.stderr.toString());
  const [key, cert] = await Promise.all([readFile(keyFile, "utf8"), readFile(certFile, "utf8")]);

  let paths: string[] = [];
  const server = createServer({ key, cert }, ({ url = "" }, response) => {
    paths.push(url);
    const location = url === "/down" ? "http://127.0.0.1/x" : "/there";
    const status = url === "/there" ? 200 : 302;
    response.writeHead(status, { location, etag: '"e"', "content-length": 0 }).end();
  }).listen(0, "127.0.0.1");
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  const bucket = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const find = async (name: string): Promise<unknown> => {
    const store = openHttpsStore({ connections: 1, userAgent: "Millrace/test", limits: QUICK });
    try {
      return await store.find(bucket, name, new AbortController().signal);
    } finally {
      store.close();
    }
  };
  await assert.rejects(find("key"), failsWith("STORE_UNREACHABLE", { bucket, key: "key" }));
  await assert.rejects(find("key"), /certificate is signed by itself only/);
  assert.deepEqual(paths, []);

  const usual = getCACertificates();
  context.after(() => {
    setDefaultCACertificates(usual);
  });
  setDefaultCACertificates([...usual, cert]);
  assert.ok(await find("key"));
  paths = [];
  await assert.rejects(find("down"), failsWith("STORE_FAILED", { bucket, key: "down" }));
  assert.deepEqual(paths, ["/down"]);
});
