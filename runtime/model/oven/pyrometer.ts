import { type ConfigReader, inside, type Place, type Raw, SHARE, TEMPERATURE } from "./config-reader.ts";

/** A radiation thermometer behind the exit, and what it is set to. */
export interface ExitPyrometer {
  /** Of the coat, in the band of the instrument. */
  readonly emissivity: number;
  /** What the instrument takes it for. */
  readonly setEmissivity: number;
  /** What the metal mirrors: the walls round the exit. */
  readonly surroundingsC: number;
  /** Added by the instrument. */
  readonly offsetK: number;
}

/** Second radiation constant, µm K (CODATA 2018). */
const SECOND_RADIATION_UM_K = 14387.768775;
/** Effective wavelength of the usual band of 8 to 14 µm, µm. */
const WAVELENGTH_UM = 10.6;
const ZERO_CELSIUS_K = 273.15;
const EXPONENT_K = SECOND_RADIATION_UM_K / WAVELENGTH_UM;

/** Planck's law at the effective wavelength, without its constant factor. */
const radianceOf = (temperatureC: number): number =>
  1 / Math.expm1(EXPONENT_K / (temperatureC + ZERO_CELSIUS_K));

const temperatureOf = (radiance: number): number => EXPONENT_K / Math.log1p(1 / radiance) - ZERO_CELSIUS_K;

/**
 * What the instrument shows of a surface: it sees e L(T) + (1 - e) L(surroundings) and takes it for the same with the
 * emissivity it is set to (Planck at one effective wavelength).
 * @returns °C; NaN where the instrument's setting leaves no radiance of the metal
 */
export function pyrometerC(metalC: number, pyrometer: ExitPyrometer): number {
  const { emissivity, setEmissivity } = pyrometer;
  const surroundings = radianceOf(pyrometer.surroundingsC);
  const seen = emissivity * radianceOf(metalC) + (1 - emissivity) * surroundings;
  const taken = (seen - (1 - setEmissivity) * surroundings) / setEmissivity;
  return taken > 0 ? temperatureOf(taken) + pyrometer.offsetK : Number.NaN;
}

/** Coats are near black between 8 and 14 µm; instruments are delivered set to 0.95. */
const USUAL_EMISSIVITY = 0.95;

export function readPyrometer(read: ConfigReader, raw: Raw, oven: Place): ExitPyrometer | undefined {
  if (raw.pyrometer === undefined || raw.pyrometer === null) return undefined;
  const place = inside(oven, "pyrometer", "pyrometer");
  const pyrometer = read.object(raw.pyrometer, place);
  const share = { ...SHARE, byDefault: USUAL_EMISSIVITY };
  return {
    emissivity: read.number(pyrometer, "emissivity", place, "emissivity of the coat", "1", share),
    setEmissivity: read.number(
      pyrometer,
      "setEmissivity",
      place,
      "emissivity the instrument is set to",
      "1",
      share,
    ),
    surroundingsC: read.number(pyrometer, "surroundingsC", place, "surroundings", "°C", {
      ...TEMPERATURE,
      byDefault: 25,
    }),
    offsetK: read.number(pyrometer, "offsetK", place, "offset", "K", {
      least: -100,
      most: 100,
      byDefault: 0,
    }),
  };
}
