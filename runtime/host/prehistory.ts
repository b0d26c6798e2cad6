import { spawn } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { RungError } from "../core/errors.ts";
import { Historian } from "../describe/historian/historian.ts";
import { importPrehistory } from "../describe/historian/prehistory.ts";
import type { ProcessUser } from "./process-user.ts";
import { program } from "./product-root.ts";

/** Where the historian of a home keeps its database. */
export function historyFile(home: string): string {
  return join(home, "history", "rung.duckdb");
}

/**
 * Before the first start of the demo: lets the virtual plant write its simulated past and puts it into the still
 * empty historian, marked as virtual. Does nothing where there is a history already, or no plant.
 * @param simulated the past, where a plant of another user has written it already
 * @returns whether a past was written
 * @throws RungError `prehistory-failed`
 */
export async function writePrehistory(home: string, simulated?: string): Promise<boolean> {
  if (program("plant/main") === undefined || existsSync(historyFile(home))) return false;
  const past = simulated ?? join(home, "plant", "prehistory.csv");
  if (simulated === undefined) await simulatePast(home, past);
  // Under another name until it is whole: a half-written past would pass for a whole one at the next start.
  const draft = `${historyFile(home)}.draft`;
  rmSync(draft, { force: true });
  mkdirSync(join(home, "history"), { recursive: true, mode: 0o700 });
  const historian = new Historian({ file: draft });
  try {
    await importPrehistory(historian, past);
  } finally {
    await historian.close();
    if (simulated === undefined) rmSync(past, { force: true });
  }
  renameSync(draft, historyFile(home));
  return true;
}

/**
 * Has the virtual plant write its past, and begin where that ends.
 * @param home the plant's
 * @param user whom it runs as
 * @throws RungError `prehistory-failed`
 */
export function simulatePast(home: string, past: string, user?: ProcessUser): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program("plant/main")!, "--prehistory", past], {
      env: { ...process.env, RUNG_HOME: home, ...(user === undefined ? {} : { HOME: home }) },
      stdio: ["ignore", "ignore", "pipe"],
      ...(user === undefined ? {} : { ...user, cwd: "/" }),
    });
    let words = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      words = (words + text).slice(-2000);
    });
    child.once("error", reject);
    child.once("exit", (code) => {
      if (code === 0) return resolve();
      reject(
        new RungError({
          code: "prehistory-failed",
          where: "plant --prehistory",
          what: `ended with status ${code}: ${words.trim().split("\n").at(-1) ?? ""}`,
          advice: "start with --no-demo to go without the virtual plant",
        }),
      );
    });
  });
}
