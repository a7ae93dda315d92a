/**
 * Stands in for `zcat | psql` where there is no psql: gunzips files into one COPY and then runs statements. What it is
 * to do is JSON in its only argument, the database's URL in TARGET.
 */
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { Client } from "pg";
import { from } from "pg-copy-streams";

interface Task {
  readonly files: readonly string[];
  readonly copy: string;
  readonly then: readonly string[];
}

const PIECE = 256 * 1024;

async function* contentOf(files: readonly string[]): AsyncGenerator<Buffer> {
  for (const file of files) {
    const gunzip = createGunzip({ chunkSize: PIECE });
    // What fails to be read fails the generator too.
    createReadStream(file)
      .on("error", (error) => gunzip.destroy(error))
      .pipe(gunzip);
    for await (const chunk of gunzip) yield chunk as Buffer;
  }
}

const task = JSON.parse(process.argv[2] ?? "") as Task;
const client = new Client(process.env["TARGET"]);
await client.connect();
await pipeline(Readable.from(contentOf(task.files)), client.query(from(task.copy)));
for (const statement of task.then) await client.query(statement);
await client.end();
