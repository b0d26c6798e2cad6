import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Random } from "../../../runtime/core/random.ts";
import { type Duration, sampler } from "../../../runtime/model/line/duration.ts";
import type { LineBlock, LineModel } from "../../../runtime/model/line/line-model.ts";
import { type Estimate, estimate } from "../../../runtime/model/line/results/estimate.ts";
import { simulateLine } from "../../../runtime/model/line/simulate.ts";
import { needsFile } from "../../needs.ts";

const SEEDS = 200;
const DATA = "../shared/data/lines";

/**
 * Runs 200 seeds against an exact value. Of 200 true 95 % intervals 182 to 196 hold it with a probability of 99 %; the
 * mean of all lies within four standard errors.
 */
function holdsAgainst(exact: number, of: (seed: number) => Estimate): void {
  const estimates = Array.from({ length: SEEDS }, (_, i) => of(i + 1));
  const covered = estimates.filter(({ low, high }) => low <= exact && exact <= high).length / SEEDS;
  const { mean, low, n } = estimate(estimates.map((one) => one.mean));
  const errors = (mean - exact) / ((mean - low) / 1.972);
  assert.equal(n, SEEDS);
  assert.ok(Math.abs(errors) < 4, `mean ${mean} is ${errors.toFixed(2)} standard errors from ${exact}`);
  assert.ok(covered >= 0.91 && covered <= 0.98, `${covered} of the intervals hold ${exact}, mean ${mean}`);
}

/** Stations in a row that always find a part, with so many places between them. */
function row(stations: readonly Partial<LineBlock>[], places: readonly number[]): LineModel {
  const blocks: LineBlock[] = [{ id: "in", kind: "source" }];
  for (const [i, station] of stations.entries()) {
    if (i > 0 && places[i - 1]! > 0) blocks.push({ id: `b${i}`, kind: "buffer", places: places[i - 1]! });
    blocks.push({ id: `s${i}`, kind: "station", ...station } as LineBlock);
  }
  blocks.push({ id: "out", kind: "sink" });
  const connections = blocks.slice(1).map(({ id }, i) => ({ from: blocks[i]!.id, to: id }));
  return { name: "row", blocks, connections };
}

const exponential = (ratePerS: number): Partial<LineBlock> & { process: Duration } => ({
  process: { kind: "exponential", meanS: 1 / ratePerS },
});

const perSecond = (
  model: LineModel,
  run: { seed: number; warmUpS: number; lengthS: number; replications: number },
): Estimate => {
  const { throughputPerHour } = simulateLine(model, { ...run, engine: "callbacks", bottleneck: false });
  const { mean, low, high, n } = throughputPerHour;
  return { mean: mean / 3600, low: low / 3600, high: high / 3600, n };
};

describe("lines against theory, 200 seeds each", () => {
  it("M/M/1 at 0.9 waits 9 service times", function () {
    this.timeout(60_000);
    const model: LineModel = {
      name: "M/M/1",
      blocks: [
        { id: "in", kind: "source", interarrival: { kind: "exponential", meanS: 1 / 0.9 } },
        { id: "queue", kind: "buffer" },
        { id: "server", kind: "station", process: { kind: "exponential", meanS: 1 } },
        { id: "out", kind: "sink" },
      ],
      connections: [
        { from: "in", to: "queue" },
        { from: "queue", to: "server" },
        { from: "server", to: "out" },
      ],
    };
    // Each run begins in the stationary state, so that none of it need be left out: 0.9^n are n or more inside.
    const waitS = (seed: number): Estimate => {
      const random = new Random(seed, 9);
      const drawn = Array.from({ length: 10 }, (_, i) => {
        const inside = Math.floor(Math.log(1 - random.uniform()) / Math.log(0.9));
        const parts = (count: number) => Array.from({ length: Math.max(0, count) }, () => ({}));
        const initial = {
          atS: 0,
          blocks: [
            { id: "queue", parts: parts(inside - 1) },
            { id: "server", parts: parts(Math.min(1, inside)) },
          ],
        };
        const run = { lengthS: 4000, seed: 10 * seed + i, replications: 1, initial, bottleneck: false };
        const { perBlock } = simulateLine(model, run);
        // Little's law.
        return perBlock[1]!.content!.mean / 0.9;
      });
      return estimate(drawn);
    };
    holdsAgainst(9, waitS);
  });

  for (const places of [1, 4]) {
    it(`two exponential stations with ${places} places make (b + 2) / (b + 3)`, function () {
      this.timeout(30_000);
      const model = row([exponential(1), exponential(1)], [places]);
      const run = { warmUpS: 100, lengthS: 600, replications: 5 };
      holdsAgainst((places + 2) / (places + 3), (seed) => perSecond(model, { ...run, seed }));
    });
  }

  for (const [stations, exact] of [
    [3, 22 / 39],
    [4, 0.51478],
    [5, 0.4858],
  ] as const) {
    it(`${stations} exponential stations without buffers make ${exact.toFixed(4)} (Hillier and Boling 1967)`, function () {
      this.timeout(30_000);
      const model = row(new Array(stations).fill(exponential(1)), []);
      const run = { warmUpS: 100, lengthS: 600, replications: 5 };
      holdsAgainst(exact, (seed) => perSecond(model, { ...run, seed }));
    });
  }

  it("exponential lines with the best buffers make what the Markov chain says", function () {
    this.timeout(60_000);
    const cases = published("bap_exact.json", this) as { mu: number[]; opt: number[]; thr: number }[];
    for (const { mu, opt, thr } of cases) {
      const model = row(mu.map(exponential), opt);
      const run = { warmUpS: 100, lengthS: 600, replications: 5 };
      holdsAgainst(thr, (seed) => perSecond(model, { ...run, seed }));
    }
  });

  it("two machines that break down make what the Markov chain says", function () {
    this.timeout(60_000);
    const cases = published("two_machine_geometric_exact.json", this) as {
      p1: number;
      r1: number;
      p2: number;
      r2: number;
      N: number;
      E: number;
    }[];
    // The five of the table with p = 0.01, r = 0.1, and two where the machines differ.
    for (const { p1, r1, p2, r2, N, E } of [...cases.slice(0, 5), cases[12]!, cases[15]!]) {
      const machine = (fails: number, mended: number): Partial<LineBlock> => ({
        process: { kind: "fixed", valueS: 1 },
        failure: {
          by: "operation",
          meanBetween: { kind: "geometric", meanS: 1 / fails, stepS: 1 },
          repair: { kind: "geometric", meanS: 1 / mended, stepS: 1 },
        },
      });
      // N counts the part on the second machine and the one that waits on the first.
      const model = row([machine(p1, r1), machine(p2, r2)], [N - 2]);
      const run = { warmUpS: 400 + 20 * N, lengthS: 1400 + 60 * N, replications: 3 };
      holdsAgainst(E, (seed) => perSecond(model, { ...run, seed }));
    }
  });
});

describe("times that are drawn", () => {
  const laws: readonly [Duration, number, number][] = [
    [{ kind: "fixed", valueS: 3 }, 3, 0],
    [{ kind: "exponential", meanS: 4 }, 4, 16],
    [{ kind: "geometric", meanS: 5, stepS: 0.5 }, 5, 22.5],
    [{ kind: "uniform", lowS: 2, highS: 8 }, 5, 3],
    [{ kind: "triangular", lowS: 1, modeS: 2, highS: 6 }, 3, 7 / 6],
    [{ kind: "normal", meanS: 50, sdS: 5 }, 50, 25],
    [{ kind: "lognormal", meanS: 10, sdS: 3 }, 10, 9],
    [{ kind: "weibull", scaleS: 2, shape: 2 }, Math.sqrt(Math.PI), 4 - Math.PI],
    [{ kind: "gamma", scaleS: 2, shape: 3 }, 6, 12],
    [{ kind: "gamma", scaleS: 2, shape: 0.5 }, 1, 2],
    [{ kind: "erlang", meanS: 6, stages: 4 }, 6, 9],
    [{ kind: "empirical", valuesS: [1, 2, 6] }, 3, 14 / 3],
  ];
  for (const [law, mean, variance] of laws) {
    it(`${law.kind} has mean and variance of its law`, () => {
      const draw = sampler(law, new Random(5, 3));
      const drawn = Array.from({ length: 40_000 }, draw);
      const found = estimate(drawn);
      const squares = estimate(drawn.map((value) => (value - mean) ** 2));
      // Ten standard errors: a wrong formula is far outside, no seed of a right one is.
      const wide = ({ low, mean: centre }: Estimate, exact: number): boolean =>
        Math.abs(centre - exact) <= 5 * (centre - low) + 1e-12;
      assert.ok(wide(found, mean), `mean ${found.mean}, of the law ${mean}`);
      assert.ok(wide(squares, variance), `variance ${squares.mean}, of the law ${variance}`);
      assert.ok(drawn.every((value) => value >= 0));
    });
  }
});

function published(file: string, context: Mocha.Context): unknown {
  const path = `${DATA}/${file}`;
  needsFile(context, path);
  return JSON.parse(readFileSync(path, "utf8"));
}
