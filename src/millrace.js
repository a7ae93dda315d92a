#!/usr/bin/env node
// The executable. Plain JavaScript that even an old Node can read: it finds a Node that is new enough and the
// program to run with it, the TypeScript of a clone or the compiled files of an installed package.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module, { createRequire } from "node:module";
import { constants, homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Since 22.18, and 23.6 in its line, Node runs TypeScript as it is. */
function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major >= 24 || (major === 22 && minor >= 18) || (major === 23 && minor >= 6);
}

/** The Node that came with the packages, if it did. */
function packagedNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve(
      `node-${process.platform}-${process.arch}/package.json`,
    );
    const binary = join(dirname(manifest), "bin", "node");
    return existsSync(binary) ? binary : undefined;
  } catch (error) {
    if (error.code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** Runs the same command under another Node and ends as it ends. */
function runWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  const fromTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"]) {
    process.on(signal, () => {
      // A terminal sends its signals to both of us, and the second one would mean "abort at once".
      if (signal === "SIGTERM" || !fromTerminal) child.kill(signal);
    });
  }
  child.on("error", (error) => {
    console.error(`millrace: ${node} does not start: ${error.message}`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

/**
 * Has Node keep the modules as it compiled them, so that the next start need not strip their types again: it takes half the
 * time and less memory. They are kept in the user's own folder, because others may write to Node's default, below /tmp.
 * NODE_COMPILE_CACHE=<folder> and NODE_DISABLE_COMPILE_CACHE=1 go before it.
 */
function keepCompiledModules() {
  let home;
  try {
    home = homedir();
  } catch (error) {
    // Some containers run as a user that the system does not know: every start compiles anew.
    if (error.code !== "ERR_SYSTEM_ERROR") throw error;
  }
  // A folder that cannot be written is no error to Node; a home that is not there is not for us to make.
  if (home && existsSync(home)) module.enableCompileCache(join(home, ".cache", "millrace"));
}

async function runHere() {
  keepCompiledModules();
  // Node refuses to strip types below node_modules, so a package holds compiled files and no TypeScript.
  const source = new URL("./main.ts", import.meta.url);
  const compiled = new URL("../dist/main.js", import.meta.url);
  const { main } = await import((existsSync(source) ? source : compiled).href);
  process.exitCode = await main(process.argv.slice(2));
}

if (isNewEnough(process.versions.node)) {
  await runHere();
} else {
  const node = packagedNode();
  if (node === undefined) {
    console.error(
      `millrace: Node ${process.versions.node} is too old and no newer one came with the packages ` +
        `(node-${process.platform}-${process.arch}).\n` +
        "Install Node 24 from https://nodejs.org, or run `npm install` again without --omit=optional.",
    );
    process.exitCode = 1;
  } else {
    runWith(node);
  }
}
