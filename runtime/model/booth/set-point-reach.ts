import { supplyTarget } from "./air-balance.ts";
import type { BoothConfig, BoothSection } from "./booth-fields.ts";
import { dewPointC, relativeHumidityPercent } from "./moist-air.ts";

export interface OutOfReach {
  readonly section: BoothSection;
  readonly what: string;
  readonly advice: string;
}

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
  const { beforeFan, pressurePa, fanRiseK } = supplyTarget(config);
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
