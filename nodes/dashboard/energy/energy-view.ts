import type { EnergyReport, EnergySum } from "../../../runtime/describe/energy/energy-report.ts";

/** Energy of one twin as the screen shows it. */
export interface EnergyPart {
  readonly name: string;
  readonly report: EnergyReport;
  /** No report came for so long that it cannot be believed. */
  readonly isStale: boolean;
  /** Target, kWh per body; null where none is configured. */
  readonly target: number | null;
}

/** A change of energy that a recommendation projects; not measured. */
export interface ProjectedEnergy {
  readonly twin: string;
  readonly title: string;
  /** "gas per body, kWh" */
  readonly what: string;
  readonly baseline: number;
  readonly scenario: number;
  /** 90 % interval of the difference. */
  readonly low90: number | null;
  readonly high90: number | null;
}

/** Plain data: the node makes it, the widget draws it. */
export interface EnergyView {
  readonly parts: readonly EnergyPart[];
  readonly sum: EnergySum;
  readonly currency: string;
  readonly projected: readonly ProjectedEnergy[];
}
