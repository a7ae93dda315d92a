/** What a newcomer does: the packed package elsewhere, and the clone of an ordinary user. */
import assert from "node:assert/strict";
import { chown, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { identityOf } from "./debian-postgres.ts";
import { bareEnvironment, type ProgramOptions, runProgram, skipWithout } from "./programs.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const USER = "millrace-newcomer";

async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-system-newcomer-"));
  context.after(() => rm(folder, { recursive: true }));
  return folder;
}

async function succeed(program: string, args: readonly string[], options: ProgramOptions): Promise<string> {
  const { code, stdout, stderr } = await runProgram(program, args, options);
  assert.equal(code, 0, [program, ...args, stdout, stderr].join("\n"));
  return stdout;
}

function assertDemo(output: string): void {
  assert.match(output, /^production\.ol_mthly_analytic_ger/m);
  assert.match(output, /Berlin Centre/);
  assert.match(output, /openaq-archive +3 +0 +0 /);
}

/** A copy of this clone without its installation. */
async function copyClone(folder: string): Promise<string> {
  const clone = join(folder, "clone");
  await mkdir(clone);
  const files = await readdir(ROOT);
  const wanted = files.filter((name) => !["node_modules", "dist", ".git"].includes(name));
  await succeed("cp", ["--archive", ...wanted, clone], { env: bareEnvironment() });
  return clone;
}

suite("a newcomer's machine", { skip: skipWithout("npm", "node") }, () => {
  test("the packed package, installed into an empty folder, runs the demo", async (context) => {
    const folder = await temporaryFolder(context);
    const clone = await copyClone(folder);
    await symlink(join(ROOT, "node_modules"), join(clone, "node_modules"));
    const elsewhere = join(folder, "elsewhere");
    await mkdir(elsewhere);
    const env = bareEnvironment();
    context.diagnostic(`Node ${(await succeed("node", ["--version"], { env })).trim()}`);
    await succeed("npm", ["pack", "--pack-destination", folder], { cwd: clone, env });
    const [tarball = ""] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
    await succeed("npm", ["init", "--yes"], { cwd: elsewhere, env });
    await succeed("npm", ["install", "--no-audit", "--no-fund", join(folder, tarball)], {
      cwd: elsewhere,
      env,
    });
    const output = await succeed("npx", ["millrace", "demo", "--once"], {
      cwd: elsewhere,
      env: { ...env, MILLRACE_DATA_DIR: join(folder, "data") },
    });
    assertDemo(output);
  });

  const skip = process.getuid?.() === 0 ? skipWithout("useradd", "userdel") : "only root can create a user";
  test("the clone of an ordinary user runs the demo", { skip }, async (context) => {
    const env = bareEnvironment();
    const folder = await temporaryFolder(context);
    await succeed("useradd", ["--no-create-home", "--home-dir", folder, USER], { env });
    context.after(() => succeed("userdel", [USER], { env }));
    const identity = await identityOf(USER);
    await chown(folder, identity.uid, identity.gid);
    const clone = await copyClone(folder);
    // Installing it all again would cost time and prove nothing more.
    await succeed("cp", ["--archive", "node_modules", clone], { env });
    await succeed("chown", ["--recursive", USER, clone], { env });
    const output = await succeed("npm", ["run", "demo", "--", "--once"], {
      ...identity,
      cwd: clone,
      // Nothing of root's: neither its home nor its npm settings.
      env: { PATH: env["PATH"], HOME: folder, CI: "true" },
    });
    assertDemo(output);
  });
});
