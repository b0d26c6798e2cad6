import { Departures } from "./departures.ts";
import type { SerialLine } from "./serial-line.ts";
import type { SerialTotals } from "./serial-run.ts";

/** Whether arrivals come by themselves and no station is ever held up by the next one. */
export function isFree({ arrivals, placesBehind }: SerialLine): boolean {
  return arrivals !== undefined && placesBehind.every((places) => places === Number.POSITIVE_INFINITY);
}

/**
 * A line that is free, station by station, a block of parts at a time: what a station needs stays in local variables. The
 * sums are those that part by part would give, in the same order.
 */
export class FreeDepartures extends Departures {
  run(departuresS?: number[]): SerialTotals {
    const { stations } = this.line;
    const warmUpS = this.warmUpS;
    const endS = this.endS;
    const [arrivals] = this.blocks.slice(stations);
    const enteredS = new Float64Array(arrivals!.length);
    const readyS = new Float64Array(arrivals!.length);
    const sums = new Float64Array(3);
    let operations = 0;
    let entered = 0;
    for (let isOpen = true; isOpen; ) {
      this.refill();
      const count = arrive(arrivals!, enteredS, sums, endS);
      isOpen = count === arrivals!.length;
      readyS.set(enteredS);
      for (let i = 0; i < stations; i++) this.#passAll(i, readyS, count);
      operations += count * stations;
      for (let n = 0; n < count; n++) {
        const fromS = enteredS[n]!;
        const toS = readyS[n]!;
        if (fromS > warmUpS) entered++;
        if (toS > warmUpS && toS <= endS) sums[1]! += toS - fromS;
        if (fromS >= warmUpS && toS <= endS) sums[2]! += toS - fromS;
        else sums[2]! += this.within(fromS, toS);
      }
      if (departuresS !== undefined) for (let n = 0; n < count; n++) departuresS.push(readyS[n]!);
    }
    return this.totals(sums, operations, entered);
  }

  /** The way of some parts over a station that nothing holds up. @param timesS when each is ready; then, when it leaves */
  #passAll(i: number, timesS: Float64Array, count: number): void {
    const warmUpS = this.warmUpS;
    const endS = this.endS;
    const works = this.blocks[i]!;
    const isByOperation = this.line.byOperation[i] === 1;
    let freeS = this.leftS[i]!;
    let failsS = this.failsS[i]!;
    let waitedS = this.waitedS[i]!;
    let starvedS = this.starvedS[i]!;
    let clean = 0;
    for (let n = 0; n < count; n++) {
      const readyS = timesS[n]!;
      let startS = freeS;
      if (readyS > freeS) startS = readyS;
      const workS = works[n]!;
      const departsS = startS + workS;
      if (
        (isByOperation ? workS : departsS) <= failsS &&
        freeS > warmUpS &&
        readyS > warmUpS &&
        departsS <= endS
      ) {
        waitedS += startS - readyS;
        starvedS += startS - freeS;
        clean++;
        if (isByOperation) failsS -= workS;
        freeS = departsS;
      } else {
        waitedS += this.within(readyS, startS);
        this.starvedS[i] = starvedS;
        this.failsS[i] = failsS;
        this.pass(i, freeS, startS, workS, 0);
        starvedS = this.starvedS[i]!;
        failsS = this.failsS[i]!;
        freeS = this.leftS[i]!;
      }
      timesS[n] = freeS;
    }
    this.leftS[i] = freeS;
    this.failsS[i] = failsS;
    this.waitedS[i] = waitedS;
    this.starvedS[i] = starvedS;
    this.parts[i]! += clean;
    this.started[i]! += clean;
  }
}

/**
 * Adds times between arrivals up to arrivals, from the last one in `sums[0]` on.
 * @returns how many come before the end
 */
function arrive(between: Float64Array, enteredS: Float64Array, sums: Float64Array, endS: number): number {
  let atS = sums[0]!;
  let n = 0;
  for (; n < between.length; n++) {
    atS += between[n]!;
    if (atS > endS) break;
    enteredS[n] = atS;
  }
  sums[0] = atS;
  return n;
}
