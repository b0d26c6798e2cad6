/**
 * What one sample of 52 signals costs a multivariate detector, contributions included, beside a plain z-score in the
 * same run, one after the other, interleaved. Prints its table. Usage: node bench/detect-multivariate.ts [rounds]
 */
import { cpus } from "node:os";
import { Random } from "../runtime/core/random.ts";
import type { Columns } from "../runtime/diagnose/columns.ts";
import { AdaptivePlane } from "../runtime/diagnose/multivariate/adaptive-plane.ts";
import { calibratePatterns, PatternDistance } from "../runtime/diagnose/multivariate/pattern-distance.ts";
import { calibratePlane } from "../runtime/diagnose/multivariate/plane-calibration.ts";
import { PlaneMonitor } from "../runtime/diagnose/multivariate/plane-monitor.ts";
import type { RowDetector } from "../runtime/diagnose/multivariate/row-detector.ts";

const rounds = Number(process.argv[2] ?? 3);
const SIGNALS = 52;
const COMPONENTS = 11;
const ROWS = 4000;
const BATCHES = 25;
const BAR_US = 10;

/** Signals driven by eleven hidden factors and noise of their own. */
function columnsOf(seed: number): Columns {
  const random = new Random(seed);
  const weights = Array.from({ length: SIGNALS * COMPONENTS }, () => random.normal());
  const values = Array.from({ length: SIGNALS }, () => new Float64Array(ROWS));
  for (let r = 0; r < ROWS; r++) {
    const factors = Array.from({ length: COMPONENTS }, () => random.normal());
    for (let i = 0; i < SIGNALS; i++) {
      let value = random.normal();
      for (let k = 0; k < COMPONENTS; k++) value += weights[i * COMPONENTS + k]! * factors[k]!;
      values[i]![r] = 100 + value;
    }
  }
  return { names: values.map((_, i) => `s${i}`), values, timeUs: new Float64Array(0) };
}

const columns = columnsOf(1);
const table = Array.from({ length: ROWS }, (_, r) =>
  Float64Array.from(columns.values, (values) => values[r]!),
);
const withGaps = table.map((row, r) =>
  row.map((value, i) => (i === r % SIGNALS || i === (r + 7) % SIGNALS ? Number.NaN : value)),
);
const plane = calibratePlane(columns, { components: { count: COMPONENTS } });
const patterns = calibratePatterns(columns);

/** The largest |z| of a row, and the share of each signal in the sum of squares. */
function plainZScore(): (row: Float64Array, shares: Float64Array) => number {
  const centre = Float64Array.from(plane.scale.centre);
  const inverse = Float64Array.from(plane.scale.sigma, (sigma) => 1 / sigma);
  return (row, shares) => {
    let [largest, sum] = [0, 0];
    for (let i = 0; i < SIGNALS; i++) {
      const z = (row[i]! - centre[i]!) * inverse[i]!;
      shares[i] = z * z;
      sum += z * z;
      if (z > largest) largest = z;
      else if (-z > largest) largest = -z;
    }
    for (let i = 0; i < SIGNALS; i++) shares[i]! /= sum;
    return largest;
  };
}

const judging = (detector: RowDetector) => (row: Float64Array, shares: Float64Array) => {
  const { score } = detector.step(row);
  detector.shares(shares);
  return score;
};

const LANES = [
  { name: "plain z-score", rows: table, judge: plainZScore() },
  {
    name: `T² and SPE, ${COMPONENTS} components`,
    rows: table,
    judge: judging(new PlaneMonitor(plane)),
    bar: true,
  },
  {
    name: "the same, two values missing in every row",
    rows: withGaps,
    judge: judging(new PlaneMonitor(plane)),
  },
  {
    name: "T² and SPE, normal updated with every row",
    rows: table,
    judge: judging(new AdaptivePlane(plane)),
    bar: true,
  },
  {
    name: "distance to the nearest 5 of 1,000 patterns",
    rows: table.slice(0, 400),
    judge: judging(new PatternDistance(patterns)),
  },
];

const shares = new Float64Array(SIGNALS);
const times = LANES.map((): number[] => []);
for (let round = 0; round < rounds; round++) {
  for (const [lane, { rows, judge }] of LANES.entries()) {
    for (let batch = 0; batch < BATCHES; batch++) {
      const began = performance.now();
      for (const row of rows) judge(row, shares);
      times[lane]!.push(((performance.now() - began) * 1000) / rows.length);
    }
  }
}
const middle = times.map((each) => each.sort((a, b) => a - b)[each.length >> 1]!);

console.log(`# Cost of a multivariate sample

Made by bench/detect-multivariate.ts on ${cpus()[0]?.model ?? "an unknown processor"}. One row of ${SIGNALS} signals, judged, with the share of each signal in its score;
median of ${rounds} interleaved rounds of ${BATCHES} batches. Bar: at most ${BAR_US} µs. A row that updates normal costs the covariance, and every
500th the components anew, which is in the figure.

| detector | µs per row | of a plain z-score | |
|---|---|---|---|
${LANES.map(
  ({ name, bar }, lane) =>
    `| ${name} | ${middle[lane]!.toFixed(2)} | ${(middle[lane]! / middle[0]!).toFixed(1)} x | ${bar === undefined ? "" : middle[lane]! <= BAR_US ? "holds" : "**missed**"} |`,
).join("\n")}`);
process.exit(LANES.every(({ bar }, lane) => bar === undefined || middle[lane]! <= BAR_US) ? 0 : 1);
