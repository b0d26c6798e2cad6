import { closeSync, openSync, writeSync } from "node:fs";
import { Plant } from "../physics/plant.ts";
import { TAGS } from "../tags.ts";
import { firstTimeUs, reserveClock, saveState } from "./plant-clock.ts";

export const PREHISTORY_S = 8 * 3600;
/** The logger rides with the first body this long before the end. */
const LOGGER_BEFORE_END_S = 3600;
const ROWS_PER_WRITE = 600;

/**
 * Simulates the 8 plant hours before the start and writes them as CSV: `timeUs`, then one column per tag by its
 * relative address; blank where a tag got no value at that tick. Leaves clock and physics where they ended, so that
 * the live plant goes on from there without a jump.
 * @returns rows written, without the header
 */
export function writePrehistory(home: string, seed: number, file: string): number {
  const endUs = firstTimeUs(home);
  const plant = new Plant({ seed, startTimeUs: endUs - PREHISTORY_S * 1e6 });
  const out = openSync(file, "w", 0o600);
  let rows = 0;
  let lines = `timeUs,${TAGS.map((tag) => tag.path).join(",")}\n`;
  const { values, fresh } = plant;
  plant.onTick = (timeUs) => {
    // In the first row stands every value known, also those that did not change then.
    const first = rows === 0;
    let line = String(timeUs);
    for (let i = 0; i < TAGS.length; i++) {
      const known = first && !TAGS[i]!.duringRide && !Number.isNaN(values[i]!);
      line += fresh[i] === 1 || known ? `,${values[i]}` : ",";
    }
    lines += `${line}\n`;
    rows++;
    if (rows % ROWS_PER_WRITE === 0) {
      writeSync(out, lines);
      lines = "";
    }
  };
  try {
    plant.step(PREHISTORY_S - LOGGER_BEFORE_END_S);
    plant.startLogger();
    plant.step(LOGGER_BEFORE_END_S);
    writeSync(out, lines);
  } finally {
    closeSync(out);
  }
  saveState(home, plant);
  reserveClock(home, plant.timeUs);
  return rows;
}
