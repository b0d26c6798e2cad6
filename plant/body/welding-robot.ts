import type { RandomStream } from "../physics/random-stream.ts";
import { AxisDrives } from "./axis-drives.ts";
import { ACCELERATIONS_DEG_S2, SPEEDS_DEG_S, type StationProgram } from "./station-programs.ts";
import { AXES, tcpMm } from "./tcp.ts";
import { WeldGun } from "./weld-gun.ts";

/** How much a weld's time scatters from cycle to cycle, share of it. */
const DWELL_SCATTER = 0.01;
/** Of the check station's probe, mm. */
const PROBE_SIGMA_MM = 0.02;

/** A move from one taught point to the next, from standstill to standstill, all axes together. */
interface Move {
  readonly startS: number;
  readonly durationS: number;
  readonly rampS: number;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** An axis whose encoder has slipped: it stands elsewhere than it reports, by an angle that grows. */
interface Slip {
  readonly axis: number;
  readonly deg: number;
  readonly rampS: number;
  readonly startS: number;
}

/** One robot of station 120: runs its program over and over, one body a cycle. Angles in degrees, times in s. */
export class WeldingRobot {
  readonly name: string;
  readonly program: string;
  /** Welds of one body: points at which it dwells. */
  readonly welds: number;
  readonly drives: AxisDrives;
  readonly gun: WeldGun;
  /** As its encoders report. */
  readonly positionsDeg = new Float64Array(AXES);
  readonly speedsDegS = new Float64Array(AXES);
  /** TCP as the check station last found it, mm in the cell; NaN before the first check. */
  readonly checkedMm = new Float64Array(3).fill(Number.NaN);
  /** How long its last program took; NaN before the first is done. */
  lastCycleS = Number.NaN;
  /** True from the start of a cycle to its end. */
  isWelding = false;
  #moves: Move[] = [];
  #startS = 0;
  #endS = 0;
  readonly #points: StationProgram["points"];
  readonly #random: RandomStream;
  readonly #slips: Slip[] = [];

  /** @param measured stream of what drives and gun measure, so that moves stay what they are without it */
  constructor(programOf: StationProgram, random: RandomStream, measured: RandomStream) {
    const { robot, program, points } = programOf;
    this.name = robot;
    this.program = program;
    this.#points = points;
    this.welds = points.filter(({ dwellS }) => dwellS > 0).length;
    this.#random = random;
    this.positionsDeg.set(points[0]!.qDeg);
    const plannedS = points.reduce((sum, to, i) => {
      const { durationS } = timeOf(points[Math.max(0, i - 1)]!.qDeg, to.qDeg, to.speed);
      return sum + durationS + to.dwellS;
    }, 0);
    this.drives = new AxisDrives(programOf, plannedS, measured);
    this.gun = new WeldGun(measured);
  }

  /** Begins a cycle: lays its moves and welds out in time. */
  start(nowS: number): void {
    let atS = nowS;
    this.#moves = [];
    for (const [i, to] of this.#points.entries()) {
      const from = this.#points[Math.max(0, i - 1)]!;
      const { durationS, rampS } = timeOf(from.qDeg, to.qDeg, to.speed);
      this.#moves.push({ startS: atS, durationS, rampS, from: from.qDeg, to: to.qDeg });
      atS += durationS + to.dwellS * (1 + DWELL_SCATTER * this.#random.normal());
    }
    this.#startS = nowS;
    this.#endS = atS;
    this.isWelding = true;
  }

  /** When the cycle under way, or the last one, ends. */
  get endS(): number {
    return this.#endS;
  }

  /** Takes the robot to where it is at a time; back home, the check station probes its tool. */
  moveTo(nowS: number): void {
    this.#place(nowS);
    if (!this.isWelding || nowS < this.#endS) return;
    this.isWelding = false;
    this.lastCycleS = this.#endS - this.#startS;
    this.#probe(nowS);
  }

  #place(nowS: number): void {
    const move = this.#moves.findLast(({ startS }) => startS <= nowS);
    if (move === undefined) return;
    const { share, rate } = along(move, nowS - move.startS);
    for (let axis = 0; axis < AXES; axis++) {
      const way = move.to[axis]! - move.from[axis]!;
      this.positionsDeg[axis] = move.from[axis]! + share * way;
      this.speedsDegS[axis] = rate * way;
    }
  }

  /** Lets an axis slip by so much, over `rampS` seconds. @throws RangeError for no axis, or an angle beyond 5° */
  slip(axis: number, deg: number, rampS: number, nowS: number): void {
    if (!(Number.isInteger(axis) && axis >= 1 && axis <= AXES)) {
      throw new RangeError(`axis: expected 1 to ${AXES}, got ${axis}`);
    }
    if (!(Math.abs(deg) <= 5)) throw new RangeError(`deg: expected -5 to 5, got ${deg}`);
    if (!(rampS >= 0 && rampS <= 86_400)) throw new RangeError(`rampS: expected 0 to 86400 s, got ${rampS}`);
    this.#slips.push({ axis: axis - 1, deg, rampS, startS: nowS });
  }

  /** Calibrates all axes anew. */
  calibrate(): void {
    this.#slips.length = 0;
  }

  /** Where the TCP truly is, with the probe's noise. */
  #probe(nowS: number): void {
    const truly = Float64Array.from(this.positionsDeg);
    for (const { axis, deg, rampS, startS } of this.#slips) {
      truly[axis]! += deg * (rampS === 0 ? 1 : Math.min(1, Math.max(0, (nowS - startS) / rampS)));
    }
    const at = tcpMm(this.name, truly);
    for (let i = 0; i < 3; i++) this.checkedMm[i] = at[i]! + PROBE_SIGMA_MM * this.#random.normal();
  }
}

/** Duration and ramp of a synchronised trapezoid. */
function timeOf(
  from: readonly number[],
  to: readonly number[],
  speed: number,
): { durationS: number; rampS: number } {
  let fastest = Number.POSITIVE_INFINITY;
  let hardest = Number.POSITIVE_INFINITY;
  for (let axis = 0; axis < AXES; axis++) {
    const way = Math.abs(to[axis]! - from[axis]!);
    if (way === 0) continue;
    fastest = Math.min(fastest, (speed * SPEEDS_DEG_S[axis]!) / way);
    hardest = Math.min(hardest, ACCELERATIONS_DEG_S2[axis]! / way);
  }
  if (fastest === Number.POSITIVE_INFINITY) return { durationS: 0, rampS: 0 };
  // A short move never reaches its speed.
  const rate = Math.min(fastest, Math.sqrt(hardest));
  return { durationS: 1 / rate + rate / hardest, rampS: rate / hardest };
}

/** Share of the way done, and its rate per second, a while after the move began. */
function along({ durationS, rampS }: Move, sinceS: number): { share: number; rate: number } {
  const left = durationS - sinceS;
  if (left <= 0) return { share: 1, rate: 0 };
  const rate = 1 / (durationS - rampS);
  if (sinceS < rampS) return { share: (rate * sinceS * sinceS) / (2 * rampS), rate: (rate * sinceS) / rampS };
  if (left < rampS) return { share: 1 - (rate * left * left) / (2 * rampS), rate: (rate * left) / rampS };
  return { share: rate * (sinceS - rampS / 2), rate };
}
