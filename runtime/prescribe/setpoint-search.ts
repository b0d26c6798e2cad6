import { normalQuantile } from "../core/statistics/normal.ts";
import type { OvenSituation, SituatedBody } from "../predict/oven-situation.ts";
import type { CureWindow } from "./cure-window.ts";
import { gasPerBody, outlook, type RideOutlook } from "./oven-outlook.ts";

/** What the search works on. */
export interface SearchProblem {
  readonly situation: OvenSituation;
  readonly window: CureWindow;
  /** Bodies inside that count beside the one to come. */
  readonly bodies: readonly SituatedBody[];
  /** Furthest each setpoint may go from the one in force, K. */
  readonly reachK: number;
  /** Extra distance from every limit, in parts of E170: keeps a later small change of belief from calling again. */
  readonly margin: number;
  /** Whether the shares of the window are kept, or only the expected body. */
  readonly robust: boolean;
  /** Gas counts only where the present keeps the window; otherwise the smallest change that keeps it is looked for. */
  readonly saveGas: boolean;
}

export interface SearchResult {
  readonly setpointC: readonly number[];
  readonly gasKWh: number;
  /** What the setpoints in force cost and what the found ones do, in the search's own units. */
  readonly meritBefore: number;
  readonly merit: number;
  /** Largest violation left, in parts of E170 (peaks: per 10 K); <= 0 where all is kept. */
  readonly violation: number;
  readonly outlook: readonly RideOutlook[];
}

/** Kelvins of peak that count as one part of E170. */
const PEAK_SCALE_K = 10;
/** An under-cured body is scrap, an over-baked one is yellow: where both cannot be kept, the first counts more. */
const UNDER_CURE_WEIGHT = 8;
/** Weight of a body that no setpoint can bring inside the window any more. */
const HOPELESS = 0.05;
const LINEARISATIONS = 4;
const DESCENTS = 1500;
const PROBE_K = 1;
/** Price of a squared violation against the share of gas, and of a squared kelvin of change. */
const VIOLATION_PRICE = 2000;
const CHANGE_PRICE = 2e-5;

/**
 * Distances from the limits of the cure window, one per node, body and limit; positive means beyond. Each takes the
 * expected value and so many standard deviations as the allowed share asks for.
 */
export function violations(
  rides: readonly RideOutlook[],
  window: CureWindow,
  margin: number,
  robust: boolean,
): number[] {
  const under = robust ? normalQuantile(1 - window.underCureShare) : 0;
  const over = robust ? normalQuantile(1 - window.overBakeShare) : 0;
  const out: number[] = [];
  for (const ride of rides) {
    for (const node of ride.nodes) {
      out.push(
        Math.log(window.e170LeastMin) + margin - (node.lnE170 - under * node.lnE170Deviation),
        node.lnE170 + over * node.lnE170Deviation - (Math.log(window.e170MostMin) - margin),
        (node.peakC + over * node.peakDeviationK - window.peakMostC) / PEAK_SCALE_K,
      );
    }
  }
  return out;
}

/**
 * Setpoints of least gas (or of least change) that keep the cure window: sequential linear programming with a
 * trust region, its linear steps by accelerated projected descent on a quadratic penalty.
 */
export function searchSetpoints(problem: SearchProblem): SearchResult {
  const { situation, window, reachK } = problem;
  const start = situation.setpointC;
  const zones = start.length;
  const bounds = start.map((c, z) => {
    if (situation.observed[z]!) return { low: c, high: c };
    const learnt = situation.learntAirC[z]!;
    const lowest = Math.max(window.zoneLowC, learnt - window.learntReachK, c - reachK);
    const highest = Math.min(window.zoneHighC, learnt + window.learntReachK, c + reachK);
    return { low: Math.min(c, lowest), high: Math.max(c, highest) };
  });
  const low = bounds.map((bound) => bound.low);
  const high = bounds.map((bound) => bound.high);
  let best = Array.from(start);
  let trustK = Math.min(reachK, 12);
  const before = evaluate(problem, best);
  let at = before;
  for (let pass = 0; pass < Math.max(LINEARISATIONS, Math.ceil(reachK / 6)); pass++) {
    const jacobian = best.map((c, z) => {
      const probeK = c + PROBE_K <= window.zoneHighC ? PROBE_K : -PROBE_K;
      const moved = evaluate(problem, best.with(z, c + probeK));
      return {
        gas: (moved.gasKWh - at.gasKWh) / probeK,
        violation: moved.violation.map((v, j) => (v - at.violation[j]!) / probeK),
      };
    });
    const weight = at.violation.map((v, j) => {
      let reachable = v;
      for (let z = 0; z < zones; z++) {
        const slope = jacobian[z]!.violation[j]!;
        const learnt = situation.learntAirC[z]!;
        const roomK =
          slope < 0
            ? Math.min(window.zoneHighC, learnt + window.learntReachK) - best[z]!
            : best[z]! - Math.max(window.zoneLowC, learnt - window.learntReachK);
        reachable -= Math.abs(slope) * Math.max(0, roomK);
      }
      return (reachable > 0 ? HOPELESS : 1) * (j % 3 === 0 ? UNDER_CURE_WEIGHT : 1);
    });
    const step = descend({ problem, best, at, jacobian, weight, low, high, trustK });
    const next = best.map((c, z) => c + step[z]!);
    const there = evaluate(problem, next);
    if (merit(problem, there, next, weight) <= merit(problem, at, best, weight)) {
      best = next;
      at = there;
    } else trustK /= 3;
  }
  const plain = at.violation.map((_, j) => (j % 3 === 0 ? UNDER_CURE_WEIGHT : 1));
  return {
    meritBefore: merit(problem, before, start, plain),
    merit: merit(problem, at, best, plain),
    setpointC: best,
    gasKWh: at.gasKWh,
    violation: Math.max(...at.violation),
    outlook: at.rides,
  };
}

interface Evaluation {
  readonly rides: readonly RideOutlook[];
  readonly gasKWh: number;
  readonly violation: readonly number[];
}

function evaluate(problem: SearchProblem, setpointC: readonly number[]): Evaluation {
  const rides = outlook(problem.situation, setpointC, problem.bodies);
  return {
    rides,
    gasKWh: gasPerBody(problem.situation, setpointC, rides[0]!),
    violation: violations(rides, problem.window, problem.margin, problem.robust),
  };
}

function merit(
  problem: SearchProblem,
  at: Evaluation,
  setpointC: readonly number[],
  weight: readonly number[],
): number {
  const { situation, window } = problem;
  let value = problem.saveGas ? at.gasKWh / GAS_SCALE_KWH : 0;
  for (const [j, v] of at.violation.entries()) if (v > 0) value += VIOLATION_PRICE * weight[j]! * v * v;
  for (const [z, c] of setpointC.entries()) {
    value += CHANGE_PRICE * (c - situation.setpointC[z]!) ** 2;
    const beyondK = z === 0 ? 0 : Math.abs(c - setpointC[z - 1]!) - window.neighbourStepK;
    if (beyondK > 0) value += VIOLATION_PRICE * (beyondK / 100) ** 2;
  }
  return value;
}

/** Gas per body that counts as one, kWh: it only sets the balance with the prices above. */
const GAS_SCALE_KWH = 25;

interface Linear {
  readonly problem: SearchProblem;
  readonly best: readonly number[];
  readonly at: Evaluation;
  readonly jacobian: readonly { readonly gas: number; readonly violation: readonly number[] }[];
  readonly weight: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly trustK: number;
}

/** Minimises the linearised merit inside the box (FISTA with restart, Beck and Teboulle 2009). */
function descend(linear: Linear): number[] {
  const { problem, best, at, jacobian, weight } = linear;
  const zones = best.length;
  const start = problem.situation.setpointC;
  const gasSlope = jacobian.map((column) => (problem.saveGas ? column.gas / GAS_SCALE_KWH : 0));
  // A row that cannot become positive inside the box costs nothing and is left out.
  const rows: { v: number; slope: Float64Array; weight: number }[] = [];
  let curvature = 2 * CHANGE_PRICE;
  for (const [j, v] of at.violation.entries()) {
    const slope = Float64Array.from(jacobian, (column) => column.violation[j]!);
    const most = slope.reduce((sum, s) => sum + Math.abs(s) * linear.trustK, v);
    if (most <= 0) continue;
    rows.push({ v, slope, weight: weight[j]! });
    curvature += 2 * VIOLATION_PRICE * weight[j]! * slope.reduce((sum, s) => sum + s * s, 0);
  }
  curvature += 8 * VIOLATION_PRICE * 1e-4;
  const project = (x: number, z: number): number => {
    const lowest = Math.max(-linear.trustK, linear.low[z]! - best[z]!);
    const highest = Math.min(linear.trustK, linear.high[z]! - best[z]!);
    return Math.min(highest, Math.max(lowest, x));
  };
  let x = new Float64Array(zones);
  const y = Float64Array.from(x);
  let momentum = 1;
  const gradient = new Float64Array(zones);
  for (let i = 0; i < DESCENTS; i++) {
    for (let z = 0; z < zones; z++) {
      gradient[z] = gasSlope[z]! + 2 * CHANGE_PRICE * (best[z]! + y[z]! - start[z]!);
    }
    for (const row of rows) {
      let v = row.v;
      for (let z = 0; z < zones; z++) v += row.slope[z]! * y[z]!;
      if (v <= 0) continue;
      const pull = 2 * VIOLATION_PRICE * row.weight * v;
      for (let z = 0; z < zones; z++) gradient[z] = gradient[z]! + pull * row.slope[z]!;
    }
    for (let z = 1; z < zones; z++) {
      const differenceK = best[z]! + y[z]! - best[z - 1]! - y[z - 1]!;
      const beyondK = Math.abs(differenceK) - problem.window.neighbourStepK;
      if (beyondK <= 0) continue;
      const pull = 2 * VIOLATION_PRICE * 1e-4 * beyondK * Math.sign(differenceK);
      gradient[z] = gradient[z]! + pull;
      gradient[z - 1] = gradient[z - 1]! - pull;
    }
    const next = new Float64Array(zones);
    let against = 0;
    for (let z = 0; z < zones; z++) {
      next[z] = project(y[z]! - gradient[z]! / curvature, z);
      against += (y[z]! - next[z]!) * (next[z]! - x[z]!);
    }
    if (against > 0) momentum = 1;
    const grown = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    for (let z = 0; z < zones; z++) y[z] = next[z]! + ((momentum - 1) / grown) * (next[z]! - x[z]!);
    momentum = grown;
    x = next;
  }
  return Array.from(x);
}
