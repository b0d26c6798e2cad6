import assert from "node:assert/strict";
import { e170RatePerSecond, OVER_BAKE_E170_MIN, UNDER_BAKE_E170_MIN } from "../../plant/physics/cure.ts";
import { CAPACITY, FILM, PANELS, PARTS } from "../../plant/physics/panels.ts";
import { type FinishedBody, Plant, type PlantState } from "../../plant/physics/plant.ts";
import { tagIndex } from "../../plant/tags.ts";

const START_US = 1_790_000_000e6;

const LOGGER_ROCKER = tagIndex("oven1/logger/rocker");

function leastE170(body: FinishedBody): number {
  return Math.min(...PANELS.map((panel) => body.e170[panel]));
}

function run(seed: number, bodies: number): FinishedBody[] {
  const plant = new Plant({ seed, startTimeUs: START_US });
  while (plant.finished.length < bodies) plant.step(60);
  return plant.finished.slice(0, bodies);
}

describe("plant/physics: cure oven", () => {
  it("counts a minute at 170 °C as one, and 12 min at 165 °C as much as 8 min at 175 °C", () => {
    assert.equal(e170RatePerSecond(170) * 60, 1);
    assert.ok(Math.abs(e170RatePerSecond(165) * 60 * 12 - 9.775) < 0.005);
    assert.ok(Math.abs(e170RatePerSecond(175) * 60 * 8 - 9.775) < 0.005);
  });

  it("has panels with the drawing's time constants, within the ±3 % by which mounting differs", () => {
    for (const [n, nominalS] of [64.57, 73.79, 230.59, 368.95, 614.92].entries()) {
      let capacity = 0;
      let film = 0;
      for (let p = 0; p < PARTS; p++) {
        capacity += CAPACITY[n * PARTS + p]!;
        film += FILM[n * PARTS + p]!;
      }
      const ratio = capacity / film / nominalS;
      assert.ok(ratio > 0.969 && ratio < 1.032, `${PANELS[n]}: ${ratio}`);
      assert.notEqual(ratio, 1);
    }
  });

  for (const seed of [1, 2, 3]) {
    it(`cures 200 bodies within limits in normal production, seed ${seed}`, () => {
      for (const body of run(seed, 200)) {
        const least = leastE170(body);
        const most = Math.max(...PANELS.map((panel) => body.e170[panel]));
        assert.ok(least > UNDER_BAKE_E170_MIN + 1, `body ${body.id}: least E170 ${least}`);
        assert.ok(least < 15, `body ${body.id}: least E170 ${least}`);
        assert.equal(least, body.e170.rocker);
        assert.ok(most < OVER_BAKE_E170_MIN - 5, `body ${body.id}: most E170 ${most}`);
        assert.ok(Math.max(...PANELS.map((panel) => body.peak[panel])) < 202);
        assert.ok(Math.abs((body.exitUs - body.entryUs) / 1e6 - 1800) <= 1);
      }
    });
  }

  it("is the same for the same seed and another for another", () => {
    assert.deepEqual(run(7, 40), run(7, 40));
    assert.notDeepEqual(run(7, 40), run(8, 40));
    const one = new Plant({ seed: 7, startTimeUs: START_US });
    const other = new Plant({ seed: 7, startTimeUs: START_US });
    one.step(1000);
    for (let i = 0; i < 100; i++) other.step(10);
    assert.deepEqual(one.tags(), other.tags());
  });

  it("sends the same bodies whatever the setpoints are", () => {
    const one = new Plant({ seed: 7, startTimeUs: START_US });
    const other = new Plant({ seed: 7, startTimeUs: START_US });
    other.setSetpoint(3, 170);
    one.step(7200);
    other.step(7200);
    const entries = (plant: Plant) => plant.finished.map(({ id, entryUs }) => ({ id, entryUs }));
    assert.deepEqual(entries(one), entries(other));
    assert.ok(leastE170(other.finished.at(-1)!) < leastE170(one.finished.at(-1)!) - 2);
  });

  it("closes its energy balance", () => {
    const plant = new Plant({ seed: 1, startTimeUs: START_US });
    const before = plant.storedJ();
    plant.step(4 * 3600);
    const e = plant.energy;
    const into = e.burnerHeatJ + e.fanJ + e.bodiesInJ;
    const out = e.exhaustJ + e.wallJ + e.lockJ + e.bodiesOutJ + plant.storedJ() - before;
    assert.ok(Math.abs(into - out) < 1e-6 * e.gasJ, `${into} J into, ${out} J out`);
    const perBody = plant.finished.map((body) => body.energyKwh);
    const mean = perBody.reduce((sum, kwh) => sum + kwh) / perBody.length;
    assert.ok(mean > 24 && mean < 30, `${mean} kWh a body`);
    // What the bodies were charged is what gas meter and fans showed, but for the bodies still inside.
    const charged = perBody.reduce((sum, kwh) => sum + kwh);
    assert.ok(Math.abs(charged * 3.6e6 - (e.gasJ + e.fanJ)) < 0.02 * (e.gasJ + e.fanJ));
  });

  it("goes on from a saved state as if it had never stopped", () => {
    const plant = new Plant({ seed: 5, startTimeUs: START_US });
    plant.step(1234);
    const state = JSON.parse(JSON.stringify(plant.save())) as PlantState;
    const resumed = Plant.restore(state);
    assert.equal(resumed.timeUs, plant.timeUs);
    plant.finished.length = 0;
    plant.step(3600);
    resumed.step(3600);
    assert.deepEqual(resumed.tags(), plant.tags());
    assert.deepEqual(resumed.finished, plant.finished);
    assert.throws(() => Plant.restore({ ...state, version: 99 }), /expected version 2, got 99/);
  });

  it("gives every cyclic tag a value each 5 s and the others only when they change", () => {
    const plant = new Plant({ seed: 1, startTimeUs: START_US });
    const times: number[] = [];
    plant.onTick = (timeUs) => times.push(timeUs);
    plant.step(60);
    assert.deepEqual(
      times,
      Array.from({ length: 12 }, (_, i) => START_US + (i + 1) * 5e6),
    );
    assert.equal(plant.tags()["oven1/machine/state"], 6);
    assert.equal(plant.tags()["oven1/zone3/airTemperatureSetpoint"], 195);
    plant.setSetpoint(3, 500);
    assert.equal(plant.setpoint(3), 200);
    assert.throws(() => plant.setSetpoint(7, 150), /expected 1 to 6/);
    assert.throws(() => plant.setSetpoint(1, Number.NaN), /expected a setpoint/);
  });

  it("sends the logger through the oven with one body, inner flange and 0.5 K of noise", () => {
    const plant = new Plant({ seed: 1, startTimeUs: START_US });
    assert.equal(plant.tags()["oven1/logger/rocker"], undefined);
    plant.startLogger();
    const rows: number[] = [];
    plant.onTick = () => {
      const tags = plant.tags();
      if (plant.fresh[LOGGER_ROCKER] === 1) rows.push(tags["oven1/logger/rocker"]!);
    };
    plant.step(3 * 3600);
    assert.ok(rows.length === 360 || rows.length === 361, `${rows.length} rows`);
    assert.ok(rows[0]! < 32 && rows.at(-1)! > 168);
  });
});
