/** `millrace migrate`: brings the database up to date. */
import type { Environment } from "../config/environment.ts";
import { migrate as migrateDatabase } from "../postgres/migrate.ts";
import { withDatabase } from "./database.ts";
import { DONE } from "./exit.ts";

/**
 * Applies what is missing and says what it was. Throws DATABASE_NEWER, MIGRATION_CHANGED, and what opening the
 * database throws.
 */
export async function migrate(options: { json: boolean }, environment: Environment): Promise<number> {
  const { name, applied } = await withDatabase(environment, { max: 2 }, async (database) => ({
    name: database.name,
    applied: await migrateDatabase(database),
  }));
  if (options.json) process.stdout.write(`${JSON.stringify({ database: name, applied })}\n`);
  else if (applied.length === 0) process.stdout.write(`${name} is up to date.\n`);
  else process.stdout.write(`${name}: applied ${applied.join(", ")}.\n`);
  return DONE;
}
