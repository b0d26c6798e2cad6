import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { RungError } from "../core/errors.ts";
import { isRunning, readRunFile, removeRunFile, runFilePath, writeRunFile } from "./run-file.ts";

const LAUNCHER = "launcher";
const PROCESSES = ["actuator", "host", "plant"];
const LEFTOVER_PATIENCE_MS = 5_000;

/**
 * Takes a home for this launcher alone.
 * @throws RungError `already-running`
 */
export function claimHome(home: string): void {
  const file = runFilePath(home, LAUNCHER);
  for (let attempt = 0; ; attempt++) {
    try {
      // Exclusive, so that of two launchers started at once only one gets the home.
      writeFileSync(file, `${JSON.stringify({ pid: process.pid, port: 0 })}\n`, { flag: "wx", mode: 0o600 });
      writeRunFile(home, LAUNCHER, { port: 0 });
      return;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "EEXIST" || attempt > 0) throw thrown;
    }
    const other = readRunFile(home, LAUNCHER);
    if (other !== undefined && other.pid !== process.pid && isRunning(other)) {
      throw new RungError({
        code: "already-running",
        where: home,
        what: `Rung is running here already, process ${other.pid}${portOf(home)}`,
        advice: "stop that one, or start with another RUNG_HOME and RUNG_PORT",
      });
    }
    rmSync(file, { force: true });
  }
}

export function releaseHome(home: string): void {
  removeRunFile(home, LAUNCHER);
}

/**
 * Ends what a launcher that was killed left behind, by the pids of the run files, and clears those files.
 * @param programs by process name: a pid is only ended where it runs that very program
 * @throws RungError `leftover-process`
 */
export async function endLeftovers(home: string, programs: Readonly<Record<string, string>>): Promise<void> {
  for (const name of PROCESSES) {
    const left = readRunFile(home, name);
    if (left === undefined) continue;
    const runs = () => isRunning(left) && commandOf(left.pid)?.includes(programs[name] ?? "\0") !== false;
    if (runs()) {
      process.kill(left.pid, "SIGTERM");
      const until = performance.now() + LEFTOVER_PATIENCE_MS;
      while (runs() && performance.now() < until) await sleep(50);
      if (runs()) {
        throw new RungError({
          code: "leftover-process",
          where: runFilePath(home, name),
          what: `process ${left.pid} is left from an earlier start and does not end`,
          advice: "end it, then start again",
        });
      }
    }
    rmSync(runFilePath(home, name), { force: true });
  }
}

function portOf(home: string): string {
  const host = readRunFile(home, "host");
  return host === undefined ? "" : `, at port ${host.port}`;
}

/** The command line of a process; undefined where this system does not tell. */
function commandOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // Gone, or no /proc here: the run file's own word must do.
    return undefined;
  }
}
