import { type AirBalance, airBalance, type SupplyTarget, supplyTarget } from "./air-balance.ts";
import { type Handling, handle } from "./air-handling.ts";
import { boughtFor } from "./booth-energy.ts";
import type { BoothConfig } from "./booth-fields.ts";
import { type Fans, fansOf } from "./fans.ts";
import { type Recovered, recover } from "./heat-recovery.ts";
import { airFrom, airOf, type MoistAir, mixed, specificVolume, waterEnthalpy } from "./moist-air.ts";

/** The air of a booth and its supply unit, steady: every stream, every state, what is done to it. */
export interface BoothAir {
  readonly target: SupplyTarget;
  readonly balance: AirBalance;
  readonly fans: Fans;
  readonly outside: MoistAir;
  readonly hall: MoistAir;
  /** Below the grate, with the heat and water of the booth. */
  readonly booth: MoistAir;
  /** Behind the extract fan, with what leaked in: what is exhausted and recirculated. */
  readonly extracted: MoistAir;
  readonly recovered: Recovered;
  /** Share of the heat recovery in use: the one that needs the least energy. */
  readonly recoveryShare: number;
  readonly mixed: MoistAir;
  readonly handling: Handling;
}

/** Golden section over the share of the recovery. */
const SHARE_STEPS = 25;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Balances the booth's air for its outside air and set point. The supply is at the set point, so the extract air
 * follows from it without iteration; of the heat recovery as much is used as needs the least energy.
 */
export function boothAir(config: BoothConfig): BoothAir {
  const target = supplyTarget(config);
  const { pressurePa } = target;
  const of = (place: { temperatureC: number; relativeHumidityPercent: number }): MoistAir =>
    airOf(place.temperatureC, place.relativeHumidityPercent, pressurePa);
  const [outside, hall] = [of(config.outside), of(config.hall)];
  const balance = airBalance(config, target, hall);
  const booth = boothState(config, target);
  const drawnKgPerS = balance.recirculated + balance.exhaust;
  const drawn = mixed(balance.supply - balance.leakOut, booth, balance.leakIn, hall, pressurePa);
  const fans = fansOf(config, target.flowM3PerH, 3600 * drawnKgPerS * specificVolume(drawn, pressurePa));
  const extracted = airFrom(
    drawn.enthalpy + fans.extract.powerKW / drawnKgPerS,
    drawn.humidityRatio,
    pressurePa,
  );

  const supplyUnit = (recoveryShare: number) => {
    const recovered = recover(
      config,
      recoveryShare,
      outside,
      balance.fresh,
      extracted,
      balance.exhaust,
      pressurePa,
    );
    const mixture = mixed(balance.fresh, recovered.fresh, balance.recirculated, extracted, pressurePa);
    const handling = handle(config, mixture, target.beforeFan, target.dryKgPerS, pressurePa);
    return { recoveryShare, recovered, mixed: mixture, handling };
  };
  const costOf = ({ handling }: ReturnType<typeof supplyUnit>): number => {
    const { heatKW, steamKW, chillerKW } = boughtFor(config, handling.loads);
    return heatKW + steamKW + chillerKW;
  };
  let best = supplyUnit(0);
  if (config.handling.recovery !== "none") {
    let [low, high] = [0, 1];
    for (let i = 0; i < SHARE_STEPS; i++) {
      const [a, b] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
      if (costOf(supplyUnit(a)) <= costOf(supplyUnit(b))) high = b;
      else low = a;
    }
    for (const share of [1, (low + high) / 2]) {
      const other = supplyUnit(share);
      if (costOf(other) < costOf(best)) best = other;
    }
  }
  return { target, balance, fans, outside, hall, booth, extracted, ...best };
}

/** The supply with the heat and the water that the booth adds. */
function boothState({ air, handling }: BoothConfig, target: SupplyTarget): MoistAir {
  const { supply, dryKgPerS, pressurePa } = target;
  const water = air.waterGainKgPerH / 3600 / dryKgPerS;
  const enthalpy = supply.enthalpy + air.heatGainKW / dryKgPerS + water * waterEnthalpy(handling.waterC);
  return airFrom(enthalpy, supply.humidityRatio + water, pressurePa);
}
