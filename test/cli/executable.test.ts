import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { suite, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { millrace } from "./command.ts";

const EXECUTABLE = fileURLToPath(new URL("../../src/millrace.js", import.meta.url));

/** A Node on this machine that is too old for the program; most machines have none. */
function findOldNode(): string | undefined {
  for (const folder of ["/usr/bin", "/usr/local/bin", "/opt/node20/bin"]) {
    const candidate = join(folder, "node");
    try {
      const version = execFileSync(candidate, ["--version"], { encoding: "utf8", stdio: "pipe" });
      if (Number(/^v(\d+)/.exec(version)?.[1]) < 22) return candidate;
    } catch (error) {
      // Only that there is none at this place is expected.
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
  }
  return undefined;
}

const oldNode = findOldNode();

/** The executable in a package of its own, in which `program` stands for the compiled one. */
async function makePackage(context: TestContext, program: string) {
  const folder = await mkdtemp(join(tmpdir(), "millrace-package-"));
  context.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "src"));
  await mkdir(join(folder, "dist"));
  await copyFile(EXECUTABLE, join(folder, "src", "millrace.js"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await writeFile(join(folder, "dist", "main.js"), program);
  return folder;
}

/** Puts this Node where the packaged one would be. */
async function addPackagedNode(folder: string): Promise<void> {
  const home = join(folder, "node_modules", `node-${process.platform}-${process.arch}`);
  await mkdir(join(home, "bin"), { recursive: true });
  await writeFile(join(home, "package.json"), "{}");
  await symlink(process.execPath, join(home, "bin", "node"));
}

async function outcome(child: ChildProcess): Promise<{ code: unknown; stdout: string; stderr: string }> {
  assert.ok(child.stdout !== null && child.stderr !== null);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit") as Promise<[unknown]>,
  ]);
  return { code, stdout, stderr };
}

suite("the executable", () => {
  test("prints the package's version", async () => {
    const manifest = JSON.parse(
      await readFile(join(dirname(EXECUTABLE), "..", "package.json"), "utf8"),
    ) as object;
    const { stdout } = await millrace(["--version"]);
    assert.ok("version" in manifest);
    assert.equal(stdout, `${String(manifest.version)}\n`);
  });

  test("runs the compiled program of a package, with the arguments, and ends with its exit code", async (context) => {
    const program = 'export async function main(args) { console.log(args.join("|")); return 7; }';
    const folder = await makePackage(context, program);
    const child = spawn(process.execPath, [join(folder, "src", "millrace.js"), "a", "b c"], {
      stdio: "pipe",
    });
    assert.deepEqual(await outcome(child), { code: 7, stdout: "a|b c\n", stderr: "" });
  });

  test("keeps compiled modules in the user's home, and runs without where that cannot be", async (context) => {
    const folder = await makePackage(context, "export async function main() { return 7; }");
    const run = (home: string) => {
      const env = { PATH: process.env["PATH"], HOME: home };
      return outcome(spawn(process.execPath, [join(folder, "src", "millrace.js")], { stdio: "pipe", env }));
    };
    const ended = { code: 7, stdout: "", stderr: "" };
    assert.deepEqual(await run(folder), ended);
    assert.notDeepEqual(await readdir(join(folder, ".cache", "millrace")), []);

    const barred = join(folder, "barred");
    await mkdir(barred);
    await writeFile(join(barred, ".cache"), "a file where the folder should be");
    assert.deepEqual(await run(barred), ended);
    const absent = join(folder, "absent");
    assert.deepEqual(await run(absent), ended);
    assert.equal((await readdir(folder)).includes("absent"), false);
  });

  const skip = oldNode === undefined ? "there is no Node older than 22 on this machine" : false;

  test("under an old Node: the packaged one runs it, with arguments and exit code", {
    skip,
  }, async (context) => {
    const program = "export async function main(args) { console.log(process.version, ...args); return 3; }";
    const folder = await makePackage(context, program);
    await addPackagedNode(folder);
    const child = spawn(oldNode ?? "", [join(folder, "src", "millrace.js"), "x"], { stdio: "pipe" });
    assert.deepEqual(await outcome(child), { code: 3, stdout: `${process.version} x\n`, stderr: "" });
  });

  test("under an old Node: SIGTERM reaches the program, which ends as it likes", {
    skip,
  }, async (context) => {
    const program = `export function main() {
      return new Promise((resolve) => {
        const alive = setInterval(() => {}, 1000);
        process.once("SIGTERM", () => { clearInterval(alive); console.log("stopped well"); resolve(5); });
        console.log("ready");
      });
    }`;
    const folder = await makePackage(context, program);
    await addPackagedNode(folder);
    const child = spawn(oldNode ?? "", [join(folder, "src", "millrace.js")], { stdio: "pipe" });
    const ended = outcome(child);
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    const { code, stdout } = await ended;
    assert.equal(code, 5);
    assert.match(stdout, /stopped well\n$/);
  });

  test("under an old Node without a packaged one: says what to install", { skip }, async (context) => {
    const folder = await makePackage(context, "export async function main() { return 0; }");
    const child = spawn(oldNode ?? "", [join(folder, "src", "millrace.js")], { stdio: "pipe" });
    const { code, stderr } = await outcome(child);
    assert.equal(code, 1);
    assert.match(stderr, /too old.*\nInstall Node 24/);
  });

  test("a reader that goes away early is no fault", async () => {
    const child = spawn(process.execPath, [EXECUTABLE, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    const [stderr] = await Promise.all([text(child.stderr), once(child, "exit")]);
    assert.equal(stderr, "");
    assert.equal(child.exitCode, 0);
  });
});
