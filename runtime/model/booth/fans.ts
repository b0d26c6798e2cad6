import type { BoothConfig } from "./booth-fields.ts";

export interface Fan {
  readonly flowM3PerH: number;
  readonly pressurePa: number;
  /** Electric; all of it ends as heat in the air. */
  readonly powerKW: number;
}

/** A filter at the flow that its pressures are stated for. */
export interface FilterLoad {
  readonly name: string;
  readonly pressurePa: number;
  readonly changeAtPa: number;
  readonly isDue: boolean;
}

export interface Fans {
  readonly supply: Fan;
  readonly extract: Fan;
  readonly filters: readonly FilterLoad[];
}

/**
 * Fans against a system whose pressure rises with the square of the flow, so that their power rises with its cube
 * (fan laws, at constant efficiency: a fan with a frequency converter in an unchanged duct).
 * @param supplyM3PerH, extractM3PerH at the fans
 */
export function fansOf({ fans }: BoothConfig, supplyM3PerH: number, extractM3PerH: number): Fans {
  const fan = (flowM3PerH: number, designPa: number, efficiencyPercent: number): Fan => {
    const pressurePa = designPa * (flowM3PerH / fans.designFlowM3PerH) ** 2;
    const powerKW = ((flowM3PerH / 3600) * pressurePa) / (10 * efficiencyPercent);
    return { flowM3PerH, pressurePa, powerKW };
  };
  const filter = (name: string, pressurePa: number, changeAtPa: number): FilterLoad => ({
    name,
    pressurePa,
    changeAtPa,
    isDue: pressurePa >= changeAtPa,
  });
  return {
    supply: fan(
      supplyM3PerH,
      fans.ductPa + fans.prefilterPa + fans.ceilingFilterPa,
      fans.supplyEfficiencyPercent,
    ),
    extract: fan(extractM3PerH, fans.separatorPa + fans.extractDuctPa, fans.extractEfficiencyPercent),
    filters: [
      filter("prefilter", fans.prefilterPa, fans.prefilterChangePa),
      filter("ceiling filter", fans.ceilingFilterPa, fans.ceilingFilterChangePa),
      filter("paint separator", fans.separatorPa, fans.separatorChangePa),
    ],
  };
}
