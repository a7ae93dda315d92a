/** Finding the objects of a pipeline: what the bucket lists, and nothing that is only expected. */
import type { Pipeline } from "../config/pipeline.ts";
import { MillraceError } from "../errors.ts";
import type { ListedObject, ObjectStore } from "../s3/store.ts";
import { type Branch, branchesBelow, isWanted, rootBranches, type Values, wantedValues } from "./branch.ts";
import { intersects } from "./dates.ts";
import { fanOut, type Yield } from "./fan-out.ts";
import type { Candidate, DateRange } from "./job.ts";
import { compareKeys } from "./order.ts";
import { compileTemplate, type KeyMatch, type KeyTemplate } from "./template.ts";

export interface DiscoverRequest {
  readonly pipeline: Pick<Pipeline, "objects">;
  /** `--from` and `--to`; without `from`, history starts where the pipeline says. */
  readonly range: DateRange;
  /** Keys that the ledger knows: these objects stay watched, whatever their dates. */
  readonly watched?: ReadonlySet<string>;
}

/** Listings that run side by side. */
const LISTINGS_AT_ONCE = 8;

/**
 * The objects in the bucket whose keys fit the pipeline's template, whose variables have wanted values and whose
 * days, if they have any, intersect the range; page by page, in no particular order. What lies outside the
 * wanted values is not listed, nor are folders of years outside the range. Throws OBJECT_NOT_FOUND when a
 * template without variables names an object that is not there, CONFIG_INVALID for a bad template, and what
 * the store throws.
 */
export async function* discover(
  store: ObjectStore,
  request: DiscoverRequest,
  signal: AbortSignal,
): AsyncGenerator<Candidate[]> {
  const search = new Search(store, request);
  const tasks = search.branches();
  let found = false;
  const pages = fanOut(
    {
      tasks: mapped(tasks, (branch): Task => ({ branch })),
      run: (task, until) => search.run(task, until),
      atOnce: LISTINGS_AT_ONCE,
    },
    signal,
  );
  for await (const page of pages) {
    if (page.length === 0) continue;
    found = true;
    yield page;
  }
  if (!found && search.template.variables.length === 0) {
    const { bucket, key } = request.pipeline.objects;
    throw new MillraceError("OBJECT_NOT_FOUND", "the object is not in the bucket", { bucket, key });
  }
}

/** Neighbouring folders of one level that are listed as one: `year=2020/` to `year=2024/`. */
interface Run {
  readonly first: string;
  readonly last: string;
}

/** A branch to be listed; with `run`, only these folders of its level, whole. */
interface Task {
  readonly branch: Branch;
  readonly run?: Run;
}

type Found = AsyncGenerator<Yield<Candidate[], Task>>;

class Search {
  readonly template: KeyTemplate;
  readonly #store: ObjectStore;
  readonly #bucket: string;
  readonly #values: Values;
  readonly #range: DateRange;
  readonly #watched: ReadonlySet<string>;
  /** The first level whose folders are named after a date with a year, to skip some of them; -1 for none. */
  readonly #dated: number;
  /** The folders at that level and below it that hold watched objects. */
  readonly #watchedFolders: ReadonlySet<string>;

  constructor(store: ObjectStore, request: DiscoverRequest) {
    const { objects } = request.pipeline;
    this.template = compileTemplate(objects.key);
    this.#store = store;
    this.#bucket = objects.bucket;
    this.#values = wantedValues(objects.values);
    this.#range = objects.from === undefined ? request.range : { from: objects.from, ...request.range };
    this.#watched = request.watched ?? new Set();
    this.#dated = this.template.levels
      .slice(0, -1)
      .findIndex((level) =>
        level.some((element) => element.kind === "date" && element.format.parts.includes("year")),
      );
    this.#watchedFolders = this.#dated < 0 ? new Set() : foldersOf(this.#watched, this.#dated);
  }

  branches(): Iterable<Branch> {
    return rootBranches(this.template, this.#values);
  }

  run(task: Task, signal: AbortSignal): Found {
    const { branch, run } = task;
    if (run !== undefined) return this.#folders(branch, run, signal);
    if (branch.whole) return this.#exact(branch, signal);
    if (branch.level === this.template.levels.length - 1) return this.#level(branch, signal);
    return this.#toldApart(branch) ? this.#choose(branch, signal) : this.#all(branch, signal);
  }

  /** Whether a level's folders must be told apart: some are left out, or below them single values are wanted. */
  #toldApart(branch: Branch): boolean {
    const bounded = this.#range.from !== undefined || this.#range.to !== undefined;
    return (bounded && branch.level <= this.#dated) || this.#wantedBelow(branch);
  }

  /** Whether further values are wanted below the branch's level. */
  #wantedBelow({ level, known }: Branch): boolean {
    return this.template.levels
      .slice(level + 1)
      .flat()
      .some((element) => "name" in element && this.#values.has(element.name) && !known.has(element.name));
  }

  /** One key: it stands first among those that begin with it. */
  async *#exact(branch: Branch, signal: AbortSignal): Found {
    const prefix = branch.path + branch.head;
    for await (const page of this.#store.list({ bucket: this.#bucket, prefix, delimiter: "/" }, signal)) {
      const objects = page.objects.filter((object) => object.key === prefix);
      yield { page: this.#candidates(objects, branch), further: [] };
      return;
    }
  }

  /** The objects of the last level, without what may lie in folders below it. */
  async *#level(branch: Branch, signal: AbortSignal): Found {
    const prefix = branch.path + branch.head;
    for await (const page of this.#store.list({ bucket: this.#bucket, prefix, delimiter: "/" }, signal)) {
      yield { page: this.#candidates(page.objects, branch), further: [] };
    }
  }

  /** Everything below. */
  async *#all(branch: Branch, signal: AbortSignal): Found {
    const prefix = branch.path + branch.head;
    for await (const page of this.#store.list({ bucket: this.#bucket, prefix }, signal)) {
      yield { page: this.#candidates(page.objects, branch), further: [] };
    }
  }

  /** Everything below neighbouring folders, read as one listing: fewer requests than one for each. */
  async *#folders(branch: Branch, run: Run, signal: AbortSignal): Found {
    const prefix = sharedPrefix(run.first, run.last);
    const request = {
      bucket: this.#bucket,
      prefix,
      ...(prefix === run.first ? {} : { startAfter: run.first }),
    };
    for await (const page of this.#store.list(request, signal)) {
      yield { page: this.#candidates(page.objects, branch), further: [] };
      const last = page.objects.at(-1)?.key;
      if (last !== undefined && !last.startsWith(run.last) && compareKeys(last, run.last) > 0) return;
    }
  }

  /** Lists a level's folders, and goes on below those that may hold what is wanted. */
  async *#choose(branch: Branch, signal: AbortSignal): Found {
    const prefix = branch.path + branch.head;
    const oneByOne = branch.level !== this.#dated || this.#wantedBelow(branch);
    const runs: { first: string; last: string }[] = [];
    let inRun = false;
    for await (const page of this.#store.list({ bucket: this.#bucket, prefix, delimiter: "/" }, signal)) {
      const further: Branch[] = [];
      for (const folder of page.prefixes) {
        const match = this.template.matchPath(folder, branch.known);
        const chosen = match !== undefined && this.#mayHold(folder, match);
        const run = runs.at(-1);
        if (chosen && oneByOne) further.push(...this.#below(branch, folder, match));
        else if (chosen && inRun && run !== undefined) run.last = folder;
        else if (chosen) runs.push({ first: folder, last: folder });
        inRun = chosen;
      }
      yield { page: [], further: mapped(further, (found): Task => ({ branch: found })) };
    }
    yield { page: [], further: mapped(runs, (run): Task => ({ branch, run })) };
  }

  #below(branch: Branch, folder: string, match: KeyMatch): Iterable<Branch> {
    const known = new Map(branch.known);
    for (const element of this.template.levels[branch.level] ?? []) {
      const text = element.kind === "text" ? match.variables[element.name] : undefined;
      if (element.kind === "text" && text !== undefined) known.set(element.name, text);
    }
    return branchesBelow(this.template, this.#values, { level: branch.level + 1, path: folder, known });
  }

  #mayHold(folder: string, match: KeyMatch): boolean {
    return (
      match.days === undefined || intersects(match.days, this.#range) || this.#watchedFolders.has(folder)
    );
  }

  #candidates(objects: readonly ListedObject[], branch: Branch): Candidate[] {
    const candidates: Candidate[] = [];
    for (const object of objects) {
      const match = this.template.match(object.key, branch.known);
      if (match === undefined || !isWanted(match, this.#values)) continue;
      const inRange = match.days === undefined || intersects(match.days, this.#range);
      if (inRange || this.#watched.has(object.key)) candidates.push({ object, ...match });
    }
    return candidates;
  }
}

/** The folders, from this level on, that keys lie in; each with all that is before it and its slash. */
function foldersOf(keys: Iterable<string>, level: number): Set<string> {
  const folders = new Set<string>();
  for (const key of keys) {
    let depth = 0;
    for (let slash = key.indexOf("/"); slash >= 0; slash = key.indexOf("/", slash + 1)) {
      if (depth >= level) folders.add(key.slice(0, slash + 1));
      depth += 1;
    }
  }
  return folders;
}

function sharedPrefix(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  // Not between the halves of a character beyond U+FFFF.
  if (/[\uD800-\uDBFF]/.test(one[length - 1] ?? "")) length--;
  return one.slice(0, length);
}

function* mapped<From, To>(items: Iterable<From>, change: (item: From) => To): Generator<To> {
  for (const item of items) yield change(item);
}
