import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second of /proc: 100 on every Linux that Rung runs on (sysconf(_SC_CLK_TCK)). */
const TICKS_PER_S = 100;

interface ProcessFacts {
  readonly name: string;
  readonly parent: number;
  readonly cpuS: number;
}

function factsOf(pid: number): ProcessFacts | undefined {
  try {
    // The name in brackets may hold blanks; fields are counted behind it (proc(5): 4 ppid, 14 utime, 15 stime).
    const [, name = "", rest = ""] =
      /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    const fields = rest.split(" ");
    return { name, parent: Number(fields[1]), cpuS: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S };
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}

/** CPU that a process has used so far with all its threads, s. */
export const cpuOf = (pid: number): number => factsOf(pid)?.cpuS ?? 0;

/** What each process of a browser has used, also of those that have ended since they were seen, s. */
const usedByBrowsers = new Map<number, number>();

/** CPU of the browsers that this process has started, with all that they started, s. */
export function cpuOfBrowsers(): number {
  const facts = new Map<number, ProcessFacts>();
  for (const name of readdirSync("/proc")) {
    const found = /^\d+$/.test(name) ? factsOf(Number(name)) : undefined;
    if (found !== undefined) facts.set(Number(name), found);
  }
  const isOfBrowser = (pid: number): boolean => {
    const known = facts.get(pid);
    if (known === undefined) return false;
    return (known.parent === process.pid && known.name.startsWith("chrom")) || isOfBrowser(known.parent);
  };
  for (const [pid, { cpuS }] of facts) if (isOfBrowser(pid)) usedByBrowsers.set(pid, cpuS);
  return [...usedByBrowsers.values()].reduce((sum, cpuS) => sum + cpuS, 0);
}

/** Memory of a process that is in RAM, MB. */
export function rssMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}
