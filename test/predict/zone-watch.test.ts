import assert from "node:assert/strict";
import type { Finding } from "../../runtime/diagnose/finding.ts";
import { statementWords, type ZoneChange, ZoneWatch } from "../../runtime/predict/zone-watch.ts";
import { OVEN } from "./plant-frames.ts";

const still: ZoneChange = {
  zone: "zone3",
  flowLn: 0,
  flowDeviationLn: 0.004,
  furtherLn: 0,
  furtherDeviationLn: 0.05,
  airK: 0,
  airDeviationK: 1,
};
/** Looks every 30 s at the same change, from a minute on. */
function looks(watch: ZoneWatch, change: ZoneChange, fromMin: number, minutes: number): Finding[] {
  const times = Array.from({ length: 2 * minutes }, (_, i) => (60 * fromMin + 30 * i) * 1e6);
  return times.flatMap((timeUs) => watch.look([change], timeUs));
}

describe("what is said of a zone", () => {
  it("tells a change once it has stood for two minutes, and once it is gone for two", () => {
    const watch = new ZoneWatch(OVEN);
    assert.deepEqual(looks(watch, still, 1, 10), []);
    assert.deepEqual(looks(watch, { ...still, flowLn: -0.05 }, 20, 1), [], "a minute is none");
    assert.deepEqual(looks(watch, still, 21, 5), []);
    const [begun, ...more] = looks(watch, { ...still, flowLn: -0.05, furtherLn: -0.04 }, 30, 10);
    assert.deepEqual(more, []);
    assert.deepEqual(
      [begun!.active, begun!.title, begun!.sinceUs, begun!.timeUs],
      [true, "Zone 3 heat transfer 9 % below normal", 1800e6, 1920e6],
    );
    assert.equal(begun!.contributions[0]!.address, `${OVEN}/zone3/fanFlow`);
    assert.match(begun!.reason, /^by fan flow, 90 % interval -16 to -5 %, confidence above 99.9 %$/);
    assert.deepEqual(watch.statements.map(statementWords), ["Zone 3 heat transfer 9 % below normal"]);
    const [ended] = looks(watch, still, 40, 10);
    assert.deepEqual(
      [ended!.active, ended!.id, ended!.title],
      [false, begun!.id, "Zone 3 heat transfer normal again"],
    );
    assert.deepEqual(watch.statements, []);
    looks(watch, { ...still, flowLn: -0.05 }, 60, 5);
    assert.deepEqual(
      watch.endAll(4000e6).map(({ active, timeUs }) => [active, timeUs]),
      [[false, 4000e6]],
    );
    assert.deepEqual(watch.endAll(4030e6), []);
  });

  it("asks three deviations of what burners and exits alone say, and names the thermocouple apart", () => {
    const watch = new ZoneWatch(OVEN);
    assert.deepEqual(looks(watch, { ...still, furtherLn: -0.14 }, 1, 10), []);
    const [heat] = looks(watch, { ...still, furtherLn: -0.16 }, 20, 5);
    assert.match(heat!.reason, /^by burners and exits/);
    const [air] = looks(new ZoneWatch(OVEN), { ...still, airK: 12, airDeviationK: 2 }, 1, 5);
    assert.equal(air!.title, "Zone 3 thermocouple reads 12 K low");
    assert.equal(air!.contributions[0]!.address, `${OVEN}/zone3/airTemperature`);
  });
});
