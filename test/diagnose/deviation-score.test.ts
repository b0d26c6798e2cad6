import assert from "node:assert/strict";
import { Random } from "../../runtime/core/random.ts";
import { calibrateDetector } from "../../runtime/diagnose/detector-calibration.ts";
import { DetectorCore } from "../../runtime/diagnose/detector-core.ts";
import { DeviationScore, DISTANCES, type Normal } from "../../runtime/diagnose/deviation-score.ts";

const SMOOTHING = 0.1;
const normal = (more: Partial<Normal> = {}): Normal => ({
  centre: [0, 0],
  sigma: [1, 1],
  smoothedSigma: [1, 1],
  scatterCentre: [0, 0],
  scatterSigma: [1, 1],
  ownLimit: [1, 1],
  scatterLimit: [1, 1],
  ...more,
});
const score = (more: Partial<Normal> = {}, clip = 8): DeviationScore =>
  new DeviationScore(normal(more), { smoothing: SMOOTHING, clip, margin: 1.5 });
const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual}, expected ${expected}`);
const distance = (unit: DeviationScore, name: (typeof DISTANCES)[number]): number =>
  unit.distance[DISTANCES.indexOf(name)]!;

/** Signals that follow their own past, independent of each other: x = phi x + noise, of unit variance. */
function autoregressive(seed: number, signals: number, rows: number, phi: number): Float64Array[] {
  const random = new Random(seed);
  return Array.from({ length: signals }, () => {
    let x = random.normal();
    return Float64Array.from(
      { length: rows },
      () => (x = phi * x + Math.sqrt(1 - phi * phi) * random.normal()),
    );
  });
}

describe("diagnose/deviation score", () => {
  it("averages with geometric weights, whose squares sum to smoothing / (2 - smoothing)", () => {
    const unit = score();
    let [last, squares] = [0, 0];
    // Weights are the differences of the answer to a step; the median of three lets it through one row later.
    for (let k = 0; k < 400; k++) {
      unit.step(Float64Array.of(1, 0));
      near(unit.deviation[0]!, k === 0 ? 0 : 1 - 0.9 ** k);
      squares += (unit.deviation[0]! - last) ** 2;
      last = unit.deviation[0]!;
    }
    near(squares, SMOOTHING / (2 - SMOOTHING));
  });

  it("tells how many times as far a signal moves as normal, by the mean logarithm of the squared innovation", () => {
    // A value that alternates between -a and a stands a * 2 / (2 - smoothing) off its average in the long run.
    const innovation = 2 / (2 - SMOOTHING);
    const centre = Math.log(innovation ** 2 + 1e-3);
    const unit = score({ scatterCentre: [centre, centre], scatterSigma: [0.5, 0.5], scatterLimit: [4, 4] });
    for (let r = 0; r < 5000; r++) unit.step(Float64Array.of(r % 2 === 0 ? 3 : -3, r % 2 === 0 ? 1 : -1));
    const expected = Math.log((9 * innovation ** 2 + 1e-3) / (innovation ** 2 + 1e-3));
    near(unit.movement(0), Math.exp(expected / 2));
    near(unit.scatter[0]!, expected / 0.5);
    near(unit.movement(1), 1);
    near(distance(unit, "scatter"), expected / 0.5 / 4);
  });

  it("measures each signal in its own limit, and the pair in standard deviations", () => {
    const unit = score({ smoothedSigma: [0.5, 2], ownLimit: [4, 3] });
    for (let r = 0; r < 1000; r++) unit.step(Float64Array.of(1, 6));
    near(distance(unit, "signal"), 1);
    near(distance(unit, "pair"), 2.5);
    assert.deepEqual(
      [...unit.ownContributions("signal")].map((share) => share.toFixed(6)),
      ["0.250000", "1.000000"],
    );
  });

  it("cuts no signal nearer than twice its own limit", () => {
    const unit = score({ smoothedSigma: [0.5, 3], ownLimit: [4, 4] });
    assert.deepEqual([unit.cut(0), unit.cut(1)], [8, 3 * 2 * 1.5 * 4]);
    for (let r = 0; r < 1000; r++) unit.step(Float64Array.of(1000, 1000));
    near(unit.deviation[0]!, 16);
    near(unit.deviation[1]!, 12);
  });

  it("finds one of twelve slowly moving signals that is far off, the further the surer", () => {
    const names = Array.from({ length: 12 }, (_, c) => `s${c}`);
    for (let seed = 1; seed <= 5; seed++) {
      const columns = autoregressive(seed, 12, 3400, 0.93);
      const calibration = calibrateDetector({
        names,
        values: columns.map((column) => column.subarray(0, 3000)),
        timeUs: new Float64Array(0),
      });
      const reached = [0, 10, 100].map((shift) => {
        const core = new DetectorCore(calibration);
        for (let r = 3000; r < 3400; r++)
          core.step(Float64Array.from(columns, (column, c) => column[r]! + (c === 3 ? shift : 0)));
        return core;
      });
      assert.deepEqual(
        reached.map(({ active }) => active),
        [false, true, true],
        `seed ${seed}`,
      );
      assert.ok(
        reached[1]!.score > 1.2 && reached[2]!.score > 1.9,
        `seed ${seed}: ${reached.map((core) => core.score)}`,
      );
      assert.ok(reached[1]!.shares()[3]! > 0.5);
    }
  });

  it("finds a signal that moves twice as far about its level as ever, and says so", () => {
    const random = new Random(3);
    const rows = (n: number, wide: number): Float64Array[] =>
      [1, wide, 1].map((size) => Float64Array.from({ length: n }, () => size * random.normal()));
    const calibration = calibrateDetector({
      names: ["a", "b", "c"],
      values: rows(5000, 1),
      timeUs: new Float64Array(0),
    });
    const watch = (wide: number): DetectorCore => {
      const core = new DetectorCore(calibration);
      const columns = rows(400, wide);
      for (let r = 0; r < 400; r++) core.step(Float64Array.from(columns, (column) => column[r]!));
      return core;
    };
    assert.equal(watch(1).active, false);
    const core = watch(2);
    assert.deepEqual([core.active, core.leading], [true, "scatter"]);
    assert.ok(core.movement(1) > 1.6 && core.movement(1) < 2.4, `${core.movement(1)}`);
    assert.ok(core.shares()[1]! > 0.9);
  });
});
