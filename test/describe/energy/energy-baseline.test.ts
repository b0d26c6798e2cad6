import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import {
  fitBaseline,
  limitsOf,
  modelled,
  savingOf,
} from "../../../runtime/describe/energy/energy-baseline.ts";
import type { WholePeriod } from "../../../runtime/describe/energy/energy-periods.ts";

const PERIOD_US = 900e6;
const DAY_US = 86_400e6;

/** Periods of 15 min from a rule; bodies go 4 to 12, outside −2 to 18 °C. */
function periods(
  n: number,
  kwh: (made: number, outsideC: number, i: number) => number,
  from = 0,
): WholePeriod[] {
  return Array.from({ length: n }, (_, k) => {
    const i = from + k;
    const made = 4 + ((i * 5) % 9);
    const outsideC = 8 + 10 * Math.sin(i / 7);
    const fromUs = i * PERIOD_US;
    return { fromUs, toUs: fromUs + PERIOD_US, made, outsideC, kwh: kwh(made, outsideC, i) };
  });
}

const near = (actual: number, expected: number, within = 1e-9) =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);

describe("an energy baseline", () => {
  it("finds the rule it was made by, and knows its held-out periods exactly", () => {
    const model = fitBaseline(periods(48, (made, outside) => 40 + 3 * made - 1.5 * outside))!;
    near(model.baseKwh, 40, 1e-8);
    assert.deepEqual(
      model.drivers.map(({ name }) => name),
      ["made", "outsideC"],
    );
    near(model.drivers[0]!.slope, 3);
    near(model.drivers[1]!.slope, -1.5);
    assert.deepEqual([model.fitted, model.heldOut.n, model.passes], [32, 16, true]);
    near(model.heldOut.cvRmse, 0);
  });

  it("is tested on periods it was not fitted to: a plant that changed fails it, though its own periods fit", () => {
    // The last third uses a quarter more, which no regression can tell of the first two.
    const all = periods(48, (made, _outside, i) => (40 + 3 * made) * (i < 32 ? 1 : 1.25));
    const model = fitBaseline(all)!;
    near(model.heldOut.nmbe, 0.2, 1e-6);
    assert.equal(model.passes, false, "20 % bias is above 10 %");
    const own = all.slice(0, 32);
    const bias = own.reduce((sum, one) => sum + one.kwh - modelled(model, one), 0);
    near(bias, 0, 1e-6);
    assert.equal(
      savingOf(
        model,
        periods(4, () => 50, 48),
      )!.verdict,
      "not verified",
    );
  });

  it("leaves out a driver that says nothing, and one that does not vary", () => {
    const random = new Random(3);
    const noisy = fitBaseline(periods(60, (made) => 20 + 2 * made + 0.3 * random.normal()))!;
    assert.deepEqual(
      noisy.drivers.map(({ name }) => name),
      ["made"],
    );
    const still = periods(30, (_made, outside) => 100 - outside).map((one) => ({ ...one, made: 9 }));
    assert.deepEqual(
      fitBaseline(still)!.drivers.map(({ name }) => name),
      ["outsideC"],
    );
    const flat = fitBaseline(periods(30, () => 50).map((one) => ({ ...one, made: 9, outsideC: 10 })))!;
    assert.deepEqual([flat.drivers, flat.baseKwh, flat.passes], [[], 50, true]);
  });

  it("needs 24 periods, and energy in them", () => {
    assert.equal(fitBaseline(periods(23, () => 50)), undefined);
    assert.equal(fitBaseline(periods(24, () => 0)), undefined);
  });

  it("is held against the limits of Guideline 14 for the length of its periods", () => {
    assert.deepEqual(limitsOf(PERIOD_US), { cvRmse: 0.3, nmbe: 0.1 });
    assert.deepEqual(limitsOf(30 * DAY_US), { cvRmse: 0.15, nmbe: 0.05 });
  });

  it("tells a saving as baseline less measured, and where drivers lie beyond what it has seen", () => {
    const model = fitBaseline(periods(48, (made) => 40 + 3 * made))!;
    const after = periods(10, (made) => 0.9 * (40 + 3 * made), 48);
    const saving = savingOf(model, after)!;
    near(saving.savedKwh, 0.1 * saving.expectedKwh, 1e-6);
    assert.deepEqual([saving.n, saving.beyond, saving.verdict], [10, 0, "verified"]);
    assert.equal(savingOf(model, [{ ...after[0]!, made: 30 }])!.beyond, 1);
    assert.equal(savingOf(model, []), undefined);
  });

  it("covers the truth as often as it says, over 400 plants that saved nothing", () => {
    const random = new Random(11);
    const rule = (made: number) => 40 + 3 * made + 4 * random.normal();
    let outside = 0;
    for (let plant = 0; plant < 400; plant++) {
      const model = fitBaseline(periods(48, rule))!;
      const { low90, high90 } = savingOf(model, periods(12, rule, 48))!;
      if (low90 > 0 || high90 < 0) outside++;
    }
    // 10 % of 400 are 40; the larger of two spreads and the held-out bias make it fewer. Binomial 99 % above is 56.
    assert.ok(outside <= 56, `${outside} of 400 savings told where there were none`);
    const cut = savingOf(
      fitBaseline(periods(48, rule))!,
      periods(12, (made) => 0.9 * rule(made), 48),
    )!;
    assert.equal(cut.verdict, "verified", "a tenth less is told all the same");
  });

  it("widens where neighbours are alike", () => {
    const random = new Random(5);
    let drift = 0;
    const wander = periods(90, (made) => {
      drift = 0.8 * drift + random.normal();
      return 40 + 3 * made + drift;
    });
    const model = fitBaseline(wander)!;
    assert.ok(model.rho > 0.4, `rho ${model.rho}`);
    const after = periods(8, (made) => 40 + 3 * made, 90);
    const width = ({ low90, high90 }: { low90: number; high90: number }) => high90 - low90;
    assert.ok(width(savingOf(model, after)!) > 1.5 * width(savingOf({ ...model, rho: 0 }, after)!));
  });
});
