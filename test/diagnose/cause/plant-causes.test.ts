import assert from "node:assert/strict";
import { FAULTS, type FaultRequest } from "../../../plant/physics/faults.ts";
import { Plant } from "../../../plant/physics/plant.ts";
import { CaseBook } from "../../../runtime/diagnose/cause/case-book.ts";
import type { CauseMessage } from "../../../runtime/diagnose/cause/cause.ts";
import { PlantStructure } from "../../../runtime/diagnose/cause/plant-structure.ts";
import { rankCauses } from "../../../runtime/diagnose/cause/rank-causes.ts";
import { type Columns, readRow } from "../../../runtime/diagnose/columns.ts";
import { Detector } from "../../../runtime/diagnose/detector.ts";
import {
  calibrateDetector,
  type DetectorCalibration,
} from "../../../runtime/diagnose/detector-calibration.ts";
import type { Finding } from "../../../runtime/diagnose/finding.ts";
import { pickColumns, watchable } from "../../../runtime/diagnose/watchable.ts";
import { record, START_US, signalsOf } from "../plant-columns.ts";

/** Two seeds, so that nobody picked one. */
const SEEDS = [1, 2];
/** Ticks before and after the finding that a cause node would have. */
const [BEFORE, AFTER] = [720, 60];

const joined = (a: Columns, b: Columns): Columns => ({
  names: a.names,
  values: a.values.map((values, c) => Float64Array.from([...values, ...b.values[c]!])),
  timeUs: Float64Array.from([...a.timeUs, ...b.timeUs]),
});
const cut = (columns: Columns, from: number, to: number): Columns => ({
  names: columns.names,
  values: columns.values.map((values) => values.slice(from, to)),
  timeUs: columns.timeUs.slice(from, to),
});

/** The first finding in an hour with the fault, and what is said of its cause. */
function causeOf(
  plant: Plant,
  before: Columns,
  calibration: DetectorCalibration,
  fault: FaultRequest,
): CauseMessage {
  plant.fault(fault);
  const after = pickColumns(record(1, plant), calibrated(before, calibration));
  const detector = new Detector({
    twin: "oven1",
    node: "detect",
    periodUs: 5e6,
    signals: signalsOf(calibration.names),
    calibration,
  });
  const row = new Float64Array(after.names.length);
  let finding: Finding | undefined;
  let at = 0;
  for (; finding === undefined && at < after.timeUs.length; at++) {
    finding = detector.step(after.timeUs[at]!, readRow(after, at, row));
  }
  assert.ok(finding !== undefined, "a finding");
  const all = joined(pickColumns(before, calibrated(before, calibration)), after);
  const raised = before.timeUs.length + at;
  return rankCauses({
    finding,
    recent: cut(all, raised - BEFORE, raised + AFTER),
    structure: new PlantStructure({ twin: "oven1", properties: all.names.map((address) => ({ address })) }),
    changes: [],
    cases: new CaseBook(),
    words: (address) => address,
  });
}

const calibrated = (columns: Columns, { names }: DetectorCalibration): number[] =>
  names.map((name) => columns.names.indexOf(name));

describe("diagnose/cause on the virtual plant", function () {
  this.timeout(60_000);
  for (const seed of SEEDS) {
    it(`puts a signal of the faulty zone first for every fault that is planted in one, seed ${seed}`, () => {
      const plant = new Plant({ seed, startTimeUs: START_US });
      const before = record(4, plant);
      const calibration = calibrateDetector(pickColumns(before, watchable(before)));
      const normal = plant.save();
      const kinds = FAULTS.filter((fault) => fault !== "network-cut");
      for (const [at, fault] of kinds.entries()) {
        const zone = 2 + at;
        const cause = causeOf(Plant.restore(normal), before, calibration, { fault, zone });
        assert.ok(
          cause.causes[0]!.id.startsWith(`oven1/zone${zone}/`),
          `${fault} in zone ${zone}: ${cause.causes.map(({ id, belief }) => `${id} ${belief.toFixed(2)}`).join(", ")}`,
        );
      }
    });
  }
});
