import type { JobShop, MachineChoice } from "./job-shop.ts";

interface Demand {
  readonly head: number;
  readonly duration: number;
  readonly tail: number;
}

/**
 * A makespan that no schedule can beat: the longest job; of every machine the preemptive one-machine schedule of the
 * operations that only it can do (Jackson's rule; Carlier 1982), with heads and tails along the jobs; and of every group of
 * machines that some operation may choose among, their shared work.
 */
export function makespanBound(shop: JobShop): number {
  const isWhole = shop.jobs.every((job) =>
    job.every((choices) => choices.every(({ duration }) => Number.isInteger(duration))),
  );
  const groups = new Map<string, { machines: ReadonlySet<number>; demands: Demand[] }>();
  const all: { readonly choices: readonly MachineChoice[]; readonly demand: Demand }[] = [];
  let bound = 0;
  for (const job of shop.jobs) {
    const shortest = job.map((choices) => Math.min(...choices.map(({ duration }) => duration)));
    const total = shortest.reduce((sum, duration) => sum + duration, 0);
    bound = Math.max(bound, total);
    let head = 0;
    for (const [k, choices] of job.entries()) {
      const duration = shortest[k]!;
      all.push({ choices, demand: { head, duration, tail: total - head - duration } });
      head += duration;
      const machines = choices.map(({ machine }) => machine).sort((a, b) => a - b);
      groups.set(machines.join(), { machines: new Set(machines), demands: [] });
    }
  }
  for (const { machines, demands } of groups.values()) {
    for (const { choices, demand } of all)
      if (choices.every(({ machine }) => machines.has(machine))) demands.push(demand);
    const least = machines.size === 1 ? jacksonPreemptive(demands) : sharedWork(demands, machines.size);
    bound = Math.max(bound, isWhole ? Math.ceil(least - 1e-9) : least);
  }
  return bound;
}

/** Of machines that do the same work, the earliest end where all is spread evenly over them from the first head on. */
function sharedWork(demands: readonly Demand[], machines: number): number {
  const work = demands.reduce((sum, { duration }) => sum + duration, 0);
  const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b));
  return least(demands.map(({ head }) => head)) + work / machines + least(demands.map(({ tail }) => tail));
}

/**
 * The makespan of one machine that may interrupt: always the ready operation with the longest tail. That is the least one
 * with interruptions, so nothing without them is shorter.
 */
export function jacksonPreemptive(demands: readonly Demand[]): number {
  const byHead = [...demands].sort((a, b) => a.head - b.head);
  const ready: { left: number; readonly tail: number }[] = [];
  let time = 0;
  let next = 0;
  let makespan = 0;
  while (next < byHead.length || ready.length > 0) {
    if (ready.length === 0) time = Math.max(time, byHead[next]!.head);
    for (; next < byHead.length && byHead[next]!.head <= time; next++)
      ready.push({ left: byHead[next]!.duration, tail: byHead[next]!.tail });
    const running = ready.reduce((a, b) => (b.tail > a.tail ? b : a));
    const until = next < byHead.length ? byHead[next]!.head : Number.POSITIVE_INFINITY;
    const done = Math.min(running.left, until - time);
    time += done;
    running.left -= done;
    if (running.left > 0) continue;
    ready.splice(ready.indexOf(running), 1);
    makespan = Math.max(makespan, time + running.tail);
  }
  return makespan;
}
