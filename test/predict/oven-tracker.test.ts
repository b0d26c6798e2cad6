import assert from "node:assert/strict";
import { setTimeout as after } from "node:timers/promises";
import { Plant } from "../../plant/physics/plant.ts";
import { RungError } from "../../runtime/core/errors.ts";
import { FrameBuilder } from "../../runtime/core/frame.ts";
import { BAD } from "../../runtime/core/quality.ts";
import type { HistoryRange } from "../../runtime/describe/historian/history-types.ts";
import { trackingEvidence } from "../../runtime/predict/oven-evidence.ts";
import { OvenSession } from "../../runtime/predict/oven-session.ts";
import { OvenTracker, type RideOutcome, type TrackedExit } from "../../runtime/predict/oven-tracker.ts";
import { OVEN, PlantFrames } from "./plant-frames.ts";
import { changed, paintOven, plantWithPast, primedOven, START_US } from "./primed-oven.ts";

describe("oven tracker against the virtual plant", () => {
  it("calibrates from the logger's ride and then tracks the exits", function () {
    this.timeout(30_000);
    const { plant, tracker } = primedOven(11);
    assert.ok(tracker.calibration !== undefined);
    for (const rmse of tracker.calibration.rmseK) assert.ok(rmse < 2, `logger RMSE ${rmse}`);
    assert.equal(tracker.phase, "tracking");
    // The filter follows changes; the doubt of what is normal stays with those who ask how sure the cure is.
    const { covariance } = tracker.situation();
    for (const [z, { factorLn }] of tracker.zoneDeviations.entries()) {
      assert.ok(factorLn < 0.015, `zone ${z + 1}: ${factorLn}`);
      assert.ok(Math.sqrt(covariance[(5 + z) * 18]!) > 0.03);
    }
    const exits: TrackedExit[] = [];
    tracker.onExit((exit) => exits.push(exit));
    plant.finished.length = 0;
    plant.step(3600);
    assert.equal(exits.length, plant.finished.length);
    assert.deepEqual(
      exits.map((exit) => exit.id),
      plant.finished.map((body) => body.id),
    );
    assert.equal(tracker.passage.lost, 0);
    for (const record of trackingEvidence(tracker, "n")) {
      assert.equal(record.verdict, "holds", record.what);
      const isOfRide = /\/(metal-\w+|e170)$/.test(record.id);
      assert.equal(record.newestSampleUs, isOfRide ? undefined : tracker.timeUs);
      const validUntilUs = isOfRide ? tracker.ride!.timeUs + 7 * 86_400e6 : tracker.timeUs + 10 * 5e6;
      assert.equal(record.validUntilUs, validUntilUs, "a week, or ten periods of the readings");
    }
    const { low, high } = tracker.innovations.run!;
    assert.ok(low < 5 && high > 5);
    // The cure, which nobody measures, is within 5 % for the mean body.
    for (const [n, name] of (["roof", "door", "aPillar", "bPillar", "rocker"] as const).entries()) {
      const believed = exits.reduce((sum, exit) => sum + exit.e170Min[n]!, 0) / exits.length;
      const true_ = plant.finished.reduce((sum, body) => sum + body.e170[name], 0) / plant.finished.length;
      assert.ok(Math.abs(believed / true_ - 1) < 0.05, `${name}: ${believed} against ${true_}`);
    }
  });

  it("sees a fouled nozzle within three plant minutes, in its zone only", function () {
    this.timeout(30_000);
    const { plant, tracker } = primedOven(12);
    const before = tracker.situation();
    plant.fault({ fault: "fouled-nozzle", zone: 3 });
    plant.step(180);
    const now = tracker.situation();
    const share = now.zoneFactor.map((factor, z) => factor / before.zoneFactor[z]!);
    assert.ok(share[2]! < 0.85, `zone 3 by fan flow: ${share[2]}`);
    for (const z of [0, 1, 3, 4, 5]) assert.ok(Math.abs(share[z]! - 1) < 0.03, `zone ${z + 1}: ${share[z]}`);
    assert.ok(tracker.zoneDeviations[2]!.factorLn > 0.15, "its heat transfer is in doubt");
    assert.deepEqual(now.observed, [false, false, true, false, false, false]);
    plant.step(240);
    // Beyond what the flow tells, the burners show that the bodies take less heat.
    assert.ok(
      tracker.belief.mean[7]! - before.mean[7]! < -0.25,
      `ln ${tracker.belief.mean[7]! - before.mean[7]!}`,
    );
  });

  it("sees a drifting thermocouple within three plant minutes, in its zone only", function () {
    this.timeout(30_000);
    const { plant, tracker } = primedOven(13);
    const before = tracker.belief.mean.slice(11);
    plant.fault({ fault: "drifting-thermocouple", zone: 3 });
    plant.step(180);
    const moved = tracker.belief.mean.slice(11).map((bias, z) => bias - before[z]!);
    assert.ok(moved[2]! > 4, `zone 3 reads low by ${moved[2]} K`);
    for (const z of [1, 3, 4]) assert.ok(Math.abs(moved[z]!) < 3, `zone ${z + 1}: ${moved[z]}`);
    plant.step(720);
    const biasK = tracker.belief.mean[13]! - before[2]!;
    assert.ok(biasK > 10 && biasK < 19, `of 16 K it sees ${biasK}`);
  });

  it("believes a cleaned nozzle and a mended thermocouple again", function () {
    this.timeout(30_000);
    for (const [seed, fault] of [
      [17, "fouled-nozzle"],
      [18, "drifting-thermocouple"],
    ] as const) {
      const { plant, tracker } = primedOven(seed);
      const exits = new Map<number, readonly number[]>();
      tracker.onExit((exit) => exits.set(exit.id, exit.e170Min));
      const before = tracker.belief.mean;
      plant.fault({ fault, zone: 3 });
      plant.step(3600);
      plant.clearFaults();
      plant.step(3 * 3600);
      const { mean } = tracker.belief;
      assert.ok(Math.abs(mean[7]! - before[7]!) < 0.12, `${fault}: ln ${mean[7]! - before[7]!}`);
      assert.ok(Math.abs(mean[13]! - before[13]!) < 3, `${fault}: bias ${mean[13]! - before[13]!} K`);
      assert.equal(tracker.flowFactors.filter((factor) => Math.abs(factor - 1) > 0.03).length, 0);
      const last = plant.finished.slice(-20).filter((body) => exits.has(body.id));
      assert.ok(last.length > 15);
      for (const [n, name] of (["roof", "rocker"] as const).entries()) {
        const errors = last.map((body) => exits.get(body.id)![n * 4]! / body.e170[name] - 1);
        const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
        assert.ok(Math.abs(mean) < 0.06, `${fault}, ${name}: ${mean}`);
      }
    }
  });

  it("takes a burner that gives more for good as one opinion, however long it lasts", function () {
    this.timeout(30_000);
    const { plant, tracker } = primedOven(19, undefined, (frame) =>
      changed(frame, `${OVEN}/zone3/burnerOutput`, (value) => value * 1.15),
    );
    const before = tracker.belief.mean[13]!;
    let furthestK = 0;
    for (let hour = 0; hour < 5; hour++) {
      plant.step(3600);
      furthestK = Math.max(furthestK, Math.abs(tracker.belief.mean[13]! - before));
    }
    assert.ok(furthestK < 9, `zone 3 was believed off by ${furthestK} K`);
    assert.ok(Math.abs(tracker.belief.mean[13]! - before) <= furthestK);
  });

  it("loses row 4 where bodies leave and none is judged, and where the air is not known", function () {
    this.timeout(30_000);
    const exits = ["roof", "door", "aPillar", "bPillar", "rocker"].map((node) => `${OVEN}/exit/${node}`);
    const silent = primedOven(12, undefined, (frame) =>
      frame.filter((row) => !exits.includes(frame.addressAt(row))),
    );
    silent.plant.step(900);
    const ofExits = (tracker: OvenTracker) =>
      trackingEvidence(tracker, "n").filter(({ id }) => id.includes("/4/exit-"));
    assert.equal(ofExits(silent.tracker).length, 5);
    for (const record of ofExits(silent.tracker)) {
      assert.equal(record.verdict, "fails");
      assert.match(record.cause!, /^the last \d+ bodies left without an exit temperature$/);
    }

    const bad = primedOven(12, undefined, (frame) => changed(frame, undefined, (value) => value, BAD));
    const knownUs = bad.tracker.knownUs;
    bad.plant.step(600);
    assert.equal(bad.tracker.knownUs, knownUs);
    for (const record of ofExits(bad.tracker)) {
      assert.equal(record.newestSampleUs, knownUs);
      assert.ok(record.validUntilUs! < bad.tracker.timeUs);
    }
    assert.throws(() => bad.tracker.situation(), /no good air temperature of zone1 for \d+ s/);
  });

  it("lets the gas's evidence expire with the meter, and tells no body's gas by a dead one", function () {
    this.timeout(30_000);
    let isDead = false;
    const { plant, tracker } = primedOven(12, 4, (frame) =>
      isDead ? changed(frame, `${OVEN}/gas/flow`, (value) => value, BAD) : frame,
    );
    const ofGas = () => trackingEvidence(tracker, "n").filter(({ id }) => id.includes("/4/gas-"));
    for (const { verdict, progress } of ofGas()) {
      assert.equal(verdict, "collecting", "one half hour judges nothing");
      assert.ok(progress!.of === 4 && progress!.n < 4);
    }
    plant.step(3600);
    assert.deepEqual(
      ofGas().map(({ verdict }) => verdict),
      ["holds", "holds"],
    );
    assert.deepEqual(
      ofGas().map(({ newestSampleUs }) => newestSampleUs),
      [tracker.timeUs, tracker.timeUs],
    );
    assert.ok(tracker.lastExit!.gasKWh > 0);
    isDead = true;
    const diedUs = tracker.timeUs;
    plant.step(900);
    for (const { newestSampleUs, validUntilUs } of ofGas()) {
      assert.equal(newestSampleUs, diedUs);
      assert.ok(validUntilUs! < tracker.timeUs);
    }
    assert.equal(tracker.lastExit!.gasKWh, Number.NaN);
  });

  it("loses row 4 where the physics change, names the node, and a new ride of the logger brings it back", function () {
    this.timeout(30_000);
    const { plant, tracker } = primedOven(2);
    const failing = () => trackingEvidence(tracker, "n").filter(({ verdict }) => verdict === "fails");
    const rides: RideOutcome[] = [];
    tracker.onRide((outcome) => rides.push(outcome));
    plant.step(1800);
    assert.deepEqual(failing(), []);
    plant.skew("rocker", 0.75);
    plant.step(3600);
    const causes = failing().map(({ id, cause }) => [id.split("/4/")[1]!, cause!] as const);
    assert.deepEqual(
      causes.map(([id]) => id),
      ["exit-rmse", "exit-bias", "exit-pair-mean", "exit-nis", "exit-lag"],
    );
    for (const [id, cause] of causes) if (id !== "exit-nis") assert.match(cause, /rocker/);

    plant.startLogger();
    plant.step(2400);
    assert.deepEqual(
      rides.map(({ recalibrated, check }) => [recalibrated, check!.ahead]),
      [[true, false]],
    );
    assert.equal(tracker.phase, "learning");
    assert.deepEqual(tracker.learning, { n: tracker.learning.n, of: 40 });
    plant.step(3.5 * 3600);
    assert.deepEqual(
      trackingEvidence(tracker, "n").map(({ verdict }) => verdict),
      trackingEvidence(tracker, "n").map(() => "holds"),
    );
    // A ride that the model tells right changes nothing, and is evidence of its own.
    plant.startLogger();
    plant.step(2400);
    assert.equal(rides.length, 2);
    assert.deepEqual([rides[1]!.recalibrated, rides[1]!.check!.ahead], [false, true]);
    assert.equal(tracker.phase, "tracking");
    const e170 = trackingEvidence(tracker, "n").find(({ id }) => id === `${OVEN}/4/e170`)!;
    assert.match(e170.what, /a ride the model did not know/);
    assert.ok(e170.value! <= 10);
  });

  it("holds the believed spread of the cure to the limit where no ride has measured it", function () {
    this.timeout(30_000);
    const plant = new Plant({ seed: 4, startTimeUs: START_US });
    const source = new PlantFrames(plant);
    const tracker = new OvenTracker(paintOven(), OVEN);
    plant.onTick = () => tracker.accept(source.take());
    plant.step(4.5 * 3600);
    assert.equal(tracker.calibration, undefined);
    const records = trackingEvidence(tracker, "n");
    const ofCure = records.filter(({ id }) => /metal|e170$/.test(id));
    assert.equal(ofCure.length, 4);
    for (const { verdict, what, cause } of ofCure) {
      assert.equal(verdict, "fails");
      assert.match(what, /believed and not measured: no logger ride yet$/);
      assert.match(cause!, /is known to \d+ % only: send a profile logger through/);
    }
    // The first ride calibrates also where what is normal was learnt without one, which is learnt anew then.
    plant.startLogger();
    plant.step(2400);
    assert.deepEqual([tracker.phase, tracker.learning.of], ["learning", 40]);
    plant.step(4 * 3600);
    for (const { id, verdict, cause } of trackingEvidence(tracker, "n"))
      assert.equal(verdict, "holds", `${id} ${cause}`);
    // A record that is no longer made would stand on the board for ever: the ids stay when a ride comes.
    const { tracker: ridden } = primedOven(4);
    assert.deepEqual(
      trackingEvidence(ridden, "n").map(({ id }) => id),
      records.map(({ id }) => id),
    );
  });

  it("forgets the bodies inside over a gap, and goes on", function () {
    this.timeout(30_000);
    const { plant, tracker } = primedOven(14, 3.2);
    const listen = plant.onTick;
    plant.onTick = undefined;
    plant.step(1200);
    plant.onTick = listen;
    plant.step(10);
    assert.ok(tracker.passage.bodies.length <= 1);
    assert.ok(tracker.passage.lost > 10);
    plant.step(2400);
    assert.ok(tracker.passage.bodies.length > 10);
    for (const t of tracker.situation().bodies.flatMap((body) => [...body.temperatureC]))
      assert.ok(Number.isFinite(t));
  });

  it("does not take bad values for good ones", () => {
    const { past } = plantWithPast(15, 0.1);
    const tracker = new OvenTracker(paintOven(), OVEN);
    for (const frame of past.slice(0, 5)) tracker.accept(frame);
    const known = tracker.readings.airTemperature[2]!.value;
    const { dictionary } = past[0]!;
    const builder = new FrameBuilder({ source: "plant", reality: "virtual", dictionary });
    builder.add(dictionary.require(`${OVEN}/zone3/airTemperature`), 999, START_US + 3600e6, BAD);
    tracker.accept(builder.build({ epoch: 1, first: 0, receiveTimeUs: START_US }));
    assert.equal(tracker.readings.airTemperature[2]!.value, known);
  });

  it("names each figure for what it is: the largest of two bodies in a row is that of their mean", () => {
    const tracker = new OvenTracker(paintOven(), OVEN);
    for (const errorK of [9, -3, 5]) tracker.residuals.add(new Float64Array(5).fill(errorK));
    const record = trackingEvidence(tracker, "n").find(({ id }) => id === `${OVEN}/4/exit-pair-mean`)!;
    assert.match(record.what, /^largest mean exit temperature error of two bodies in a row of the last 20/);
    assert.equal(record.value, 3, "of (9 - 3) / 2 and (-3 + 5) / 2; the largest of one body is 9");
  });

  it("says what it waits for", () => {
    const tracker = new OvenTracker(paintOven(), OVEN);
    assert.equal(tracker.phase, "waiting");
    assert.throws(
      () => tracker.situation(),
      (fault: unknown) => fault instanceof RungError && fault.code === "not-tracking",
    );
    const records = trackingEvidence(tracker, "n");
    assert.deepEqual(
      records.map((record) => [record.verdict, record.progress]),
      // One run of bodies, or none of what the mean NIS could show would be wrong.
      records.map(({ id }) => ["collecting", { n: 0, of: id.endsWith("/exit-nis") ? 30 : 20 }]),
    );
  });
});

describe("oven session", () => {
  it("learns from a historian what it would have learnt live, and takes what came meanwhile in order", async function () {
    this.timeout(30_000);
    const { plant, past, source } = plantWithPast(16, 3.3);
    const columns = new Map<string, { t: number[]; v: number[]; q: number[] }>();
    for (const frame of past) {
      for (const { address, value, quality, sourceTimeUs } of frame) {
        const column = columns.get(address) ?? { t: [], v: [], q: [] };
        columns.set(address, column);
        column.t.push(sourceTimeUs);
        column.v.push(value);
        column.q.push(quality);
      }
    }
    const store = {
      range: async (address: string): Promise<HistoryRange> => {
        const column = columns.get(address);
        if (column === undefined)
          throw new RungError({ code: "unknown-address", where: address, what: "never stored" });
        return {
          address,
          unit: undefined,
          sourceTimeUs: Float64Array.from(column.t),
          value: Float64Array.from(column.v),
          quality: Uint32Array.from(column.q),
          other: new Map(),
          realities: ["virtual"],
          complete: true,
        };
      },
    };
    const session = new OvenSession(paintOven(), OVEN, "n", { store, fromUs: 0, toUs: plant.timeUs });
    const live: ReturnType<typeof source.take>[] = [];
    plant.onTick = () => live.push(source.take());
    plant.step(300);
    for (const frame of live) session.accept(frame);
    assert.deepEqual(session.words(), { text: "learning from history" });
    assert.throws(() => session.situation(), /still learning from history/);
    assert.deepEqual(
      session.evidence().map(({ verdict, newestSampleUs }) => [verdict, newestSampleUs]),
      Array(session.evidence().length).fill(["collecting", undefined]),
      "the past proves nothing of now",
    );
    while (session.learningHistory) await after(5);
    assert.equal(session.problem, undefined);
    const direct = new OvenTracker(paintOven(), OVEN);
    direct.prime(past);
    for (const frame of live) direct.accept(frame);
    assert.equal(session.tracker.timeUs, plant.timeUs);
    assert.deepEqual(
      Array.from(session.tracker.belief.mean, (v) => v.toFixed(6)),
      Array.from(direct.belief.mean, (v) => v.toFixed(6)),
    );
    assert.match(session.words().text, /^RMSE \d\.\d K · \d+ bodies$/);
    assert.equal(session.situation().timeUs, plant.timeUs);
  });
});
