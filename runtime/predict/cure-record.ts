import type { TimeUs } from "../core/time.ts";
import { GAS_CO2_KG_PER_KWH } from "../model/oven/energy.ts";
import type { OvenConfig } from "../model/oven/oven-config.ts";
import type { TrackedExit } from "./oven-tracker.ts";

/** What a body's cure must keep: E170 of every node between the two, min, and no metal hotter, °C. */
export interface CureLimits {
  readonly e170LeastMin: number;
  readonly e170MostMin: number;
  readonly peakMostC: number;
}

/** In the order of their codes in history. *doubtful*: inside by the best estimate, but not by its 90 % interval. */
export const CURE_VERDICTS = ["cured", "under-cured", "over-baked", "doubtful"] as const;
export type CureVerdict = (typeof CURE_VERDICTS)[number];

/** How one node of a body was cured, by the twin: nobody measures it in production. */
export interface NodeCure {
  readonly name: string;
  /** Equivalent minutes at 170 °C with the 90 % interval. */
  readonly e170Min: number;
  readonly lowMin: number;
  readonly highMin: number;
  readonly peakC: number;
  /** What the pyrometer read at the exit. */
  readonly exitC: number;
}

/** What stays of one body: one record for each that leaves the oven. */
export interface CureRecord {
  readonly twin: string;
  readonly body: number;
  readonly enteredUs: TimeUs;
  readonly leftUs: TimeUs;
  readonly nodes: readonly NodeCure[];
  readonly zones: readonly { readonly name: string; readonly timeS: number }[];
  /** Its share of the gas while it was inside, and that gas's CO2; null without a meter. */
  readonly gasKWh: number | null;
  readonly co2Kg: number | null;
  readonly verdict: CureVerdict;
  /** Of the model with its calibration. */
  readonly modelVersion: string;
}

const Z90 = 1.645;

/** @param modelVersion of the tracker that followed the body */
export function cureRecord(
  exit: TrackedExit,
  twin: string,
  config: OvenConfig,
  limits: CureLimits,
  modelVersion: string,
): CureRecord {
  const nodes = config.nodes.map(({ name }, n): NodeCure => {
    const spread = Math.exp(Z90 * exit.e170LnDeviation[n]!);
    const e170Min = exit.e170Min[n]!;
    return {
      name,
      e170Min,
      lowMin: e170Min / spread,
      highMin: e170Min * spread,
      peakC: exit.peakC[n]!,
      exitC: exit.measuredC[n]!,
    };
  });
  const isMetered = Number.isFinite(exit.gasKWh);
  return {
    twin,
    body: exit.id,
    enteredUs: exit.entryUs,
    leftUs: exit.timeUs,
    nodes,
    zones: config.zones.map(({ name }, z) => ({ name, timeS: exit.zoneS[z]! })),
    gasKWh: isMetered ? exit.gasKWh : null,
    co2Kg: isMetered ? exit.gasKWh * GAS_CO2_KG_PER_KWH : null,
    verdict: verdictOf(nodes, limits),
    modelVersion,
  };
}

/** The node that is cured least. */
export const leastCured = (record: Pick<CureRecord, "nodes">): NodeCure =>
  record.nodes.reduce((least, node) => (node.e170Min < least.e170Min ? node : least));

function verdictOf(nodes: readonly NodeCure[], limits: CureLimits): CureVerdict {
  const { e170LeastMin, e170MostMin, peakMostC } = limits;
  if (nodes.some(({ e170Min }) => e170Min < e170LeastMin)) return "under-cured";
  if (nodes.some(({ e170Min, peakC }) => e170Min > e170MostMin || peakC > peakMostC)) return "over-baked";
  const isSure = nodes.every(({ lowMin, highMin }) => lowMin >= e170LeastMin && highMin <= e170MostMin);
  return isSure ? "cured" : "doubtful";
}
