/** A column of a sample: its texts, and what all of them are. */
import { type Moments, momentsOf } from "./moments.ts";
import { isMissing, type Numbers, numbersOf } from "./numbers.ts";
import { nameWithoutUnit, type TableColumn } from "./table.ts";

/** A column and what its texts are. */
export interface Column extends TableColumn {
  /** What the header calls it. */
  readonly title: string;
  /** Cells that say something. */
  readonly texts: readonly string[];
  readonly distinct: ReadonlySet<string>;
  readonly numbers: Numbers | undefined;
  readonly moments: Moments | undefined;
}

/** Looks at a column's cells. */
export function describe(column: TableColumn): Column {
  const filled = column.cells.filter((cell) => cell !== "");
  const texts = filled.filter((cell) => !isMissing(cell));
  const numbers = numbersOf(filled);
  const { title = column.name } = column;
  const moments = momentsOf(texts, title);
  return { ...column, title, texts, distinct: new Set(texts), numbers, moments };
}

/** A name in small letters with _ between its words, without its unit. */
export function words(name: string): string {
  return nameWithoutUnit(name)
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
}

/** What a path into a record ends with: the name of the value. The dot of an abbreviation (`Temp. [°C]`) or of a number (`pm2.5`) makes no path. */
export function lastName(path: string): string {
  const isPath = /^[\w-]+(?:\[\])?(?:\.[\w-]+(?:\[\])?)*$/.test(path);
  return isPath
    ? (path
        .replaceAll("[]", "")
        .split(/(?<!\d)\.|\.(?!\d)/)
        .at(-1) ?? path)
    : path;
}
