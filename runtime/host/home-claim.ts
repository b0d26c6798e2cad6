import { lstatSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { processStatus } from "../act/process-status.ts";
import { RungError } from "../core/errors.ts";
import {
  isRunning,
  type RunFile,
  readRunFile,
  removeRunFile,
  runFilePath,
  writeRunFile,
} from "./run-file.ts";

const LAUNCHER = "launcher";
const PROCESSES = ["actuator", "host", "plant"];
/** Between SIGTERM and SIGKILL: longer than a process allows itself for a clean stop. */
const LEFTOVER_PATIENCE_MS = 10_000;
const KILL_PATIENCE_MS = 2_000;

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
    // In a folder that others write too, only what is this user's own can be another launcher's.
    const isOwn = lstatSync(file, { throwIfNoEntry: false })?.uid === (process.getuid?.() ?? 0);
    const other = isOwn ? readRunFile(home, LAUNCHER) : undefined;
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
 * Ends what a launcher that was killed left behind, by the pids of the run files, and clears those files: asked
 * first, killed where it does not listen. As root it takes no announcement's word for whose process that is, and
 * removes what it cannot read.
 * @param programs by process name: a pid is only ended where it runs that very program
 * @param patienceMs between asking and killing
 * @throws RungError `leftover-process`
 */
export async function endLeftovers(
  home: string,
  programs: Readonly<Record<string, string>>,
  patienceMs = LEFTOVER_PATIENCE_MS,
): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  for (const name of PROCESSES) {
    const left = readLeftover(home, name, isRoot);
    if (left === undefined) continue;
    const owner = lstatSync(runFilePath(home, name), { throwIfNoEntry: false })?.uid;
    // A process that is not its announcer's is nobody's to end on that word, and to root neither is an unknown one.
    const announced = () => {
      const user = processStatus(left.pid)?.uids[0];
      return user === undefined ? !isRoot : user === owner;
    };
    const runsIt = () => commandOf(left.pid)?.includes(programs[name] ?? "\0") ?? !isRoot;
    // Process 1 is the system's own, or this launcher's in a container: no start of ours leaves it.
    const runs = () => left.pid > 1 && isRunning(left) && announced() && runsIt();
    if (runs()) {
      await endWith("SIGTERM", left.pid, runs, patienceMs);
      await endWith("SIGKILL", left.pid, runs, KILL_PATIENCE_MS);
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

/**
 * The announcement of an earlier start. To root a broken one is as good as none: any user of the run folder can lay one
 * down, and must not keep Rung from starting.
 */
function readLeftover(home: string, name: string, isRoot: boolean): RunFile | undefined {
  try {
    return readRunFile(home, name);
  } catch (thrown) {
    if (!isRoot || !(thrown instanceof RungError)) throw thrown;
    rmSync(runFilePath(home, name), { force: true });
    return undefined;
  }
}

/** Signals a process, if it runs, and waits until it has ended or the patience has. */
async function endWith(
  signal: NodeJS.Signals,
  pid: number,
  runs: () => boolean,
  patienceMs: number,
): Promise<void> {
  if (!runs()) return;
  try {
    process.kill(pid, signal);
  } catch (thrown) {
    // It ended in this moment, or it is another user's: what runs then still says so.
    if (!["ESRCH", "EPERM"].includes((thrown as NodeJS.ErrnoException).code ?? "")) throw thrown;
  }
  const until = performance.now() + patienceMs;
  while (runs() && performance.now() < until) await sleep(50);
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
