import type { MemoryFacts } from "./client.ts";
import { loadName } from "./report.ts";
import type { RunFacts, Shape } from "./run-client.ts";
import { slopeOf } from "./slope.ts";

/** Growth over the whole soak that still counts as flat. */
const FLAT_SHARE = 0.02;
const SAMPLE_S = 10;

export interface Flatness {
  /** MB per minute. */
  readonly slope: number;
  readonly low: number;
  readonly high: number;
  /** Of the value at the beginning of the line, over the whole time. */
  readonly growthShare: number;
  readonly isFlat: boolean;
}

/** Judges memory sampled every ten seconds: flat where no growth is shown, or where it is below 2 %. */
export function flatnessOf(mb: readonly number[]): Flatness {
  const minutes = mb.map((_, i) => (i * SAMPLE_S) / 60);
  const { slope, low, high } = slopeOf(minutes, mb);
  const middle = mb.reduce((sum, value) => sum + value, 0) / mb.length;
  const span = minutes.at(-1)!;
  const growthShare = (slope * span) / (middle - (slope * span) / 2);
  return { slope, low, high, growthShare, isFlat: low <= 0 || growthShare < FLAT_SHARE };
}

export interface Soak {
  readonly name: string;
  readonly run: RunFacts;
  readonly memory: readonly MemoryFacts[];
}

export function soakIsFlat({ run, memory }: Soak): boolean {
  return run.missed === 0 && flatnessOf(memory.map(({ rssMb }) => rssMb)).isFlat;
}

export function soakTable(load: Shape, soaks: readonly Soak[]): string {
  const rows = soaks.flatMap(({ name, run, memory }) =>
    (["rssMb", "heapMb"] as const).map((kind) => {
      const mb = memory.map((facts) => facts[kind]);
      const { slope, low, high, growthShare, isFlat } = flatnessOf(mb);
      return `| ${name} | ${kind === "rssMb" ? "RSS" : "heap in use"} | ${mb[0]!.toFixed(0)} | ${mb.at(-1)!.toFixed(0)} | ${Math.max(...mb).toFixed(0)} | ${slope.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)}) | ${(100 * growthShare).toFixed(1)} % | ${run.missed} | ${isFlat ? "flat" : "**grows**"} |`;
    }),
  );
  return `${loadName(load)} for ${load.seconds / 60} minutes after ${load.warmUpS} s of warm-up, sampled every ${SAMPLE_S} s. Flat: the slope's 95 % interval holds 0 or
less, or the growth over the whole time is below ${100 * FLAT_SHARE} %.

| client | memory | first MB | last MB | most MB | MB/min (95 %) | growth | missed | |
|---|---|---|---|---|---|---|---|---|
${rows.join("\n")}
`;
}
