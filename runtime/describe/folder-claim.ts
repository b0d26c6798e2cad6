import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { messageOf, RungError } from "../core/errors.ts";

const FILE = "in-use.sqlite";

/**
 * Keeps a folder for one owner: an exclusive lock of SQLite on a file in it, which the system lets go of with the
 * process, however that ends. A second owner would cut off what the first is writing.
 */
export class FolderClaim {
  readonly #database: DatabaseSync;

  /** Makes the folder where it is missing. @throws RungError `folder-in-use`, `folder-not-usable` */
  constructor(folder: string) {
    const wrong = (code: string, what: string, advice: string, cause: unknown): RungError =>
      new RungError({ code, where: folder, what, advice, cause });
    let database: DatabaseSync | undefined;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      database = new DatabaseSync(join(folder, FILE), { timeout: 0 });
      database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    } catch (cause) {
      database?.close();
      if (/locked/.test(messageOf(cause))) {
        throw wrong("folder-in-use", "is in use by another process", "stop that one first", cause);
      }
      throw wrong("folder-not-usable", messageOf(cause), "look at its permissions and at the disk", cause);
    }
    this.#database = database;
  }

  release(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}
