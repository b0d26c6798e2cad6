import { selectQuantiles } from "../core/statistics/select-quantiles.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import type { CureWindow } from "./cure-window.ts";
import { inTenths, KEPT, settle, startsOf } from "./far-search.ts";
import type { PlanRuns } from "./oven-scenarios.ts";
import { mostHits } from "./risk.ts";
import type { RunControl } from "./run-control.ts";
import { steadyRuns } from "./steady-runs.ts";

/** Corrections by the search's scenarios before a look, and the gap that ends them, in parts of E170. */
const CORRECTIONS = 5;
const CORRECTED = 0.003;
/** The upper limits are met by thin panels, whose spread is so small that a gap of this much is a share of its own. */
const ROOM_LN = 5e-4;
const ROOM_K = 0.01;

/** What the search aims at, by the first-order margins and the corrections that its scenarios asked for. */
export class Target {
  /** What is aimed at of the shares that a certification lets pass; less after one that failed. */
  underAim = 1;
  overAim = 1;
  underLn = 0;
  overLn = 0;
  peakK = 0;
  /** False once the limits have shown that no setpoints keep them all. */
  isReachable = true;
  /** Where the next search begins: all profiles at first, then where the last one came to. */
  starts: readonly (readonly number[])[];
  readonly #window: CureWindow;

  constructor(situation: OvenSituation, window: CureWindow) {
    this.#window = window;
    this.starts = startsOf(situation, window);
  }

  window(): CureWindow {
    const { e170LeastMin, e170MostMin, peakMostC } = this.#window;
    return {
      ...this.#window,
      e170LeastMin: e170LeastMin * Math.exp(this.underLn),
      e170MostMin: Math.max(e170LeastMin * Math.exp(this.underLn), e170MostMin * Math.exp(-this.overLn)),
      peakMostC: peakMostC - this.peakK,
    };
  }
}

/**
 * Searches, and moves what the search aims at until the quantiles over one sample of scenarios lie on the limits.
 * @param confidence of the certificate to come
 * @returns setpoints in tenths, °C
 */
export async function tighten(
  situation: OvenSituation,
  window: CureWindow,
  target: Target,
  options: { readonly searchRuns: number; readonly certifyRuns: number },
  seed: number,
  confidence: number,
  control: RunControl,
): Promise<number[]> {
  const underShare = aimOf(window.underCureShare, options.certifyRuns, confidence) * target.underAim;
  const overShare = aimOf(window.overBakeShare, options.certifyRuns, confidence) * target.overAim;
  let setpointC: number[] = [];
  let torn = 0;
  for (let pass = 0; pass < CORRECTIONS; pass++) {
    const foundC = await settle(situation, target.window(), true, target.starts, control);
    target.starts = [foundC];
    setpointC = inTenths(foundC, window);
    const runs = await freshRuns(situation, setpointC, options.searchRuns, seed, control);
    const [least] = selectQuantiles(Float32Array.from(runs.e170Least), [underShare]);
    const [most] = selectQuantiles(Float32Array.from(runs.e170Most), [1 - overShare]);
    const [peakC] = selectQuantiles(Float32Array.from(runs.peakC), [1 - overShare]);
    const under = Math.log(window.e170LeastMin / least!);
    const over = Math.log(most! / window.e170MostMin);
    const peakK = peakC! - window.peakMostC;
    // Where both ends ask for more at once, and again after a correction, no setpoints near these give it.
    torn = under > KEPT && (over > KEPT || peakK > 10 * KEPT) ? torn + 1 : 0;
    target.isReachable = torn < 2;
    if (Math.abs(under) < CORRECTED && over <= 0 && peakK <= 0) break;
    if (!target.isReachable) break;
    target.underLn += under;
    target.overLn = Math.max(0, target.overLn + over + ROOM_LN);
    target.peakK = Math.max(0, target.peakK + peakK + ROOM_K);
  }
  return setpointC;
}

/**
 * The share to aim at so that a certification of so many runs is passed with two standard deviations to spare: with m
 * hits allowed, lambda + 2 sqrt(lambda) = m.
 */
function aimOf(limit: number, runs: number, confidence: number): number {
  const allowed = mostHits(limit, runs, confidence);
  return (Math.sqrt(1 + allowed) - 1) ** 2 / runs || 0.5 / runs;
}

export function freshRuns(
  situation: OvenSituation,
  setpointC: readonly number[],
  runs: number,
  seed: number,
  control: RunControl,
): Promise<PlanRuns> {
  // The runs of a part are no measure of the whole.
  const quiet = { breathe: () => control.breathe() };
  return steadyRuns(situation, { setpointC, speedMPerMin: situation.speedMPerMin }, runs, seed, quiet);
}
