import { pressureWords } from "./air-balance.ts";
import { type BoothAir, boothAir } from "./booth-air.ts";
import { type BoothEnergy, boothEnergy } from "./booth-energy.ts";
import type { BoothConfig } from "./booth-fields.ts";
import type { FilterLoad } from "./fans.ts";
import {
  density,
  dewPointC,
  type MoistAir,
  relativeHumidityPercent,
  saturationRatio,
  specificVolume,
  wetBulbC,
} from "./moist-air.ts";
import { type PaintWindow, paintWindow } from "./paint-window.ts";
import { type Solvent, solventBalance } from "./solvent.ts";

/** One state of the air, in the units of the trade. */
export interface AirPoint {
  readonly name: string;
  readonly temperatureC: number;
  readonly relativeHumidityPercent: number;
  /** Per kg of dry air. */
  readonly waterGPerKg: number;
  readonly enthalpyKJPerKg: number;
  readonly dewPointC: number;
  readonly wetBulbC: number;
  readonly densityKgPerM3: number;
}

/** A stream at its own density. */
export interface AirStream {
  readonly name: string;
  readonly dryKgPerS: number;
  readonly m3PerH: number;
}

/** What a booth node and `rung booth simulate` answer. */
export interface BoothBalance {
  readonly kind: "booth";
  readonly booth: string;
  readonly streams: readonly AirStream[];
  /** Booth above the hall, Pa, and in words. */
  readonly pressurePa: number;
  readonly pressure: string;
  /** The air's way: outside, through the unit, into the booth and out of it. */
  readonly states: readonly AirPoint[];
  readonly loads: {
    /** Enthalpy that heaters, humidifier and coil have to add between the mixed air and the supply fan. */
    readonly enthalpyRiseKW: number;
    readonly preheatKW: number;
    readonly reheatKW: number;
    readonly coolingKW: number;
    readonly humidifyKgPerH: number;
    readonly condensateKgPerH: number;
    readonly recoveredKW: number;
    readonly recoveryPercent: number;
    readonly fanHeatKW: number;
  };
  readonly energy: BoothEnergy;
  readonly solvent: Solvent;
  readonly filters: readonly FilterLoad[];
  readonly window: PaintWindow;
  /** What a person should look at, in words; empty where nothing is. */
  readonly remarks: readonly string[];
}

/** Balances a checked booth: air, heat, water, solvent, energy. */
export function boothBalance(config: BoothConfig): BoothBalance {
  const air = boothAir(config);
  const { target, balance, handling, recovered, fans } = air;
  const { pressurePa } = target;
  const { loads } = handling;
  const stream = (name: string, dryKgPerS: number, state: MoistAir): AirStream => ({
    name,
    dryKgPerS,
    m3PerH: 3600 * dryKgPerS * specificVolume(state, pressurePa),
  });
  const streams = [
    stream("supply", balance.supply, target.supply),
    stream("fresh", balance.fresh, air.outside),
    stream("recirculated", balance.recirculated, air.extracted),
    stream("exhaust", balance.exhaust, recovered.exhaust),
    stream("leak in", balance.leakIn, air.hall),
    stream("leak out", balance.leakOut, air.booth),
  ];
  const atBooth = (dryKgPerS: number): number => 3600 * dryKgPerS * specificVolume(air.extracted, pressurePa);
  const solvent = solventBalance(config, {
    supplyM3PerH: atBooth(balance.supply),
    recirculatedM3PerH: atBooth(balance.recirculated),
    leavingM3PerH: atBooth(balance.exhaust + balance.leakOut),
  });
  const window = paintWindow(config, boothAirCost);
  return {
    kind: "booth",
    booth: config.name,
    streams,
    pressurePa: balance.pressurePa,
    pressure: pressureWords(balance),
    states: statesOf(config, air).map(([name, state]) => airPoint(name, state, pressurePa)),
    loads: {
      enthalpyRiseKW: target.dryKgPerS * (target.beforeFan.enthalpy - air.mixed.enthalpy),
      preheatKW: loads.preheatKW,
      reheatKW: loads.reheatKW,
      coolingKW: loads.coolingKW,
      humidifyKgPerH: 3600 * loads.humidifyKgPerS,
      condensateKgPerH: 3600 * loads.condensateKgPerS,
      recoveredKW: recovered.powerKW,
      recoveryPercent: 100 * air.recoveryShare,
      fanHeatKW: fans.supply.powerKW + fans.extract.powerKW,
    },
    energy: boothEnergy(config, loads, fans),
    solvent,
    filters: fans.filters,
    window,
    remarks: remarksOf(config, air, solvent, window),
  };
}

/** What a set point costs: the total of what is bought, kW. */
function boothAirCost(config: BoothConfig): number {
  const air = boothAir(config);
  return boothEnergy(config, air.handling.loads, air.fans).totalKW;
}

function statesOf({ handling }: BoothConfig, air: BoothAir): [string, MoistAir][] {
  return [
    ["outside", air.outside],
    ...(handling.recovery === "none" ? [] : [["recovered", air.recovered.fresh] as [string, MoistAir]]),
    ["extracted", air.extracted],
    ["mixed", air.mixed],
    ...air.handling.steps.map(({ part, air: state }): [string, MoistAir] => [part, state]),
    ["supply", air.target.supply],
    ["below the grate", air.booth],
    ["exhaust", air.recovered.exhaust],
  ];
}

function airPoint(name: string, air: MoistAir, pressurePa: number): AirPoint {
  return {
    name,
    temperatureC: air.temperatureC,
    relativeHumidityPercent: relativeHumidityPercent(air, pressurePa),
    waterGPerKg: 1000 * air.humidityRatio,
    enthalpyKJPerKg: air.enthalpy,
    dewPointC: dewPointC(air, pressurePa),
    wetBulbC: wetBulbC(air, pressurePa),
    densityKgPerM3: density(air, pressurePa),
  };
}

/** Beyond this a door of a booth is hard to open or shut, Pa: about 100 N on 2 m². */
const MOST_PRESSURE_PA = 50;

function remarksOf(config: BoothConfig, air: BoothAir, solvent: Solvent, window: PaintWindow): string[] {
  const { target, balance, fans, mixed } = air;
  const remarks: string[] = [];
  if (!solvent.isAllowed) {
    remarks.push(
      `solvent at ${solvent.ofLimitPercent.toFixed(0)} % of the lower explosion limit, allowed ${solvent.allowedPercent} %: ` +
        (solvent.leastFreshPercent <= 100
          ? `fresh air of at least ${solvent.leastFreshPercent.toFixed(0)} % of the supply is needed`
          : "no share of fresh air is enough, spray less or raise the down-draft"),
    );
  }
  if (!window.isInside) remarks.push("the set point lies outside the paint's window");
  if (Math.abs(balance.pressurePa) > MOST_PRESSURE_PA) {
    remarks.push(`the booth is ${pressureWords(balance)}: bring exhaust and fresh air closer together`);
  }
  if (mixed.mist > 0) remarks.push("outside and recirculated air make fog where they mix");
  const coldC = air.recovered.exhaust.temperatureC;
  if (config.handling.recovery !== "none" && coldC < 0) {
    remarks.push(`the exhaust leaves the heat recovery at ${coldC.toFixed(1)} °C and may freeze there`);
  }
  const isFog = saturationRatio(air.booth.temperatureC, target.pressurePa) < air.booth.humidityRatio;
  if (isFog) remarks.push("the booth's own water makes fog");
  for (const filter of fans.filters) {
    if (filter.isDue) {
      remarks.push(`${filter.name} is due: ${filter.pressurePa} Pa, changed at ${filter.changeAtPa} Pa`);
    }
  }
  return remarks;
}
