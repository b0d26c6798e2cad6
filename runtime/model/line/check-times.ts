import type { Duration } from "./duration.ts";
import type { LineBlock } from "./line-model.ts";

/** What is wrong with the times of a block, in words; empty where nothing is. */
export function wrongTimes(block: LineBlock): string[] {
  const found: string[] = [];
  const look = (what: string, duration: Duration | undefined, mayBeNothing = true): void => {
    if (duration === undefined) return;
    const numbers = Object.values(duration)
      .flat()
      .filter((value) => typeof value === "number");
    const bad = numbers.find((value) => !(value >= 0 && Number.isFinite(value)));
    if (bad !== undefined) found.push(`${what} must be >= 0, got ${bad}`);
    // A clock that always runs out at once never lets time pass.
    else if (!mayBeNothing && numbers.every((value) => value === 0)) {
      found.push(`${what} must be > 0, got 0`);
    }
  };
  if (block.kind === "source") look("the time between parts", block.interarrival, false);
  if (!("process" in block)) return found;
  look("the process time", block.process);
  look("the time of rework", block.rework?.time);
  look("the time between failures", block.failure?.meanBetween, false);
  look("the time of a repair", block.failure?.repair);
  for (const { time } of block.setup ?? []) look("the time of a setup", time);
  return found;
}

/** Whether work there never takes any time. */
export function takesNoTime({ process }: { readonly process: Duration }): boolean {
  return process.kind === "fixed" && process.valueS === 0;
}
