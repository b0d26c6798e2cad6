import type { ZoneFault } from "./faults.ts";
import type { RandomStream } from "./random-stream.ts";

/**
 * The air side of the oven: six zones in a row, each with five cells of air along the ride, a burner box that
 * heats the recirculated and the fresh air, a fan, and a PI controller on a lagging, noisy thermocouple.
 * Explicit steps of one second in flux form, so that energy is conserved to rounding.
 */
export const ZONES = 6;
export const CELLS_PER_ZONE = 5;
export const CELLS = ZONES * CELLS_PER_ZONE;
export const ZONE_LENGTH_M = 12;
export const CELL_LENGTH_M = ZONE_LENGTH_M / CELLS_PER_ZONE;
export const OVEN_LENGTH_M = ZONE_LENGTH_M * ZONES;

export const BASE_SETPOINTS_C: readonly number[] = [140, 180, 195, 190, 185, 180];
export const SETPOINT_LOW_C = 110;
export const SETPOINT_HIGH_C = 200;

/** rho·cp of the oven air near 180 °C, J/m³K. */
const AIR_HEAT_J_PER_M3_K = 800;
/** rho·cp of a normal cubic metre, J/Nm³K. */
const NORMAL_AIR_HEAT_J_PER_M3_K = 1.293 * 1005;
const CELL_AIR_M3 = 21.6;
const CELL_CAPACITY = CELL_AIR_M3 * AIR_HEAT_J_PER_M3_K;
const BOX_CAPACITY = 350e3;
export const FAN_FLOW_M3_PER_H: readonly number[] = [40_000, 38_000, 36_000, 36_000, 36_000, 36_000];
export const FAN_POWER_W: readonly number[] = [19_500, 18_500, 17_500, 17_500, 17_500, 17_500];
const FAN_LAG_S = 8;
export const BURNER_W: readonly number[] = [550e3, 450e3, 400e3, 350e3, 350e3, 350e3];
const BURNER_LAG_S = 5;
export const BURNER_EFFICIENCY = 0.92;
/** Net calorific value of natural gas, J/Nm³ (10 kWh). */
export const GAS_HEAT_J_PER_NM3 = 36e6;
export const EXHAUST_NM3_PER_H = 8000;
const EXHAUST_SHARE: readonly number[] = [0.22, 0.18, 0.15, 0.15, 0.15, 0.15];
/** Walls: 84.6 kW at 160 K over the hall. */
const WALL_W_PER_K = 529 / CELLS;
/** Turbulent exchange between cells of a zone, and through the narrower passage between zones, W/K. */
const MIX_W_PER_K = 1500;
const PASSAGE_W_PER_K = 450;
/** Share of a zone's supply air per cell: the first zone blows hardest where the cold bodies come in. */
const EVEN_SUPPLY: readonly number[] = [0.2, 0.2, 0.2, 0.2, 0.2];
const SUPPLY_SHARE: readonly (readonly number[])[] = [
  [0.32, 0.22, 0.17, 0.15, 0.14],
  EVEN_SUPPLY,
  EVEN_SUPPLY,
  EVEN_SUPPLY,
  EVEN_SUPPLY,
  EVEN_SUPPLY,
];
/** Air locks at entry and exit: at rest, and more while a body stands in them, W/K. */
const ENTRY_W_PER_K = 80;
const ENTRY_BODY_W_PER_K = 250;
const EXIT_W_PER_K = 30;
const EXIT_BODY_W_PER_K = 110;
/** h ~ V^0.78: jet impingement, turbulent. */
const FILM_FLOW_EXPONENT = 0.78;
const THERMOCOUPLE_LAG_S = 12;
const THERMOCOUPLE_NOISE_K = 0.2;
const CONTROL_GAIN_PER_K = 0.025;
const CONTROL_RESET_S = 100;
/** The flame is locked out below this share of the nominal air flow. */
const FLAME_LOCKOUT_FLOW = 0.3;

/** True film coefficient per zone against the drawing: nozzle plates of six zones are never alike. */
const FILM_TRUTH: readonly number[] = [0.98, 1.02, 1.0, 0.98, 1.03, 0.99];

/** Watts over the last step, for the energy account. */
export interface AirPower {
  gasW: number;
  burnerHeatW: number;
  fanW: number;
  exhaustW: number;
  wallW: number;
  lockW: number;
}

export class OvenAir {
  readonly cellC = new Float64Array(CELLS);
  readonly boxC = new Float64Array(ZONES);
  readonly thermocoupleC = new Float64Array(ZONES);
  /** What the controller reads and the tag shows. */
  readonly readingC = new Float64Array(ZONES);
  readonly setpointC = Float64Array.from(BASE_SETPOINTS_C);
  readonly integral = new Float64Array(ZONES);
  /** Controller output, 0 to 1. */
  readonly demand = new Float64Array(ZONES);
  readonly flame = new Float64Array(ZONES);
  /** Where the gas valve stands, 0 to 1: what was asked of it, but for one that sticks. */
  readonly valve = new Float64Array(ZONES);
  /** Share of nominal flow. */
  readonly flow = new Float64Array(ZONES).fill(1);
  readonly fanW = Float64Array.from(FAN_POWER_W);
  /** Slow fouling of the nozzle plates and mounting bias of the thermocouples, drawn and drifted by the plant. */
  readonly cleanliness = new Float64Array(ZONES).fill(1);
  readonly mountBiasK = new Float64Array(ZONES);
  /** Film factor per zone in this step. */
  readonly film = new Float64Array(ZONES).fill(1);
  /** Heat the bodies take from each cell in this step, W; filled by the bodies before `step`. */
  readonly loadW = new Float64Array(CELLS);
  exhaustNm3PerH = EXHAUST_NM3_PER_H;
  exhaustC = 0;
  readonly power: AirPower = { gasW: 0, burnerHeatW: 0, fanW: 0, exhaustW: 0, wallW: 0, lockW: 0 };
  readonly #flux = new Float64Array(CELLS);

  constructor() {
    for (let z = 0; z < ZONES; z++) {
      const setpointC = BASE_SETPOINTS_C[z]!;
      for (let c = 0; c < CELLS_PER_ZONE; c++) this.cellC[z * CELLS_PER_ZONE + c] = setpointC;
      this.boxC[z] = setpointC + 12;
      this.thermocoupleC[z] = setpointC;
      this.readingC[z] = setpointC;
      this.integral[z] = 0.4;
      this.demand[z] = 0.4;
      this.flame[z] = 0.4;
      this.valve[z] = 0.4;
    }
  }

  /** Heat stored in air and burner boxes above 0 °C, J. */
  storedJ(): number {
    let sum = 0;
    for (let c = 0; c < CELLS; c++) sum += CELL_CAPACITY * this.cellC[c]!;
    for (let z = 0; z < ZONES; z++) sum += BOX_CAPACITY * this.boxC[z]!;
    return sum;
  }

  /** Fans and film coefficients; before the bodies are heated. */
  ventilate(faults: readonly ZoneFault[]): void {
    for (let z = 0; z < ZONES; z++) {
      const fault = faults[z]!;
      this.flow[z] = this.flow[z]! + (fault.flow - this.flow[z]!) / FAN_LAG_S;
      const flow = this.flow[z]!;
      // Backward-curved wheel at constant speed: throttled, it builds more pressure and takes less power.
      this.fanW[z] =
        fault.flow < 0.5 ? FAN_POWER_W[z]! * flow ** 3 : FAN_POWER_W[z]! * flow * (1.35 - 0.35 * flow * flow);
      this.film[z] = FILM_TRUTH[z]! * this.cleanliness[z]! * flow ** FILM_FLOW_EXPONENT * fault.film;
    }
  }

  /** Controllers on their thermocouples. */
  control(faults: readonly ZoneFault[], random: RandomStream): void {
    for (let z = 0; z < ZONES; z++) {
      const middle = z * CELLS_PER_ZONE + 2;
      const airC =
        0.25 * this.cellC[middle - 1]! + 0.5 * this.cellC[middle]! + 0.25 * this.cellC[middle + 1]!;
      this.thermocoupleC[z] = this.thermocoupleC[z]! + (airC - this.thermocoupleC[z]!) / THERMOCOUPLE_LAG_S;
      const noiseK = THERMOCOUPLE_NOISE_K * random.normal();
      const fault = faults[z]!;
      if (!fault.stuck) {
        this.readingC[z] = this.thermocoupleC[z]! + this.mountBiasK[z]! + fault.offsetK + noiseK;
      }
      const errorK = this.setpointC[z]! - this.readingC[z]!;
      const integral = this.integral[z]! + (CONTROL_GAIN_PER_K * errorK) / CONTROL_RESET_S;
      const demand = CONTROL_GAIN_PER_K * errorK + integral;
      // Anti-windup: the integral moves only while the burner can follow, or back into its range.
      if ((demand <= 1 || errorK < 0) && (demand >= 0 || errorK > 0)) this.integral[z] = integral;
      this.demand[z] = demand < 0 ? 0 : Math.min(demand, 1);
      if (Math.abs(this.demand[z]! - this.valve[z]!) >= fault.stiction) this.valve[z] = this.demand[z]!;
      const allowed = this.flow[z]! < FLAME_LOCKOUT_FLOW ? 0 : this.valve[z]!;
      this.flame[z] = this.flame[z]! + (allowed - this.flame[z]!) / BURNER_LAG_S;
    }
  }

  /**
   * One second of the air. `loadW` must hold what the bodies took.
   * @param entryBody, exitBody whether a body stands in the air lock
   */
  step(hallC: number, entryBody: boolean, exitBody: boolean): void {
    const { cellC, power } = this;
    const flux = this.#flux;
    power.gasW = 0;
    power.burnerHeatW = 0;
    power.fanW = 0;
    power.exhaustW = 0;
    power.wallW = 0;
    let exhaustHeat = 0;
    for (let c = 0; c < CELLS; c++) {
      const lossW = WALL_W_PER_K * (cellC[c]! - hallC);
      power.wallW += lossW;
      flux[c] = -lossW - this.loadW[c]!;
    }
    for (let c = 0; c < CELLS - 1; c++) {
      const exchange = (c + 1) % CELLS_PER_ZONE === 0 ? PASSAGE_W_PER_K : MIX_W_PER_K;
      const q = exchange * (cellC[c]! - cellC[c + 1]!);
      flux[c] = flux[c]! - q;
      flux[c + 1] = flux[c + 1]! + q;
    }
    const entryW = (ENTRY_W_PER_K + (entryBody ? ENTRY_BODY_W_PER_K : 0)) * (cellC[0]! - hallC);
    const exitW = (EXIT_W_PER_K + (exitBody ? EXIT_BODY_W_PER_K : 0)) * (cellC[CELLS - 1]! - hallC);
    flux[0] = flux[0]! - entryW;
    flux[CELLS - 1] = flux[CELLS - 1]! - exitW;
    power.lockW = entryW + exitW;
    const freshWPerK = (this.exhaustNm3PerH / 3600) * NORMAL_AIR_HEAT_J_PER_M3_K;
    for (let z = 0; z < ZONES; z++) {
      const first = z * CELLS_PER_ZONE;
      const recircWPerK = (FAN_FLOW_M3_PER_H[z]! / 3600) * AIR_HEAT_J_PER_M3_K * this.flow[z]!;
      const fresh = freshWPerK * EXHAUST_SHARE[z]!;
      const boxC = this.boxC[z]!;
      let returnC = 0;
      for (let i = 0; i < CELLS_PER_ZONE; i++) {
        const c = first + i;
        const share = SUPPLY_SHARE[z]![i]!;
        // What a cell is given is drawn off there again, so the return is mixed by the same shares.
        returnC += cellC[c]! * share;
        flux[c] = flux[c]! + recircWPerK * share * (boxC - cellC[c]!);
      }
      const heatW = this.flame[z]! * BURNER_W[z]!;
      const exhaustW = fresh * (returnC - hallC);
      power.burnerHeatW += heatW;
      power.gasW += heatW / BURNER_EFFICIENCY;
      power.fanW += this.fanW[z]!;
      power.exhaustW += exhaustW;
      exhaustHeat += EXHAUST_SHARE[z]! * returnC;
      this.boxC[z] =
        boxC + (recircWPerK * (returnC - boxC) - exhaustW + heatW + this.fanW[z]!) / BOX_CAPACITY;
    }
    for (let c = 0; c < CELLS; c++) cellC[c] = cellC[c]! + flux[c]! / CELL_CAPACITY;
    this.exhaustC = exhaustHeat;
  }
}
