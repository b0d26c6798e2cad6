/**
 * Many equally spaced values taken in one go, such as a vibration measurement: one sample of a property, in its unit.
 * The sample's source time is that of the first value.
 */
export interface Waveform {
  readonly samples: Float64Array;
  /** Values per second. */
  readonly sampleRateHz: number;
}

/** True for a waveform of this or of another copy of this module. */
export function isWaveform(thing: unknown): thing is Waveform {
  if (thing === null || typeof thing !== "object") return false;
  const { samples, sampleRateHz } = thing as Partial<Waveform>;
  return samples instanceof Float64Array && typeof sampleRateHz === "number";
}
