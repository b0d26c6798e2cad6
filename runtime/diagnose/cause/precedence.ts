import type { Departure } from "./departure.ts";
import { type Following, laggedCorrelation } from "./lagged-correlation.ts";
import type { PlantStructure, Standing } from "./plant-structure.ts";

/** One signal leads another: it moved first, and the other follows it. */
export interface Lead {
  readonly lead: number;
  readonly effect: number;
  /** How well it explains the effect, 0..1. */
  readonly strength: number;
  readonly following: Following;
  readonly standing: Standing | "moves";
}

/** Rows by which one may follow another. */
export const MOST_LAG_ROWS = 20;
/** Correlations below this are chance among so many pairs and lags. */
const LEAST_CORRELATION = 0.6;
/** How far a lead counts by where it stands. */
const BY_STANDING: Readonly<Record<Standing | "moves", number>> = {
  moves: 1,
  same: 1,
  before: 1,
  unknown: 0.6,
  after: 0.15,
};

/**
 * Who leads whom among the candidates: by the lag of the strongest correlation over the rows around the finding, and
 * by who left normal first; both must not contradict each other.
 */
export function leadsAmong(
  candidates: readonly number[],
  departure: Departure,
  structure: PlantStructure,
): Lead[] {
  const leads: Lead[] = [];
  for (const [at, a] of candidates.entries()) {
    for (const b of candidates.slice(at + 1)) {
      const lead = leadOf(a, b, departure, structure);
      if (lead !== undefined) leads.push(lead);
    }
  }
  return leads;
}

function leadOf(a: number, b: number, departure: Departure, structure: PlantStructure): Lead | undefined {
  const { names, z, onsets, from, to } = departure;
  if (a >= names.length || b >= names.length || onsets[a]!.row < 0 || onsets[b]!.row < 0) return undefined;
  const following = laggedCorrelation(z[a]!, z[b]!, from, to, MOST_LAG_ROWS);
  if (Math.abs(following.r) < LEAST_CORRELATION) return undefined;
  const byStructure = structure.moves(names[a]!, names[b]!)
    ? 1
    : structure.moves(names[b]!, names[a]!)
      ? -1
      : 0;
  const first = sooner(onsets[a]!.row, onsets[b]!.row);
  const lag = Math.sign(following.lag);
  // A declared effect settles it; otherwise the one that moved first, where the lag does not say the opposite.
  const side =
    byStructure !== 0 ? byStructure : first !== 0 && lag !== -first ? first : first === 0 ? lag : 0;
  if (side === 0) return undefined;
  const [lead, effect] = side > 0 ? [a, b] : [b, a];
  const standing = byStructure !== 0 ? "moves" : structure.standing(names[lead]!, names[effect]!);
  return {
    lead,
    effect,
    strength: Math.abs(following.r) * BY_STANDING[standing] * carries(departure.shares, lead, effect),
    following: side > 0 ? following : { lag: -following.lag, r: following.r },
    standing,
  };
}

/** What hardly left normal itself explains little of what did. */
function carries(shares: Float64Array, lead: number, effect: number): number {
  return shares[effect]! > 0 ? Math.min(1, Math.sqrt(shares[lead]! / shares[effect]!)) : 1;
}

/** 1 where row a is sooner, -1 where b is, 0 where both are one. */
const sooner = (a: number, b: number): number => Math.sign(b - a);
