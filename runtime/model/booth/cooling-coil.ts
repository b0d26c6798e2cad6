import { type MoistAir, saturationRatio } from "./moist-air.ts";
import { bisect } from "./saturation.ts";

export interface CoilOutlet {
  /** Of the air behind the coil and its bypass. */
  readonly temperatureC: number;
  /** Of the wet surface: the apparatus dew point. */
  readonly surfaceC: number;
}

/** Golden section; halves the interval's length about every 1.4 steps. */
const SEARCH_STEPS = 90;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Dries air on a wet coil with face and bypass damper to `humidityRatio`, and leaves it as warm as can be, so that least
 * is cooled and reheated. What touches the coil leaves saturated at the surface's temperature and mixes with what
 * passed by, so the outlet lies on a straight line from the inlet to the saturation curve (apparatus dew point and
 * bypass factor; ASHRAE Handbook Systems and Equipment, cooling coils). Of all surfaces from the coldest allowed up to
 * the dew point, the line that touches the curve gives the warmest outlet; a warmer one than asked for is not needed.
 * @param inlet without mist, damper than asked for
 * @param humidityRatio asked for, kg/kg
 * @param dewPointC of that
 * @param mostC the outlet need be no warmer
 * @param coldestSurfaceC below the dew point
 */
export function dried(
  inlet: MoistAir,
  humidityRatio: number,
  dewPointC: number,
  mostC: number,
  coldestSurfaceC: number,
  pressurePa: number,
): CoilOutlet {
  const outletC = (surfaceC: number): number => {
    const contact =
      (inlet.humidityRatio - humidityRatio) / (inlet.humidityRatio - saturationRatio(surfaceC, pressurePa));
    return inlet.temperatureC - contact * (inlet.temperatureC - surfaceC);
  };
  // The saturation curve is convex, so the outlet has one warmest point between the ends.
  let [low, high] = [coldestSurfaceC, dewPointC];
  for (let i = 0; i < SEARCH_STEPS; i++) {
    const [a, b] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
    if (outletC(a) >= outletC(b)) high = b;
    else low = a;
  }
  const bestC = outletC(coldestSurfaceC) >= outletC(low) ? coldestSurfaceC : low;
  const warmest = outletC(bestC);
  if (warmest <= mostC) return { temperatureC: warmest, surfaceC: bestC };
  return { temperatureC: mostC, surfaceC: bisect((c) => mostC - outletC(c), bestC, dewPointC) };
}
