/** What the energy balance of an oven needs beside its temperatures. */
export interface OvenEnergy {
  readonly bodyKg: number;
  readonly skidKg: number;
  /** Exhaust, at 0 °C and 1.01325 bar. */
  readonly exhaustNm3PerH: number;
  /** Heat transmission of the walls, area times U. */
  readonly wallWPerK: number;
  /** Electric power of the circulation fans; its heat stays in the oven and is not counted twice. */
  readonly fanKW: number;
  readonly hallC: number;
  readonly bodiesPerHour: number;
  /** Heat delivered per lower heating value of the gas burnt. */
  readonly burnerEfficiency: number;
  /** Carbon dioxide of the site's electricity, kg/kWh; absent where nobody has said it. */
  readonly electricityCo2KgPerKWh?: number;
}

export const DEFAULT_ENERGY: Readonly<Required<Omit<OvenEnergy, "electricityCo2KgPerKWh">>> = {
  bodyKg: 350,
  skidKg: 180,
  exhaustNm3PerH: 8000,
  wallWPerK: 564.2,
  fanKW: 0,
  hallC: 25,
  bodiesPerHour: 40,
  burnerEfficiency: 1,
};

/** Steel, J/(kg K). */
const STEEL_J_PER_KG_K = 470;
/** Air at 0 °C and 1.01325 bar: density kg/m³ and heat capacity kJ/(kg K). */
const AIR_KG_PER_NM3 = 1.293;
const AIR_KJ_PER_KG_K = 1.005;
/** Lower heating value of natural gas H, kWh/Nm³, and its carbon dioxide, kg/kWh. */
export const GAS_KWH_PER_NM3 = 10.0;
export const GAS_CO2_KG_PER_KWH = 0.202;

/** Energy for one body, kWh, by where it goes. */
export interface BodyEnergy {
  readonly bodyKWh: number;
  readonly skidKWh: number;
  readonly exhaustKWh: number;
  readonly wallsKWh: number;
  readonly fansKWh: number;
  /** Electric emitters of radiant zones; their heat is none that the burners have to bring. */
  readonly emittersKWh: number;
  /** Heat over the burner's efficiency: what the gas meter counts. */
  readonly gasKWh: number;
  readonly electricityKWh: number;
  readonly totalKWh: number;
}

/**
 * Energy balance per body: m c dT of body and skid, exhaust and walls shared by the bodies of an hour, fans.
 * @param bodyRiseK mean rise of the body's nodes
 * @param skidRiseK rise of the skid; it follows the heaviest node
 * @param exhaustRiseK exhaust above the hall
 * @param wallRiseK mean air above the hall
 * @param emittersKW electric power of radiant emitters
 */
export function energyPerBody(
  energy: OvenEnergy,
  rise: {
    readonly bodyRiseK: number;
    readonly skidRiseK: number;
    readonly exhaustRiseK: number;
    readonly wallRiseK: number;
  },
  emittersKW = 0,
): BodyEnergy {
  const heatKWh = (kg: number, riseK: number): number => (kg * STEEL_J_PER_KG_K * riseK) / 3.6e6;
  const bodyKWh = heatKWh(energy.bodyKg, rise.bodyRiseK);
  const skidKWh = heatKWh(energy.skidKg, rise.skidRiseK);
  const exhaustKW = (energy.exhaustNm3PerH * AIR_KG_PER_NM3 * AIR_KJ_PER_KG_K * rise.exhaustRiseK) / 3600;
  const exhaustKWh = exhaustKW / energy.bodiesPerHour;
  const wallsKWh = (energy.wallWPerK * rise.wallRiseK) / 1000 / energy.bodiesPerHour;
  const fansKWh = energy.fanKW / energy.bodiesPerHour;
  const emittersKWh = emittersKW / energy.bodiesPerHour;
  const burnerHeatKWh = Math.max(0, bodyKWh + skidKWh + exhaustKWh + wallsKWh - emittersKWh);
  const gasKWh = burnerHeatKWh / energy.burnerEfficiency;
  const electricityKWh = fansKWh + emittersKWh;
  return {
    bodyKWh,
    skidKWh,
    exhaustKWh,
    wallsKWh,
    fansKWh,
    emittersKWh,
    gasKWh,
    electricityKWh,
    totalKWh: gasKWh + electricityKWh,
  };
}

/** Carbon dioxide of one body, kg; null where the site has not said what its electricity brings. */
export interface BodyCo2 {
  readonly gasKg: number;
  readonly electricityKg: number | null;
  readonly totalKg: number | null;
}

/** @param electricityCo2KgPerKWh of the site */
export function co2PerBody(
  energy: Pick<BodyEnergy, "gasKWh" | "electricityKWh">,
  electricityCo2KgPerKWh: number | undefined,
): BodyCo2 {
  const gasKg = energy.gasKWh * GAS_CO2_KG_PER_KWH;
  const known = electricityCo2KgPerKWh ?? (energy.electricityKWh === 0 ? 0 : undefined);
  if (known === undefined) return { gasKg, electricityKg: null, totalKg: null };
  const electricityKg = energy.electricityKWh * known;
  return { gasKg, electricityKg, totalKg: gasKg + electricityKg };
}
