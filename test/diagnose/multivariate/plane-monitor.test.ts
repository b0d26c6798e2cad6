import assert from "node:assert/strict";
import { type Columns, readRow, rowCount } from "../../../runtime/diagnose/columns.ts";
import { calibratePlane } from "../../../runtime/diagnose/multivariate/plane-calibration.ts";
import { PlaneMonitor } from "../../../runtime/diagnose/multivariate/plane-monitor.ts";
import { twoFactorRows } from "./two-factor-rows.ts";

const rejects = (run: () => unknown, code: string, says: RegExp): void => {
  assert.throws(run, (error: { code?: string; message: string }) => {
    assert.equal(error.code, code);
    assert.match(error.message, says);
    return true;
  });
};
const rowAt = (columns: Columns, r: number): Float64Array =>
  readRow(columns, r, new Float64Array(columns.names.length));

describe("diagnose/multivariate plane", () => {
  const normal = twoFactorRows(600, 1);
  const calibration = calibratePlane(normal, { components: { count: 2 } });

  it("keeps the plane, and puts the limits where 1 % of the held-out rows lie over them", () => {
    assert.equal(calibration.components.count, 2);
    assert.equal(calibration.heldOutRows, 600);
    const fresh = twoFactorRows(5000, 2);
    const monitor = new PlaneMonitor(JSON.parse(JSON.stringify(calibration)));
    let [t2, spe] = [0, 0];
    for (let r = 0; r < 5000; r++) {
      monitor.step(rowAt(fresh, r));
      if (monitor.t2 > calibration.limits.t2) t2++;
      if (monitor.spe > calibration.limits.spe) spe++;
    }
    // A limit from 600 rows is itself a draw: 6 of them lie over it, 1 to 14 of them with 99.9 %.
    for (const over of [t2, spe]) assert.ok(over / 5000 > 0.001 && over / 5000 < 0.025, String(over / 5000));
  });

  it("tells a signal that breaks with its kin from all of them moving far together", () => {
    const monitor = new PlaneMonitor(calibration);
    const row = Float64Array.from([100, 200, 300, 400, 500, 600]);
    assert.ok(monitor.step(row).score < 0.5);
    row[1] = 203;
    assert.ok(monitor.step(row).score > 2);
    assert.equal(monitor.leading, "off-plane");
    const shares = monitor.shares();
    assert.equal(shares.indexOf(Math.max(...shares)), 1);
    assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-12);
    monitor.step(Float64Array.from([100, 200, 300, 400 + 24, 500 + 30, 600 + 36]));
    assert.equal(monitor.leading, "plane");
    const together = monitor.shares();
    assert.ok(together[3]! + together[4]! + together[5]! > 0.99);
  });

  it("gives the same scores whatever the units", () => {
    // Fahrenheit, thousandths and millions of the same signals.
    const inUnits = (values: Float64Array, i: number): Float64Array =>
      values.map((x) => [1.8 * x + 32, 1e-3 * x, 1e6 * x, x, x - 273.15, -x][i]!);
    const other = { ...normal, values: normal.values.map(inUnits) };
    const monitor = new PlaneMonitor(calibration);
    const converted = new PlaneMonitor(calibratePlane(other, { components: { count: 2 } }));
    for (let r = 0; r < 50; r++) {
      const expected = monitor.step(rowAt(normal, r)).score;
      assert.ok(Math.abs(converted.step(rowAt(other, r)).score - expected) < 1e-6);
    }
  });

  it("judges a row with one missing or infinite value by the others, and none with too many", () => {
    const monitor = new PlaneMonitor(calibration);
    for (const nothing of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const verdict = monitor.step(Float64Array.from([104, 208, nothing, 400, 500, 600]));
      assert.deepEqual([verdict.judged, verdict.missing], [true, 1]);
      // The third goes with the first two, so it is expected at 4 of its 3 standard deviations, too.
      assert.ok(Math.abs(monitor.standardised[2]! - monitor.standardised[0]!) < 0.2);
      assert.ok(monitor.spe < calibration.limits.spe);
      const broken = monitor.step(Float64Array.from([nothing, nothing, 300, 400, 500, 600]));
      assert.deepEqual([broken.judged, broken.missing, broken.score], [false, 2, Number.NaN]);
      assert.ok(monitor.shares().every((share) => share === 0));
    }
  });

  it("leaves out a constant signal and says so", () => {
    const withConstant = {
      ...normal,
      values: normal.values.map((values, i) => (i === 4 ? values.map(() => 7) : values)),
    };
    const reduced = calibratePlane(withConstant);
    assert.deepEqual(reduced.scale.ignored, [{ name: "b4", why: "never moves" }]);
    const verdict = new PlaneMonitor(reduced).step(Float64Array.from([100, 200, 300, 400, Number.NaN, 600]));
    assert.deepEqual([verdict.judged, verdict.missing], [true, 0]);
    const gaps = {
      ...normal,
      values: normal.values.map((values, i) =>
        i === 2 ? values.map((x, r) => (r % 3 === 0 ? x : Number.NaN)) : values,
      ),
    };
    assert.deepEqual(calibratePlane(gaps).scale.ignored, [
      { name: "a2", why: "has a good value in 200 of 600 rows only" },
    ]);
  });

  it("refuses what is no normal data", () => {
    const cut = (rows: number): Columns => ({
      ...normal,
      values: normal.values.map((values) => values.subarray(0, rows)),
    });
    rejects(() => calibratePlane(cut(1)), "too-few-rows", /needs 100 rows of normal data, got 1/);
    rejects(() => calibratePlane(cut(0)), "too-few-rows", /got 0/);
    rejects(() => calibratePlane({ ...normal, names: [], values: [] }), "no-signal", /no signal/);
    rejects(
      () => calibratePlane({ ...normal, values: normal.values.map((values) => values.map(() => 3)) }),
      "no-signal",
      /none of 6 signals can be judged: a0 never moves/,
    );
    rejects(
      () => calibratePlane({ ...normal, values: normal.values.map((v) => v.map(() => Number.NaN)) }),
      "no-signal",
      /a good value in 0 of 600/,
    );
    const timeUs = Float64Array.from({ length: rowCount(normal) }, (_, r) => r * 1e6);
    timeUs[17] = 3e6;
    rejects(
      () => calibratePlane({ ...normal, timeUs }),
      "unordered-time",
      /row 18 does not lie after row 17/,
    );
    rejects(
      () =>
        calibratePlane({
          ...normal,
          values: [normal.values[0]!, ...normal.values.slice(1).map((v) => v.subarray(1))],
        }),
      "ragged-columns",
      /differ in length/,
    );
    rejects(() => calibratePlane(normal, { exceedance: 0 }), "bad-option", /exceedance/);
    rejects(() => calibratePlane(normal, { components: { count: 1.5 } }), "bad-option", /whole number/);
    rejects(
      () => calibratePlane(normal, {}, { ...normal, names: ["x", ...normal.names.slice(1)] }),
      "other-signals",
      /other signals/,
    );
  });
});
