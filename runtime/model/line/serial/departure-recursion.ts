import { Departures } from "./departures.ts";
import { FreeDepartures, isFree } from "./free-departures.ts";
import type { SerialLine } from "./serial-line.ts";
import type { SerialRun, SerialTotals } from "./serial-run.ts";

/**
 * Runs a serial line part by part instead of event by event. Part n starts on station i when it has left i - 1 and part
 * n - 1 has left i; it leaves when its work is done and part n - b - 1 has left i + 1, where b places lie between them:
 *
 *     D(n, i) = max(C(max(D(n, i - 1), D(n - 1, i))), D(n - b - 1, i + 1))
 *
 * (Chen and Chen, A fast simulation approach for tandem queueing systems, Winter Simulation Conference 1990). No event
 * list, and yet exact: the times are those that an event engine finds with the same draws.
 *
 * @param departuresS where given, the time at which each part left the last station is added to it
 */
export function runDepartures(line: SerialLine, run: SerialRun, departuresS?: number[]): SerialTotals {
  return isFree(line)
    ? new FreeDepartures(line, run).run(departuresS)
    : new BoundDepartures(line, run).run(departuresS);
}

/** Part by part, each over all stations. */
class BoundDepartures extends Departures {
  run(departuresS?: number[]): SerialTotals {
    // The inner loop reads local variables alone: a constant of the module would be looked up each time.
    const { stations, hasArrivals, byOperation, ringAt, ringLength, bound } = this.line;
    const warmUpS = this.warmUpS;
    const endS = this.endS;
    const drawn = this.drawn;
    const leftS = this.leftS;
    const failsS = this.failsS;
    const starvedS = this.starvedS;
    const blockedS = this.blockedS;
    const parts = this.parts;
    const waitedS = this.waitedS;
    // What begins and ends between warm-up and end.
    const clean = new Float64Array(stations);
    const stride = drawn.length / (stations + 1);
    const block = this.blocks[0]!.length;
    // Each part takes one draw of each block, so one number tells how far all of them are used.
    let used = block;
    const ring = new Float64Array(this.line.ringPlaces).fill(Number.NEGATIVE_INFINITY);
    const ringNow = new Int32Array(stations);
    // Sums that are numbers of a function would be put on the heap at each turn of a loop that is compiled as it runs.
    const sums = new Float64Array(3);
    let operations = 0;
    let entered = 0;
    for (;;) {
      if (used === block) used = this.refill();
      if (hasArrivals) sums[0]! += drawn[stations * stride + used]!;
      const enteredS = hasArrivals ? sums[0]! : leftS[0]!;
      if (enteredS > endS) break;
      if (enteredS > warmUpS) entered++;
      let readyS = enteredS;
      for (let i = 0; i < stations; i++) {
        const freeS = leftS[i]!;
        // Branches, since `Math.max` looks for NaN and -0 as well.
        let startS = freeS;
        if (readyS > freeS) startS = readyS;
        const workS = drawn[i * stride + used]!;
        const roomS = bound[i] === 1 ? ring[ringAt[i + 1]! + ringNow[i + 1]!]! : 0;
        const doneS = startS + workS;
        let departsS = roomS;
        if (doneS > roomS) departsS = doneS;
        const isByOperation = byOperation[i] === 1;
        // Nearly always: no breakdown, and all of it between warm-up and end.
        if (
          (isByOperation ? workS : departsS) <= failsS[i]! &&
          freeS > warmUpS &&
          readyS > warmUpS &&
          departsS <= endS
        ) {
          waitedS[i]! += startS - readyS;
          starvedS[i]! += startS - freeS;
          blockedS[i]! += departsS - doneS;
          clean[i]!++;
          if (isByOperation) failsS[i]! -= workS;
          leftS[i] = departsS;
        } else {
          waitedS[i]! += this.within(readyS, startS);
          this.pass(i, freeS, startS, workS, roomS);
          // Read back, since a number that a function returns would be put on the heap, and with it all of the others.
          departsS = leftS[i]!;
        }
        const length = ringLength[i]!;
        if (length > 0) {
          const now = ringNow[i]!;
          ring[ringAt[i]! + now] = departsS;
          ringNow[i] = now + 1 === length ? 0 : now + 1;
        }
        readyS = departsS;
      }
      used++;
      operations += stations;
      if (departuresS !== undefined) departuresS.push(readyS);
      if (enteredS >= warmUpS && readyS <= endS) {
        sums[1]! += readyS - enteredS;
        sums[2]! += readyS - enteredS;
      } else {
        if (readyS > warmUpS && readyS <= endS) sums[1]! += readyS - enteredS;
        sums[2]! += this.within(enteredS, readyS);
      }
    }
    for (let i = 0; i < stations; i++) {
      parts[i]! += clean[i]!;
      this.started[i]! += clean[i]!;
    }
    return this.totals(sums, operations, entered);
  }
}
