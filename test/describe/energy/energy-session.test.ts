import assert from "node:assert/strict";
import type { EnergyBaseline } from "../../../runtime/describe/energy/energy-baseline.ts";
import { sumOfReports } from "../../../runtime/describe/energy/energy-report.ts";
import { EnergySession, type EnergySettings } from "../../../runtime/describe/energy/energy-session.ts";
import { metersOf, readEnergyRows, readingOf } from "../../../runtime/describe/energy/energy-table.ts";
import type { History } from "../../../runtime/describe/historian/history.ts";
import type { HistoryWindows, TimeWindow } from "../../../runtime/describe/historian/history-types.ts";

const TWIN = "acme/leipzig/paint/oven1";
const OUTSIDE = "acme/leipzig/paint/booth1/outside/temperature";
const MIN_US = 60e6;
const H_US = 3600e6;
const START = 1_790_000_400e6 - (1_790_000_400e6 % (24 * H_US));

/** A plant of one rule: 60 kW, gas 8 Nm³ a body and 10 an hour, six bodies an hour, from START on; a hole where asked. */
class RuleHistory {
  asked = 0;
  readonly hole: TimeWindow | undefined;
  readonly saved: number;

  constructor(hole?: TimeWindow, saved = 0) {
    this.hole = hole;
    this.saved = saved;
  }

  span = async () => ({ oldestUs: START + 7 * MIN_US, newestUs: undefined });

  windows = async (
    addresses: readonly string[],
    windows: readonly TimeWindow[],
  ): Promise<HistoryWindows[]> => {
    this.asked++;
    return addresses.map((address) => this.#answer(address, windows));
  };

  #answer(address: string, windows: readonly TimeWindow[]): HistoryWindows {
    const each = (of: (window: TimeWindow) => number) => Float64Array.from(windows, of);
    const hours = (us: number) => (us - START) / H_US;
    const bodies = (us: number) => Math.floor(6 * hours(us));
    const counter = (us: number): number => {
      if (address.endsWith("exit/body")) return 1000 + bodies(us);
      return 500 + 8 * bodies(us) + 10 * hours(us) - this.saved * Math.max(0, hours(us) - 8);
    };
    const level = (window: TimeWindow): number =>
      address === OUTSIDE ? 10 + 5 * Math.sin(hours(window.fromUs)) : 60;
    const isKnown = ({ fromUs, toUs }: TimeWindow) =>
      fromUs >= START + 7 * MIN_US &&
      (this.hole === undefined || toUs <= this.hole.fromUs || fromUs >= this.hole.toUs);
    return {
      address,
      unit: undefined,
      min: each(level),
      mean: each((window) => (isKnown(window) ? level(window) : Number.NaN)),
      max: each(level),
      count: new Uint32Array(windows.length),
      quality: new Uint32Array(windows.length),
      covered: each((window) => (isKnown(window) ? 1 : 0.4)),
      atStart: each(({ fromUs }) => counter(fromUs)),
      atEnd: each(({ toUs }) => counter(toUs)),
    };
  }
}

const ROWS = [
  { path: "gas/total", carrier: "gas", kwhPer: "10", price: "0.06", co2: "0.2" },
  { path: "zone*/fanPower", carrier: "electricity", price: "0.2" },
];
const SETTINGS: EnergySettings = {
  twin: TWIN,
  rows: ROWS,
  made: "exit/body",
  outside: OUTSIDE,
  periodMin: 15,
  baselinePeriods: 30,
  accountH: 24,
  beginsAtH: 0,
  currency: "EUR",
};
const NOW = [
  { path: "gas/total", unit: "Nm³", value: 900 },
  { path: "zone1/fanPower", unit: "kW", value: 61 },
  { path: "exit/body", unit: undefined, value: 1000 },
];

async function session(history: RuleHistory, hours: number, saved?: EnergyBaseline) {
  const kept: EnergyBaseline[] = [];
  const made = new EnergySession(SETTINGS, saved, (baseline) => kept.push(baseline));
  made.learn(NOW);
  await made.update(history as unknown as History, START + hours * H_US);
  return { made, kept, report: made.report(NOW)! };
}

describe("energy of a twin by its history", () => {
  it("sums meters, carriers, money and CO2 over the whole periods of an account", async () => {
    const { report, kept } = await session(new RuleHistory(), 3);
    // From 00:15, the first whole period: 2.75 h, 17 bodies, 60 kW; gas 8 a body and 10 an hour at 10 kWh.
    assert.deepEqual([report.periods, report.known, report.made], [12, 11, 17]);
    const gas = 10 * (8 * 17 + 10 * 2.75);
    assert.ok(Math.abs(report.kwh - (gas + 60 * 2.75)) < 1e-6, `${report.kwh}`);
    const [g, e] = report.carriers;
    assert.deepEqual([g!.carrier, e!.carrier, e!.co2Kg], ["gas", "electricity", null]);
    assert.ok(Math.abs(g!.cost! - 0.06 * gas) < 1e-6 && Math.abs(e!.cost! - 0.2 * 165) < 1e-6);
    assert.equal(report.powerKw, null, "a counter tells no power");
    assert.deepEqual(report.baseline, { state: "collecting", n: 11, of: 30 });
    assert.deepEqual(kept, []);
  });

  it("fixes a baseline once, keeps it, and holds what comes after against it", async () => {
    const history = new RuleHistory(undefined, 2);
    const { report, kept } = await session(history, 12);
    assert.equal(kept.length, 1);
    const { baseline } = report;
    assert.ok(baseline.state === "fixed" && baseline.saving !== null);
    assert.equal(baseline.model.fromUs, START + 15 * MIN_US);
    assert.equal(baseline.model.toUs, START + (15 + 30 * 15) * MIN_US);
    assert.equal(baseline.model.passes, true);
    // From 07:45 to 12:00; what is saved begins at 08:00 with 2 Nm³ an hour.
    assert.equal(baseline.saving.n, 17);
    const saved = (report.baselinePerBody! - report.kwhPerBody!) * report.made;
    assert.ok(Math.abs(saved - 80) < 8, `per body it is of the same periods: ${saved} kWh`);
    assert.ok(Math.abs(baseline.saving.savedKwh - 10 * 2 * 4) < 6, `${baseline.saving.savedKwh}`);
    const again = await session(history, 12, kept[0]);
    assert.deepEqual(again.kept, [], "a kept one is not fitted anew");
    assert.deepEqual(again.report.baseline, baseline);
  });

  it("leaves out periods in which a meter was not known, and says how many", async () => {
    const hole = { fromUs: START + H_US, toUs: START + 1.5 * H_US };
    const { report } = await session(new RuleHistory(hole), 3);
    assert.deepEqual([report.periods, report.known], [12, 9]);
    assert.ok(report.kwh < 10 * (8 * 17 + 10 * 2.75));
  });

  it("asks for the newest periods again, and for each of the others once", async () => {
    const history = new RuleHistory();
    const { made } = await session(history, 12);
    const before = history.asked;
    await made.update(history as unknown as History, START + 12 * H_US + 2 * MIN_US);
    assert.equal(history.asked, before + 1);
  });

  it("tells no power where a meter is stale, and leaves out what it cannot read", async () => {
    const made = new EnergySession({ ...SETTINGS, rows: [ROWS[1]!] }, undefined, () => undefined);
    made.learn(NOW);
    await made.update(new RuleHistory() as unknown as History, START + 3 * H_US);
    assert.equal(made.report(NOW)!.powerKw, 61);
    const stale = NOW.map((one) => ({ ...one, value: null }));
    assert.equal(made.report(stale)!.powerKw, null);
    made.learn([...NOW, { path: "zone2/fanPower", unit: "°C", value: 5 }]);
    assert.match(made.report(NOW)!.leftOut[0]!.why, /°C is neither power nor energy/);
  });

  it("begins an account at its hour", async () => {
    const made = new EnergySession({ ...SETTINGS, accountH: 8, beginsAtH: 6 }, undefined, () => undefined);
    made.learn(NOW);
    await made.update(new RuleHistory() as unknown as History, START + 15 * H_US);
    assert.equal(made.report(NOW)!.fromUs, START + 14 * H_US);
    assert.equal(made.report(NOW)!.periods, 4);
  });

  it("sums twins by their amounts, and says so where one does not know", async () => {
    const { report } = await session(new RuleHistory(), 3);
    const known = { ...report, powerKw: 61, carriers: report.carriers.map((one) => ({ ...one, co2Kg: 1 })) };
    const sum = sumOfReports([known, known]);
    assert.deepEqual([sum.kwh, sum.powerKw, sum.co2Kg], [2 * report.kwh, 122, 4]);
    assert.equal(sumOfReports([known, report]).co2Kg, null);
    assert.equal(sumOfReports([known, { ...known, powerKw: null }]).powerKw, null);
  });
});

describe("a table of meters", () => {
  it("says what is wrong with a row, and where", () => {
    const wrong = (rows: unknown) => {
      try {
        readEnergyRows(rows, "energy");
      } catch (error) {
        return String((error as Error).message);
      }
      return "";
    };
    assert.match(wrong([]), /names no meter/);
    assert.match(wrong([{ path: "a" }]), /meter 1: carrier is missing/);
    assert.match(
      wrong([ROWS[0], { path: "a/*/*", carrier: "gas" }]),
      /meter 2: the path has more than one \*/,
    );
    assert.match(wrong([{ path: "a", carrier: "gas", price: "-1" }]), /price must be a number from 0 up/);
    assert.match(wrong([null]), /is no row/);
    assert.equal(readEnergyRows(ROWS, "energy").length, 2);
  });

  it("reads powers, counters, and fuel by its energy", () => {
    const [gas, fan] = metersOf(readEnergyRows(ROWS, "energy"), [
      "gas/total",
      "zone1/fanPower",
      "zone1/airTemperature",
    ]);
    assert.deepEqual([gas!.path, fan!.path], ["gas/total", "zone1/fanPower"]);
    assert.deepEqual(readingOf(fan!, "W"), { kind: "power", factor: 0.001 });
    assert.deepEqual(readingOf(fan!, "MWh"), { kind: "counter", factor: 1000 });
    assert.deepEqual(readingOf(gas!, "Nm³"), { kind: "counter", factor: 10 });
    assert.deepEqual(readingOf(gas!, "Nm³/h"), { kind: "power", factor: 10 });
    assert.match(readingOf(fan!, "Nm³") as string, /say how many kWh one is/);
    assert.match(readingOf(fan!, undefined) as string, /is not declared/);
  });
});
