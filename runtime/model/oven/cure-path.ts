import { arrheniusK, cureRate } from "./cure.ts";
import type { CureConfig } from "./cure-config.ts";
import { GAUSS_POINTS, GAUSS_WEIGHTS, LONGEST_PANEL, SETTLED } from "./exposure.ts";
import { degreeAfter, KamalTrack } from "./kinetics.ts";
import type { MetalSpan } from "./metal-path.ts";

/** What a way through the oven has done to the coat of one node. */
export interface NodeCure {
  /** Equivalent minutes at 170 °C. */
  readonly e170Min: number;
  readonly degree: number;
  readonly cured: boolean;
}

/** Pieces of a quadrature panel that Runge-Kutta takes on its own: the temperature turns little in each. */
const PIECES = 8;

/**
 * Follows the cure of every node along a way, in panels that are short against the fastest movement which has not
 * settled yet.
 * @param nodes how many
 */
export function cureAlong(path: readonly MetalSpan[], nodes: number, cure: CureConfig): NodeCure[] {
  const energyK = arrheniusK(cure.activationEnergyKJPerMol);
  const { kinetics } = cure;
  const e170Min = new Float64Array(nodes);
  const kamal =
    kinetics.kind === "kamal-sourour" ? Array.from({ length: nodes }, () => new KamalTrack(kinetics)) : [];
  for (const span of path) {
    let doneS = 0;
    while (doneS < span.durationS) {
      const fastestS = Math.min(...span.timeConstantsS.filter((tauS) => doneS < SETTLED * tauS));
      const panelS = Math.min(LONGEST_PANEL * fastestS, span.durationS - doneS);
      for (const [i, point] of GAUSS_POINTS.entries()) {
        const minutes = (GAUSS_WEIGHTS[i]! * panelS) / 60;
        for (const [n, celsius] of span.at(doneS + point * panelS).entries())
          e170Min[n] = e170Min[n]! + minutes * cureRate(celsius, energyK);
      }
      for (const [n, track] of kamal.entries()) {
        for (let piece = 0; piece < PIECES; piece++) {
          const fromS = doneS + (piece / PIECES) * panelS;
          track.through(panelS / PIECES, (seconds) => span.at(fromS + seconds)[n]!);
        }
      }
      doneS = panelS === span.durationS - doneS ? span.durationS : doneS + panelS;
    }
  }
  return Array.from(e170Min, (minutes, n) => {
    const degree = kamal[n]?.degree ?? degreeAfter(minutes, cure);
    const cured =
      kinetics.kind === "kamal-sourour" ? degree >= kinetics.criterionDegree : minutes >= cure.criterionMin;
    return { e170Min: minutes, degree, cured };
  });
}
