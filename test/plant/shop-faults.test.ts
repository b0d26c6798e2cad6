import assert from "node:assert/strict";
import { AssemblyLine } from "../../plant/assembly/assembly-line.ts";
import type { LineFaultRequest } from "../../plant/assembly/line-faults.ts";
import { BodyStation } from "../../plant/body/body-station.ts";
import type { StationFaultRequest } from "../../plant/body/station-faults.ts";
import { STATION_TAGS } from "../../plant/body/station-tags.ts";
import { stationValues } from "../../plant/body/station-values.ts";
import { DRAWN_KINDS, drawSchedule } from "../../plant/faults/drawn-schedule.ts";
import { checkFault, shopOf } from "../../plant/faults/shop-faults.ts";
import { Plant } from "../../plant/physics/plant.ts";

/** Six in the morning, UTC: the early shift begins. */
const START_US = Date.UTC(2026, 8, 21, 6) * 1000;
const HOUR_S = 3600;

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const spread = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

/** What drives and guns tell, as means over the bodies of the last hour of three. */
function lastHour(fault?: StationFaultRequest): Record<string, number> {
  const station = new BodyStation(7, START_US / 1e6);
  if (fault !== undefined) station.faults.start(fault, START_US);
  const told: Record<string, number[]> = {};
  let bodies = 0;
  for (let s = 5; s <= 3 * HOUR_S; s += 5) {
    station.moveTo(START_US / 1e6 + s);
    if (station.bodies === bodies || s < 2 * HOUR_S) continue;
    bodies = station.bodies;
    for (const [path, value] of Object.entries(stationValues(station))) {
      if (!/motor|weld/.test(path)) continue;
      told[path] ??= [];
      told[path].push(value as number);
    }
  }
  return Object.fromEntries(Object.entries(told).map(([path, values]) => [path, mean(values)]));
}

/** Tags that are off by more than `share` against the same hours without the fault. */
function moved(fault: StationFaultRequest, share: number): string[] {
  const [sound, faulty] = [lastHour(), lastHour(fault)];
  return Object.keys(sound).filter((path) => Math.abs(faulty[path]! / sound[path]! - 1) > share);
}

describe("plant/faults: faults of body shop and assembly, and schedules of them", () => {
  it("tells of drives and guns once a body is done, in plausible numbers", () => {
    const told = lastHour();
    assert.equal(Object.keys(told).length, 4 * (6 * 2 + 2));
    for (const [path, value] of Object.entries(told)) {
      const [low, high] = path.endsWith("motorTemperature")
        ? [22, 90]
        : path.endsWith("motorLoad")
          ? [3, 60]
          : path.endsWith("current")
            ? [8500, 10_000]
            : [95, 135];
      assert.ok(value > low! && value < high!, `${path}: ${value}`);
      assert.equal(STATION_TAGS.find((tag) => tag.path === path)?.cyclic, false, path);
    }
    const before = stationValues(new BodyStation(7, 0));
    assert.ok(Number.isNaN(before["r1/axis1/motorLoad"]) && Number.isNaN(before["r1/weld/current"]));
  });

  it("a worn gearbox shows in load and motor of its axis alone", () => {
    assert.deepEqual(moved({ fault: "worn-gearbox", robot: "R2", axis: 3 }, 0.05), [
      "r2/axis3/motorTemperature",
      "r2/axis3/motorLoad",
    ]);
  });

  it("a worn electrode shows in its gun's resistance alone, a worn cable in its current", () => {
    assert.deepEqual(moved({ fault: "worn-electrode", robot: "R1" }, 0.03), ["r1/weld/resistance"]);
    assert.deepEqual(moved({ fault: "worn-cable", robot: "R4" }, 0.03), ["r4/weld/current"]);
  });

  it("a fault of the station changes no move, and heals after its duration", () => {
    const cycles = (fault?: StationFaultRequest) => {
      const station = new BodyStation(3, 0);
      if (fault !== undefined) station.faults.schedule(fault, 60e6);
      const loads: number[] = [];
      let bodies = 0;
      for (let s = 1; s <= 900; s++) {
        station.moveTo(s);
        if (station.bodies !== bodies) loads.push(station.robot("R3").drives.loadPercent[0]!);
        bodies = station.bodies;
      }
      return { loads, cycleS: station.robots.map(({ lastCycleS }) => lastCycleS) };
    };
    const sound = cycles();
    const faulty = cycles({ fault: "worn-gearbox", robot: "R3", axis: 1, rampS: 0, durationS: 400 });
    assert.deepEqual(faulty.cycleS, sound.cycleS);
    const ratio = faulty.loads.map((load, i) => load / sound.loads[i]!);
    assert.ok(Math.abs(ratio[0]! - 1) < 1e-9 && Math.abs(ratio.at(-1)! - 1) < 1e-9, `${ratio}`);
    assert.ok(
      ratio.some((each) => Math.abs(each - 1.3) < 1e-9),
      `${ratio}`,
    );
  });

  it("a valve that sticks makes its zone's burner hunt, and no other's", () => {
    const hunting = (stuck: boolean): number[] => {
      const plant = new Plant({ seed: 5, startTimeUs: START_US });
      if (stuck) plant.fault({ fault: "sticking-valve", zone: 4 });
      const outputs: number[][] = [[], [], [], [], [], []];
      plant.onTick = () => {
        for (const [z, list] of outputs.entries()) list.push(plant.air.demand[z]!);
      };
      plant.step(2 * HOUR_S);
      return outputs.map(spread);
    };
    const [sound, sticking] = [hunting(false), hunting(true)];
    assert.ok(sticking[3]! > 1.5 * sound[3]!, `${sound[3]} to ${sticking[3]}`);
    for (const z of [0, 1, 5]) assert.ok(sticking[z]! < 1.2 * sound[z]!, `zone ${z + 1}`);
  });

  const lineFaults: [LineFaultRequest, (line: AssemblyLine) => number, number][] = [
    [{ fault: "slow-station", station: "st04" }, (line) => line.stations[3]!.pace, 1.25],
    [{ fault: "dragging-conveyor", station: "st05" }, (line) => line.readings.currentA[4]!, 1.3],
    [{ fault: "drifting-tool", station: "st07" }, (line) => line.readings.angleDeg[1]!, 1.12],
  ];
  for (const [fault, read, wanted] of lineFaults) {
    it(`${fault.fault} at ${fault.station} shows there, and is gone after it`, () => {
      const line = new AssemblyLine(2, START_US);
      const normal = read(line);
      line.faults.schedule({ ...fault, durationS: 2 * HOUR_S }, START_US + 600e6);
      line.stepTo(START_US + 2 * HOUR_S * 1e6);
      const ratio = read(line) / normal;
      assert.ok(Math.abs(ratio / wanted - 1) < 0.1, `${ratio}`);
      line.stepTo(START_US + 5 * HOUR_S * 1e6);
      assert.ok(Math.abs(read(line) / normal - 1) < 0.07, `${read(line) / normal} after it`);
      assert.equal(line.released, line.bodies + line.good, "no body is lost on a conveyor");
    });
  }

  it("draws the same schedule for the same seed: every kind before any comes again, with rests between", () => {
    for (const seed of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      const faults = drawSchedule(seed, 20, 48);
      assert.deepEqual(faults, drawSchedule(seed, 20, 48));
      assert.equal(faults.length, 20);
      assert.equal(new Set(faults.map(({ request }) => request.fault)).size, DRAWN_KINDS.length);
      const endS = { paint: 0, body: 0, assembly: 0 };
      for (const { shop, inS, request } of faults) {
        checkFault(request);
        assert.equal(shopOf(request.fault), shop);
        assert.ok(inS >= endS[shop], `${shop}: a fault before the last has rested`);
        endS[shop] = inS + request.durationS + 5400;
        assert.ok(inS + request.durationS <= 48 * HOUR_S);
      }
    }
    assert.notDeepEqual(drawSchedule(1, 20, 48), drawSchedule(2, 20, 48));
    assert.throws(() => drawSchedule(1, 100, 48), /expected fewer in 48 h, got \d+ in the paint shop/);
  });
});
