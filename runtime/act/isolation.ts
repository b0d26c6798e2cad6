import { lstatSync, readFileSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { readJsonFile } from "../core/private-file.ts";

/** How far the actuator is out of the host's reach, as measured. */
export interface Isolation {
  readonly isolated: boolean;
  /** The host was there to compare with. */
  readonly measured: boolean;
  readonly reasons: readonly string[];
}

/** What the kernel says, and nothing that a process says of itself. */
export interface IsolationFacts {
  /** The actuator's own uid; undefined where the system has none. */
  readonly own: number | undefined;
  /** What is the host's, each with its owner. Its process is missing where /proc does not show it. */
  readonly host: readonly { readonly what: string; readonly uid: number }[];
  /** The actuator's folder and the files with its key and login. */
  readonly secrets: readonly { readonly path: string; readonly uid: number; readonly mode: number }[];
  readonly startedByHost: boolean;
}

/** What must be seen of the host before anything is said about it. */
const HOME = "RUNG_HOME";
const RUN_FILE = "its run file";

/** How the kernel is asked about a path: following a link, and not. */
export interface PathFacts {
  readonly stat: (path: string) => Pick<Stats, "uid" | "mode" | "isFile">;
  readonly lstat: PathFacts["stat"];
}

/**
 * Measures whether code in the host could take the actuator's key: same OS user, a key the host's user can read, or
 * the host as parent. From the same user, code in the host reads another process's memory whatever else is done.
 * @param home RUNG_HOME
 * @param directory the actuator's own directory
 * @param ask tests that cannot give a file away say here whose it is
 */
export function measureIsolation(
  home: string,
  directory: string,
  ask: PathFacts = { stat: statSync, lstat: lstatSync },
): Isolation {
  return judgeIsolation(isolationFacts(home, directory, ask));
}

/** Isolated only where every uid of the host differs from the actuator's and its secrets are its own alone. */
export function judgeIsolation({ own, host, secrets, startedByHost }: IsolationFacts): Isolation {
  const seen = (what: string) => host.some((one) => one.what === what);
  if (own === undefined || !seen(HOME) || !seen(RUN_FILE)) {
    return { isolated: false, measured: false, reasons: ["the host was not found"] };
  }
  const reasons: string[] = [];
  const same = host.filter(({ uid }) => uid === own).map(({ what }) => what);
  if (same.length > 0) reasons.push(`same operating system user as the host (${same.join(", ")})`);
  if (host.some(({ what, uid }) => uid === 0 && what !== HOME)) reasons.push("the host runs as root");
  for (const { path, uid, mode } of secrets) {
    if (uid !== own) reasons.push(`${path} belongs to another user`);
    else if ((mode & 0o077) !== 0) {
      reasons.push(`${path} can be read by others (mode ${(mode & 0o777).toString(8)})`);
    }
  }
  if (startedByHost) reasons.push("started by the host");
  return { isolated: reasons.length === 0, measured: true, reasons };
}

/** Asks the kernel. The run file names the host's process, and is believed in nothing else. */
function isolationFacts(home: string, directory: string, { stat, lstat }: PathFacts): IsolationFacts {
  const runFile = join(home, "run", "host.json");
  const homeFacts = ifThere(() => stat(home));
  // Not followed: a link could lead to a file of anybody.
  const runFacts = ifThere(() => lstat(runFile));
  const pid = runFacts?.isFile() ? pidIn(runFile) : undefined;
  const processUid = pid === undefined ? undefined : uidOf(pid);
  const key = join(directory, "pki", "plant", "own", "private", "private_key.pem");
  return {
    own: process.getuid?.(),
    host: [
      ...(homeFacts === undefined ? [] : [{ what: HOME, uid: homeFacts.uid }]),
      ...(runFacts === undefined ? [] : [{ what: RUN_FILE, uid: runFacts.uid }]),
      ...(processUid === undefined ? [] : [{ what: "its process", uid: processUid }]),
    ],
    secrets: [directory, join(directory, "logins.json"), key].flatMap((path) => {
      const facts = ifThere(() => stat(path));
      return facts === undefined ? [] : [{ path, uid: facts.uid, mode: facts.mode }];
    }),
    startedByHost: pid === process.ppid,
  };
}

/** Undefined where the file is not there, or may not be seen. */
function ifThere<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (thrown) {
    if (["ENOENT", "EACCES"].includes((thrown as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw thrown;
  }
}

/** Undefined where another user's run file may not be read, or holds none: then its owner alone must do. */
function pidIn(runFile: string): number | undefined {
  try {
    const pid = readJsonFile<{ pid?: unknown }>(runFile)?.pid;
    return Number.isInteger(pid) ? (pid as number) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The real uid of a process; its folder's owner is root for a process that may not be dumped. Undefined where there
 * is no /proc, or it does not show the process.
 */
function uidOf(pid: number): number | undefined {
  try {
    const line = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return line ? Number(line[1]) : undefined;
  } catch {
    return undefined;
  }
}
