import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Historian, type HistorianOptions } from "../../runtime/describe/historian/historian.ts";

/** A folder of its own for each test, and historians that are closed after it. */
export class HistorianBench {
  readonly folder = mkdtempSync(join(tmpdir(), "rung-history-"));
  readonly file = join(this.folder, "rung.duckdb");
  readonly #open: Historian[] = [];

  historian(options: Partial<HistorianOptions> = {}): Historian {
    const historian = new Historian({ file: this.file, ...options });
    this.#open.push(historian);
    return historian;
  }

  async end(): Promise<void> {
    for (const historian of this.#open) await historian.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
