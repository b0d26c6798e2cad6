import type { BoothConfig } from "./booth-fields.ts";

/** Solvent vapour in the booth's air, well mixed and steady. */
export interface Solvent {
  readonly concentrationGPerM3: number;
  /** Of the lower explosion limit. */
  readonly ofLimitPercent: number;
  readonly allowedPercent: number;
  readonly isAllowed: boolean;
  /** The least fresh air, with what leaks in, that keeps the allowed share; 0 where the filter alone does. */
  readonly leastFreshM3PerH: number;
  /** Of the supply. Above 100 % no fresh air is enough: less solvent or more down-draft. */
  readonly leastFreshPercent: number;
}

/** Air volumes at the booth's state, m³/h. */
export interface SolventFlows {
  readonly supplyM3PerH: number;
  readonly recirculatedM3PerH: number;
  /** Exhaust and leaks outward: what carries vapour away for good. */
  readonly leavingM3PerH: number;
}

/**
 * What evaporates leaves with the exhaust and the leaks, or stays in the recirculation's filter: c = G / (leaving +
 * kept share x recirculated). The limit is a parameter: 25 % of the lower explosion limit is common practice and that
 * of NFPA 33, EN 16985 (spray booths) asks for the assessment of the booth itself. The mean of a mixed booth says
 * nothing of the cloud before a gun.
 */
export function solventBalance({ solvent }: BoothConfig, flows: SolventFlows): Solvent {
  const gPerH = 1000 * solvent.evaporatedKgPerH;
  const kept = solvent.filterPercent / 100;
  const concentrationGPerM3 = gPerH / (flows.leavingM3PerH + kept * flows.recirculatedM3PerH);
  const ofLimitPercent = (100 * concentrationGPerM3) / solvent.lowerExplosionLimitGPerM3;
  const allowedGPerM3 = (solvent.limitPercent / 100) * solvent.lowerExplosionLimitGPerM3;
  const neededM3PerH = gPerH / allowedGPerM3;
  // With fresh air F the recirculation is supply - F, so F + kept (supply - F) must be enough.
  const leastFreshM3PerH = Math.max(0, (neededM3PerH - kept * flows.supplyM3PerH) / (1 - kept));
  return {
    concentrationGPerM3,
    ofLimitPercent,
    allowedPercent: solvent.limitPercent,
    isAllowed: ofLimitPercent <= solvent.limitPercent,
    leastFreshM3PerH,
    leastFreshPercent: (100 * leastFreshM3PerH) / flows.supplyM3PerH,
  };
}
