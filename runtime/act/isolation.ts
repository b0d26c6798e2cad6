import { readdirSync, readFileSync } from "node:fs";
import { url as inspectorUrl } from "node:inspector";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "../core/errors.ts";
import { RUNTIME } from "../core/own-code.ts";
import { readAnnouncement, runFolder } from "../core/run-folder.ts";
import { changeableBy, changeableWithin, type FileFacts, fileFacts, type Identity } from "./path-reach.ts";
import { type ProcessStatus, processStatus } from "./process-status.ts";

/** How far the actuator is out of the host's reach, as measured. */
export interface Isolation {
  readonly isolated: boolean;
  /** The host was there to compare with. */
  readonly measured: boolean;
  readonly reasons: readonly string[];
  /** What was found, for the audit. */
  readonly found?: readonly string[];
}

/** What the kernel says, and nothing that a process says of itself. */
export interface IsolationFacts {
  /** The actuator's own user; undefined where the system has none. */
  readonly own: number | undefined;
  /** Owners of RUNG_HOME and of the host's run file. */
  readonly home: number | undefined;
  readonly runFile: number | undefined;
  /** The host's process, of whose number alone its run file is believed. */
  readonly host: ProcessStatus | undefined;
  /** The actuator's folder and what lies in it, its key too. */
  readonly secrets: readonly ({ readonly path: string } & FileFacts)[];
  /** What the host's user could put another file in the place of: the folder of the secrets, or the actuator's code. */
  readonly changeable: readonly string[];
  /** Users of the processes above the actuator's, the nearest first. */
  readonly ancestors: readonly { readonly pid: number; readonly uid: number }[];
  readonly hostPid: number | undefined;
  /** What stands open in the actuator's own process, in words. */
  readonly openings: readonly string[];
  /** /proc/sys/kernel/yama/ptrace_scope, where the kernel has it. */
  readonly ptraceScope: string | undefined;
}

/**
 * Measures whether code in the host could take the actuator's key or steer its process: same OS user, root or
 * capabilities, a key it can read or a folder it can exchange, code it can change, the host above it, an inspector.
 * From the same user, code in the host reads another process's memory whatever else is done.
 * @param home RUNG_HOME
 * @param directory the actuator's own directory
 */
export function measureIsolation(home: string, directory: string): Isolation {
  try {
    return judgeIsolation(isolationFacts(home, directory));
  } catch (thrown) {
    return { isolated: false, measured: false, reasons: [messageOf(thrown)] };
  }
}

const SIGUSR1 = 1n << 9n;

/** Isolated only where all of the host was seen, all of it differs, and what the actuator has is its own alone. */
export function judgeIsolation(facts: IsolationFacts): Isolation {
  const { own, home, runFile, host, ptraceScope } = facts;
  const unmeasured = (why: string): Isolation => ({ isolated: false, measured: false, reasons: [why] });
  if (own === undefined || home === undefined || runFile === undefined)
    return unmeasured("the host was not found");
  if (host !== undefined && host.uids[0] !== runFile) {
    return unmeasured("the host was not found: its run file names the process of another user");
  }
  const reasons: string[] = [];
  const same = [
    ...(home === own ? ["RUNG_HOME"] : []),
    ...(runFile === own ? ["its run file"] : []),
    ...(host?.uids.includes(own) ? ["its process"] : []),
  ];
  if (same.length > 0) reasons.push(`same operating system user as the host (${same.join(", ")})`);
  if (own === 0) reasons.push("the actuator runs as root");
  if (runFile === 0 || host?.uids.includes(0)) reasons.push("the host runs as root");
  else if (host !== undefined && host.capabilities !== 0n) {
    reasons.push(`the host has capabilities (0x${host.capabilities.toString(16)})`);
  }
  for (const { path, uid, mode } of facts.secrets) {
    if (uid !== own) reasons.push(`${path} belongs to another user`);
    else if ((mode & 0o077) !== 0) {
      reasons.push(`${path} can be read by others (mode ${(mode & 0o777).toString(8)})`);
    }
  }
  if (facts.secrets.length === 0) reasons.push("the actuator's folder cannot be seen");
  const [first, ...more] = facts.changeable;
  if (first !== undefined) {
    const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
    reasons.push(`the host could exchange what the actuator is or keeps: ${first}${others}`);
  }
  const hostsUser = (uid: number) => uid !== own && uid !== 0 && (uid === runFile || uid === home);
  const above = facts.ancestors.find(({ pid, uid }) => pid === facts.hostPid || hostsUser(uid));
  if (above !== undefined) reasons.push(`started by the host (process ${above.pid})`);
  reasons.push(...facts.openings);
  // Last, and not where there is more to say: without its process, the host is not known.
  if (host === undefined && reasons.length === 0) return unmeasured("the host's process cannot be seen");
  return {
    isolated: reasons.length === 0,
    measured: true,
    reasons,
    found: [
      `actuator of user ${own}`,
      `host of user ${[...new Set([home, runFile, ...(host?.uids ?? [])])].join(", ")}`,
      `ptrace_scope ${ptraceScope ?? "none"}`,
    ],
  };
}

function isolationFacts(home: string, directory: string): IsolationFacts {
  const runFile = join(runFolder(home), "host.json");
  const runFacts = fileFacts(runFile);
  const homeFacts = fileFacts(home);
  const hostPid = pidIn(runFile);
  const host = hostPid === undefined ? undefined : processStatus(hostPid);
  const own = process.getuid?.();
  const owners = [homeFacts?.uid, runFacts?.uid].filter((uid) => uid !== undefined);
  // Root is not who this is about: what belongs to root would all be the host's.
  const identity: Identity = {
    uids: [...owners, ...(host?.uids ?? [])].filter((uid) => uid !== 0 && uid !== own),
    gids: host?.gids ?? [],
  };
  return {
    own,
    home: homeFacts?.uid,
    runFile: runFacts?.uid,
    host,
    secrets: secretsOf(directory),
    changeable: identity.uids.length === 0 ? [] : changeable(identity, directory),
    ancestors: ancestors(),
    hostPid,
    openings: openings(),
    ptraceScope: lineOf("/proc/sys/kernel/yama/ptrace_scope"),
  };
}

/**
 * By which folder or file the host could exchange the actuator's folder, its program, the packages it takes or Node.
 * Of a package only the folder itself is looked at: tens of thousands of files lie in them.
 */
function changeable(host: Identity, directory: string): string[] {
  const packages = packagesFolder();
  const found = [
    ...[directory, RUNTIME, packages, process.execPath].flatMap((path) => changeableBy(host, path)),
    ...changeableWithin(host, RUNTIME, true),
    ...changeableWithin(host, packages, false),
  ];
  return [...new Set(found)];
}

/** The folder that holds the packages, where it is on the disk. */
function packagesFolder(): string {
  const [above] = fileURLToPath(import.meta.resolve("node-opcua")).split(/(?<=[/\\]node_modules)[/\\]/);
  return above!;
}

/** Must be closed themselves; what else lies in the folder is behind its mode. */
const SECRETS = ["logins.json", "people.json", "first-login", "audit-key.pem"];
const KEY = join("pki", "plant", "own", "private", "private_key.pem");

/** The folder, all that stands in it, and the key. */
function secretsOf(directory: string): IsolationFacts["secrets"] {
  return ["", ...entriesOf(directory), KEY].flatMap((name) => {
    const facts = fileFacts(join(directory, name));
    const isSecret = name === "" || name === KEY || SECRETS.includes(name);
    // An administrator writes settings, and may leave them readable.
    if (facts === undefined || (!isSecret && facts.uid === 0)) return [];
    return [{ path: join(directory, name), uid: facts.uid, gid: facts.gid, mode: isSecret ? facts.mode : 0 }];
  });
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (thrown) {
    if (["ENOENT", "EACCES"].includes((thrown as NodeJS.ErrnoException).code ?? "")) return [];
    throw thrown;
  }
}

function ancestors(): IsolationFacts["ancestors"] {
  const found: { pid: number; uid: number }[] = [];
  let pid = process.ppid;
  while (pid > 1) {
    const status = processStatus(pid);
    if (status === undefined) break;
    found.push({ pid, uid: status.uids[0]! });
    pid = status.parentPid;
  }
  return found;
}

/** By which the actuator's own process could be entered by somebody who may signal it. */
function openings(): string[] {
  const found: string[] = [];
  const self = processStatus("self");
  if (self !== undefined && (self.caughtSignals & SIGUSR1) !== 0n) {
    found.push("a signal opens its inspector (started without --disable-sigusr1)");
  }
  if (inspectorUrl() !== undefined) found.push("its inspector is open");
  if (process.permission === undefined) found.push("it may start programs (started without --permission)");
  return found;
}

/** Undefined where the run file may not be read, or holds none: unmeasured, whoever made it so. */
function pidIn(runFile: string): number | undefined {
  try {
    const pid = readAnnouncement<{ pid?: unknown }>(runFile)?.pid;
    return Number.isInteger(pid) && (pid as number) > 0 ? (pid as number) : undefined;
  } catch {
    return undefined;
  }
}

function lineOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    // This kernel has no Yama.
    return undefined;
  }
}
