/** The database of a command: the one in DATABASE_URL, else the embedded one. */
import type { Environment } from "../config/environment.ts";
import { type Database, openDatabase, requireSupportedServer } from "../postgres/connect.ts";
import { type EmbeddedPostgres, startEmbedded } from "../postgres/embedded.ts";

/**
 * Opens the database for the work and closes it again, whatever happens. An embedded server that a daemon is
 * running already is used and left running. Throws what opening the database throws.
 *
 * @param options `max`: most connections at once
 * @param work gets the database, and how a person connects to it (without its password)
 */
export async function withDatabase<Result>(
  environment: Environment,
  options: { readonly max: number },
  work: (database: Database, access: string) => Promise<Result>,
): Promise<Result> {
  const { databaseUrl, dataDir } = environment;
  const embedded = databaseUrl === undefined ? await startEmbedded(dataDir) : undefined;
  try {
    const url = databaseUrl ?? embedded?.url ?? "";
    const database = openDatabase(url, {
      applicationName: "millrace",
      max: options.max,
      silence: environment.patience.databaseSilence,
    });
    try {
      await requireSupportedServer(database);
      return await work(database, embedded === undefined ? database.name : connectCommand(embedded));
    } finally {
      await database.close();
    }
  } finally {
    await embedded?.stop();
  }
}

/** A shell command; the password stays in its file. */
function connectCommand({ url, passwordFile }: EmbeddedPostgres): string {
  const { hostname, port, username, pathname } = new URL(url);
  return `PGPASSWORD="$(cat '${passwordFile}')" psql -h ${hostname} -p ${port} -U ${username} -d ${pathname.slice(1)}`;
}
