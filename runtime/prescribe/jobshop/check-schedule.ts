import type { JobShop, ScheduledOperation } from "./job-shop.ts";

/**
 * Checks a schedule against the shop alone, by nothing that the search uses: every operation once, on a machine that can
 * do it, for just its duration, after the one before it in its job, and never two on a machine at a time.
 * @returns what is wrong, empty where the schedule may be run
 */
export function scheduleFaults(shop: JobShop, schedule: readonly ScheduledOperation[]): string[] {
  const faults: string[] = [];
  const byPlace = new Map<string, ScheduledOperation>();
  for (const entry of schedule) {
    const name = `job ${entry.job} operation ${entry.operation}`;
    const key = `${entry.job}/${entry.operation}`;
    const choices = shop.jobs[entry.job]?.[entry.operation];
    if (choices === undefined) faults.push(`${name} is not in the shop`);
    else if (byPlace.has(key)) faults.push(`${name} is scheduled twice`);
    byPlace.set(key, entry);
    if (!(entry.start >= 0)) faults.push(`${name} starts at ${entry.start}`);
    const chosen = choices?.find(({ machine }) => machine === entry.machine);
    if (choices !== undefined && chosen === undefined)
      faults.push(`${name} cannot run on machine ${entry.machine}`);
    if (chosen !== undefined && entry.end !== entry.start + chosen.duration)
      faults.push(`${name} takes ${entry.end - entry.start} instead of ${chosen.duration}`);
  }
  for (const [job, operations] of shop.jobs.entries()) {
    for (const operation of operations.keys()) {
      const entry = byPlace.get(`${job}/${operation}`);
      if (entry === undefined) {
        faults.push(`job ${job} operation ${operation} is not scheduled`);
        continue;
      }
      const before = byPlace.get(`${job}/${operation - 1}`);
      if (before !== undefined && before.end > entry.start)
        faults.push(
          `job ${job} operation ${operation} starts at ${entry.start}, before the one before it ends at ${before.end}`,
        );
    }
  }
  for (let machine = 0; machine < shop.machines; machine++) {
    const inOrder = schedule
      .filter((entry) => entry.machine === machine && entry.end > entry.start)
      .sort((a, b) => a.start - b.start);
    for (const [i, entry] of inOrder.entries()) {
      const before = inOrder[i - 1];
      if (before !== undefined && before.end > entry.start)
        faults.push(
          `machine ${machine} does job ${before.job} operation ${before.operation} and job ${entry.job} operation ${entry.operation} at ${entry.start}`,
        );
    }
  }
  return faults;
}
