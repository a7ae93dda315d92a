/** The key under which storage knows a source. */
import { MillraceError } from "../../errors.ts";
import type { Client } from "../connect.ts";

/** The source's row in storage.source. Throws DATABASE_FAILED when it was never registered. */
export async function sourceKey(client: Client, source: string): Promise<number> {
  const { rows } = await client.query<{ source_key: number }>(
    "select source_key from storage.source where source = $1",
    [source],
  );
  const [row] = rows;
  if (row === undefined) throw new MillraceError("DATABASE_FAILED", `the source ${source} is not registered`);
  return row.source_key;
}
