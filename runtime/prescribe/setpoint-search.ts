import { normalQuantile } from "../core/statistics/normal.ts";
import type { OvenSituation, SituatedBody } from "../predict/oven-situation.ts";
import type { CureWindow } from "./cure-window.ts";
import { gasPerBody, outlook, type RideOutlook } from "./oven-outlook.ts";
import type { RunControl } from "./run-control.ts";
import { lastMove, type SetpointPlan } from "./setpoint-plan.ts";

/** A moment at which the setpoints may change. */
export interface Move {
  /** Seconds from now; the first move is at 0. */
  readonly fromS: number;
  /** Furthest each setpoint may go from the one in force, K. */
  readonly reachK: number;
}

/** What the search works on. */
export interface SearchProblem {
  readonly situation: OvenSituation;
  readonly window: CureWindow;
  /** Bodies inside that count beside the one to come. */
  readonly bodies: readonly SituatedBody[];
  readonly moves: readonly Move[];
  /** Extra distance from every limit, in parts of E170: keeps a later small change of belief from calling again. */
  readonly margin: number;
  /** Whether the shares of the window are kept, or only the expected body. */
  readonly robust: boolean;
  /** Gas counts only where the present keeps the window; otherwise the smallest change that keeps it is looked for. */
  readonly saveGas: boolean;
}

export interface SearchResult {
  /** Its first move is to be made now. The later ones show what the first counts on; the next search finds them anew. */
  readonly plan: SetpointPlan;
  /** Once the last move has settled. */
  readonly gasKWh: number;
  /** What the plan costs and what it does without its first move, in the search's own units. */
  readonly merit: number;
  readonly meritWaiting: number;
  /** Largest violation left, in parts of E170 (peaks: per 10 K); <= 0 where all is kept. */
  readonly violation: number;
  readonly outlook: readonly RideOutlook[];
}

/** Kelvins of peak that count as one part of E170. */
const PEAK_SCALE_K = 10;
/** An under-cured body is scrap, an over-baked one is yellow: where both cannot be kept, the first counts three times. */
const UNDER_CURE_WEIGHT = 3;
/** Weight of a body that no setpoint can bring inside the window any more. */
const HOPELESS = 0.05;
const LINEARISATIONS = 4;
const DESCENTS = 1500;
/** Between two breaths: a few milliseconds. One evaluation of all rides takes as long. */
const DESCENTS_A_BREATH = 100;
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
 * trust region, its linear steps by accelerated projected descent on a quadratic penalty. With several moves a zone
 * can wait for the bodies that need it, while those before them are still under it (model predictive control with
 * blocked moves: Maciejowski, Predictive Control with Constraints, 2002, section 2.7).
 *
 * It breathes before each evaluation of the rides and within each descent.
 */
export async function searchSetpoints(problem: SearchProblem, control: RunControl): Promise<SearchResult> {
  const { situation, window, moves } = problem;
  const start = moves.flatMap(() => situation.setpointC);
  const zones = situation.setpointC.length;
  const bounds = start.map((c, i) => boundsOf(problem, moves[Math.floor(i / zones)]!, i % zones, c));
  const low = bounds.map((bound) => bound.low);
  const high = bounds.map((bound) => bound.high);
  const reachK = Math.max(...high.map((c, i) => c - start[i]!), ...low.map((c, i) => start[i]! - c));
  let best = start;
  let trustK = Math.min(reachK, 12);
  let at = await evaluate(problem, best, control);
  let weight = at.violation.map(() => 1);
  for (let pass = 0; pass < Math.max(LINEARISATIONS, Math.ceil(reachK / 6)); pass++) {
    const jacobian: Column[] = [];
    for (const [i, c] of best.entries()) {
      if (low[i] === high[i]) {
        jacobian.push({ gas: 0, violation: at.violation.map(() => 0) });
        continue;
      }
      const probeK = c + PROBE_K <= window.zoneHighC ? PROBE_K : -PROBE_K;
      const moved = await evaluate(problem, best.with(i, c + probeK), control);
      jacobian.push({
        gas: (moved.gasKWh - at.gasKWh) / probeK,
        violation: moved.violation.map((v, j) => (v - at.violation[j]!) / probeK),
      });
    }
    weight = at.expected.map((v, j) => {
      // Hopeless is what cannot be brought inside even as expected; that it is uncertain is a reason to try.
      let reachable = v;
      for (const [i, { violation }] of jacobian.entries()) {
        const { lowest, highest } = limitsOf(problem, i % zones);
        const slope = violation[j]!;
        reachable -= Math.abs(slope) * Math.max(0, slope < 0 ? highest - best[i]! : best[i]! - lowest);
      }
      return (reachable > 0 ? HOPELESS : 1) * (j % 3 === 0 ? UNDER_CURE_WEIGHT : 1);
    });
    const step = await descend({ problem, best, at, jacobian, weight, low, high, trustK }, control);
    const next = best.map((c, i) => c + step[i]!);
    const there = await evaluate(problem, next, control);
    if (merit(problem, there, next, weight) <= merit(problem, at, best, weight)) {
      best = next;
      at = there;
    } else trustK /= 3;
  }
  // What no move can bring inside costs the same either way, and must not hide what this one is worth to the others.
  const counted = weight.map((w) => (w < 1 ? 0 : w));
  const waiting = [...situation.setpointC, ...best.slice(zones)];
  const whileWaiting = await evaluate(problem, waiting, control);
  return {
    merit: merit(problem, at, best, counted),
    meritWaiting: merit(problem, whileWaiting, waiting, counted),
    plan: planOf(problem, best),
    gasKWh: at.gasKWh,
    violation: Math.max(...at.violation),
    outlook: at.rides,
  };
}

/** Where a zone's setpoint may stand: inside the window, and not too far from where the model was learnt. */
function limitsOf({ situation, window }: SearchProblem, zone: number) {
  const learntC = situation.learntAirC[zone]!;
  return {
    lowest: Math.max(window.zoneLowC, learntC - window.learntReachK),
    highest: Math.min(window.zoneHighC, learntC + window.learntReachK),
  };
}

function boundsOf(problem: SearchProblem, move: Move, zone: number, nowC: number) {
  // A zone that is observed now is free again by the time of a later move.
  if (problem.situation.observed[zone]! && move.fromS === 0) return { low: nowC, high: nowC };
  const { lowest, highest } = limitsOf(problem, zone);
  return {
    low: Math.min(nowC, Math.max(lowest, nowC - move.reachK)),
    high: Math.max(nowC, Math.min(highest, nowC + move.reachK)),
  };
}

function planOf({ moves }: SearchProblem, setpoints: readonly number[]): SetpointPlan {
  const zones = setpoints.length / moves.length;
  return {
    fromS: moves.map((move) => move.fromS),
    setpointC: moves.map((_, m) => setpoints.slice(m * zones, (m + 1) * zones)),
  };
}

interface Evaluation {
  readonly rides: readonly RideOutlook[];
  readonly gasKWh: number;
  readonly violation: readonly number[];
  /** The same without the deviations that the shares ask for. */
  readonly expected: readonly number[];
}

async function evaluate(
  problem: SearchProblem,
  setpoints: readonly number[],
  control: RunControl,
): Promise<Evaluation> {
  await control.breathe();
  const plan = planOf(problem, setpoints);
  const rides = outlook(problem.situation, plan, problem.bodies);
  return {
    rides,
    gasKWh: gasPerBody(problem.situation, lastMove(plan), rides[0]!),
    violation: violations(rides, problem.window, problem.margin, problem.robust),
    expected: violations(rides, problem.window, 0, false),
  };
}

/** Setpoint a move starts from: the one in force, or that of the move before. */
const beforeOf = (setpoints: readonly number[], start: readonly number[], i: number): number =>
  i < start.length ? start[i]! : setpoints[i - start.length]!;

function merit(
  problem: SearchProblem,
  at: Evaluation,
  setpoints: readonly number[],
  weight: readonly number[],
): number {
  const { situation, window } = problem;
  const zones = situation.setpointC.length;
  let value = problem.saveGas ? at.gasKWh / GAS_SCALE_KWH : 0;
  for (const [j, v] of at.violation.entries()) if (v > 0) value += VIOLATION_PRICE * weight[j]! * v * v;
  for (const [i, c] of setpoints.entries()) {
    value += CHANGE_PRICE * (c - beforeOf(setpoints, situation.setpointC, i)) ** 2;
    const beyondK = i % zones === 0 ? 0 : Math.abs(c - setpoints[i - 1]!) - window.neighbourStepK;
    if (beyondK > 0) value += VIOLATION_PRICE * (beyondK / 100) ** 2;
  }
  return value;
}

/** Gas per body that counts as one, kWh: it only sets the balance with the prices above. */
const GAS_SCALE_KWH = 25;

/** How gas and violations change with one setpoint, per kelvin. */
interface Column {
  readonly gas: number;
  readonly violation: readonly number[];
}

interface Linear {
  readonly problem: SearchProblem;
  readonly best: readonly number[];
  readonly at: Evaluation;
  readonly jacobian: readonly Column[];
  readonly weight: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly trustK: number;
}

/** Minimises the linearised merit inside the box (FISTA with restart, Beck and Teboulle 2009). */
async function descend(linear: Linear, control: RunControl): Promise<number[]> {
  const { problem, best, at, jacobian, weight } = linear;
  const size = best.length;
  const start = problem.situation.setpointC;
  const zones = start.length;
  const gasSlope = jacobian.map((column) => (problem.saveGas ? column.gas / GAS_SCALE_KWH : 0));
  // A row that cannot become positive inside the box costs nothing and is left out.
  const rows: { v: number; slope: Float64Array; weight: number }[] = [];
  let curvature = 8 * CHANGE_PRICE;
  for (const [j, v] of at.violation.entries()) {
    const slope = Float64Array.from(jacobian, (column) => column.violation[j]!);
    const most = slope.reduce((sum, s) => sum + Math.abs(s) * linear.trustK, v);
    if (most <= 0) continue;
    rows.push({ v, slope, weight: weight[j]! });
    curvature += 2 * VIOLATION_PRICE * weight[j]! * slope.reduce((sum, s) => sum + s * s, 0);
  }
  curvature += 8 * VIOLATION_PRICE * 1e-4;
  const project = (x: number, i: number): number => {
    const lowest = Math.max(-linear.trustK, linear.low[i]! - best[i]!);
    const highest = Math.min(linear.trustK, linear.high[i]! - best[i]!);
    return Math.min(highest, Math.max(lowest, x));
  };
  let x = new Float64Array(size);
  const y = Float64Array.from(x);
  let momentum = 1;
  const gradient = new Float64Array(size);
  const moved = best.slice();
  for (let step = 0; step < DESCENTS; step++) {
    if (step % DESCENTS_A_BREATH === 0) await control.breathe();
    for (let i = 0; i < size; i++) moved[i] = best[i]! + y[i]!;
    gradient.set(gasSlope);
    for (let i = 0; i < size; i++) {
      const pull = 2 * CHANGE_PRICE * (moved[i]! - beforeOf(moved, start, i));
      gradient[i] = gradient[i]! + pull;
      if (i >= zones) gradient[i - zones] = gradient[i - zones]! - pull;
    }
    for (const row of rows) {
      let v = row.v;
      for (let i = 0; i < size; i++) v += row.slope[i]! * y[i]!;
      if (v <= 0) continue;
      const pull = 2 * VIOLATION_PRICE * row.weight * v;
      for (let i = 0; i < size; i++) gradient[i] = gradient[i]! + pull * row.slope[i]!;
    }
    for (let i = 0; i < size; i++) {
      if (i % zones === 0) continue;
      const differenceK = moved[i]! - moved[i - 1]!;
      const beyondK = Math.abs(differenceK) - problem.window.neighbourStepK;
      if (beyondK <= 0) continue;
      const pull = 2 * VIOLATION_PRICE * 1e-4 * beyondK * Math.sign(differenceK);
      gradient[i] = gradient[i]! + pull;
      gradient[i - 1] = gradient[i - 1]! - pull;
    }
    const next = new Float64Array(size);
    let against = 0;
    for (let i = 0; i < size; i++) {
      next[i] = project(y[i]! - gradient[i]! / curvature, i);
      against += (y[i]! - next[i]!) * (next[i]! - x[i]!);
    }
    if (against > 0) momentum = 1;
    const grown = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    for (let i = 0; i < size; i++) y[i] = next[i]! + ((momentum - 1) / grown) * (next[i]! - x[i]!);
    momentum = grown;
    x = next;
  }
  return Array.from(x);
}
