import assert from "node:assert/strict";
import type { RungError } from "../../../runtime/core/errors.ts";
import { Random } from "../../../runtime/core/random.ts";
import {
  binomialInterval,
  binomialLowerBound,
  binomialUpperBound,
} from "../../../runtime/core/statistics/binomial.ts";
import {
  inverseIncompleteBeta,
  logGamma,
  regularisedIncompleteBeta,
} from "../../../runtime/core/statistics/incomplete-beta.ts";
import { normalQuantile } from "../../../runtime/core/statistics/normal.ts";
import { median, medianAbsoluteDeviation, quantile } from "../../../runtime/core/statistics/quantile.ts";
import { RollingQuantile } from "../../../runtime/core/statistics/rolling-quantile.ts";
import {
  effectiveCount,
  longRunVariance,
  meanInterval,
} from "../../../runtime/core/statistics/serial-mean.ts";

const near = (got: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(got - expected) <= tolerance, `${got} is not ${expected} +- ${tolerance}`);

describe("core/statistics", () => {
  it("interpolates quantiles as type 7 and skips what is no number", () => {
    assert.equal(quantile([1, 2, 3, 4], 0.25), 1.75);
    assert.equal(quantile([4, Number.NaN, 1, 3, 2], 0.5), 2.5);
    assert.equal(quantile([7], 0.99), 7);
    assert.ok(Number.isNaN(quantile([], 0.5)));
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(medianAbsoluteDeviation([1, 1, 2, 2, 4, 6, 9]), 1);
  });

  it("knows the gamma function", () => {
    near(logGamma(5), Math.log(24), 1e-13);
    near(logGamma(0.5), Math.log(Math.sqrt(Math.PI)), 1e-13);
    near(logGamma(100.5), 361.4355404678, 1e-9);
  });

  it("has exact values of the incomplete beta function", () => {
    near(regularisedIncompleteBeta(0.3, 1, 1), 0.3, 1e-14);
    near(regularisedIncompleteBeta(0.5, 2, 3), 11 / 16, 1e-14);
    // P(X >= 3) for Binomial(10, 0.2) = 0.3222004736, exactly.
    near(regularisedIncompleteBeta(0.2, 3, 8), 0.3222004736, 1e-13);
    for (const [a, b] of [
      [0.5, 0.5],
      [3, 200],
      [950, 50],
    ] as const) {
      for (const p of [0.001, 0.3, 0.975]) {
        near(regularisedIncompleteBeta(inverseIncompleteBeta(p, a, b), a, b), p, 1e-11);
      }
    }
  });

  it("gives the published Clopper-Pearson bounds", () => {
    const rounded = (hits: number, n: number): string => {
      const { low, high } = binomialInterval(hits, n);
      return `${low.toFixed(4)} ${high.toFixed(4)}`;
    };
    assert.equal(rounded(0, 10), "0.0000 0.3085");
    assert.equal(rounded(1, 10), "0.0025 0.4450");
    assert.equal(rounded(5, 10), "0.1871 0.8129");
    assert.equal(rounded(10, 100), "0.0490 0.1762");
    assert.equal(rounded(100, 100), "0.9638 1.0000");
    // Rule of three: 1 - 0.05^(1/59) is just under 5 %.
    near(binomialUpperBound(0, 59), 1 - 0.05 ** (1 / 59), 1e-14);
    near(binomialLowerBound(59, 59), 0.05 ** (1 / 59), 1e-14);
    assert.throws(
      () => binomialInterval(3, 2),
      (e: RungError) => e.code === "bad-count",
    );
  });

  it("covers the true rate at least as often as it says, over many seeds", () => {
    for (const rate of [0.02, 0.3]) {
      let covered = 0;
      for (let seed = 0; seed < 1000; seed++) {
        const random = new Random(seed);
        let hits = 0;
        for (let i = 0; i < 60; i++) if (random.uniform() < rate) hits++;
        const { low, high } = binomialInterval(hits, 60);
        if (low <= rate && rate <= high) covered++;
      }
      assert.ok(covered >= 936, `${covered} of 1000 at ${rate}`);
    }
  });

  it("inverts the normal distribution", () => {
    near(normalQuantile(0.5), 0, 1e-16);
    near(normalQuantile(0.975), 1.959963984540054, 1e-14);
    near(normalQuantile(0.05), -1.6448536269514729, 1e-14);
    near(normalQuantile(1e-10), -6.361340902404056, 1e-12);
  });

  it("allows for correlation in the interval of a mean", () => {
    assert.equal(longRunVariance([1, 2, 3, 4], 0), 1.25);
    // Autocovariances of 1..4 are 1.25, 0.3125; Bartlett weight of lag 1 with bandwidth 1 is 1/2.
    assert.equal(longRunVariance([1, 2, 3, 4], 1), 1.5625);
    const random = new Random(4);
    const x = new Float64Array(20_000);
    for (let i = 1; i < x.length; i++) x[i] = 0.8 * x[i - 1]! + random.normal();
    // The long-run variance of AR(1) is 1 / (1 - 0.8)^2 = 25, its marginal variance 2.78: n_eff = n / 9.
    near(effectiveCount(x, 100) / x.length, 1 / 9, 0.02);
    const { low, high } = meanInterval(x, 100);
    assert.ok(low < 0 && 0 < high);
    near(high - low, 2 * 1.96 * Math.sqrt(25 / 20_000), 0.02);
  });

  it("rolls quantiles like a fresh sort of the window", () => {
    const random = new Random(9);
    const rolling = new RollingQuantile(50);
    const all: number[] = [];
    for (let i = 0; i < 400; i++) {
      const value = Math.round(random.normal() * 4);
      all.push(value);
      rolling.add(value);
      const window = all.slice(-50);
      for (const p of [0, 0.05, 0.5, 0.95, 1]) assert.equal(rolling.quantile(p), quantile(window, p));
    }
    assert.equal(rolling.count, 50);
  });
});
