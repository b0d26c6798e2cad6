import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { messageOf, RungError } from "../../core/errors.ts";
import { seededWords } from "../../core/random.ts";

/** The compiled module: beside this one in the build; sources find the one that the build made. */
const WASM = fileURLToPath(
  new URL(
    import.meta.url.endsWith(".ts")
      ? "../../../dist/runtime/compute/serial-line/serial-line.wasm"
      : "./serial-line.wasm",
    import.meta.url,
  ),
);

/** A serial line in arrays of numbers; runtime/model/line/serial/packed-line.ts makes one. */
export interface SerialLineArrays {
  readonly stations: number;
  readonly hasArrivals: boolean;
  /** Of each station process, time between failures, repair; then arrivals: kind and three parameters each. */
  readonly laws: Float64Array;
  /** Streams of random numbers in the same order, one each. */
  readonly streams: Uint32Array;
  /** 1 where it breaks down at all. */
  readonly fails: Int32Array;
  /** 1 where it breaks down by operation. */
  readonly byOperation: Int32Array;
  /**
   * The last departures of each station lie in a ring, as many as may bind the station before: where a ring begins among
   * `ringPlaces`, and its length; 0 where it binds none.
   */
  readonly ringAt: Int32Array;
  readonly ringLength: Int32Array;
  readonly ringPlaces: number;
  /** 1 where the station behind may hold this one up. */
  readonly bound: Int32Array;
}

/** What a run gives, between its warm-up and its end; s, and parts. */
export interface SerialLineSums {
  readonly leadTimeS: number;
  readonly partSeconds: number;
  readonly operations: number;
  readonly entered: number;
  readonly starvedS: Float64Array;
  readonly busyS: Float64Array;
  readonly blockedS: Float64Array;
  readonly downS: Float64Array;
  readonly parts: Float64Array;
  readonly started: Float64Array;
  readonly waitedS: Float64Array;
}

// As in assembly/record.ts: a record of each station and one of the arrivals, in numbers of 8 bytes and words of 4.
const RECORD_BYTES = 272;
const NUMBERS = RECORD_BYTES / 8;
const WORDS = RECORD_BYTES / 4;
const [FAILS_S, REPAIR_S, STARVED_S, BUSY_S, BLOCKED_S, DOWN_S, PARTS] = [1, 2, 3, 4, 5, 6, 7];
const PROCESS = 8;
const NUMBERS_OF_A_LAW = 4;
const STREAMS = [
  { word: 40, spare: 22 },
  { word: 46, spare: 25 },
  { word: 52, spare: 28 },
] as const;
const [BREAKS, BY_OPERATION, RING_AT, RING_LENGTH, BOUND] = [58, 59, 60, 61, 63];
const [WAITED_S, STARTED] = [32, 33];
const PAGE_BYTES = 65_536;

interface SerialLineModule {
  readonly memory: WebAssembly.Memory;
  readonly leadTimeS: WebAssembly.Global<"f64">;
  readonly partSeconds: WebAssembly.Global<"f64">;
  readonly entered: WebAssembly.Global<"f64">;
  firstFree(): number;
  run(
    base: number,
    stations: number,
    hasArrivals: number,
    ring: number,
    warmUpS: number,
    endS: number,
  ): number;
}

let compiled: WebAssembly.Module | undefined;

/**
 * Runs a serial line in WebAssembly, by the recursion of runtime/model/line/serial/departure-recursion.ts and with its
 * draws: the same bits, several times as fast. The module is a few kilobytes and is compiled at the first run.
 * @param run s; the streams are those of `seed`
 * @throws RungError `serial-line-not-built`
 */
export function runSerialLine(
  line: SerialLineArrays,
  run: { readonly warmUpS: number; readonly endS: number; readonly seed: number },
): SerialLineSums {
  const { stations, ringPlaces } = line;
  compiled ??= compile();
  const { log, exp, pow } = Math;
  const instance = new WebAssembly.Instance(compiled, { math: { log, exp, pow } });
  const module = instance.exports as unknown as SerialLineModule;
  const base = Math.ceil(module.firstFree() / 16) * 16;
  const ring = base + (stations + 1) * RECORD_BYTES;
  const bytes = ring + ringPlaces * 8;
  if (bytes > module.memory.buffer.byteLength)
    module.memory.grow(Math.ceil((bytes - module.memory.buffer.byteLength) / PAGE_BYTES));
  const numbers = new Float64Array(module.memory.buffer, base, (stations + 1) * NUMBERS);
  const words = new Int32Array(module.memory.buffer, base, (stations + 1) * WORDS);
  new Float64Array(module.memory.buffer, ring, ringPlaces).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i <= stations; i++) {
    const isArrivals = i === stations;
    const law = 3 * i * NUMBERS_OF_A_LAW;
    numbers.set(line.laws.subarray(law, law + 3 * NUMBERS_OF_A_LAW), i * NUMBERS + PROCESS);
    STREAMS.forEach(({ word, spare }, k) => {
      const stream = line.streams[STREAMS.length * i + k];
      if (stream !== undefined) words.set(seededWords(run.seed, stream), i * WORDS + word);
      numbers[i * NUMBERS + spare] = Number.NaN;
    });
    numbers[i * NUMBERS + FAILS_S!] = Number.POSITIVE_INFINITY;
    numbers[i * NUMBERS + REPAIR_S!] = Number.POSITIVE_INFINITY;
    if (isArrivals) continue;
    words[i * WORDS + BREAKS!] = line.fails[i]!;
    words[i * WORDS + BY_OPERATION!] = line.byOperation[i]!;
    words[i * WORDS + RING_AT!] = line.ringAt[i]!;
    words[i * WORDS + RING_LENGTH!] = line.ringLength[i]!;
    words[i * WORDS + BOUND!] = line.bound[i]!;
  }
  const operations = module.run(base, stations, line.hasArrivals ? 1 : 0, ring, run.warmUpS, run.endS);
  const column = (number: number): Float64Array =>
    Float64Array.from({ length: stations }, (_, i) => numbers[i * NUMBERS + number]!);
  return {
    leadTimeS: module.leadTimeS.value,
    partSeconds: module.partSeconds.value,
    operations,
    entered: module.entered.value,
    starvedS: column(STARVED_S!),
    busyS: column(BUSY_S!),
    blockedS: column(BLOCKED_S!),
    downS: column(DOWN_S!),
    parts: column(PARTS!),
    started: column(STARTED!),
    waitedS: column(WAITED_S!),
  };
}

/** @throws RungError `serial-line-not-built` */
function compile(): WebAssembly.Module {
  try {
    return new WebAssembly.Module(readFileSync(WASM));
  } catch (error) {
    throw new RungError({
      code: "serial-line-not-built",
      where: WASM,
      what: `the compiled serial line cannot be read: ${messageOf(error)}`,
      advice: "run `npm run build`",
      cause: error,
    });
  }
}
