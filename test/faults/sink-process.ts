/** A database of its own in a process of its own, reached by HTTP, so that a sink can be ended with SIGKILL. */
import { createServer, type IncomingMessage } from "node:http";
import { DatabaseSync } from "node:sqlite";
import { answer, givenOptions, tell } from "./child-side.ts";
import type { SinkQuestion, SinkRow } from "./process-sink.ts";

export interface SinkProcessOptions {
  readonly file: string;
  readonly port: number;
}

const options = givenOptions<SinkProcessOptions>();
const database = new DatabaseSync(options.file);
// What was acknowledged is on disk: journal and file are synced at every commit.
database.exec(`PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS sample (source TEXT, epoch INTEGER, sequence INTEGER, address TEXT, time_us INTEGER,
    value REAL, severity INTEGER, PRIMARY KEY (source, epoch, sequence)) STRICT`);
const insert = database.prepare("INSERT OR IGNORE INTO sample VALUES (?, ?, ?, ?, ?, ?, ?)");
const find = database.prepare(
  `SELECT 1 FROM sample
   WHERE source = ? AND address = ? AND time_us = ? AND value = ? AND severity = ? LIMIT 1`,
);

async function bodyOf<T>(request: IncomingMessage): Promise<T> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as T;
}

const server = createServer(async (request, response) => {
  if (request.url === "/store") {
    const rows = await bodyOf<SinkRow[]>(request);
    database.exec("BEGIN");
    for (const row of rows) insert.run(...row);
    database.exec("COMMIT");
    response.end("{}");
  } else {
    const asked = await bodyOf<SinkQuestion[]>(request);
    response.end(JSON.stringify(asked.map((key) => find.get(...key) !== undefined)));
  }
});
server.listen(options.port, "127.0.0.1", () => tell("ready", server.address() as object));
answer({});
