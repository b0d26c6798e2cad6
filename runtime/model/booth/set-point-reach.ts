import { supplyTarget } from "./air-balance.ts";
import type { BoothConfig, BoothSection } from "./booth-fields.ts";
import { fansOf } from "./fans.ts";
import { dewPointC, relativeHumidityPercent } from "./moist-air.ts";

export interface OutOfReach {
  readonly section: BoothSection;
  readonly what: string;
  readonly advice: string;
}

/** No booth is laid out for more; beyond it a flow and its pressures do not belong together. */
const MOST_RISE_K = 20;
/** A surface this little below the dew point would dry the air only with endless contact. */
const LEAST_COIL_DIFFERENCE_K = 0.5;

/**
 * Why humidifier or coil cannot bring air to the set point; empty where they can, which is then so from any outside
 * air, since heaters and coil are as large as they must be.
 */
export function outOfReach(config: BoothConfig): OutOfReach[] {
  const { air, handling } = config;
  if (air.relativeHumidityPercent >= 100) {
    const what = "relative humidity must be < 100 %, or the booth fogs";
    return [{ section: "air", what, advice: "parameter relativeHumidityPercent" }];
  }
  const { beforeFan, pressurePa, fanRiseK, flowM3PerH, dryKgPerS } = supplyTarget(config);
  const { extract } = fansOf(config, 0, flowM3PerH);
  const boothRiseK = (air.heatGainKW + extract.powerKW) / dryKgPerS;
  const overheating: OutOfReach[] = [
    [fanRiseK, "the supply fan"] as const,
    [boothRiseK, "the heat in the booth and the extract fan"] as const,
  ]
    .filter(([riseK]) => riseK > MOST_RISE_K)
    .map(([riseK, what]) => ({
      section: "fans",
      what: `${what} would warm ${Math.round(flowM3PerH).toLocaleString("en")} m³/h by ${riseK.toFixed(0)} K, at most ${MOST_RISE_K} K`,
      advice:
        "state the pressures for this flow (parameter designFlowM3PerH), or correct efficiency or heatGainKW",
    }));
  if (overheating.length > 0) return overheating;
  const found: OutOfReach[] = [];
  const humidity = relativeHumidityPercent(beforeFan, pressurePa);
  if (humidity > handling.humidifierMostPercent) {
    found.push({
      section: "air",
      what: `before the fan warms it by ${fanRiseK.toFixed(1)} K the supply must hold ${humidity.toFixed(0)} %, and the humidifier reaches ${handling.humidifierMostPercent} %`,
      advice: "state the fans' pressures for this flow (parameter designFlowM3PerH) or ask for less humidity",
    });
  }
  const dewC = dewPointC(beforeFan, pressurePa);
  if (dewC - handling.coilC < LEAST_COIL_DIFFERENCE_K) {
    found.push({
      section: "handling",
      what: `a coil's surface of ${handling.coilC} °C cannot dry air to a dew point of ${dewC.toFixed(1)} °C`,
      advice: "cool it further (parameter coilC) or ask for more humidity",
    });
  }
  return found;
}
