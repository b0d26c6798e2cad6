import { createHash } from "node:crypto";
import { join } from "node:path";
import { makePrivateFolder, readJsonFile, writePrivateJson } from "../../core/private-file.ts";
import { CaseBook, type StoredCases } from "./case-book.ts";

/** Where the confirmed cases of a twin are kept. */
export interface CaseStore {
  /** @throws RungError `broken-file`, `broken-cases` */
  load(): CaseBook;
  save(book: CaseBook): void;
}

/** A private file per twin below `folder`, which is of RUNG_HOME; written whole or not at all. */
export function caseFile(folder: string, twin: string): CaseStore {
  const name = createHash("sha256").update(twin).digest("hex").slice(0, 24);
  const file = join(folder, `${name}.json`);
  return {
    load: () => new CaseBook(readJsonFile<StoredCases>(file)),
    save: (book) => {
      makePrivateFolder(folder);
      writePrivateJson(file, { twin, ...book.stored() });
    },
  };
}
