import type { HandlingLoads } from "./air-handling.ts";
import type { BoothConfig, EnergyCarrier } from "./booth-fields.ts";
import type { Fans } from "./fans.ts";
import { waterEnthalpy } from "./moist-air.ts";

/** What the site buys for the booth's air. Per hour, kW is kWh. */
export interface BoothEnergy {
  readonly heatKW: number;
  readonly steamKW: number;
  readonly chillerKW: number;
  readonly supplyFanKW: number;
  readonly extractFanKW: number;
  readonly totalKW: number;
  /** By what it comes from; their sum is the total. */
  readonly byCarrierKW: Readonly<Record<EnergyCarrier, number>>;
  readonly waterKgPerH: number;
  readonly co2KgPerH: number;
  readonly perBody: {
    readonly kWh: number;
    readonly byCarrierKWh: Readonly<Record<EnergyCarrier, number>>;
    readonly waterKg: number;
    readonly co2Kg: number;
  };
}

/** What is bought for the loads: each over the efficiency of what carries it. */
export function boughtFor({ energy, handling }: BoothConfig, loads: HandlingLoads) {
  // The steam generator heats its feed water; the rest of the steam's enthalpy came with it.
  const feedKW = loads.steamKW > 0 ? loads.humidifyKgPerS * waterEnthalpy(handling.waterC) : 0;
  return {
    heatKW: (100 * (loads.preheatKW + loads.reheatKW)) / energy.heatEfficiencyPercent,
    steamKW: (100 * (loads.steamKW - feedKW)) / energy.steamEfficiencyPercent,
    chillerKW: loads.coolingKW / energy.chillerCop,
  };
}

/** What the booth's air takes in an hour and for a body. */
export function boothEnergy(config: BoothConfig, loads: HandlingLoads, fans: Fans): BoothEnergy {
  const { energy } = config;
  const { heatKW, steamKW, chillerKW } = boughtFor(config, loads);
  const byCarrierKW: Record<EnergyCarrier, number> = { gas: 0, electricity: 0, "heat network": 0 };
  byCarrierKW[energy.heatCarrier] += heatKW;
  byCarrierKW[energy.steamCarrier] += steamKW;
  byCarrierKW.electricity += chillerKW + fans.supply.powerKW + fans.extract.powerKW;
  const totalKW = byCarrierKW.gas + byCarrierKW.electricity + byCarrierKW["heat network"];
  const co2KgPerH =
    byCarrierKW.gas * energy.gasCo2KgPerKWh +
    byCarrierKW.electricity * energy.electricityCo2KgPerKWh +
    byCarrierKW["heat network"] * energy.networkCo2KgPerKWh;
  const waterKgPerH = 3600 * loads.humidifyKgPerS;
  const bodies = energy.bodiesPerHour;
  return {
    heatKW,
    steamKW,
    chillerKW,
    supplyFanKW: fans.supply.powerKW,
    extractFanKW: fans.extract.powerKW,
    totalKW,
    byCarrierKW,
    waterKgPerH,
    co2KgPerH,
    perBody: {
      kWh: totalKW / bodies,
      byCarrierKWh: {
        gas: byCarrierKW.gas / bodies,
        electricity: byCarrierKW.electricity / bodies,
        "heat network": byCarrierKW["heat network"] / bodies,
      },
      waterKg: waterKgPerH / bodies,
      co2Kg: co2KgPerH / bodies,
    },
  };
}
