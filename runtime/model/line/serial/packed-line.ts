import type { SerialLineArrays } from "../../../compute/serial-line/serial-line-wasm.ts";
import type { Duration } from "../duration.ts";
import type { SerialLine } from "./serial-line.ts";

/** Draws of three kinds, in the order of their streams and laws: process times, times between failures, repairs. */
export const USES = 3;

/** What the recursion reads of a line beside its laws; a place for each station. */
export type PackedLine = Omit<SerialLineArrays, "laws">;

export function packLine(line: SerialLine): PackedLine {
  const stations = line.stations.length;
  const limits = line.placesBehind.map((places) => (Number.isFinite(places) ? places + 1 : 0));
  const ringLength = Int32Array.from(line.stations, (_, i) => limits[i - 1] ?? 0);
  const ringAt = new Int32Array(stations);
  for (let i = 1; i < stations; i++) ringAt[i] = ringAt[i - 1]! + ringLength[i - 1]!;
  const streams = line.stations.flatMap(({ streams }, i) => {
    const { process, between, repair } = streams ?? {
      process: USES * i,
      between: USES * i + 1,
      repair: USES * i + 2,
    };
    return [process, between, repair];
  });
  return {
    stations,
    hasArrivals: line.arrivals !== undefined,
    streams: Uint32Array.from([...streams, line.arrivalStream ?? USES * stations]),
    fails: Int32Array.from(line.stations, ({ failure }) => (failure === undefined ? 0 : 1)),
    byOperation: Int32Array.from(line.stations, ({ failure }) => (failure?.by === "operation" ? 1 : 0)),
    ringAt,
    ringLength,
    ringPlaces: ringLength.reduce((sum, length) => sum + length, 0),
    bound: Int32Array.from(line.stations, (_, i) => ((limits[i] ?? 0) > 0 ? 1 : 0)),
  };
}

/** Laws by number, as draws.ts of runtime/compute/serial-line/assembly knows them, each with three parameters. */
const NONE: readonly number[] = [0, 0, 0, 0];

/**
 * All laws of a line as numbers, for the WebAssembly lane: of each station as in `USES`, then that of the arrivals.
 * @returns undefined where a law is a list of values, which only JavaScript draws
 */
export function packLaws(line: SerialLine): Float64Array | undefined {
  const durations = line.stations.flatMap(({ process, failure }) => [
    process,
    failure?.meanBetween,
    failure?.repair,
  ]);
  const numbers: number[] = [];
  for (const duration of [...durations, line.arrivals]) {
    const law = duration === undefined ? NONE : packLaw(duration);
    if (law === undefined) return undefined;
    numbers.push(...law);
  }
  return Float64Array.from(numbers);
}

function packLaw(duration: Duration): readonly number[] | undefined {
  switch (duration.kind) {
    case "fixed":
      return [0, duration.valueS, 0, 0];
    case "exponential":
      return [1, duration.meanS, 0, 0];
    case "uniform":
      return [2, duration.lowS, duration.highS - duration.lowS, 0];
    case "triangular":
      return [3, duration.lowS, duration.modeS, duration.highS];
    case "normal":
      return [4, duration.meanS, duration.sdS, 0];
    case "lognormal": {
      const variance = Math.log(1 + (duration.sdS / duration.meanS) ** 2);
      return [5, Math.log(duration.meanS) - variance / 2, Math.sqrt(variance), 0];
    }
    case "weibull":
      return [6, duration.scaleS, 1 / duration.shape, 0];
    case "gamma":
      return [7, duration.scaleS, duration.shape, 0];
    case "erlang":
      return [8, duration.stages, duration.meanS / duration.stages, 0];
    case "geometric":
      return [9, duration.stepS, Math.log(1 - duration.stepS / duration.meanS), 0];
    case "empirical":
      return undefined;
  }
}
