import { Drift, dayNight } from "./drift.ts";
import type { RandomStream } from "./random-stream.ts";

/**
 * The air supply unit of a spray booth: outside air that drifts with the day, mixed with recirculated air,
 * heated and humidified by two PI controllers. Far simpler than the oven: it is there to be watched.
 */
const SUPPLY_M3_PER_H = 108_000;
const SUPPLY_FAN_KW = 62;
/** Share of fresh air. */
const FRESH = 0.2;
const HEATER_K = 14;
/** Heat capacity of a cubic metre of supply air, kJ/m³K: 1.2 kg/m³ at 1.005 kJ/kg K. */
const AIR_KJ_PER_M3_K = 1.206;
const HUMIDIFIER_G_PER_KG = 8;
/** The air of the booth is changed in this time, s. */
const AIR_CHANGE_S = 90;
const VALVE_LAG_S = 30;

/** Saturation vapour pressure over water, Pa (Magnus, WMO 2008). */
const saturationPa = (airC: number): number => 611.2 * Math.exp((17.62 * airC) / (243.12 + airC));
/** Water in saturated air, g/kg, at 101325 Pa. */
const saturationGPerKg = (airC: number): number => {
  const pa = saturationPa(airC);
  return (622 * pa) / (101_325 - pa);
};

export class Booth {
  setpointC = 23;
  readonly humiditySetpoint = 65;
  airC = 23;
  waterGPerKg = saturationGPerKg(23) * 0.65;
  heater = 0.3;
  humidifier = 0.3;
  heaterIntegral = 0.3;
  humidifierIntegral = 0.3;
  flow = 1;
  outsideC = 10;
  readonly #weather: Drift;
  readonly #damper: Drift;

  constructor(random: RandomStream) {
    this.#weather = new Drift(1.2, 5400, 1, random);
    this.#damper = new Drift(0.012, 600, 1, random);
  }

  /** Relative humidity, %. */
  get humidity(): number {
    return Math.min(100, (100 * this.waterGPerKg) / saturationGPerKg(this.airC));
  }

  get flowM3PerH(): number {
    return SUPPLY_M3_PER_H * this.flow;
  }

  /** Heat that the heater gives to the supply air, kW. */
  get heaterKw(): number {
    return (this.flowM3PerH / 3600) * AIR_KJ_PER_M3_K * HEATER_K * this.heater;
  }

  get fanKw(): number {
    return SUPPLY_FAN_KW * this.flow ** 3;
  }

  /** One second. */
  step(timeUs: number, random: RandomStream): void {
    this.outsideC = 11 + 5 * dayNight(timeUs) + this.#weather.step(random);
    this.flow = 1 + this.#damper.step(random);
    const errorK = this.setpointC - this.airC;
    this.heaterIntegral = within(this.heaterIntegral + (0.12 * errorK) / 240);
    this.heater += (within(0.12 * errorK + this.heaterIntegral) - this.heater) / VALVE_LAG_S;
    const errorPercent = this.humiditySetpoint - this.humidity;
    this.humidifierIntegral = within(this.humidifierIntegral + (0.02 * errorPercent) / 240);
    this.humidifier +=
      (within(0.02 * errorPercent + this.humidifierIntegral) - this.humidifier) / VALVE_LAG_S;
    const outsideWater = saturationGPerKg(this.outsideC) * 0.75;
    const supplyC = this.outsideC * FRESH + this.airC * (1 - FRESH) - 0.8 + HEATER_K * this.heater;
    const supplyWater =
      outsideWater * FRESH + this.waterGPerKg * (1 - FRESH) + HUMIDIFIER_G_PER_KG * this.humidifier * 0.5;
    this.airC += ((supplyC - this.airC) * this.flow) / AIR_CHANGE_S;
    this.waterGPerKg += ((supplyWater - this.waterGPerKg) * this.flow) / AIR_CHANGE_S;
  }

  save(): number[] {
    return [
      this.setpointC,
      this.airC,
      this.waterGPerKg,
      this.heater,
      this.humidifier,
      this.heaterIntegral,
      this.humidifierIntegral,
      this.flow,
      this.#weather.value,
      this.#damper.value,
    ];
  }

  restore(saved: readonly number[]): void {
    [
      this.setpointC,
      this.airC,
      this.waterGPerKg,
      this.heater,
      this.humidifier,
      this.heaterIntegral,
      this.humidifierIntegral,
      this.flow,
      this.#weather.value,
      this.#damper.value,
    ] = saved as [number, number, number, number, number, number, number, number, number, number];
  }
}

function within(share: number): number {
  return share < 0 ? 0 : Math.min(share, 1);
}
