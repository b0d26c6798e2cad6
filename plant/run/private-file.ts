import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf, PlantError } from "./plant-error.ts";

/** Writes a file only its owner can read, whole or not at all. */
export function writePrivate(file: string, text: string): void {
  write(file, text, 0o600);
}

/** Writes what every process that may enter the folder can read, whatever the umask. */
export function writeAnnouncement(file: string, facts: object): void {
  write(file, `${JSON.stringify(facts)}\n`, 0o644);
}

function write(file: string, text: string, mode: number): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const half = `${file}.${process.pid}.tmp`;
  writeFileSync(half, text, { mode });
  chmodSync(half, mode);
  renameSync(half, file);
}

/** The JSON in a file, or undefined where there is none. @throws PlantError for a broken file */
export function readJson<T>(file: string): T | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch (thrown) {
    throw new PlantError(
      file,
      `is no JSON: ${messageOf(thrown)}`,
      "remove it while the plant is stopped",
      thrown,
    );
  }
}
