import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readJsonFile, writePrivate } from "../core/private-file.ts";

/** What a running process tells the others, in `$RUNG_HOME/run/<process>.json`. */
export interface RunFile {
  readonly pid: number;
  /** The TCP port it listens on at 127.0.0.1; 0 where it listens on none. */
  readonly port: number;
  /** When the process started, in clock ticks since boot (proc(5), stat field 22): tells a reused pid apart. */
  readonly startTicks?: number;
}

export function runFilePath(home: string, name: string): string {
  return join(home, "run", `${name}.json`);
}

/** Announces this process; written when it is ready to be used, not before. */
export function writeRunFile(
  home: string,
  name: string,
  facts: { port: number; [fact: string]: unknown },
): void {
  const file = { ...facts, pid: process.pid, startTicks: statOf(process.pid)?.startTicks };
  writePrivate(runFilePath(home, name), `${JSON.stringify(file)}\n`);
}

/** Takes the announcement down, if it is this process's own. */
export function removeRunFile(home: string, name: string): void {
  if (readRunFile(home, name)?.pid === process.pid) rmSync(runFilePath(home, name), { force: true });
}

/** @throws RungError `broken-file` */
export function readRunFile<T extends RunFile = RunFile>(home: string, name: string): T | undefined {
  return readJsonFile<T>(runFilePath(home, name), "remove it while Rung is stopped");
}

/** Whether the process of a run file still runs; a pid that another program got since counts as gone. */
export function isRunning(file: RunFile): boolean {
  try {
    process.kill(file.pid, 0);
  } catch (thrown) {
    // EPERM: it runs, under another user.
    if ((thrown as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const stat = statOf(file.pid);
  if (stat === undefined) return true;
  // A zombie has ended; its number is held only until its parent, or the init it fell to, takes note.
  if (stat.state === "Z") return false;
  return file.startTicks === undefined || stat.startTicks === file.startTicks;
}

/** Undefined where this system has no /proc, or the process has just gone: the pid alone must do then. */
function statOf(pid: number): { readonly state: string; readonly startTicks: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name, in brackets, may hold blanks and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0]!, startTicks: Number(fields[19]) };
  } catch {
    return undefined;
  }
}
