import { join } from "node:path";
import { AssemblyLine } from "../assembly/assembly-line.ts";
import type { AssemblyState } from "../assembly/line-memory.ts";
import { Plant, type PlantState } from "../physics/plant.ts";
import { readJson, writePrivate } from "./private-file.ts";

/**
 * The plant's clock and physics on disk, so that a restart never goes back in time. `clock.json` holds a time the
 * plant has not reached yet: after a kill it goes on there, after a clean stop exactly where it was.
 */
interface SavedClock {
  readonly notBeforeUs: number;
}

const clockFile = (home: string): string => join(home, "plant", "clock.json");
const stateFile = (home: string): string => join(home, "plant", "state.json");
const assemblyFile = (home: string): string => join(home, "plant", "assembly.json");

/** The earliest time the plant may show. */
export function notBeforeUs(home: string): number | undefined {
  const saved = readJson<Partial<SavedClock>>(clockFile(home))?.notBeforeUs;
  return typeof saved === "number" && Number.isFinite(saved) ? saved : undefined;
}

/** Wall time in whole plant ticks of 5 s, or later where the plant has been further already. */
export function firstTimeUs(home: string): number {
  const wallUs = Math.floor(Date.now() / 5000) * 5e6;
  return Math.max(wallUs, Math.ceil((notBeforeUs(home) ?? 0) / 5e6) * 5e6);
}

export function reserveClock(home: string, untilUs: number): void {
  writePrivate(clockFile(home), `${JSON.stringify({ notBeforeUs: untilUs } satisfies SavedClock)}\n`);
}

export function saveState(home: string, plant: Plant): void {
  writePrivate(stateFile(home), JSON.stringify(plant.save()));
}

/**
 * The plant as it was left, at a time that is never earlier; a new one in steady production where nothing was left
 * or where another seed is asked for.
 */
export function resumePlant(home: string, seed: number): Plant {
  const state = readJson<PlantState>(stateFile(home));
  if (state !== undefined && state.seed === seed) {
    try {
      return Plant.restore(state, Math.max(state.timeUs, Math.ceil((notBeforeUs(home) ?? 0) / 5e6) * 5e6));
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
      process.stderr.write(`plant: ${thrown.message}; it starts anew\n`);
    }
  }
  return new Plant({ seed, startTimeUs: firstTimeUs(home) });
}

export function saveAssembly(home: string, line: AssemblyLine): void {
  writePrivate(assemblyFile(home), JSON.stringify(line.save()));
}

/** The assembly line as it was left, at the plant's time; a new one in steady production as for `resumePlant`. */
export function resumeAssembly(home: string, { seed, timeUs }: Plant): AssemblyLine {
  const state = readJson<AssemblyState>(assemblyFile(home));
  if (state !== undefined && state.seed === seed) {
    try {
      return AssemblyLine.restore(state, timeUs);
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
      process.stderr.write(`plant: ${thrown.message}; it starts anew\n`);
    }
  }
  return new AssemblyLine(seed, timeUs);
}
