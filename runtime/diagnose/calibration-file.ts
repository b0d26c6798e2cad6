import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CalibrationStore, StoredCalibration } from "./detector-session.ts";

/**
 * Keeps the calibration of one node and twin in a file of its own below `folder`, written whole or not at all. A file
 * that cannot be read counts as none: the next calibration replaces it.
 */
export function calibrationFile(folder: string, node: string, twin: string): CalibrationStore {
  const name = createHash("sha256").update(`${node}\n${twin}`).digest("hex").slice(0, 24);
  const file = join(folder, `${name}.json`);
  return {
    load(): StoredCalibration | undefined {
      if (!existsSync(file)) return undefined;
      try {
        return JSON.parse(readFileSync(file, "utf8")) as StoredCalibration;
      } catch (thrown) {
        if (thrown instanceof SyntaxError) return undefined;
        throw thrown;
      }
    },
    save(stored: StoredCalibration): void {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(`${file}.new`, JSON.stringify(stored), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
}
