import type { BoothConfig } from "./booth-fields.ts";
import { dried } from "./cooling-coil.ts";
import { airFrom, dampAir, dewPointC, type MoistAir, vapourEnthalpy, waterEnthalpy } from "./moist-air.ts";

/** What the unit does to the air, all at least 0. */
export interface HandlingLoads {
  readonly preheatKW: number;
  readonly reheatKW: number;
  readonly coolingKW: number;
  /** Water evaporated into the air, as water or as steam. */
  readonly humidifyKgPerS: number;
  /** Heat that the steam brings with it; 0 for an adiabatic humidifier. */
  readonly steamKW: number;
  readonly condensateKgPerS: number;
  /** Enthalpy that goes away with the condensate. */
  readonly condensateKW: number;
}

/** The air behind each part that does something, in the order of the parts. */
export interface HandlingStep {
  readonly part: "preheater" | "humidifier" | "cooling coil" | "reheater";
  readonly air: MoistAir;
}

export interface Handling {
  readonly loads: HandlingLoads;
  readonly steps: readonly HandlingStep[];
}

const NOTHING: HandlingLoads = {
  preheatKW: 0,
  reheatKW: 0,
  coolingKW: 0,
  humidifyKgPerS: 0,
  steamKW: 0,
  condensateKgPerS: 0,
  condensateKW: 0,
};

/**
 * Takes air to a target with the least heat and cooling: never both but where drying asks for it.
 *
 * Too dry: with water added at the enthalpy it brings, what is lacking is heated before, what is too much is cooled
 * after. Too damp: the coil dries as warm as it can and the rest is reheated. The configuration's checker has made sure
 * that the target can be reached.
 * @param entering the mixed air
 * @param target as it must reach the supply fan; not saturated
 * @param dryKgPerS kg of dry air per second
 */
export function handle(
  { handling }: BoothConfig,
  entering: MoistAir,
  target: MoistAir,
  dryKgPerS: number,
  pressurePa: number,
): Handling {
  const lackingWater = target.humidityRatio - entering.humidityRatio;
  if (lackingWater >= 0) {
    const isSteam = handling.humidifier === "steam";
    const broughtPerKg = isSteam ? vapourEnthalpy(handling.steamC) : waterEnthalpy(handling.waterC);
    const brought = lackingWater * broughtPerKg;
    const lacking = target.enthalpy - entering.enthalpy - brought;
    const steps: HandlingStep[] = [];
    if (lacking > 0) {
      const air = airFrom(entering.enthalpy + lacking, entering.humidityRatio, pressurePa);
      steps.push({ part: "preheater", air });
    }
    if (lackingWater > 0) {
      const air =
        lacking >= 0 ? target : airFrom(entering.enthalpy + brought, target.humidityRatio, pressurePa);
      steps.push({ part: "humidifier", air });
    }
    if (lacking < 0) steps.push({ part: "cooling coil", air: target });
    const loads = {
      ...NOTHING,
      preheatKW: dryKgPerS * Math.max(0, lacking),
      coolingKW: dryKgPerS * Math.max(0, -lacking),
      humidifyKgPerS: dryKgPerS * lackingWater,
      steamKW: isSteam ? dryKgPerS * brought : 0,
    };
    return { loads, steps };
  }
  return dry(entering, target, dryKgPerS, handling.coilC, pressurePa);
}

function dry(
  entering: MoistAir,
  target: MoistAir,
  dryKgPerS: number,
  coilC: number,
  pressurePa: number,
): Handling {
  // Drops of fog run off the coil first.
  const drops = Math.min(entering.mist, entering.humidityRatio - target.humidityRatio);
  const dropEnthalpy = drops * waterEnthalpy(entering.temperatureC);
  const inlet = airFrom(entering.enthalpy - dropEnthalpy, entering.humidityRatio - drops, pressurePa);
  const taken = inlet.humidityRatio - target.humidityRatio;
  let outlet = inlet;
  let condensate = dropEnthalpy;
  let cooling = 0;
  if (taken > 0) {
    const coil = dried(
      inlet,
      target.humidityRatio,
      dewPointC(target, pressurePa),
      target.temperatureC,
      coilC,
      pressurePa,
    );
    outlet = dampAir(coil.temperatureC, target.humidityRatio);
    condensate += taken * waterEnthalpy(coil.surfaceC);
    cooling = inlet.enthalpy - outlet.enthalpy - taken * waterEnthalpy(coil.surfaceC);
  } else if (inlet.enthalpy > target.enthalpy) {
    outlet = target;
    cooling = inlet.enthalpy - target.enthalpy;
  }
  const reheat = Math.max(0, target.enthalpy - outlet.enthalpy);
  const steps: HandlingStep[] = [{ part: "cooling coil", air: outlet }];
  if (reheat > 0) steps.push({ part: "reheater", air: target });
  const loads = {
    ...NOTHING,
    coolingKW: dryKgPerS * cooling,
    reheatKW: dryKgPerS * reheat,
    condensateKgPerS: dryKgPerS * (drops + Math.max(0, taken)),
    condensateKW: dryKgPerS * condensate,
  };
  return { loads, steps };
}
