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

/** What both ways of the recursion keep of a run, and what happens at a station beside the plain course of things. */
export abstract class Departures {
  protected readonly line: PackedLine;
  protected readonly warmUpS: number;
  protected readonly endS: number;
  /** Process times of each station, a block each, then times between arrivals. */
  protected readonly drawn: Float64Array<ArrayBuffer>;
  /** Its blocks, by use. */
  protected readonly blocks: readonly Float64Array[];
  /** What fills each of them. */
  readonly #fillers: readonly ((out: Float64Array) => void)[];
  /** Of each station that breaks down: times between failures, and repairs. */
  readonly #between: readonly (() => number)[];
  readonly #repair: readonly (() => number)[];
  /** When the last part left a station. */
  protected readonly leftS: Float64Array;
  /** By time: when a station fails next. By operation: seconds of work until then. */
  protected readonly failsS: Float64Array;
  /** How long it is down then. */
  readonly #repairS: Float64Array;
  protected readonly starvedS: Float64Array;
  protected readonly blockedS: Float64Array;
  protected readonly downS: Float64Array;
  protected readonly parts: Float64Array;
  protected readonly started: Float64Array;
  protected readonly waitedS: Float64Array;

  constructor(line: SerialLine, run: SerialRun) {
    this.line = packLine(line);
    const { stations, fails, streams } = this.line;
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
    this.warmUpS = run.warmUpS;
    this.endS = run.endS;
    this.drawn = new Float64Array((stations + 1) * STRIDE);
    this.blocks = Array.from({ length: stations + 1 }, (_, use) =>
      this.drawn.subarray(use * STRIDE, use * STRIDE + BLOCK),
    );
    const zeros = (): Float64Array => new Float64Array(stations);
    this.leftS = zeros();
    this.failsS = zeros().fill(Number.POSITIVE_INFINITY);
    this.#repairS = zeros().fill(Number.POSITIVE_INFINITY);
    this.starvedS = zeros();
    this.blockedS = zeros();
    this.downS = zeros();
    this.parts = zeros();
    this.started = zeros();
    this.waitedS = zeros();
    for (let i = 0; i < stations; i++) if (fails[i] === 1) this.#breakDown(i, 0);
  }

  protected totals(sums: Float64Array, operations: number, entered: number): SerialTotals {
    const { stations } = this.line;
    const warmUpS = this.warmUpS;
    const endS = this.endS;
    const starvedS = this.starvedS;
    const blockedS = this.blockedS;
    for (let i = 0; i < stations; i++) this.account(i, starvedS, this.leftS[i]!, endS);
    const busyS = new Float64Array(stations);
    for (let i = 0; i < stations; i++) {
      // What is left: a station is always in one of its states.
      busyS[i] = Math.max(0, endS - warmUpS - starvedS[i]! - blockedS[i]! - this.downS[i]!);
    }
    return {
      leadTimeS: sums[1]!,
      partSeconds: sums[2]!,
      operations,
      entered,
      starvedS,
      busyS,
      blockedS,
      downS: this.downS,
      parts: this.parts,
      started: this.started,
      waitedS: this.waitedS,
    };
  }

  /** A part's way over a station with all that may come between, to its departure in `leftS`. */
  protected pass(i: number, freeS: number, startS: number, workS: number, roomS: number): void {
    this.account(i, this.starvedS, freeS, startS);
    const doneS = this.#worked(i, startS, workS);
    const departsS = Math.max(doneS, roomS);
    this.account(i, this.blockedS, doneS, departsS);
    if (departsS > this.warmUpS && departsS <= this.endS) this.parts[i]!++;
    if (startS > this.warmUpS && startS <= this.endS) this.started[i]!++;
    this.leftS[i] = departsS;
  }

  /** Draws the next block of process times of each station and of times between arrivals. @returns how much of it is used: 0 */
  protected refill(): number {
    const uses = this.line.hasArrivals ? this.#fillers.length : this.line.stations;
    for (let use = 0; use < uses; use++) this.#fillers[use]!(this.blocks[use]!);
    return 0;
  }

  /** Draws the next failure and repair. @param from where the time between failures begins, on the scale of `failsS` */
  #breakDown(i: number, from: number): void {
    this.failsS[i] = from + this.#between[i]!();
    this.#repairS[i] = this.#repair[i]!();
  }

  /** Seconds of an interval that lie between warm-up and end. */
  protected within(fromS: number, toS: number): number {
    const low = Math.max(fromS, this.warmUpS);
    const high = Math.min(toS, this.endS);
    return high > low ? high - low : 0;
  }

  /** Puts a time on an account of a station, and what it was down of it as down. */
  protected account(i: number, accountS: Float64Array, fromS: number, toS: number): void {
    if (!(toS > fromS)) return;
    const failsS = this.failsS;
    let downS = 0;
    if (this.line.byOperation[i] === 0) {
      while (failsS[i]! < toS) {
        const repairedS = failsS[i]! + this.#repairS[i]!;
        downS += this.within(Math.max(failsS[i]!, fromS), Math.min(repairedS, toS));
        if (repairedS > toS) break;
        this.#breakDown(i, repairedS);
      }
    }
    this.downS[i]! += downS;
    accountS[i]! += this.within(fromS, toS) - downS;
  }

  /** @returns when the work that begins at `fromS` is done, breakdowns and all */
  #worked(i: number, fromS: number, workS: number): number {
    const failsS = this.failsS;
    const repairS = this.#repairS;
    const isByOperation = this.line.byOperation[i] === 1;
    let nowS = fromS;
    let openS = workS;
    for (;;) {
      const runsS = isByOperation ? failsS[i]! : Math.max(failsS[i]! - nowS, 0);
      if (openS <= runsS) break;
      const stoppedS = nowS + runsS;
      openS -= runsS;
      nowS = (isByOperation ? stoppedS : failsS[i]!) + repairS[i]!;
      this.downS[i]! += this.within(stoppedS, nowS);
      this.#breakDown(i, isByOperation ? 0 : nowS);
    }
    if (isByOperation) failsS[i]! -= openS;
    return nowS + openS;
  }
}
