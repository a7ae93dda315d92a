/** The programs of other people that contenders are made of, where they are installed. */
import { versionOf } from "./machine.ts";

export interface Tools {
  /** psql and zcat are there; otherwise a small Node program copies in their place. */
  readonly shell: boolean;
  readonly pgloader: boolean;
}

/** Looks for them. */
export async function findTools(): Promise<Tools> {
  const [psql, zcat, pgloader] = await Promise.all(["psql", "zcat", "pgloader"].map(versionOf));
  return { shell: psql !== undefined && zcat !== undefined, pgloader: pgloader !== undefined };
}
