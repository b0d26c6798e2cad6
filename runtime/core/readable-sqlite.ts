import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";

/**
 * What an SQLite file is opened by that is only read. A reader of a file that nobody writes would leave a -shm file of its own behind, which the owner could not write to
 * where another user had asked. Without a -wal file nobody has it open, and it is whole.
 */
export function readableSqlite(file: string): string | URL {
  if (existsSync(`${file}-wal`)) return file;
  const url = pathToFileURL(file);
  url.searchParams.set("immutable", "1");
  return url;
}
