import assert from "node:assert/strict";
import { DEFAULT_LINE_PATHS, linePaths } from "../../../runtime/predict/line/line-paths.ts";
import { PlantLine } from "../../../runtime/predict/line/plant-line.ts";
import { StationTime } from "../../../runtime/predict/line/station-time.ts";
import { frameOf, START_US } from "./line-frames.ts";

const TWIN = "acme/leipzig/assembly/line1";

describe("a line followed by its twin", () => {
  const follow = () => new PlantLine(TWIN, { stations: ["st01"], buffers: ["b01"] }, DEFAULT_LINE_PATHS);

  it("says what was never told, then how it stands", () => {
    const line = follow();
    assert.deepEqual(line.missing(), ["st01", "b01", "made", "workLeft"]);
    assert.equal(line.now(), undefined);
    line.consume(
      frameOf(TWIN, [
        ["st01/state", 6, 0],
        ["st01/body", 17, 0],
        ["st01/variant", "B7", 0],
        ["b01/fill", 2, 0],
        ["bodies/good", 40, 0],
        ["shift/plan", 280, 0],
        ["shift/planned", 1, 0],
        ["shift/workLeft", 1000, 0],
        ["shift/good", 12, 30],
      ]),
    );
    assert.deepEqual(line.now(), {
      timeUs: START_US + 30e6,
      stations: [{ id: "st01", state: "busy", hasPart: true, kind: "B7", workedS: 30 }],
      buffers: [{ id: "b01", fill: 2 }],
      made: 40,
      shiftMade: 12,
      shiftPlan: 280,
      workLeftS: 970,
      planned: true,
    });
  });

  it("takes an operator for absent who is missing for ten minutes of planned time, not one called away", () => {
    const line = follow();
    const at = (present: number, atS: number) => {
      line.consume(frameOf(TWIN, [["operators/present", present, atS]]));
      return line.now()!.absent;
    };
    line.consume(
      frameOf(TWIN, [
        ["st01/state", 6, 0],
        ["b01/fill", 0, 0],
        ["bodies/good", 0, 0],
        ["shift/workLeft", 9000, 0],
      ]),
    );
    assert.equal(line.now()!.absent, undefined, "never told");
    line.consume(frameOf(TWIN, [["operators/planned", 13, 0]]));
    assert.equal(at(13, 0), 0);
    assert.equal(at(11, 100), 0, "called away");
    assert.equal(at(12, 300), 0);
    line.consume(frameOf(TWIN, [["b01/fill", 1, 899]]));
    assert.equal(line.now()!.absent, 1, "13 were there more than ten minutes ago, 12 at most since");
    assert.equal(at(13, 900), 0, "back");
  });

  it("counts work on a part only while it works, and no time in a break", () => {
    const line = follow();
    line.consume(
      frameOf(TWIN, [
        ["st01/state", 6, 0],
        ["st01/body", 1, 0],
        ["b01/fill", 0, 0],
        ["bodies/good", 0, 0],
        ["shift/workLeft", 1000, 0],
        ["st01/state", 11, 20],
        ["st01/state", 6, 50],
        ["shift/planned", 0, 60],
        ["st01/state", 2, 60],
        ["shift/planned", 1, 600],
        ["st01/state", 6, 600],
        ["b01/fill", 1, 610],
      ]),
    );
    assert.equal(line.now()!.stations[0]!.workedS, 40, "20 s, 10 s and 10 s");
    assert.equal(line.workedS, 70);
    assert.equal(line.now()!.workLeftS, 930);
    line.consume(frameOf(TWIN, [["st01/body", 2, 620]]));
    assert.equal(line.now()!.stations[0]!.workedS, 0, "the next part");
  });

  it("takes no bad value, and no time backwards", () => {
    const line = follow();
    line.consume(
      frameOf(TWIN, [
        ["st01/state", 6, 10],
        ["b01/fill", 3, 5],
      ]),
    );
    line.consume(frameOf(TWIN, [["b01/fill", 1, 20]], 0x80000000));
    assert.equal(line.newestUs, START_US + 10e6);
    assert.deepEqual(line.missing(), ["made", "workLeft"]);
  });
});

describe("paths of a line", () => {
  it("are those of the virtual plant where a form says no other, and refuse what is none", () => {
    assert.deepEqual(linePaths({}, "line"), DEFAULT_LINE_PATHS);
    assert.equal(linePaths({ fill: "{block}/level" }, "line").fill, "{block}/level");
    assert.throws(() => linePaths({ speed: "x" }, "line"), /line: speed is no property of a line/);
    assert.throws(() => linePaths({ fill: 3 }, "line"), /the path of fill must be a text/);
    assert.throws(() => linePaths([], "line"), /must be a mapping/);
  });
});

describe("what a station was at", () => {
  it("is told for the time that is kept, without breaks in its shares", () => {
    const time = new StationTime(100);
    time.turn(0, "busy");
    time.turn(60, "blocked");
    time.turn(80, "off shift");
    time.turn(120, "busy");
    assert.deepEqual(time.since(150), [
      { fromUs: 50, state: "busy" },
      { fromUs: 60, state: "blocked" },
      { fromUs: 80, state: "off shift" },
      { fromUs: 120, state: "busy" },
    ]);
    assert.deepEqual(time.shares(150), { busy: 40 / 60, blocked: 20 / 60 });
    assert.equal(new StationTime(100).shares(10), undefined);
  });

  it("has no stretch of no length, and none twice in a row", () => {
    const time = new StationTime(1000);
    time.turn(0, "busy");
    time.turn(10, "starved");
    time.turn(10, "blocked");
    time.turn(20, "down");
    time.turn(20, "blocked");
    time.turn(5, "busy");
    assert.deepEqual(time.since(30), [
      { fromUs: 0, state: "busy" },
      { fromUs: 10, state: "blocked" },
    ]);
  });
});
