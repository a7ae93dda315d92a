/** Which keys a pass is about: those that a complete look shows when they are in the bucket. */
import type { Pipeline } from "../config/pipeline.ts";
import { isWanted, type Values, wantedValues } from "./branch.ts";
import { intersects, isoDay } from "./dates.ts";
import type { DateRange } from "./job.ts";
import { compileTemplate, type KeyMatch, type KeyTemplate } from "./template.ts";

export interface DiscoverRequest {
  readonly pipeline: Pick<Pipeline, "objects">;
  /** `--from` and `--to`; without them, history starts and expectations end where the pipeline says. */
  readonly range: DateRange;
  /** Keys of objects that have been loaded: these stay watched, whatever their dates. */
  readonly watched?: ReadonlySet<string>;
}

/** A request, ready to be asked about keys and folders. */
export interface Scope {
  readonly template: KeyTemplate;
  readonly values: Values;
  readonly range: DateRange;
  /** The first level whose folders are named after a date with a year, to skip some of them; -1 for none. */
  readonly datedLevel: number;
  /**
   * What a key tells when it is in scope: it fits the template, its variables have wanted values, and its days, if
   * it has any, share one with the range or it is watched. `known` variables have these texts and no others.
   */
  match(key: string, known?: ReadonlyMap<string, string>): KeyMatch | undefined;
  /** Whether a folder, whose path with its slash tells `match`, may hold keys in scope. */
  mayHold(folder: string, match: KeyMatch): boolean;
}

/** Throws CONFIG_INVALID for a bad template. */
export function scopeOf({ pipeline, range, watched = new Set() }: DiscoverRequest): Scope {
  const { objects } = pipeline;
  const template = compileTemplate(objects.key);
  const values = wantedValues(objects.values);
  const bounds = boundsOf(objects, range);
  const datedLevel = datedLevelOf(template);
  const watchedFolders = datedLevel < 0 ? new Set<string>() : foldersOf(watched, datedLevel);
  const inRange = ({ days }: KeyMatch): boolean => days === undefined || intersects(days, bounds);
  const mayHold = (folder: string, match: KeyMatch): boolean => inRange(match) || watchedFolders.has(folder);
  // Where folder and object are named after two different dates, a folder may be skipped below which a key's own
  // date lies in the range.
  const foldersCount = datedLevel >= 0 && namesOfDates(template) > 1;
  const foldersInRange = (key: string): boolean =>
    [...foldersOf([key], datedLevel)].every((folder) => {
      const match = template.matchPath(folder);
      return match !== undefined && inRange(match);
    });
  return {
    template,
    values,
    range: bounds,
    datedLevel,
    match(key, known) {
      const match = template.match(key, known);
      if (match === undefined || !isWanted(match, values)) return undefined;
      const chosen = watched.has(key) || (inRange(match) && (!foldersCount || foldersInRange(key)));
      return chosen ? match : undefined;
    },
    mayHold,
  };
}

const DAY = 86_400_000;

/** Where the objects' dates begin and end. Keys that are only asked for are expected until the lag before today. */
function boundsOf({ from, listing, lag_days: lag }: Pipeline["objects"], range: DateRange): DateRange {
  const last = listing === "keys" ? { to: isoDay(new Date(Date.now() - lag * DAY)) } : {};
  return { ...(from === undefined ? {} : { from }), ...last, ...range };
}

function datedLevelOf({ levels }: KeyTemplate): number {
  return levels
    .slice(0, -1)
    .findIndex((level) =>
      level.some((element) => element.kind === "date" && element.format.parts.includes("year")),
    );
}

function namesOfDates({ levels }: KeyTemplate): number {
  return new Set(levels.flat().flatMap((element) => (element.kind === "date" ? [element.name] : []))).size;
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
