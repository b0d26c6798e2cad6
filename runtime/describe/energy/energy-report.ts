import type { TimeUs } from "../../core/time.ts";
import type { EnergyBaseline, EnergySaving } from "./energy-baseline.ts";

/** Energy of one carrier over an account. */
export interface CarrierSum {
  readonly carrier: string;
  readonly kwh: number;
  /** null where no price, or no factor, is configured for one of its meters. */
  readonly cost: number | null;
  readonly co2Kg: number | null;
}

export interface MeterSum {
  /** `st07/power` */
  readonly path: string;
  readonly carrier: string;
  /** Now; null for a counter, and where its value is stale. */
  readonly powerKw: number | null;
  /** Over the account's known periods; null where none is known. */
  readonly kwh: number | null;
}

export interface EnergyLeftOut {
  readonly name: string;
  readonly why: string;
}

/** The model that energy is held against, or how far its periods have come. */
export type BaselineState =
  | { readonly state: "collecting"; readonly n: number; readonly of: number }
  | { readonly state: "fixed"; readonly model: EnergyBaseline; readonly saving: EnergySaving | null };

/** Energy of one twin over one account of time. Travels as `msg.payload`; plain data. */
export interface EnergyReport {
  readonly kind: "energy";
  /** Address of the twin. */
  readonly twin: string;
  /** The account: from its beginning to the end of its newest period, on the source's clock. */
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
  readonly periodMin: number;
  /** Periods of the account so far, and those of them in which all is known. */
  readonly periods: number;
  readonly known: number;
  /** Of all meters; null where one of them is stale, or a counter, which tells none. */
  readonly powerKw: number | null;
  /** Of the known periods. */
  readonly kwh: number;
  readonly made: number;
  /** kWh per body over the known periods; null where none was made. */
  readonly kwhPerBody: number | null;
  /** The same by the baseline, for the same periods; null where there is none, or a driver is not known in one of them. */
  readonly baselinePerBody: number | null;
  readonly carriers: readonly CarrierSum[];
  readonly meters: readonly MeterSum[];
  readonly leftOut: readonly EnergyLeftOut[];
  readonly currency: string;
  readonly baseline: BaselineState;
}

export const isEnergyReport = (thing: unknown): thing is EnergyReport =>
  typeof thing === "object" && thing !== null && (thing as { kind?: unknown }).kind === "energy";

/** Sums of several twins. Ratios are taken of sums, never averaged. */
export interface EnergySum {
  readonly powerKw: number | null;
  readonly kwh: number;
  readonly cost: number | null;
  readonly co2Kg: number | null;
  readonly carriers: readonly CarrierSum[];
}

const plus = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

/** What twins used together. A power, a cost or an amount of CO2 that one of them does not know makes the sum unknown. */
export function sumOfReports(reports: readonly EnergyReport[]): EnergySum {
  const carriers = new Map<string, CarrierSum>();
  for (const one of reports.flatMap((report) => report.carriers)) {
    const before = carriers.get(one.carrier);
    carriers.set(
      one.carrier,
      before === undefined
        ? one
        : {
            carrier: one.carrier,
            kwh: before.kwh + one.kwh,
            cost: plus(before.cost, one.cost),
            co2Kg: plus(before.co2Kg, one.co2Kg),
          },
    );
  }
  const all = [...carriers.values()].sort((a, b) => b.kwh - a.kwh);
  return {
    powerKw: reports.reduce<number | null>((sum, { powerKw }) => plus(sum, powerKw), 0),
    kwh: reports.reduce((sum, { kwh }) => sum + kwh, 0),
    cost: all.reduce<number | null>((sum, { cost }) => plus(sum, cost), 0),
    co2Kg: all.reduce<number | null>((sum, { co2Kg }) => plus(sum, co2Kg), 0),
    carriers: all,
  };
}
