import { createHash } from "node:crypto";
import { join } from "node:path";
import { makePrivateFolder, readJsonFile, writePrivateJson } from "../../core/private-file.ts";
import { CaseBook, type ConfirmedCase, type StoredCases } from "./case-book.ts";

/**
 * The confirmed cases of all twins of a process, so that what one person confirms every ranking knows. A private file
 * per twin below `folder`, which is of RUNG_HOME; written whole or not at all.
 */
export class CaseBooks {
  readonly #folder: string;
  readonly #books = new Map<string, CaseBook>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws RungError `broken-file`, `broken-cases` */
  of(twin: string): CaseBook {
    let book = this.#books.get(twin);
    if (book === undefined) {
      book = new CaseBook(readJsonFile<StoredCases>(this.#file(twin)));
      this.#books.set(twin, book);
    }
    return book;
  }

  /** Counts once it is on the disk. @throws RungError `bad-case`, or why it cannot be written */
  confirm(twin: string, confirmed: ConfirmedCase): void {
    const book = new CaseBook(this.of(twin).stored());
    book.add(confirmed);
    makePrivateFolder(this.#folder);
    writePrivateJson(this.#file(twin), { twin, ...book.stored() });
    this.#books.set(twin, book);
  }

  #file(twin: string): string {
    const name = createHash("sha256").update(twin).digest("hex").slice(0, 24);
    return join(this.#folder, `${name}.json`);
  }
}
