import assert from "node:assert/strict";
import { OVER_BAKE_E170_MIN, PEAK_METAL_LIMIT_C, UNDER_BAKE_E170_MIN } from "../../plant/physics/cure.ts";
import type { FaultRequest } from "../../plant/physics/faults.ts";
import { PANELS } from "../../plant/physics/panels.ts";
import { type FinishedBody, Plant } from "../../plant/physics/plant.ts";

const START_US = 1_790_000_000e6;
const REACTION_S = 180;

const under = (body: FinishedBody): boolean => PANELS.some((panel) => body.e170[panel] < UNDER_BAKE_E170_MIN);
const over = (body: FinishedBody): boolean =>
  PANELS.some((panel) => body.e170[panel] > OVER_BAKE_E170_MIN || body.peak[panel] > PEAK_METAL_LIMIT_C);

/** The 30 bodies that leave after the fault's onset, with new setpoints 3 plant minutes later, or none. */
function next30(seed: number, fault: FaultRequest, setpoints?: readonly number[]): FinishedBody[] {
  const plant = new Plant({ seed, startTimeUs: START_US });
  plant.fault(fault);
  plant.step(REACTION_S);
  setpoints?.forEach((setpointC, z) => {
    plant.setSetpoint(z + 1, setpointC);
  });
  plant.step(3600);
  return plant.finished.slice(0, 30);
}

describe("plant/physics: faults", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    it(`a fouled nozzle under-bakes bodies, and raised setpoints recover them from the 6th on, seed ${seed}`, () => {
      const left = next30(seed, { fault: "fouled-nozzle" });
      assert.equal(left.length, 30);
      const count = left.filter(under).length;
      assert.ok(count >= 12, `${count} of 30 under-baked`);
      const steered = next30(seed, { fault: "fouled-nozzle" }, [140, 180, 195, 194, 193, 188]);
      assert.deepEqual(
        steered.slice(5).filter((body) => under(body) || over(body)),
        [],
      );
    });

    it(`a drifting thermocouple over-bakes bodies, and a lowered setpoint recovers them, seed ${seed}`, () => {
      const left = next30(seed, { fault: "drifting-thermocouple" });
      assert.ok(left.filter(over).length >= 12, `${left.filter(over).length} of 30 over-baked`);
      assert.equal(left.filter(under).length, 0);
      const steered = next30(seed, { fault: "drifting-thermocouple" }, [140, 180, 180, 190, 185, 180]);
      assert.deepEqual(
        steered.filter((body) => under(body) || over(body)),
        [],
      );
    });
  }

  it("a fouled nozzle shows in fan flow and fan power, not in the thermocouple", () => {
    const plant = new Plant({ seed: 1, startTimeUs: START_US });
    plant.step(60);
    const before = plant.tags();
    plant.fault({ fault: "fouled-nozzle" });
    plant.step(900);
    const after = plant.tags();
    const ratio = (path: string) => after[path]! / before[path]!;
    assert.ok(Math.abs(ratio("oven1/zone3/fanFlow") - 0.72) < 0.02);
    assert.ok(ratio("oven1/zone3/fanPower") < 0.9);
    assert.ok(Math.abs(ratio("oven1/zone4/fanFlow") - 1) < 0.02);
    assert.ok(Math.abs(after["oven1/zone3/airTemperature"]! - 195) < 4);
  });

  it("a drifting thermocouple shows no error to its controller while the air gets 16 K hotter", () => {
    const plant = new Plant({ seed: 1, startTimeUs: START_US });
    const airC = plant.air.cellC[12]!;
    plant.fault({ fault: "drifting-thermocouple" });
    plant.step(1200);
    assert.ok(Math.abs(plant.air.cellC[12]! - airC - 16) < 2.5);
    assert.ok(Math.abs(plant.air.readingC[2]! - 195) < 3);
  });

  it("a stuck sensor freezes its tag", () => {
    const plant = new Plant({ seed: 1, startTimeUs: START_US });
    plant.fault({ fault: "stuck-sensor", zone: 5 });
    plant.step(5);
    const frozen = plant.tags()["oven1/zone5/airTemperature"];
    plant.onTick = () => assert.equal(plant.tags()["oven1/zone5/airTemperature"], frozen);
    plant.step(600);
    plant.onTick = undefined;
    plant.clearFaults();
    plant.step(10);
    assert.notEqual(plant.tags()["oven1/zone5/airTemperature"], frozen);
  });

  it("a lost fan locks its burner out and holds the oven: no body enters, those inside ride out", () => {
    const plant = new Plant({ seed: 1, startTimeUs: START_US });
    plant.fault({ fault: "fan-loss", zone: 2 });
    plant.step(1900);
    assert.equal(plant.tags()["oven1/machine/state"], 11);
    assert.ok(plant.tags()["oven1/zone2/fanFlow"]! < 2500);
    assert.ok(plant.air.flame[1]! < 1e-9);
    assert.equal(plant.bodies.count, 0);
    plant.clearFaults();
    plant.step(300);
    assert.equal(plant.tags()["oven1/machine/state"], 6);
    assert.ok(plant.bodies.count > 0);
  });

  it("comes on schedule, at that very second, and heals after its duration", () => {
    const plant = new Plant({ seed: 1, startTimeUs: START_US });
    const seen: number[] = [];
    plant.onFault = (fault) => seen.push(fault.startUs);
    plant.schedule({ fault: "fouled-nozzle", zone: 4, rampS: 0, durationS: 300 }, START_US + 77e6);
    plant.step(76);
    assert.deepEqual(seen, []);
    plant.step(60);
    assert.deepEqual(seen, [START_US + 77e6]);
    assert.ok(plant.air.flow[3]! < 0.74);
    plant.step(400);
    assert.ok(plant.air.flow[3]! > 0.98);
  });

  const wrong: [unknown, RegExp][] = [
    [{ fault: "fire" }, /expected one of stuck-sensor, .*got fire/],
    [{ fault: "fouled-nozzle", zone: 7 }, /zone: expected 1 to 6, got 7/],
    [{ fault: "fouled-nozzle", severity: 0 }, /severity: expected above 0/],
    [{ fault: "fouled-nozzle", rampS: -1 }, /rampS: expected 0/],
    [{ fault: "fouled-nozzle", durationS: Number.NaN }, /durationS: expected more than 0/],
  ];
  for (const [request, words] of wrong) {
    it(`refuses ${JSON.stringify(request)}`, () => {
      const plant = new Plant({ seed: 1, startTimeUs: START_US, warmUpS: 0 });
      assert.throws(() => plant.fault(request as FaultRequest), words);
      assert.throws(() => plant.schedule(request as FaultRequest, START_US), words);
    });
  }
});
