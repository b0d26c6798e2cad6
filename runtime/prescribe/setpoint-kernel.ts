import type { Kernel } from "../compute/kernel.ts";
import { siblingModule } from "../core/sibling-module.ts";
import { MetalTrack } from "../model/oven/metal-track.ts";
import type { OvenSituation, SituatedBody } from "../predict/oven-situation.ts";
import type { CureWindow } from "./cure-window.ts";
import { outlook } from "./oven-outlook.ts";
import type { OvenPlan } from "./oven-plan.ts";
import { type PlanRuns, runScenarios } from "./oven-scenarios.ts";
import type { RunControl } from "./run-control.ts";
import { lastMove, steadyPlan } from "./setpoint-plan.ts";
import { type SearchResult, searchSetpoints, violations } from "./setpoint-search.ts";

export interface SetpointInput {
  readonly situation: OvenSituation;
  readonly window: CureWindow;
  /** Violation beyond which the present is mended, in parts of E170. */
  readonly tolerance: number;
  /** Whether saving gas is wanted where the present keeps the window. */
  readonly saveGas: boolean;
  /** Distance from the limits that new setpoints keep, in parts of E170. */
  readonly margin: number;
  /** Changes below this are left out, K. */
  readonly leastChangeK: number;
  readonly runs: number;
  readonly seed: number;
}

export interface SetpointOutput {
  /** Largest violation under the setpoints in force. */
  readonly presentViolation: number;
  /** Whether the search mended the window (true) or saved gas. */
  readonly mending: boolean;
  /** The plan's first move as it can be written: in tenths, small changes left out. */
  readonly proposedC: readonly number[];
  /** Where the plan ends: what bodies to come will meet. */
  readonly settledC: readonly number[];
  readonly robust: SearchResult;
  readonly nominal: SearchResult;
  /** Runs under: setpoints in force, the robust plan's last move, nominal. */
  readonly runs: readonly [PlanRuns, PlanRuns, PlanRuns];
}

/** Search of setpoints, in the compute child. Undefined where nothing is to be done. */
export const SETPOINT_KERNEL: Kernel<SetpointInput, SetpointOutput | undefined> = {
  name: "oven setpoints",
  module: siblingModule(import.meta.url, "./setpoint-kernel").href,
};

/** One body in so many stands for its neighbours in the search. */
const EVERY_BODY = 2;
/** When setpoints may change again while the cure is mended, s: about a zone's ride, and half of the oven's. */
const LATER_MOVES_S = [300, 900];
/** Reach of the nominal answer: as far as the limits let it. */
const NOMINAL_REACH_K = 40;

export async function run(input: SetpointInput, control: RunControl): Promise<SetpointOutput | undefined> {
  const { situation, window } = input;
  const bodies = [bodyAtEntry(situation), ...situation.bodies.filter((_, i) => i % EVERY_BODY === 0)];
  const present = outlook(situation, steadyPlan(situation.setpointC), bodies);
  const presentViolation = Math.max(...violations(present, window, 0, true));
  const mending = presentViolation > input.tolerance;
  if (!mending && !input.saveGas) return undefined;
  const common = { situation, window, margin: input.margin, saveGas: !mending };
  const now = { fromS: 0, reachK: window.maxStepK };
  const later = LATER_MOVES_S.map((fromS) => ({ fromS, reachK: window.learntReachK }));
  const moves = mending ? [now, ...later] : [now];
  const robust = await searchSetpoints({ ...common, bodies, moves, robust: true }, control);
  const proposedC = proposable(situation, window, robust.plan.setpointC[0]!, input.leastChangeK);
  const nominal = await searchSetpoints(
    {
      ...common,
      bodies: [],
      margin: 0,
      saveGas: true,
      moves: [{ fromS: 0, reachK: NOMINAL_REACH_K }],
      robust: false,
    },
    control,
  );
  const plan = (setpointC: readonly number[]): OvenPlan => ({
    setpointC,
    speedMPerMin: situation.speedMPerMin,
    stopMin: 0,
  });
  const settledC = mending ? lastMove(robust.plan) : proposedC;
  const [before, after, cheapest] = await runScenarios(
    {
      situation,
      plans: [plan(situation.setpointC), plan(settledC), plan(lastMove(nominal.plan))],
      runs: input.runs,
      seed: input.seed,
    },
    control,
  );
  const runs = [before!, after!, cheapest!] as const;
  return { presentViolation, mending, proposedC, settledC, robust, nominal, runs };
}

/** One that enters at this moment: it meets the air while it still follows the setpoints. */
export function bodyAtEntry({ nodeNames, zoneNames, bodyStartC }: OvenSituation): SituatedBody {
  const metal = new MetalTrack(nodeNames.length, zoneNames.length, bodyStartC);
  const { temperatureC, e170Min, peakC, temperatureBy, e170By } = metal;
  return { id: 0, positionM: 0, temperatureC, e170Min, peakC, temperatureBy, e170By };
}

/**
 * Rounds to tenths, leaves small changes out, and takes back what would step further from a neighbour than the limit
 * lets it, or than it stands now.
 */
export function proposable(
  situation: OvenSituation,
  window: CureWindow,
  setpointC: readonly number[],
  leastChangeK: number,
): number[] {
  const inForceC = situation.setpointC;
  const proposed = setpointC.map((c, z) =>
    Math.abs(c - inForceC[z]!) < leastChangeK ? inForceC[z]! : Math.round(c * 10) / 10,
  );
  const stepK = (c: readonly number[], z: number) => Math.abs(c[z]! - c[z - 1]!);
  // Each round takes at least a tenth of a kelvin back towards what is in force, where nothing is beyond.
  for (let beyond = true; beyond; ) {
    beyond = false;
    for (let z = 1; z < proposed.length; z++) {
      const overK = stepK(proposed, z) - Math.max(window.neighbourStepK, stepK(inForceC, z));
      if (overK <= 1e-9) continue;
      beyond = true;
      const changeK = (zone: number) => proposed[zone]! - inForceC[zone]!;
      const moved = Math.abs(changeK(z)) > Math.abs(changeK(z - 1)) ? z : z - 1;
      const backK = Math.min(Math.abs(changeK(moved)), Math.ceil(overK * 10 - 1e-6) / 10);
      proposed[moved] = Math.round((proposed[moved]! - Math.sign(changeK(moved)) * backK) * 10) / 10;
    }
  }
  return proposed;
}
