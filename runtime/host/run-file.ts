import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { RungError } from "../core/errors.ts";
import { announce, readAnnouncement, runFolder } from "../core/run-folder.ts";

/** What a running process tells the others, in `<process>.json` of the run folder. */
export interface RunFile {
  readonly pid: number;
  /** The TCP port it listens on at 127.0.0.1; 0 where it listens on none. */
  readonly port: number;
  /** When the process started, in clock ticks since boot (proc(5), stat field 22): tells a reused pid apart. */
  readonly startTicks?: number;
}

export function runFilePath(home: string, name: string): string {
  return join(runFolder(home), `${name}.json`);
}

/** Announces this process; written when it is ready to be used, not before. */
export function writeRunFile(
  home: string,
  name: string,
  facts: { port: number; [fact: string]: unknown },
): void {
  announce(runFilePath(home, name), {
    ...facts,
    pid: process.pid,
    startTicks: statOf(process.pid)?.startTicks,
  });
}

/** Takes the announcement down, if it is this process's own. */
export function removeRunFile(home: string, name: string): void {
  if (readRunFile(home, name)?.pid === process.pid) rmSync(runFilePath(home, name), { force: true });
}

/** @throws RungError `broken-file`, also for what names no single process: to a signal, 0 and below are groups and all */
export function readRunFile<T extends RunFile = RunFile>(home: string, name: string): T | undefined {
  const file = runFilePath(home, name);
  const found = readAnnouncement<T | null>(file);
  if (found === undefined) return undefined;
  if (Number.isInteger(found?.pid) && found!.pid > 0) return found!;
  throw new RungError({
    code: "broken-file",
    where: file,
    what: "names no process",
    advice: "remove it while Rung is stopped",
  });
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
