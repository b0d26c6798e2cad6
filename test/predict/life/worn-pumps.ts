import { Random } from "../../../runtime/core/random.ts";

/** Signals of a simulated pump; `valve` is constant and `weather` says nothing of wear. */
export const PUMP_SIGNALS = ["vibration", "temperature", "pressure", "valve", "weather"] as const;

/**
 * A pump from new to failure: wear grows faster towards the end, at a pace and to a limit of the pump's own. One row per
 * cycle, in PUMP_SIGNALS.
 */
export function wornPump(seed: number): number[][] {
  const random = new Random(seed, 3);
  const life = 80 + random.integer(90);
  const offset = 0.1 * random.normal();
  const pace = 25 + 20 * random.uniform();
  const limit = 0.75 + 0.5 * random.uniform();
  return Array.from({ length: life }, (_, i) => {
    const left = life - 1 - i;
    const wear = limit * Math.exp(-left / pace);
    return [
      2 + offset + 3 * wear + 0.12 * random.normal(),
      60 + 14 * wear + 0.8 * random.normal(),
      6.2 - 1.1 * wear + 0.07 * random.normal(),
      1,
      15 + 5 * random.normal(),
    ];
  });
}

/** Records of pumps as a file of `rung life`. @param shown how many of a pump's rows stand in it */
export function pumpFile(seeds: readonly number[], shown: (rows: number) => number = (rows) => rows): string {
  const lines = seeds.flatMap((seed) => {
    const rows = wornPump(seed);
    return rows
      .slice(0, shown(rows.length))
      .map((row, i) => [seed, i + 1, ...row.map((value) => value.toFixed(3))].join(" "));
  });
  return `${[`unit cycle ${PUMP_SIGNALS.join(" ")}`, ...lines].join("\n")}\n`;
}

export const seedsFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => first + i);
