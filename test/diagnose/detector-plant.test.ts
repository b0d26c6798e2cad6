import assert from "node:assert/strict";
import type { FaultRequest } from "../../plant/physics/faults.ts";
import { Plant, type PlantState } from "../../plant/physics/plant.ts";
import { readRow } from "../../runtime/diagnose/columns.ts";
import { Detector } from "../../runtime/diagnose/detector.ts";
import { calibrateDetector, type DetectorCalibration } from "../../runtime/diagnose/detector-calibration.ts";
import type { Finding } from "../../runtime/diagnose/finding.ts";
import { pickColumns, watchable } from "../../runtime/diagnose/watchable.ts";
import { type Recording, record, START_US, signalsOf } from "./plant-columns.ts";

/** Two seeds, so that nobody picked one. */
const SEEDS = [1, 2];

interface Trained {
  readonly calibration: DetectorCalibration;
  readonly chosen: readonly number[];
  readonly state: PlantState;
}

function train(seed: number): Trained {
  const plant = new Plant({ seed, startTimeUs: START_US });
  const history = record(8, plant);
  const chosen = watchable(history);
  return { calibration: calibrateDetector(pickColumns(history, chosen)), chosen, state: plant.save() };
}

const detectorFor = ({ calibration }: Trained): Detector =>
  new Detector({
    twin: "oven1",
    node: "detect",
    periodUs: 5e6,
    signals: signalsOf(calibration.names),
    calibration,
  });

function judge(
  detector: Detector,
  { chosen }: Trained,
  recording: Recording,
): { findings: Finding[]; alarmTicks: number } {
  const columns = pickColumns(recording, chosen);
  const row = new Float64Array(columns.names.length);
  const findings: Finding[] = [];
  let alarmTicks = 0;
  for (const [r, timeUs] of columns.timeUs.entries()) {
    const finding = detector.step(timeUs, readRow(columns, r, row));
    if (finding !== undefined) findings.push(finding);
    if (detector.current !== undefined) alarmTicks++;
  }
  return { findings, alarmTicks };
}

function watch(trained: Trained, hours: number, fault?: FaultRequest) {
  const plant = Plant.restore(trained.state);
  if (fault !== undefined) plant.fault(fault);
  const detector = detectorFor(trained);
  return { detector, ...judge(detector, trained, record(hours, plant)) };
}

describe("diagnose/detector on the virtual plant", function () {
  this.timeout(60_000);
  for (const seed of SEEDS) {
    describe(`seed ${seed}`, () => {
      let trained: Trained;
      before(() => {
        trained = train(seed);
      });

      it("holds row 2 after 8 normal hours and keeps its budget in the next 4", () => {
        const { detector, alarmTicks } = watch(trained, 4);
        assert.deepEqual(
          detector.evidence(detector.timeUs).map(({ what, verdict }) => [what, verdict]),
          [
            ["false alarms on held-out normal data, 95 % upper bound", "holds"],
            ["calibration's age", "holds"],
            ["inputs within the calibrated range", "holds"],
          ],
        );
        assert.equal(detector.counts.ticks, 4 * 720);
        assert.ok(alarmTicks / detector.counts.ticks <= 0.05, `${alarmTicks} ticks in alarm`);
      });

      it("takes a new setpoint for no fault, and still finds one that comes after it", () => {
        const plant = Plant.restore(trained.state);
        const detector = detectorFor(trained);
        judge(detector, trained, record(1, plant));
        plant.setSetpoint(3, plant.setpoint(3) + 8);
        detector.setpointChanged();
        assert.deepEqual(judge(detector, trained, record(2, plant)).findings, []);
        plant.fault({ fault: "fouled-nozzle", zone: 3 });
        const { findings } = judge(detector, trained, record(1, plant));
        assert.match(findings[0]!.title, /^Zone 3 fan (flow|power) .* below normal$/);
        assert.deepEqual(
          detector.evidence(detector.timeUs).map(({ verdict }) => verdict),
          ["holds", "holds", "holds"],
        );
      });

      const faults: [FaultRequest, RegExp][] = [
        [{ fault: "fouled-nozzle", zone: 3 }, /^Zone 3 fan (flow|power) .* below normal$/],
        [{ fault: "drifting-thermocouple", zone: 4 }, /^Zone 4 air .* K below normal$/],
        [{ fault: "stuck-sensor", zone: 2 }, /^Zone 2 air is frozen$/],
        [{ fault: "fan-loss", zone: 5, severity: 0.5 }, /^Zone 5 fan (flow|power) .* below normal$/],
      ];
      for (const [fault, title] of faults) {
        it(`finds ${fault.fault} in zone ${fault.zone} within 5 minutes and names the zone`, () => {
          const { findings } = watch(trained, 1, fault);
          const [first] = findings;
          assert.ok(first !== undefined, "no finding");
          assert.match(first.title, title);
          assert.match(first.contributions[0]!.address, new RegExp(`zone${fault.zone}/`));
          assert.ok(first.timeUs - START_US - 8 * 3600e6 <= 300e6, `found at ${first.timeUs}`);
          assert.ok(first.action.length > 0 && first.reason.length > 0);
          assert.ok(Math.abs(first.contributions.reduce((sum, { share }) => sum + share, 0)) <= 1 + 1e-9);
        });
      }
    });
  }
});
