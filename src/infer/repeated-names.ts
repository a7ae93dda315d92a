/** How a pipeline speaks of the columns of a header that repeats names. */
import { seek } from "../decode/header-names.ts";

/**
 * What each column is called: by its name alone; where others have it too, as the one behind the nearest column with a name
 * of its own, else by its number among them. Undefined if a column cannot be told so. Columns without a name have none.
 */
export function spokenNames(names: readonly string[]): string[] | undefined {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const before = new Map<string, number>();
  let anchor: string | undefined;
  const spoken: string[] = [];
  for (const [index, name] of names.entries()) {
    const number = (before.get(name) ?? 0) + 1;
    before.set(name, number);
    const isAlone = counts.get(name) === 1;
    const ways = [...(anchor === undefined ? [] : [`${name} after ${anchor}`]), `${name} #${number}`];
    const said = name === "" || isAlone ? name : ways.find((way) => means(names, way, index));
    if (said === undefined) return undefined;
    if (isAlone && name !== "") anchor = name;
    spoken.push(said);
  }
  return spoken;
}

function means(names: readonly string[], text: string, index: number): boolean {
  const sought = seek(names, text);
  return "at" in sought && sought.at === index;
}
