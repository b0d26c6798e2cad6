import { existsSync, readFileSync, statSync } from "node:fs";

/** How far the actuator is out of the host's reach, as measured. */
export interface Isolation {
  readonly isolated: boolean;
  /** The host's process was there to compare with. */
  readonly measured: boolean;
  readonly reasons: readonly string[];
}

/**
 * Measures whether code in the host could take the actuator's key: same OS user, a key the host's user can read, or
 * the host as parent. From the same user, code in the host reads another process's memory whatever else is done.
 * @param hostPid the host's process, if it runs
 * @param directory the actuator's own directory
 */
export function measureIsolation(hostPid: number | undefined, directory: string): Isolation {
  const reasons: string[] = [];
  const own = process.getuid?.();
  const host = hostPid === undefined ? undefined : ownerOf(hostPid);
  if (own === undefined || host === undefined) {
    return { isolated: false, measured: false, reasons: ["the host's process was not found"] };
  }
  if (host === own) reasons.push("same operating system user as the host");
  if (host === 0) reasons.push("the host runs as root");
  const mode = statSync(directory).mode;
  if ((mode & 0o077) !== 0) {
    reasons.push(`${directory} can be read by others (mode ${(mode & 0o777).toString(8)})`);
  }
  if (process.ppid === hostPid) reasons.push("started by the host");
  return { isolated: reasons.length === 0, measured: true, reasons };
}

function ownerOf(pid: number): number | undefined {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return undefined;
  // The real uid of the process; the folder's owner is root for a process that may not be dumped.
  const line = /^Uid:\s+(\d+)/m.exec(readFileSync(status, "utf8"));
  return line ? Number(line[1]) : undefined;
}
