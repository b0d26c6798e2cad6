import { spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { RungError } from "../core/errors.ts";
import { program } from "./product-root.ts";

type ImportPrehistory = (csvPath: string, dbPath: string) => Promise<unknown>;

/** Where the historian of a home keeps its database. */
export function historyFile(home: string): string {
  return join(home, "history", "rung.duckdb");
}

/**
 * Before the first start of the demo: lets the virtual plant write its simulated past and puts it into the still
 * empty historian, marked as virtual. Does nothing where there is a history, a plant or an importer missing.
 * @returns whether a past was written
 * @throws RungError `prehistory-failed`
 */
export async function writePrehistory(home: string): Promise<boolean> {
  const plant = program("plant/main");
  const importer = program("runtime/describe/historian/prehistory");
  if (plant === undefined || importer === undefined || existsSync(historyFile(home))) return false;
  const { importPrehistory } = (await import(pathToFileURL(importer).href)) as {
    importPrehistory: ImportPrehistory;
  };
  const past = join(home, "plant", "prehistory.csv");
  await runToEnd(plant, ["--prehistory", past], home);
  mkdirSync(join(home, "history"), { recursive: true, mode: 0o700 });
  try {
    await importPrehistory(past, historyFile(home));
  } catch (thrown) {
    // A half-written past would pass for a whole one at the next start.
    rmSync(historyFile(home), { force: true });
    throw thrown;
  } finally {
    rmSync(past, { force: true });
  }
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
