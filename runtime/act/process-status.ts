import { readFileSync } from "node:fs";

/** What the kernel says of a process in `/proc/<pid>/status` (proc(5)). */
export interface ProcessStatus {
  /** Real, effective, saved and file system user. */
  readonly uids: readonly number[];
  /** The same four of the group, then all supplementary groups. */
  readonly gids: readonly number[];
  readonly parentPid: number;
  /** Capabilities it has or can raise: permitted, inheritable and ambient sets together. */
  readonly capabilities: bigint;
  /** Signals with a handler, bit n-1 for signal n. */
  readonly caughtSignals: bigint;
}

/** Undefined where there is no /proc, or it does not show the process. */
export function processStatus(pid: number | "self"): ProcessStatus | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    // Gone, hidden (hidepid), or a system without it: nothing is known then, which the caller must say.
    return undefined;
  }
  return readProcessStatus(text);
}

/** @param text of a status file; undefined where a line that is needed is missing */
export function readProcessStatus(text: string): ProcessStatus | undefined {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:[ \\t]*(.*)$`, "m").exec(text)?.[1]?.trim();
  const numbers = (name: string): number[] | undefined =>
    field(name)?.split(/\s+/).filter(Boolean).map(Number);
  const mask = (name: string): bigint | undefined => {
    const hex = field(name);
    return hex === undefined ? undefined : BigInt(`0x${hex}`);
  };
  const uids = numbers("Uid");
  const gids = numbers("Gid");
  const groups = numbers("Groups");
  const parentPid = numbers("PPid")?.[0];
  const sets = ["CapPrm", "CapInh", "CapAmb"].map(mask);
  const caughtSignals = mask("SigCgt");
  if (uids?.length !== 4 || gids?.length !== 4 || groups === undefined) return undefined;
  if (parentPid === undefined || caughtSignals === undefined || sets.includes(undefined)) return undefined;
  return {
    uids,
    gids: [...gids, ...groups],
    parentPid,
    capabilities: sets.reduce<bigint>((all, one) => all | one!, 0n),
    caughtSignals,
  };
}
