import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { describeEnvironment, prefersPlainText, readEnvironment } from "../../src/config/environment.ts";
import { MillraceError } from "../../src/errors.ts";
import { folderWith } from "./folder.ts";

/** A home without any AWS credentials. */
const HOME = { HOME: "/nonexistent" };

suite("the environment", () => {
  test("is optional altogether", () => {
    const environment = readEnvironment(HOME);
    assert.equal(environment.databaseUrl, undefined);
    assert.equal(environment.dataDir, "/nonexistent/.local/share/millrace");
    assert.deepEqual(environment.http, { host: "127.0.0.1", port: 9464, explicit: false });
    assert.deepEqual(environment.s3, { region: "us-east-1", anonymous: true });
    assert.equal(environment.logLevel, "info");
    assert.deepEqual(environment.limits, { pipelines: 2, loads: 2, bytesInFlight: 268_435_456 });
    assert.deepEqual(environment.patience, { grace: 25_000, stall: 30_000, databaseSilence: 120_000 });
    assert(existsSync(join(environment.pipelines, "noaa-daily.yaml")));
  });

  test("says where things are", () => {
    const environment = readEnvironment({
      ...HOME,
      DATABASE_URL: "postgres://u:p%40w@db:5432/x",
      MILLRACE_PIPELINES: "/etc/millrace",
      XDG_DATA_HOME: "/data",
      AWS_ENDPOINT_URL: "http://general:1",
      AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9000",
      MILLRACE_BYTES_IN_FLIGHT: "1 GiB",
      MILLRACE_LOADS: "8",
      MILLRACE_GRACE: "5",
      MILLRACE_STALL: "6",
      MILLRACE_DATABASE_SILENCE: "7",
      MILLRACE_LOG_LEVEL: "debug",
    });
    assert.equal(environment.databaseUrl, "postgres://u:p%40w@db:5432/x");
    assert.equal(environment.pipelines, "/etc/millrace");
    assert.equal(environment.dataDir, "/data/millrace");
    assert.equal(environment.s3.endpoint, "http://127.0.0.1:9000");
    assert.deepEqual(environment.limits, { pipelines: 2, loads: 8, bytesInFlight: 1_073_741_824 });
    assert.deepEqual(environment.patience, { grace: 5_000, stall: 6_000, databaseSilence: 7_000 });
    assert.equal(environment.logLevel, "debug");
  });

  test("AWS_REGION goes before AWS_DEFAULT_REGION", () => {
    const region = (variables: Record<string, string>) =>
      readEnvironment({ ...HOME, ...variables }).s3.region;
    assert.equal(region({ AWS_DEFAULT_REGION: "eu-west-1" }), "eu-west-1");
    assert.equal(region({ AWS_REGION: "eu-central-1", AWS_DEFAULT_REGION: "eu-west-1" }), "eu-central-1");
    assert.equal(region({ AWS_REGION: "", AWS_DEFAULT_REGION: "" }), "us-east-1");
  });

  test("counts an empty variable as not set", () => {
    const environment = readEnvironment({
      ...HOME,
      DATABASE_URL: "",
      MILLRACE_HTTP: "",
      AWS_ACCESS_KEY_ID: "",
    });
    assert.equal(environment.databaseUrl, undefined);
    assert.equal(environment.http.explicit, false);
    assert.equal(environment.s3.anonymous, true);
  });

  const addresses: [text: string, host: string, port: number][] = [
    ["0.0.0.0:80", "0.0.0.0", 80],
    ["localhost:0", "localhost", 0],
    ["[::1]:9464", "::1", 9464],
  ];
  for (const [text, host, port] of addresses) {
    test(`takes the address ${text}`, () => {
      assert.deepEqual(readEnvironment({ ...HOME, MILLRACE_HTTP: text }).http, {
        host,
        port,
        explicit: true,
      });
    });
  }

  const wrong: [name: string, value: string][] = [
    ["DATABASE_URL", "mysql://u:secret@h/db"],
    ["DATABASE_URL", "secret"],
    ["MILLRACE_HTTP", "9464"],
    ["MILLRACE_HTTP", "::1:9464"],
    ["MILLRACE_HTTP", "host:65536"],
    ["MILLRACE_HTTP", "host:secret"],
    ["MILLRACE_LOADS", "0"],
    ["MILLRACE_CONCURRENCY", "many-secret"],
    ["MILLRACE_BYTES_IN_FLIGHT", "a lot, secret"],
    ["MILLRACE_LOG_LEVEL", "loud"],
    ["AWS_ENDPOINT_URL_S3", "ftp://u:secret@h"],
  ];
  for (const [name, value] of wrong) {
    test(`refuses ${name}=${value} by name, without showing the value`, () => {
      assert.throws(
        () => readEnvironment({ ...HOME, [name]: value }),
        (error) => {
          assert(error instanceof MillraceError);
          assert.equal(error.code, "ENVIRONMENT_INVALID");
          assert(error.message.startsWith(`${name}: expected `), error.message);
          assert(!error.message.includes("secret"));
          return true;
        },
      );
    });
  }

  test("names every wrong variable at once", () => {
    assert.throws(
      () => readEnvironment({ ...HOME, DATABASE_URL: "x", MILLRACE_HTTP: "x", MILLRACE_LOADS: "x" }),
      (error) =>
        error instanceof MillraceError &&
        ["DATABASE_URL", "MILLRACE_HTTP", "MILLRACE_LOADS"].every((name) => error.message.includes(name)),
    );
  });
});

test("a moving display is left out in dumb terminals and on build servers", () => {
  assert.equal(prefersPlainText({ TERM: "xterm-256color" }), false);
  assert.equal(prefersPlainText({ TERM: "dumb" }), true);
  assert.equal(prefersPlainText({ CI: "true" }), true);
  assert.equal(prefersPlainText({ NO_COLOR: "1", CI: "" }), true);
  assert.equal(prefersPlainText({ NO_COLOR: "" }), false);
});

test("every variable is described", () => {
  for (const { name, description } of describeEnvironment()) {
    assert.match(name, /^[A-Z0-9_]+$/);
    assert.match(description, /\.$/, name);
  }
});

suite("AWS credentials", () => {
  for (const name of [
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  ]) {
    test(`${name} means that there are some`, () => {
      assert.equal(readEnvironment({ ...HOME, [name]: "x" }).s3.anonymous, false);
    });
  }

  test("a credentials file means that there are some, at home or where the variable says", async (t) => {
    const home = await folderWith(t, {});
    assert.equal(readEnvironment({ HOME: home }).s3.anonymous, true);
    const file = join(home, ".aws", "credentials");
    await mkdir(join(home, ".aws"));
    await writeFile(file, "[default]\n");
    assert.equal(readEnvironment({ HOME: home }).s3.anonymous, false);
    assert.equal(readEnvironment({ ...HOME, AWS_SHARED_CREDENTIALS_FILE: file }).s3.anonymous, false);
  });
});
