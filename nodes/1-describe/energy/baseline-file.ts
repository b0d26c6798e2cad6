import { dirname, join } from "node:path";
import { makePrivateFolder, readJsonFile, writePrivateJson } from "../../../runtime/core/private-file.ts";
import type { EnergyBaseline } from "../../../runtime/describe/energy/energy-baseline.ts";

/** What a baseline was fitted for: other meters, or another counter, are another boundary and need another baseline. */
interface Kept {
  readonly version: 1;
  readonly boundary: string;
  readonly baseline: EnergyBaseline;
}

/**
 * The file that fixes the baseline of one node and twin, `$RUNG_HOME/energy/<node>.<twin>.json`: retention may drop what
 * it was fitted to, and a saving must not change for that. Whoever wants it anew removes it.
 */
export class BaselineFile {
  readonly #file: string;
  readonly #boundary: string;

  constructor(home: string, node: string, twin: string, boundary: object) {
    this.#file = join(home, "energy", `${encodeURIComponent(node)}.${encodeURIComponent(twin)}.json`);
    this.#boundary = JSON.stringify(boundary);
  }

  /** @throws RungError `broken-file` */
  read(): EnergyBaseline | undefined {
    const kept = readJsonFile<Kept>(this.#file);
    return kept?.boundary === this.#boundary ? kept.baseline : undefined;
  }

  write(baseline: EnergyBaseline): void {
    makePrivateFolder(dirname(this.#file));
    const kept: Kept = { version: 1, boundary: this.#boundary, baseline };
    writePrivateJson(this.#file, kept);
  }
}
