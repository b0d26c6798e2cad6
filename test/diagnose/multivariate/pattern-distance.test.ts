import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { type Columns, readRow, rowCount } from "../../../runtime/diagnose/columns.ts";
import {
  calibratePatterns,
  PatternDistance,
} from "../../../runtime/diagnose/multivariate/pattern-distance.ts";
import { calibratePlane } from "../../../runtime/diagnose/multivariate/plane-calibration.ts";
import { PlaneMonitor } from "../../../runtime/diagnose/multivariate/plane-monitor.ts";
import { twoFactorRows } from "./two-factor-rows.ts";

/** Two products made in turn, 40 rows each: normal lies on two places, and between them is none. */
function twoProducts(rows: number): Columns {
  const random = new Random(9);
  const which = (r: number): number => (Math.floor(r / 40) % 2 === 0 ? -1 : 1);
  const column = (scale: number): Float64Array =>
    Float64Array.from({ length: rows }, (_, r) => scale * (10 * which(r) + random.normal()));
  return { names: ["x", "y", "z"], values: [column(1), column(5), column(0.1)], timeUs: new Float64Array(0) };
}

describe("diagnose/multivariate pattern distance", () => {
  it("sees a row between two ways of being normal, which no plane sees", () => {
    const normal = twoProducts(800);
    const between = Float64Array.from([0, 0, 0]);
    const plane = new PlaneMonitor(calibratePlane(normal));
    assert.ok(plane.step(between).score < 1);
    const patterns = new PatternDistance(JSON.parse(JSON.stringify(calibratePatterns(normal))));
    assert.ok(patterns.step(between).score > 3);
    assert.ok(patterns.step(Float64Array.from([10, 50, 1])).score < 1);
    patterns.step(Float64Array.from([10, 50, -1]));
    assert.equal(
      patterns.shares().findIndex((share) => share > 0.9),
      2,
    );
  });

  it("has about 1 % of fresh normal rows over its limit", () => {
    const detector = new PatternDistance(calibratePatterns(twoFactorRows(1000, 1)));
    const fresh = twoFactorRows(3000, 2);
    const row = new Float64Array(6);
    let over = 0;
    for (let r = 0; r < rowCount(fresh); r++) if (detector.step(readRow(fresh, r, row)).score > 1) over++;
    assert.ok(over > 3 && over < 75, String(over));
  });

  it("judges the shape over several rows once they are full, and leaves gaps out", () => {
    // A saw tooth: every value is normal, two high ones in a row are not.
    const random = new Random(3);
    const saw = (): Float64Array =>
      Float64Array.from({ length: 400 }, (_, r) => (r % 2) + 0.05 * random.normal());
    const normal = { names: ["saw", "saw2"], values: [saw(), saw()], timeUs: new Float64Array(0) };
    const detector = new PatternDistance(calibratePatterns(normal, { width: 4 }));
    for (let r = 0; r < 3; r++) assert.equal(detector.step(Float64Array.from([r % 2, r % 2])).judged, false);
    assert.ok(detector.step(Float64Array.from([1, 1])).score < 1);
    assert.ok(detector.step(Float64Array.from([1, 1])).score > 3);
    const verdict = detector.step(Float64Array.from([Number.NaN, 1]));
    assert.deepEqual([verdict.judged, verdict.score], [false, Number.NaN]);
  });

  it("refuses bad input", () => {
    assert.throws(() => calibratePatterns(twoFactorRows(50, 1)), /needs 100 rows/);
    assert.throws(() => calibratePatterns(twoFactorRows(120, 1), { width: 40 }), /need 225 rows, got 120/);
    assert.throws(() => calibratePatterns(twoFactorRows(200, 1), { neighbours: 0 }), /neighbours/);
  });
});
