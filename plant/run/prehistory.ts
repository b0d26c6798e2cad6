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
/** Of body shop and assembly. */
const SLOW_PREHISTORY_S = 24 * 3600;
const TICK_US = 5e6;
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
 * Simulates the past and writes it as CSV: `timeUs`, then one column per tag of the paint shop, per cyclic tag of the
 * assembly line and per drive and gun of the body station by its address below the site; blank where a tag got no value at
 * that tick. The paint shop's past is 8 plant hours in ticks of 5 s; that of the two others, of which there are few values,
 * is a day, since a detector's calibration must have seen what a day does. Leaves clock and physics where they ended, so
 * that the live plant goes on from there without a jump. What stands at the file's place is removed, a link without what
 * it leads to.
 * @returns rows written, without the header
 */
export function writePrehistory(home: string, seed: number, file: string): number {
  const endUs = firstTimeUs(home);
  const plant = new Plant({ seed, startTimeUs: endUs - PREHISTORY_S * 1e6 });
  const slow = new SlowShops(seed, endUs - SLOW_PREHISTORY_S * 1e6);
  rmSync(file, { force: true });
  const out = openSync(file, NEW_FILE, 0o600);
  let rows = 0;
  const columns = [...TAGS.map(({ path }) => `paint/${path}`), ...slow.columns];
  let lines = `timeUs,${columns.join(",")}\n`;
  const write = (cells: string): void => {
    lines += `${cells}\n`;
    rows++;
    if (rows % ROWS_PER_WRITE === 0) {
      writeSync(out, lines);
      lines = "";
    }
  };
  const noPaint = ",".repeat(TAGS.length);
  const { values, fresh } = plant;
  let isFirst = true;
  plant.onTick = (timeUs) => {
    let cells = String(timeUs);
    for (let i = 0; i < TAGS.length; i++) {
      // In the first row stands every value known, also those that did not change then.
      const known = isFirst && !TAGS[i]!.duringRide && !Number.isNaN(values[i]!);
      cells += fresh[i] === 1 || known ? `,${values[i]}` : ",";
    }
    isFirst = false;
    write(cells + slow.at(timeUs).cells);
  };
  try {
    for (let timeUs = slow.timeUs + TICK_US; timeUs <= plant.timeUs; timeUs += TICK_US) {
      const { cells, isEmpty } = slow.at(timeUs);
      if (!isEmpty) write(`${timeUs}${noPaint}${cells}`);
    }
    plant.step(PREHISTORY_S - LOGGER_BEFORE_END_S);
    plant.startLogger();
    plant.step(LOGGER_BEFORE_END_S);
    writeSync(out, lines);
  } finally {
    closeSync(out);
  }
  saveState(home, plant);
  saveAssembly(home, slow.line);
  reserveClock(home, plant.timeUs);
  return rows;
}

/** Body station and assembly line of the past, with their cells of a row. */
class SlowShops {
  readonly line: AssemblyLine;
  readonly columns: readonly string[] = [
    ...LINE_TAGS.map(({ path }) => `assembly/line1/${path}`),
    ...BODY_TAGS.map((path) => `body/station120/${path}`),
  ];
  timeUs: number;
  readonly #station: BodyStation;
  #bodies = 0;

  constructor(seed: number, fromUs: number) {
    this.timeUs = fromUs;
    this.line = new AssemblyLine(seed, fromUs);
    this.#station = new BodyStation(seed, fromUs / 1e6);
  }

  /** Goes on to a time, and gives the cells that were told then. */
  at(timeUs: number): { readonly cells: string; readonly isEmpty: boolean } {
    this.timeUs = timeUs;
    this.line.stepTo(timeUs);
    this.#station.moveTo(timeUs / 1e6);
    const isLineTick = (timeUs / 1e6) % ASSEMBLY_TICK_S === 0;
    const isBodyDone = this.#station.bodies !== this.#bodies;
    this.#bodies = this.#station.bodies;
    let cells = "";
    for (const { read } of LINE_TAGS) cells += isLineTick ? `,${read(this.line)}` : ",";
    const ofBody = isBodyDone ? stationValues(this.#station) : {};
    for (const path of BODY_TAGS) cells += isBodyDone ? `,${ofBody[path]}` : ",";
    return { cells, isEmpty: !isLineTick && !isBodyDone };
  }
}
