/**
 * What a detector costs per sample, beside a plain z-score in the same run. A lane is a way to judge the next row of a
 * table: add one to LANES and it stands in the table. Lanes take turns in every round; the median of the rounds counts.
 *
 * `npm run bench detect-cost`; ends with 1 where a bar is missed.
 */
import { Random } from "../runtime/core/random.ts";
import { calibrateDetector } from "../runtime/diagnose/detector-calibration.ts";
import { DetectorCore } from "../runtime/diagnose/detector-core.ts";
import { calibrateStream } from "../runtime/diagnose/stream/stream-calibration.ts";

const ROWS = 20_000;
const ROUNDS = 21;

interface Lane {
  readonly name: string;
  readonly signals: number;
  /** Most microseconds per row; none for a lane that is only there to compare. */
  readonly mostUs?: number;
  /** Readies a detector on normal rows, row-major. @returns judges row r and gives something of it back */
  ready(table: Float64Array): (row: number) => number;
}

const LANES: readonly Lane[] = [
  { name: "plain z-score, running mean and variance", signals: 1, ready: plainScore },
  {
    name: "**single signal: eight rules**",
    signals: 1,
    mostUs: 1,
    ready(table) {
      const { detector } = calibrateStream(table.subarray(0, 2000));
      return (row) => {
        detector.step(table[row]!);
        return detector.score;
      };
    },
  },
  {
    name: "single signal with a cycle of 288 rows",
    signals: 1,
    mostUs: 1,
    ready(table) {
      const daily = table.map((x, row) => x + 10 * Math.sin((2 * Math.PI * row) / 288));
      const { detector } = calibrateStream(daily.subarray(0, 2000));
      return (row) => {
        detector.step(daily[row]!);
        return detector.score;
      };
    },
  },
  {
    name: "52 signals together, T² and SPE, 11 components",
    signals: 52,
    mostUs: 10,
    ready: together,
  },
];

/** Welford's mean and variance, and the distance of the row from them. */
function plainScore(table: Float64Array): (row: number) => number {
  let [n, mean, squares] = [0, 0, 0];
  return (row) => {
    const x = table[row]!;
    const z = n > 1 ? (x - mean) / Math.sqrt(squares / (n - 1)) : 0;
    const d = x - mean;
    mean += d / ++n;
    squares += d * (x - mean);
    return z;
  };
}

function together(table: Float64Array): (row: number) => number {
  const rows = Array.from({ length: table.length / 52 }, (_, r) => table.slice(52 * r, 52 * r + 52));
  const values = Array.from({ length: 52 }, (_, c) =>
    Float64Array.from(rows.slice(0, 4000), (row) => row[c]!),
  );
  const core = new DetectorCore(
    calibrateDetector(
      { names: values.map((_, c) => `s${c}`), values, timeUs: new Float64Array(0) },
      { components: { count: 11 } },
    ),
  );
  return (row) => {
    core.step(rows[row]!);
    return core.score;
  };
}

const random = new Random(1);
const judges = LANES.map((lane) =>
  lane.ready(Float64Array.from({ length: ROWS * lane.signals }, () => random.normal())),
);
const times: number[][] = LANES.map(() => []);
let kept = 0;
for (let round = 0; round < ROUNDS; round++) {
  for (const [l, judge] of judges.entries()) {
    const began = performance.now();
    for (let row = 0; row < ROWS; row++) kept += judge(row);
    times[l]!.push((1000 * (performance.now() - began)) / ROWS);
  }
}
const medians = times.map((each) => [...each].sort((a, b) => a - b)[ROUNDS >> 1]!);
const lines = LANES.map(({ name, signals, mostUs }, l) => {
  const verdict = mostUs === undefined ? "" : `${mostUs}, ${medians[l]! <= mostUs ? "held" : "missed"}`;
  return `| ${name} | ${signals} | ${medians[l]!.toFixed(3)} | ${(medians[l]! / medians[0]!).toFixed(1)} | ${verdict} |`;
});
console.log(`# Cost of detection

Made by bench/detect-cost.ts. One core, ${ROWS.toLocaleString("en-US")} rows a round, ${ROUNDS} rounds in turn, medians.

| lane | signals | µs per row | against the z-score | bar, µs |
|---|---|---|---|---|
${lines.join("\n")}`);
if (!Number.isFinite(kept)) throw new Error("a detector gave no finite score");
process.exit(LANES.some(({ mostUs }, l) => mostUs !== undefined && medians[l]! > mostUs) ? 1 : 0);
