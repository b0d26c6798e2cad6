import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { RungError } from "../../../runtime/core/errors.ts";
import { Random } from "../../../runtime/core/random.ts";
import { choleskyFactor, priorBelief } from "../../../runtime/model/oven/belief.ts";
import { calibrate, type RideRecord } from "../../../runtime/model/oven/calibrate.ts";
import { arrheniusK } from "../../../runtime/model/oven/cure.ts";
import { MetalTrack } from "../../../runtime/model/oven/metal-track.ts";
import { type OvenConfig, ovenConfig } from "../../../runtime/model/oven/oven-config.ts";
import { ride, timeConstantS } from "../../../runtime/model/oven/ride.ts";

const config: OvenConfig = ovenConfig(
  JSON.parse(readFileSync(new URL("../../../examples/oven.config.json", import.meta.url), "utf8")),
);
const STEP_S = 5;
const STEPS = 360;

/** A logger's ride through an oven whose parameters are known. */
function synthetic(truth: ArrayLike<number>, noiseK: number, seed: number): RideRecord {
  const random = new Random(seed);
  const track = new MetalTrack(5, 6, 25);
  const zone = Array.from({ length: STEPS }, (_, i) => Math.floor((i * STEP_S) / 300));
  const measuredC = config.nodes.map(() => new Float64Array(STEPS));
  for (let s = 0; s < STEPS; s++) {
    const z = zone[s]!;
    const rates = config.nodes.map((node, n) => Math.exp(truth[n]! + truth[5 + z]!) / timeConstantS(node));
    track.step(z, config.zones[z]!.airTemperatureC + truth[11 + z]!, STEP_S, rates, 8000);
    for (let n = 0; n < 5; n++) measuredC[n]![s] = track.temperatureC[n]! + noiseK * random.normal();
  }
  return {
    startC: [25, 25, 25, 25, 25],
    durationS: new Float64Array(STEPS).fill(STEP_S),
    zone,
    airC: zone.map((z) => config.zones[z]!.airTemperatureC),
    measuredC,
  };
}

describe("metal track", () => {
  const energyK = arrheniusK(config.cure.activationEnergyKJPerMol);
  const run = (shift: Float64Array): MetalTrack => {
    const track = new MetalTrack(5, 6, 25);
    for (let s = 0; s < STEPS; s++) {
      const z = Math.floor((s * STEP_S) / 300);
      const rates = config.nodes.map((node, n) => Math.exp(shift[n]! + shift[5 + z]!) / timeConstantS(node));
      track.step(z, config.zones[z]!.airTemperatureC + shift[11 + z]!, STEP_S, rates, energyK);
    }
    return track;
  };

  it("steps to the same temperatures and E170 as the whole-zone closed form", () => {
    const track = run(new Float64Array(17));
    ride(config).nodes.forEach((node, n) => {
      assert.ok(Math.abs(track.temperatureC[n]! - node.zoneEndC.at(-1)!) < 1e-9);
      assert.ok(Math.abs(track.e170Min[n]! / node.e170Min - 1) < 1e-3);
      assert.ok(Math.abs(track.peakC[n]! - node.peakC) < 1e-9);
    });
  });

  it("has exact derivatives", () => {
    const base = run(new Float64Array(17));
    for (let p = 0; p < 17; p++) {
      const up = new Float64Array(17);
      const down = new Float64Array(17);
      up[p] = 1e-4;
      down[p] = -1e-4;
      const plus = run(up);
      const minus = run(down);
      const predicted = run(new Float64Array(17));
      predicted.reinterpret(up);
      for (let n = 0; n < 5; n++) {
        const slope = (plus.temperatureC[n]! - minus.temperatureC[n]!) / 2e-4;
        assert.ok(
          Math.abs(base.temperatureRow(n)[p]! - slope) < 1e-4 * Math.max(1, Math.abs(slope)),
          `${p} ${n}`,
        );
        const e170Slope = (plus.e170Min[n]! - minus.e170Min[n]!) / 2e-4;
        const told = (predicted.e170Min[n]! - base.e170Min[n]!) / 1e-4;
        assert.ok(Math.abs(told - e170Slope) < 1e-3 * Math.max(1, Math.abs(e170Slope)), `E170 ${p} ${n}`);
      }
    }
  });
});

describe("calibration from a logger's ride", () => {
  const TRUTH = [1.12, 0.93, 1.05, 0.88, 1.2].map(Math.log);
  const nodesOnly = priorBelief(config, { nodeLn: 0.25, zoneLn: 0, airBiasK: 0 });

  const truth = Float64Array.from([...TRUTH, ...new Array(12).fill(0)]);

  it("fits noisy samples to their noise", () => {
    const result = calibrate(config, synthetic(truth, 1, 1), nodesOnly);
    assert.equal(result.samples, 5 * STEPS);
    for (const rmse of result.rmseK) assert.ok(rmse > 0.9 && rmse < 1.1);
  });

  it("recovers five multipliers within 0.4 % (root mean square of 60 seeds) and tells its own uncertainty", () => {
    let inside = 0;
    const squares = new Float64Array(5);
    for (let seed = 0; seed < 60; seed++) {
      const { belief, deviation } = calibrate(config, synthetic(truth, 1, 100 + seed), nodesOnly);
      for (let n = 0; n < 5; n++) {
        const error = belief.mean[n]! - TRUTH[n]!;
        squares[n] = squares[n]! + error * error;
        if (Math.abs(error) < 1.96 * deviation[n]!) inside++;
      }
    }
    squares.forEach((sum, n) => {
      assert.ok(Math.sqrt(sum / 60) < 0.005, `${config.nodes[n]!.name}: ${Math.sqrt(sum / 60)}`);
    });
    // The thinnest panel settles first and so tells least of its heat transfer.
    const all = squares.reduce((sum, square) => sum + square, 0);
    assert.ok(Math.sqrt(all / 300) < 0.004, `${Math.sqrt(all / 300)}`);
    // Binomial of 300 at 0.95, 99.9 % band.
    assert.ok(inside >= 272 && inside <= 297, `${inside} of 300`);
  });

  it("finds zone factors and air biases too, as far as the prior lets it", () => {
    const spread = Float64Array.from([...TRUTH, 0, 0.06, -0.08, 0.03, 0, 0.05, 2, 0, -2, 1, 0, -3]);
    const result = calibrate(config, synthetic(spread, 0.5, 3), priorBelief(config));
    for (const rmse of result.rmseK) assert.ok(rmse < 0.56, `${rmse}`);
    for (let i = 0; i < 17; i++) {
      assert.ok(Math.abs(result.belief.mean[i]! - spread[i]!) < 4 * result.deviation[i]!, `parameter ${i}`);
    }
    const factor = choleskyFactor(result.belief.covariance, 17);
    for (let i = 0; i < 17; i++) {
      let variance = 0;
      for (let k = 0; k <= i; k++) variance += factor[i * 17 + k]! ** 2;
      assert.ok(Math.abs(Math.sqrt(variance) / result.deviation[i]! - 1) < 1e-6);
    }
  });

  it("refuses a profile that cannot calibrate", () => {
    const good = synthetic(new Float64Array(17), 1, 1);
    const says = (record: RideRecord, said: RegExp) =>
      assert.throws(
        () => calibrate(config, record, nodesOnly),
        (fault: unknown) => fault instanceof RungError && said.test(fault.message),
      );
    says({ ...good, measuredC: good.measuredC.slice(1) }, /oven1\/logger: the logger has 4 channels/);
    says({ ...good, zone: new Array(STEPS).fill(2) }, /covers 1 of 6 zones/);
    says({ ...good, zone: new Array(STEPS).fill(7) }, /step 0 lies in zone 7/);
    const unplugged = good.measuredC.map((c, n) => (n === 3 ? new Float64Array(STEPS).fill(Number.NaN) : c));
    says({ ...good, measuredC: unplugged }, /channel bPillar has 0 samples/);
  });
});
