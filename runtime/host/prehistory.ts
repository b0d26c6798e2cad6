import { spawn } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { RungError } from "../core/errors.ts";
import { Historian } from "../describe/historian/historian.ts";
import { importPrehistory } from "../describe/historian/prehistory.ts";
import { program } from "./product-root.ts";

/** Where the historian of a home keeps its database. */
export function historyFile(home: string): string {
  return join(home, "history", "rung.duckdb");
}

/**
 * Before the first start of the demo: lets the virtual plant write its simulated past and puts it into the still
 * empty historian, marked as virtual. Does nothing where there is a history already, or no plant.
 * @returns whether a past was written
 * @throws RungError `prehistory-failed`
 */
export async function writePrehistory(home: string): Promise<boolean> {
  const plant = program("plant/main");
  if (plant === undefined || existsSync(historyFile(home))) return false;
  const past = join(home, "plant", "prehistory.csv");
  await runToEnd(plant, ["--prehistory", past], home);
  // Under another name until it is whole: a half-written past would pass for a whole one at the next start.
  const draft = `${historyFile(home)}.draft`;
  rmSync(draft, { force: true });
  mkdirSync(join(home, "history"), { recursive: true, mode: 0o700 });
  const historian = new Historian({ file: draft });
  try {
    await importPrehistory(historian, past);
  } finally {
    await historian.close();
    rmSync(past, { force: true });
  }
  renameSync(draft, historyFile(home));
  return true;
}

function runToEnd(file: string, args: readonly string[], home: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], {
      env: { ...process.env, RUNG_HOME: home },
      stdio: ["ignore", "ignore", "pipe"],
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
