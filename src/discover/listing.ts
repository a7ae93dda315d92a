/** Finding the objects of a pipeline: those that the bucket lists, or those that it has of the expected keys. */
import { MillraceError } from "../errors.ts";
import type { ListedObject, ListRequest, ObjectStore } from "../s3/store.ts";
import { type Branch, branchesBelow, rootBranches } from "./branch.ts";
import { expectedKeys } from "./expected.ts";
import { fanOut, type Yield } from "./fan-out.ts";
import type { Candidate } from "./job.ts";
import { compareKeys } from "./order.ts";
import { type DiscoverRequest, type Scope, scopeOf } from "./scope.ts";
import type { KeyMatch } from "./template.ts";

/** Listings of a bucket that run side by side. */
const LISTINGS_AT_ONCE = 8;

/** Folders of a web server that one discovery reads; more are such as link to themselves. */
const MOST_FOLDERS = 100_000;

/**
 * The objects in the bucket whose keys fit the pipeline's template, whose variables have wanted values and whose
 * days, if they have any, intersect the range; page by page, in no particular order. What lies outside the
 * wanted values is not listed, nor are folders of years outside the range. With `listing: keys` nothing is listed:
 * each key that the template makes of wanted values and dates is asked for. Throws OBJECT_NOT_FOUND when a template
 * without variables names an object that is not there, CONFIG_INVALID for a bad template or one whose keys cannot be
 * foreseen, STORE_FAILED when a web server shows more than 100,000 folders of the template, and what the store throws.
 */
export async function* discover(
  store: ObjectStore,
  request: DiscoverRequest,
  signal: AbortSignal,
): AsyncGenerator<Candidate[]> {
  const search = new Search(store, request);
  const { objects } = request.pipeline;
  let found = false;
  const pages = fanOut(
    {
      tasks: mapped(search.branches(), (branch): Task => ({ branch })),
      run: (task, until) => search.run(task, until),
      atOnce: objects.store === "https" ? objects.connections : LISTINGS_AT_ONCE,
    },
    signal,
  );
  for await (const page of pages) {
    if (page.length === 0) continue;
    found = true;
    yield page;
  }
  if (!found && search.scope.template.variables.length === 0) {
    const { bucket, key } = objects;
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
  readonly scope: Scope;
  readonly #store: ObjectStore;
  readonly #request: DiscoverRequest;
  readonly #bucket: string;
  #foldersRead = 0;

  constructor(store: ObjectStore, request: DiscoverRequest) {
    this.scope = scopeOf(request);
    this.#store = store;
    this.#request = request;
    this.#bucket = request.pipeline.objects.bucket;
  }

  branches(): Iterable<Branch> {
    const { template, values } = this.scope;
    const { pipeline, watched = new Set<string>() } = this.#request;
    if (pipeline.objects.listing === "index") return rootBranches(template, values);
    const whole = {
      level: template.levels.length - 1,
      path: "",
      whole: true,
      known: new Map<string, string>(),
    };
    return mapped(expectedKeys(this.scope, watched), (head): Branch => ({ ...whole, head }));
  }

  run(task: Task, signal: AbortSignal): Found {
    const { branch, run } = task;
    if (run !== undefined) return this.#folders(branch, run, signal);
    if (branch.whole) return this.#exact(branch, signal);
    if (this.#folderByFolder) this.#countFolder(branch);
    if (branch.level === this.scope.template.levels.length - 1) return this.#level(branch, signal);
    return this.#toldApart(branch) ? this.#choose(branch, signal) : this.#all(branch, signal);
  }

  /** Whether a level's folders must be told apart: some are left out, or below them single values are wanted. */
  #toldApart(branch: Branch): boolean {
    if (this.#folderByFolder) return true;
    const bounded = this.scope.range.from !== undefined || this.scope.range.to !== undefined;
    return (bounded && branch.level <= this.scope.datedLevel) || this.#wantedBelow(branch);
  }

  /** A web server tells of one folder at a time anyway, and so those that cannot hold anything are left out. */
  get #folderByFolder(): boolean {
    return this.#request.pipeline.objects.store === "https";
  }

  #countFolder({ path, head }: Branch): void {
    this.#foldersRead += 1;
    if (this.#foldersRead <= MOST_FOLDERS) return;
    throw new MillraceError(
      "STORE_FAILED",
      `the server shows more than ${MOST_FOLDERS} folders that fit objects.key; some may link to themselves`,
      { bucket: this.#bucket, key: path + head },
    );
  }

  /** Whether further values are wanted below the branch's level. */
  #wantedBelow({ level, known }: Branch): boolean {
    return this.scope.template.levels
      .slice(level + 1)
      .flat()
      .some(
        (element) => "name" in element && this.scope.values.has(element.name) && !known.has(element.name),
      );
  }

  async *#exact(branch: Branch, signal: AbortSignal): Found {
    const object = await this.#store.find(this.#bucket, branch.path + branch.head, signal);
    yield { page: object === undefined ? [] : this.#candidates([object], branch), further: [] };
  }

  /** The objects of the last level, without what may lie in folders below it. */
  #level(branch: Branch, signal: AbortSignal): Found {
    return this.#listed(branch, { prefix: branch.path + branch.head, delimiter: "/" }, signal);
  }

  /** Everything below. */
  #all(branch: Branch, signal: AbortSignal): Found {
    return this.#listed(branch, { prefix: branch.path + branch.head }, signal);
  }

  async *#listed(
    branch: Branch,
    what: Pick<ListRequest, "prefix" | "delimiter">,
    signal: AbortSignal,
  ): Found {
    const wanted = (key: string): boolean => this.scope.match(key, branch.known) !== undefined;
    for await (const page of this.#store.list({ bucket: this.#bucket, wanted, ...what }, signal)) {
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
    const isBehind = (key: string): boolean => !key.startsWith(run.last) && compareKeys(key, run.last) > 0;
    for await (const page of this.#store.list(request, signal)) {
      // What lies behind may belong to another run, which finds it itself.
      const objects = page.objects.filter(({ key }) => !isBehind(key));
      yield { page: this.#candidates(objects, branch), further: [] };
      if (objects.length < page.objects.length) return;
    }
  }

  /** Lists a level's folders, and goes on below those that may hold what is wanted. */
  async *#choose(branch: Branch, signal: AbortSignal): Found {
    const prefix = branch.path + branch.head;
    const oneByOne =
      this.#folderByFolder || branch.level !== this.scope.datedLevel || this.#wantedBelow(branch);
    const runs: { first: string; last: string }[] = [];
    let inRun = false;
    const request = { bucket: this.#bucket, prefix, delimiter: "/", wanted: () => false } as const;
    for await (const page of this.#store.list(request, signal)) {
      const further: Branch[] = [];
      for (const folder of page.prefixes) {
        const match = this.scope.template.matchPath(folder, branch.known);
        const chosen = match !== undefined && this.scope.mayHold(folder, match);
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
    for (const element of this.scope.template.levels[branch.level] ?? []) {
      const text = element.kind === "text" ? match.variables[element.name] : undefined;
      if (element.kind === "text" && text !== undefined) known.set(element.name, text);
    }
    return branchesBelow(this.scope.template, this.scope.values, {
      level: branch.level + 1,
      path: folder,
      known,
    });
  }

  #candidates(objects: readonly ListedObject[], branch: Branch): Candidate[] {
    const candidates: Candidate[] = [];
    for (const object of objects) {
      const match = this.scope.match(object.key, branch.known);
      if (match !== undefined) candidates.push({ object, ...match });
    }
    return candidates;
  }
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
