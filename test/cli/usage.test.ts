import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { millrace } from "./command.ts";

const COMMANDS = [
  "run",
  "demo",
  "validate",
  "migrate",
  "status",
  "preview",
  "test",
  "diff",
  "infer",
  "compact",
  "rejects",
  "retry",
];

suite("usage", { concurrency: 2 }, () => {
  test("--help names every command and every variable", async () => {
    const { code, stdout } = await millrace(["--help"]);
    assert.equal(code, 0);
    for (const name of [...COMMANDS, "DATABASE_URL", "MILLRACE_HTTP", "MILLRACE_DATA_DIR", "AWS_REGION"]) {
      assert.match(stdout, new RegExp(`^ +${name}\\b`, "m"));
    }
  });

  for (const command of COMMANDS) {
    test(`${command} --help`, async () => {
      const { code, stdout, stderr } = await millrace([command, "--help"]);
      assert.equal(code, 0);
      assert.ok(stdout.startsWith(`Usage: millrace ${command} [options]`), stdout);
      assert.equal(stderr, "");
    });
  }

  for (const [what, args, complaint] of [
    ["no command", [], /^Usage: millrace/],
    ["an unknown command", ["frobnicate"], /unknown command 'frobnicate'/],
    ["an unknown option", ["status", "--frob"], /unknown option '--frob'/],
    ["too many arguments", ["status", "now"], /too many arguments/],
    ["a date that no calendar has", ["run", "--once", "--from", "2023-02-29"], /'2023-02-29' is invalid/],
    ["a date of another form", ["run", "--once", "--to", "1.2.2023"], /'1\.2\.2023' is invalid/],
    [
      "a range the wrong way round",
      ["run", "--once", "--from", "2023-02-02", "--to", "2023-02-01"],
      /\[USAGE\]/,
    ],
    ["pipelines for the daemon", ["run", "noaa-daily"], /need --once/],
    ["a range for the daemon", ["run", "--to", "2023-02-01"], /need --once/],
  ] as const) {
    test(`${what}: exit code 2`, async () => {
      const { code, stdout, stderr } = await millrace(args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, complaint);
      assert.equal(stdout, "");
    });
  }

  test("a wrong variable: exit code 2, its value unsaid", async () => {
    const { code, stderr } = await millrace(["status"], { env: { DATABASE_URL: "mysql://u:hunter2@h/d" } });
    assert.equal(code, 2);
    assert.match(stderr, /^millrace: DATABASE_URL: .*\[ENVIRONMENT_INVALID\]/);
    assert.doesNotMatch(stderr, /hunter2/);
  });

  test("a mistake in a pipeline file: exit code 2 and its place", async (context) => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-cli-"));
    context.after(() => rm(folder, { recursive: true }));
    const file = join(folder, "broken.yaml");
    await writeFile(file, "description: x\nsource: noaa\ntarget: dayly\n");
    const { code, stdout } = await millrace(["validate", file]);
    assert.equal(code, 2);
    assert.ok(stdout.includes(`${file}:3:9 `), stdout);
    const json = await millrace(["validate", "--json"], { env: { MILLRACE_PIPELINES: folder } });
    assert.equal(json.code, 2);
    const { problems } = JSON.parse(json.stdout) as { problems: { line: number; column: number }[] };
    assert.ok(problems.some(({ line, column }) => line === 3 && column === 9));
  });

  test("the shipped pipelines are in order", async () => {
    const { code, stdout } = await millrace(["validate", "--json"]);
    assert.equal(code, 0);
    assert.ok((JSON.parse(stdout) as { valid: string[] }).valid.includes("noaa-daily"));
  });
});
