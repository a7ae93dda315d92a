import assert from "node:assert/strict";
import { test } from "node:test";
import { runOutside, startOutside } from "./outside.ts";

const ENV = { PATH: process.env["PATH"] ?? "" };
const node = (script: string): string[] => [process.execPath, "-e", script];

/** Burns so many microseconds of processor time. */
const burn = (microseconds: number): string =>
  `while (process.cpuUsage().user + process.cpuUsage().system < ${microseconds});`;

test("processor time is that of the program and of the children that it waited for", async () => {
  const alone = await runOutside({ argv: node(burn(300_000)), env: ENV });
  assert.ok(alone.cpu >= 0.29 && alone.wall >= 0.29, JSON.stringify(alone));
  const script = `require("node:child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(burn(300_000))}])`;
  const parent = await runOutside({ argv: node(script), env: ENV });
  assert.ok(parent.cpu >= 0.29, JSON.stringify(parent));
});

test("peak memory is what the program held once, not what it holds at the end", {
  skip: process.platform !== "linux",
}, async () => {
  const script = `let held = Buffer.alloc(200e6, 1); held = null; gc(); ${burn(500_000)}`;
  const argv = [process.execPath, "--expose-gc", "-e", script];
  const { peak } = await runOutside({ argv, env: ENV });
  assert.ok(peak > 200e6 && peak < 400e6, String(peak));
});

test("a program that fails rejects with what it said", async () => {
  await assert.rejects(
    runOutside({ argv: node('console.error("no such year"); process.exit(3)'), env: ENV }),
    /ended with code 3:\nno such year/,
  );
  await runOutside({ argv: node("process.exit(3)"), env: ENV, codes: [3] });
});

test("a program that does not exist rejects", async () => {
  await assert.rejects(runOutside({ argv: ["millrace-no-such-program"], env: ENV }), /ended with code 127/);
});

test("a program that goes on is ended with SIGTERM", async () => {
  const running = startOutside({
    argv: node(
      'process.on("SIGTERM", () => process.exit(0)); console.log("ready"); setInterval(() => {}, 1e6)',
    ),
    env: ENV,
  });
  await running.said("ready");
  running.end();
  await running.done;
});
