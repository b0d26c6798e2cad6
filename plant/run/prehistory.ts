import { closeSync, constants, openSync, rmSync, writeSync } from "node:fs";
import { ASSEMBLY_TICK_S, AssemblyLine } from "../assembly/assembly-line.ts";
import { ASSEMBLY_TAGS } from "../assembly/assembly-tags.ts";
import { BodyStation } from "../body/body-station.ts";
import { STATION_TAGS } from "../body/station-tags.ts";
import { stationValues } from "../body/station-values.ts";
import { Plant } from "../physics/plant.ts";
import { TAGS } from "../tags.ts";
import { firstTimeUs, reserveClock, saveAssembly, saveState } from "./plant-clock.ts";

export const PREHISTORY_S = 8 * 3600;
/** The logger rides with the first body this long before the end. */
const LOGGER_BEFORE_END_S = 3600;
/** What changes of itself comes with the next value; the line's past is that of its cyclic tags. */
const LINE_TAGS = ASSEMBLY_TAGS.filter(({ cyclic }) => cyclic);
/** What the body station measures of a body; where its robots stood at each moment is no past worth keeping. */
const BODY_TAGS = STATION_TAGS.filter(({ path }) => /\/(motor|weld\/)/.test(path)).map(({ path }) => path);
const ROWS_PER_WRITE = 600;
/** Only a file that did not exist: in a folder that others write too, a link may lie in its place. */
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/**
 * Simulates the 8 plant hours before the start and writes them as CSV: `timeUs`, then one column per tag of the paint
 * shop, per cyclic tag of the assembly line and per drive and gun of the body station by its address below the site; blank
 * where a tag got no value at that tick. Leaves clock and physics where they ended, so that the live plant goes on from
 * there without a jump. What stands at the file's place is removed, a link without what it leads to.
 * @returns rows written, without the header
 */
export function writePrehistory(home: string, seed: number, file: string): number {
  const endUs = firstTimeUs(home);
  const plant = new Plant({ seed, startTimeUs: endUs - PREHISTORY_S * 1e6 });
  rmSync(file, { force: true });
  const line = new AssemblyLine(seed, plant.timeUs);
  const station = new BodyStation(seed, plant.timeUs / 1e6);
  let bodies = 0;
  const out = openSync(file, NEW_FILE, 0o600);
  let rows = 0;
  const columns = [
    ...TAGS.map(({ path }) => `paint/${path}`),
    ...LINE_TAGS.map(({ path }) => `assembly/line1/${path}`),
    ...BODY_TAGS.map((path) => `body/station120/${path}`),
  ];
  let lines = `timeUs,${columns.join(",")}\n`;
  const { values, fresh } = plant;
  plant.onTick = (timeUs) => {
    // In the first row stands every value known, also those that did not change then.
    const first = rows === 0;
    let cells = String(timeUs);
    for (let i = 0; i < TAGS.length; i++) {
      const known = first && !TAGS[i]!.duringRide && !Number.isNaN(values[i]!);
      cells += fresh[i] === 1 || known ? `,${values[i]}` : ",";
    }
    line.stepTo(timeUs);
    const isLineTick = (timeUs / 1e6) % ASSEMBLY_TICK_S === 0;
    for (const { read } of LINE_TAGS) cells += isLineTick ? `,${read(line)}` : ",";
    station.moveTo(timeUs / 1e6);
    const isBodyDone = station.bodies !== bodies;
    bodies = station.bodies;
    const ofBody = isBodyDone ? stationValues(station) : {};
    for (const path of BODY_TAGS) cells += isBodyDone ? `,${ofBody[path]}` : ",";
    lines += `${cells}\n`;
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
  saveAssembly(home, line);
  reserveClock(home, plant.timeUs);
  return rows;
}
