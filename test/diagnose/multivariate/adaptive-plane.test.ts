import assert from "node:assert/strict";
import { readRow } from "../../../runtime/diagnose/columns.ts";
import { AdaptivePlane } from "../../../runtime/diagnose/multivariate/adaptive-plane.ts";
import { calibratePlane } from "../../../runtime/diagnose/multivariate/plane-calibration.ts";
import { PlaneMonitor } from "../../../runtime/diagnose/multivariate/plane-monitor.ts";
import type { RowDetector } from "../../../runtime/diagnose/multivariate/row-detector.ts";
import { twoFactorRows } from "./two-factor-rows.ts";

const OPTIONS = { memoryRows: 300, refreshRows: 50, mostDrift: 3 };
const calibration = calibratePlane(twoFactorRows(600, 1), { components: { count: 2 } });

function over(detector: RowDetector, seed: number, rows: number, shift: (r: number) => number): number {
  const columns = twoFactorRows(rows, seed, (r, row) => {
    // All of the first three together: a plant that wanders along and off its plane.
    for (let i = 0; i < 3; i++) row[i]! += shift(r) * (1 + i) * (i === 1 ? 1.3 : 1);
  });
  const row = new Float64Array(6);
  let count = 0;
  for (let r = 0; r < rows; r++) if (detector.step(readRow(columns, r, row)).score > 1) count++;
  return count;
}

describe("diagnose/multivariate adaptive plane", () => {
  it("follows a plant that wanders slowly, where a fixed one alarms", () => {
    const wander = (r: number): number => (1.5 * r) / 4000;
    const adaptive = new AdaptivePlane(calibration, OPTIONS);
    const fixed = over(new PlaneMonitor(calibration), 3, 4000, wander);
    const followed = over(adaptive, 3, 4000, wander);
    assert.ok(fixed > 1000, `fixed: ${fixed}`);
    assert.ok(followed < 160, `adaptive: ${followed}`);
    assert.ok(Math.abs(adaptive.calibration.scale.centre[0]! - 101.5) < 0.4);
    assert.deepEqual(adaptive.drifted, []);
  });

  it("learns nothing from rows over the limit or with a missing value", () => {
    const adaptive = new AdaptivePlane(calibration, OPTIONS);
    const rows = 500;
    assert.equal(
      over(adaptive, 4, rows, () => 40),
      rows,
    );
    assert.equal(adaptive.learnt, 0);
    adaptive.step(Float64Array.from([100, Number.NaN, 300, 400, 500, 600]));
    assert.equal(adaptive.learnt, 0);
    assert.equal(adaptive.calibration, calibration);
    adaptive.step(Float64Array.from([100, 200, 300, 400, 500, 600]));
    assert.equal(adaptive.learnt, 1);
  });

  it("lets normal move so far and no further, and says so", () => {
    const adaptive = new AdaptivePlane(calibration, OPTIONS);
    over(adaptive, 5, 20_000, (r) => (6 * r) / 20_000);
    assert.ok(adaptive.drifted.includes("a0"), adaptive.drifted.join());
    const { centre, sigma } = calibration.scale;
    assert.ok(Math.abs(adaptive.calibration.scale.centre[0]! - centre[0]!) <= 3.0001 * sigma[0]!);
  });

  it("stays as it was on the data it was made from, and as plain data", () => {
    const adaptive = new AdaptivePlane(calibration, OPTIONS);
    const alarms = over(adaptive, 6, 5000, () => 0);
    assert.ok(alarms < 200, String(alarms));
    const again = new PlaneMonitor(JSON.parse(JSON.stringify(adaptive.calibration)));
    const row = Float64Array.from([101, 200, 300, 400, 500, 600]);
    assert.equal(again.step(row).score, adaptive.step(row).score);
    assert.throws(() => new AdaptivePlane(calibration, { memoryRows: Number.NaN }), /memoryRows/);
  });
});
