import { Random } from "../../../core/random.ts";
import { type Duration, sampler } from "../duration.ts";
import { blockSampler } from "./block-sampler.ts";
import { type PackedLine, packLine, USES } from "./packed-line.ts";
import type { SerialLine } from "./serial-line.ts";
import type { SerialRun, SerialTotals } from "./serial-run.ts";

/** Process times that are drawn at once. */
const BLOCK = 256;
/** From one block to the next: a cache line more, since a power of two would put the same place of all blocks into few cache sets. */
const STRIDE = BLOCK + 8;
const NO_ARRIVALS: Duration = { kind: "fixed", valueS: 0 };

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
  return new Recursion(line, run).run(departuresS);
}

class Recursion {
  readonly #line: PackedLine;
  readonly #warmUpS: number;
  readonly #endS: number;
  /** Process times of each station, a block each, then times between arrivals. */
  readonly #drawn: Float64Array<ArrayBuffer>;
  /** Its blocks, by use. */
  readonly #blocks: readonly Float64Array[];
  /** What fills each of them. */
  readonly #fillers: readonly ((out: Float64Array) => void)[];
  /** Of each station that breaks down: times between failures, and repairs. */
  readonly #between: readonly (() => number)[];
  readonly #repair: readonly (() => number)[];
  /** When the last part left a station. */
  readonly #leftS: Float64Array;
  /** By time: when a station fails next. By operation: seconds of work until then. */
  readonly #failsS: Float64Array;
  /** How long it is down then. */
  readonly #repairS: Float64Array;
  readonly #starvedS: Float64Array;
  readonly #blockedS: Float64Array;
  readonly #downS: Float64Array;
  readonly #parts: Float64Array;
  readonly #started: Float64Array;
  readonly #waitedS: Float64Array;

  constructor(line: SerialLine, run: SerialRun) {
    this.#line = packLine(line);
    const { stations, fails, streams } = this.#line;
    // One stream for each use: what changes at one station leaves the draws of the others as they are.
    const random = (use: number): Random => new Random(run.seed, streams[use]!);
    const never = () => Number.POSITIVE_INFINITY;
    this.#fillers = [...line.stations.map(({ process }) => process), line.arrivals ?? NO_ARRIVALS].map(
      (duration, i) => blockSampler(duration, random(USES * i)),
    );
    this.#between = line.stations.map(({ failure }, i) =>
      failure === undefined ? never : sampler(failure.meanBetween, random(USES * i + 1)),
    );
    this.#repair = line.stations.map(({ failure }, i) =>
      failure === undefined ? never : sampler(failure.repair, random(USES * i + 2)),
    );
    this.#warmUpS = run.warmUpS;
    this.#endS = run.endS;
    this.#drawn = new Float64Array((stations + 1) * STRIDE);
    this.#blocks = Array.from({ length: stations + 1 }, (_, use) =>
      this.#drawn.subarray(use * STRIDE, use * STRIDE + BLOCK),
    );
    const zeros = (): Float64Array => new Float64Array(stations);
    this.#leftS = zeros();
    this.#failsS = zeros().fill(Number.POSITIVE_INFINITY);
    this.#repairS = zeros().fill(Number.POSITIVE_INFINITY);
    this.#starvedS = zeros();
    this.#blockedS = zeros();
    this.#downS = zeros();
    this.#parts = zeros();
    this.#started = zeros();
    this.#waitedS = zeros();
    for (let i = 0; i < stations; i++) if (fails[i] === 1) this.#breakDown(i, 0);
  }

  run(departuresS?: number[]): SerialTotals {
    const { hasArrivals, bound } = this.#line;
    return hasArrivals && bound.every((one) => one === 0)
      ? this.#runFree(departuresS)
      : this.#runBound(departuresS);
  }

  /** Part by part, each over all stations. */
  #runBound(departuresS?: number[]): SerialTotals {
    // The inner loop reads local variables alone: a constant of the module would be looked up each time.
    const { stations, hasArrivals, byOperation, ringAt, ringLength, bound } = this.#line;
    const warmUpS = this.#warmUpS;
    const endS = this.#endS;
    const drawn = this.#drawn;
    const leftS = this.#leftS;
    const failsS = this.#failsS;
    const starvedS = this.#starvedS;
    const blockedS = this.#blockedS;
    const parts = this.#parts;
    const waitedS = this.#waitedS;
    // What begins and ends between warm-up and end.
    const clean = new Float64Array(stations);
    const stride = drawn.length / (stations + 1);
    const block = this.#blocks[0]!.length;
    // Each part takes one draw of each block, so one number tells how far all of them are used.
    let used = block;
    const ring = new Float64Array(this.#line.ringPlaces).fill(Number.NEGATIVE_INFINITY);
    const ringNow = new Int32Array(stations);
    // Sums that are numbers of a function would be put on the heap at each turn of a loop that is compiled as it runs.
    const sums = new Float64Array(3);
    let operations = 0;
    let entered = 0;
    for (;;) {
      if (used === block) used = this.#refill();
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
          waitedS[i]! += this.#within(readyS, startS);
          this.#pass(i, freeS, startS, workS, roomS);
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
        sums[2]! += this.#within(enteredS, readyS);
      }
    }
    for (let i = 0; i < stations; i++) {
      parts[i]! += clean[i]!;
      this.#started[i]! += clean[i]!;
    }
    return this.#totals(sums, operations, entered);
  }

  /**
   * Where arrivals come by themselves and no station is ever held up by the next one, station by station, a block of parts
   * at a time: what a station needs stays in local variables. The sums are the same, in the same order.
   */
  #runFree(departuresS?: number[]): SerialTotals {
    const { stations } = this.#line;
    const warmUpS = this.#warmUpS;
    const endS = this.#endS;
    const [arrivals] = this.#blocks.slice(stations);
    const enteredS = new Float64Array(arrivals!.length);
    const readyS = new Float64Array(arrivals!.length);
    const sums = new Float64Array(3);
    let operations = 0;
    let entered = 0;
    for (let isOpen = true; isOpen; ) {
      this.#refill();
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
        else sums[2]! += this.#within(fromS, toS);
      }
      if (departuresS !== undefined) for (let n = 0; n < count; n++) departuresS.push(readyS[n]!);
    }
    return this.#totals(sums, operations, entered);
  }

  /** The way of some parts over a station that nothing holds up. @param timesS when each is ready; then, when it leaves */
  #passAll(i: number, timesS: Float64Array, count: number): void {
    const warmUpS = this.#warmUpS;
    const endS = this.#endS;
    const works = this.#blocks[i]!;
    const isByOperation = this.#line.byOperation[i] === 1;
    let freeS = this.#leftS[i]!;
    let failsS = this.#failsS[i]!;
    let waitedS = this.#waitedS[i]!;
    let starvedS = this.#starvedS[i]!;
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
        waitedS += this.#within(readyS, startS);
        this.#starvedS[i] = starvedS;
        this.#failsS[i] = failsS;
        this.#pass(i, freeS, startS, workS, 0);
        starvedS = this.#starvedS[i]!;
        failsS = this.#failsS[i]!;
        freeS = this.#leftS[i]!;
      }
      timesS[n] = freeS;
    }
    this.#leftS[i] = freeS;
    this.#failsS[i] = failsS;
    this.#waitedS[i] = waitedS;
    this.#starvedS[i] = starvedS;
    this.#parts[i]! += clean;
    this.#started[i]! += clean;
  }

  #totals(sums: Float64Array, operations: number, entered: number): SerialTotals {
    const { stations } = this.#line;
    const warmUpS = this.#warmUpS;
    const endS = this.#endS;
    const starvedS = this.#starvedS;
    const blockedS = this.#blockedS;
    for (let i = 0; i < stations; i++) this.#account(i, starvedS, this.#leftS[i]!, endS);
    const busyS = new Float64Array(stations);
    for (let i = 0; i < stations; i++) {
      // What is left: a station is always in one of its states.
      busyS[i] = Math.max(0, endS - warmUpS - starvedS[i]! - blockedS[i]! - this.#downS[i]!);
    }
    return {
      leadTimeS: sums[1]!,
      partSeconds: sums[2]!,
      operations,
      entered,
      starvedS,
      busyS,
      blockedS,
      downS: this.#downS,
      parts: this.#parts,
      started: this.#started,
      waitedS: this.#waitedS,
    };
  }

  /** A part's way over a station with all that may come between, to its departure in `leftS`. */
  #pass(i: number, freeS: number, startS: number, workS: number, roomS: number): void {
    this.#account(i, this.#starvedS, freeS, startS);
    const doneS = this.#worked(i, startS, workS);
    const departsS = Math.max(doneS, roomS);
    this.#account(i, this.#blockedS, doneS, departsS);
    if (departsS > this.#warmUpS && departsS <= this.#endS) this.#parts[i]!++;
    if (startS > this.#warmUpS && startS <= this.#endS) this.#started[i]!++;
    this.#leftS[i] = departsS;
  }

  /** Draws the next block of process times of each station and of times between arrivals. @returns how much of it is used: 0 */
  #refill(): number {
    const uses = this.#line.hasArrivals ? this.#fillers.length : this.#line.stations;
    for (let use = 0; use < uses; use++) this.#fillers[use]!(this.#blocks[use]!);
    return 0;
  }

  /** Draws the next failure and repair. @param from where the time between failures begins, on the scale of `failsS` */
  #breakDown(i: number, from: number): void {
    this.#failsS[i] = from + this.#between[i]!();
    this.#repairS[i] = this.#repair[i]!();
  }

  /** Seconds of an interval that lie between warm-up and end. */
  #within(fromS: number, toS: number): number {
    const low = Math.max(fromS, this.#warmUpS);
    const high = Math.min(toS, this.#endS);
    return high > low ? high - low : 0;
  }

  /** Puts a time on an account of a station, and what it was down of it as down. */
  #account(i: number, accountS: Float64Array, fromS: number, toS: number): void {
    if (!(toS > fromS)) return;
    const failsS = this.#failsS;
    let downS = 0;
    if (this.#line.byOperation[i] === 0) {
      while (failsS[i]! < toS) {
        const repairedS = failsS[i]! + this.#repairS[i]!;
        downS += this.#within(Math.max(failsS[i]!, fromS), Math.min(repairedS, toS));
        if (repairedS > toS) break;
        this.#breakDown(i, repairedS);
      }
    }
    this.#downS[i]! += downS;
    accountS[i]! += this.#within(fromS, toS) - downS;
  }

  /** @returns when the work that begins at `fromS` is done, breakdowns and all */
  #worked(i: number, fromS: number, workS: number): number {
    const failsS = this.#failsS;
    const repairS = this.#repairS;
    const isByOperation = this.#line.byOperation[i] === 1;
    let nowS = fromS;
    let openS = workS;
    for (;;) {
      const runsS = isByOperation ? failsS[i]! : Math.max(failsS[i]! - nowS, 0);
      if (openS <= runsS) break;
      const stoppedS = nowS + runsS;
      openS -= runsS;
      nowS = (isByOperation ? stoppedS : failsS[i]!) + repairS[i]!;
      this.#downS[i]! += this.#within(stoppedS, nowS);
      this.#breakDown(i, isByOperation ? 0 : nowS);
    }
    if (isByOperation) failsS[i]! -= openS;
    return nowS + openS;
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
