import assert from "node:assert/strict";
import { partOf, reportOf } from "../../../runtime/describe/oee/oee-report.ts";
import { WindowOee } from "../../../runtime/describe/oee/window-oee.ts";

const MIN = 60e6;
/** The example of ISO 22400: A .893333, E .940299, Q .971429, OEE .816 per 450 min; and a second line. */
const FIRST = { plannedS: 450, runS: 402, idealS: 0.9 * 420, made: 420, good: 408 };
const SECOND = { plannedS: 120, runS: 60, idealS: 0.9 * 50, made: 50, good: 45 };
const report = (fromMin: number, toMin: number, elements: Record<string, typeof FIRST>, isClosed = false) =>
  reportOf(
    { twin: "a/b", fromUs: fromMin * MIN, toUs: toMin * MIN, isClosed },
    Object.entries(elements).map(([name, each]) => partOf(name, each)),
    [],
  );
const share = (elements: typeof FIRST, by: number) =>
  Object.fromEntries(Object.entries(elements).map(([key, value]) => [key, value * by])) as typeof FIRST;

describe("OEE of a moving window", () => {
  it("sums elements over machines, not ratios", () => {
    const oee = new WindowOee(600 * MIN);
    oee.take(report(0, 450, { a: FIRST, b: SECOND }));
    const { figures, parts } = oee.figures()!;
    assert.equal(parts[0]!.figures.oee?.toFixed(6), "0.816000");
    assert.equal(figures.oee?.toFixed(4), "0.7153");
  });

  it("counts what accounts gained within it, over the end of an account too", () => {
    const oee = new WindowOee(100 * MIN);
    for (let min = 10; min <= 400; min += 10) oee.take(report(0, min, { a: share(FIRST, min / 400) }));
    let found = oee.figures()!;
    assert.equal(found.fromUs, 300 * MIN);
    assert.ok(Math.abs(found.elements.plannedS - 450 / 4) < 1e-9);
    assert.equal(found.figures.oee?.toFixed(3), "0.816");
    oee.take(report(0, 400, { a: FIRST }, true));
    for (let min = 410; min <= 450; min += 10)
      oee.take(report(400, min, { a: share(SECOND, (min - 400) / 100) }));
    found = oee.figures()!;
    // 350 to 400 of the first account and the 50 min of the second.
    assert.ok(Math.abs(found.elements.plannedS - (450 / 8 + 60)) < 1e-9, String(found.elements.plannedS));
    assert.ok(Math.abs(found.elements.made - (420 / 8 + 25)) < 1e-9);
  });

  it("says from when on it knows where it began within an account", () => {
    const oee = new WindowOee(100 * MIN);
    oee.take(report(0, 400, { a: share(FIRST, 0.9) }));
    oee.take(report(0, 420, { a: FIRST }));
    const { fromUs, elements } = oee.figures()!;
    assert.equal(fromUs, 400 * MIN);
    assert.ok(Math.abs(elements.plannedS - 45) < 1e-9);
    assert.equal(new WindowOee(MIN).figures(), undefined);
  });

  it("keeps few marks, however often a report comes", () => {
    const oee = new WindowOee(100 * MIN);
    for (let i = 1; i <= 20_000; i++) oee.take(report(0, i / 50, { a: share(FIRST, i / 20_000) }));
    const { elements } = oee.figures()!;
    assert.ok(Math.abs(elements.plannedS - 450 / 4) < 450 / 400, String(elements.plannedS));
  });
});
