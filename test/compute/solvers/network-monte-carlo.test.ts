import assert from "node:assert/strict";
import { networkMonteCarlo } from "../../../runtime/compute/solvers/network-kernel.ts";
import type { NetworkDraws, NetworkProblem } from "../../../runtime/compute/solvers/network-monte-carlo.ts";
import { networkPlain } from "../../../runtime/compute/solvers/network-plain.ts";
import { AT_ONCE } from "../../../runtime/compute/solvers/solver-control.ts";
import { RungError } from "../../../runtime/core/errors.ts";
import { Random } from "../../../runtime/core/random.ts";
import { largestDifference, largestRelative } from "./differences.ts";
import { NETWORK_OVEN, randomDraws, steelTimeConstantS } from "./oven-network.ts";

/** One run without any deviation. */
function still(problem: NetworkProblem): NetworkDraws {
  return {
    runs: 1,
    lnNode: new Float32Array(problem.timeConstantS.length),
    lnZone: new Float32Array(problem.zoneS.length),
    airBiasK: new Float32Array(problem.zoneS.length),
  };
}

describe("network Monte Carlo", () => {
  it("rides the oven of the worked example: temperature after each zone to 1e-3 K, E170 to 1e-3 min", async () => {
    // Temperature after zones 1 to 6 and E170 of roof, door, A-pillar, B-pillar and rocker.
    const expected = [
      [119.088, 118.37, 94.135, 77.87, 61.676],
      [164.559, 164.2, 145.706, 126.36, 101.566],
      [189.756, 189.557, 177.94, 161.777, 135.708],
      [185.046, 185.078, 183.078, 174.701, 154.738],
      [180.048, 180.087, 180.838, 177.65, 164.491],
      [175.048, 175.087, 176.589, 176.175, 168.548],
    ];
    for (const [last, temperatures] of expected.entries()) {
      const zones = last + 1;
      const part: NetworkProblem = {
        ...NETWORK_OVEN,
        stepS: 1,
        zoneS: NETWORK_OVEN.zoneS.slice(0, zones),
        zoneFactor: NETWORK_OVEN.zoneFactor.slice(0, zones),
        airC: NETWORK_OVEN.airC.slice(0, zones),
      };
      const { exitC } = await networkMonteCarlo(part, still(part), AT_ONCE);
      assert.ok(largestDifference(exitC, temperatures) < 1e-3, `zone ${zones}: ${exitC}`);
    }
    const { e170Min, peakC } = await networkMonteCarlo(
      { ...NETWORK_OVEN, stepS: 1 },
      still(NETWORK_OVEN),
      AT_ONCE,
    );
    assert.ok(largestDifference(e170Min, [35.787, 35.453, 27.884, 20.191, 10.183]) < 1e-3, `${e170Min}`);
    assert.ok(largestDifference(peakC, [189.756, 189.557, 183.078, 177.65, 168.548]) < 1e-3);
    const cured = Array.from(e170Min, (minutes) => 1 - 10 ** (-minutes / 10));
    assert.ok(largestDifference(cured, [0.99974, 0.99972, 0.99837, 0.99043, 0.90414]) < 6e-6, `${cured}`);
  });

  it("is exact in temperature whatever the step, and of second order in E170", async () => {
    const exit = async (stepS: number) =>
      networkPlain({ ...NETWORK_OVEN, stepS }, still(NETWORK_OVEN), AT_ONCE);
    const [fine, coarse, coarser] = [await exit(0.25), await exit(25), await exit(50)];
    assert.ok(largestDifference(fine.exitC, coarser.exitC) < 2e-5);
    const rockerError = (runs: typeof fine) => Math.abs(runs.e170Min[4]! - fine.e170Min[4]!);
    const ratio = rockerError(coarser) / rockerError(coarse);
    assert.ok(ratio > 3.5 && ratio < 4.5, `halving the step divides the error by ${ratio}`);
  });

  it("couples nodes: two in air that does nothing meet at their common temperature as the exponential says", async () => {
    // Nothing reaches the air; heat goes from one to the other at the rate g: T0 - T1 falls by exp(-2 g t).
    const warm: NetworkProblem = {
      timeConstantS: Float64Array.of(10, 1e9),
      conductancePerS: Float64Array.of(0, 0, 0, 0),
      startC: 20,
      zoneS: Float64Array.of(100, 50),
      zoneFactor: Float64Array.of(1, 0),
      airC: Float64Array.of(100, 100),
      energyK: 7962,
      stepS: 0.1,
    };
    const conductance = 0.01;
    const coupled = { ...warm, conductancePerS: Float64Array.of(0, conductance, conductance, 0) };
    const apart = await networkMonteCarlo(coupled, still(coupled), AT_ONCE);
    const [hot, cold] = [apart.exitC[0]!, apart.exitC[1]!];
    const first = { ...coupled, zoneS: Float64Array.of(100, 0) };
    const before = await networkMonteCarlo(first, still(first), AT_ONCE);
    const shrunk = (hot - cold) / (before.exitC[0]! - before.exitC[1]!);
    assert.ok(Math.abs(shrunk - Math.exp(-2 * conductance * 50)) < 1e-4, `${shrunk}`);
    assert.ok(Math.abs(hot + cold - before.exitC[0]! - before.exitC[1]!) < 1e-3);
  });

  it("agrees with the plain lane: E170 to 1e-5, temperatures to 1e-3 K; any number of threads gives the same bits", async () => {
    const nodes = NETWORK_OVEN.timeConstantS.length;
    const touching = new Float64Array(nodes * nodes);
    for (let i = 0; i + 1 < nodes; i++) {
      touching[i * nodes + i + 1] = 0.002;
      touching[(i + 1) * nodes + i] = 0.003;
      touching[i * nodes + i] = 5;
    }
    const draws = randomDraws(203, NETWORK_OVEN, new Random(3));
    const problems: NetworkProblem[] = [
      NETWORK_OVEN,
      { ...NETWORK_OVEN, conductancePerS: touching },
      {
        ...NETWORK_OVEN,
        conductancePerS: touching,
        stepS: 7,
        zoneFactor: Float64Array.of(0, 1, 2, 1, 1, 0.5),
      },
      { ...NETWORK_OVEN, zoneS: Float64Array.of(300, 0, 301.5, 299, 1, 40) },
    ];
    for (const problem of problems) {
      const one = await networkMonteCarlo(problem, draws, AT_ONCE, 1);
      const plain = await networkPlain(problem, draws, AT_ONCE);
      assert.ok(largestRelative(one.e170Min, plain.e170Min) < 1e-5);
      assert.ok(largestDifference(one.peakC, plain.peakC) < 1e-3);
      assert.ok(largestDifference(one.exitC, plain.exitC) < 1e-3);
      for (const threads of [2, 3])
        assert.deepEqual(await networkMonteCarlo(problem, draws, AT_ONCE, threads), one);
    }
  });

  it("rides more runs than it holds at once", async () => {
    const problem = { ...NETWORK_OVEN, timeConstantS: Float64Array.of(300), stepS: 100 };
    const draws = randomDraws(9_001, problem, new Random(5));
    const all = await networkMonteCarlo(problem, draws, AT_ONCE, 2);
    const plain = await networkPlain(problem, draws, AT_ONCE);
    assert.ok(largestRelative(all.e170Min, plain.e170Min) < 1e-5);
  });

  it("refuses draws of another size, what is no number and what has no meaning", async () => {
    const sound = still(NETWORK_OVEN);
    const faults: [Partial<NetworkProblem>, Partial<NetworkDraws>, RegExp][] = [
      [{}, { lnNode: new Float32Array(4) }, /lnNode has 4 values, 5 are needed/],
      [{}, { lnZone: new Float32Array(6).fill(Number.NaN) }, /lnZone\[0\] is NaN/],
      [{}, { airBiasK: new Float32Array(6).fill(-394) }, /airBiasK\[0\] is -394/],
      [{}, { runs: 0 }, /runs is 0/],
      [{ timeConstantS: Float64Array.of(60, 0, 1, 1, 1) }, {}, /timeConstantS\[1\] is 0/],
      [{ airC: Float64Array.of(1) }, {}, /airC has 1 values, 6 are needed/],
      [{ conductancePerS: Float64Array.of(1) }, {}, /conductancePerS has 1 values, 25/],
      [{ stepS: 0 }, {}, /stepS is 0/],
    ];
    for (const [problem, draws, what] of faults)
      await assert.rejects(
        networkMonteCarlo({ ...NETWORK_OVEN, ...problem }, { ...sound, ...draws }, AT_ONCE),
        (error) => error instanceof RungError && error.code === "solver-input" && what.test(error.message),
      );
  });

  it("has the time constants of the worked example", () => {
    assert.ok(largestDifference(steelTimeConstantS, [64.57, 73.79, 230.59, 368.95, 614.92]) < 0.005);
  });
});
