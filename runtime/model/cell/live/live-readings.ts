import type { Frame } from "../../../core/frame.ts";
import { isGood } from "../../../core/quality.ts";
import type { TimeUs } from "../../../core/time.ts";
import { converter } from "../../../core/unit.ts";

/** Paths below the cell's twin, `r3/axis2/position`, and the unit that the model takes them in. */
const AXIS = /^([^/]+)\/axis([1-6])\/position$/;
const CHECK = /^([^/]+)\/check\/([xyz])$/;
const CYCLE = /^([^/]+)\/cycle\/time$/;
const PROGRAM = /^([^/]+)\/program$/;

/** What is measured of one robot. */
export interface RobotReadings {
  /** NaN before the first good value, and while it is bad. */
  readonly qRad: Float64Array;
  /** Source times of `qRad`. */
  readonly qTimeUs: Float64Array;
  readonly probedM: Float64Array;
  readonly probedUs: Float64Array;
  cycleS: number;
  cycleUs: TimeUs;
  program: string | undefined;
}

/** The newest values of a cell's robots, out of the frames of its twin. Robots are found by name, in lower case. */
export class LiveReadings {
  readonly robots: ReadonlyMap<string, RobotReadings>;
  /** Source time of the newest joint angle. */
  newestUs: TimeUs = 0;

  constructor(names: readonly string[]) {
    this.robots = new Map(names.map((name) => [name.toLowerCase(), emptyReadings()]));
  }

  /**
   * @param twin address of the cell's twin
   * @throws RungError `unit-mismatch` where a tag's unit is none of its kind
   */
  take(frame: Frame, twin: string): void {
    const below = `${twin}/`;
    for (let row = 0; row < frame.length; row++) {
      const address = frame.addressAt(row);
      if (address.startsWith(below)) this.#take(frame, row, address.slice(below.length));
    }
  }

  #take(frame: Frame, row: number, path: string): void {
    const [, name] = AXIS.exec(path) ?? CHECK.exec(path) ?? CYCLE.exec(path) ?? PROGRAM.exec(path) ?? [];
    const robot = name === undefined ? undefined : this.robots.get(name.toLowerCase());
    if (robot === undefined) return;
    const timeUs = frame.sourceTimeUsAt(row);
    const good = isGood(frame.qualityAt(row));
    const value = (unit: string): number => {
      const { unit: told, address } = frame.propertyAt(row);
      const number = frame.valueAt(row);
      if (!good) return Number.NaN;
      return told === undefined ? number : converter(told, unit, address)(number);
    };
    const axis = AXIS.exec(path)?.[2];
    const side = CHECK.exec(path)?.[2];
    if (axis !== undefined) {
      robot.qRad[Number(axis) - 1] = value("rad");
      robot.qTimeUs[Number(axis) - 1] = timeUs;
      this.newestUs = Math.max(this.newestUs, timeUs);
    } else if (side !== undefined) {
      robot.probedM["xyz".indexOf(side)] = value("m");
      robot.probedUs["xyz".indexOf(side)] = timeUs;
    } else if (CYCLE.test(path)) {
      robot.cycleS = value("s");
      robot.cycleUs = timeUs;
    } else {
      const program = frame.otherAt(row);
      robot.program = good && typeof program === "string" ? program : undefined;
    }
  }
}

function emptyReadings(): RobotReadings {
  return {
    qRad: new Float64Array(6).fill(Number.NaN),
    qTimeUs: new Float64Array(6),
    probedM: new Float64Array(3).fill(Number.NaN),
    probedUs: new Float64Array(3),
    cycleS: Number.NaN,
    cycleUs: 0,
    program: undefined,
  };
}
