import assert from "node:assert/strict";
import type { Evidence } from "../../runtime/core/evidence.ts";
import { OVEN } from "./draw.ts";
import { LOOP, ladderAt, record, SECOND } from "./ladder-rig.ts";

/** 2 windows of 200 periods of half a second: 200 s. */
const PERIOD = { periodUs: SECOND / 2 };
const NEEDED_S = 200;

/** The ladder at 2, after row 2 has failed once and while it holds again by its record. */
function fallen(speed = 1, failed: Partial<Evidence> = PERIOD) {
  const rig = ladderAt(2);
  rig.clock.speed = speed;
  rig.board.put(record(2, "holds", failed));
  assert.equal(rig.run().held, 2);
  rig.board.put(record(2, "fails", failed));
  assert.equal(rig.run().held, 1);
  rig.board.put(record(2, "holds", PERIOD));
  const { clock } = rig;
  const row = () => rig.service.twin(OVEN)!.rows[2]!;
  /** Plant seconds from the first evaluation in which the row holds again until it counts. */
  const recovered = () => {
    rig.run();
    const fromUs = clock.plantUs;
    for (let i = 0; i < 1000 && row().verdict === "recovering"; i++) rig.run();
    assert.equal(row().verdict, "holds");
    return (clock.plantUs - fromUs) / SECOND;
  };
  return { ...rig, row, recovered };
}

describe("ladder: a row that fell comes back after two windows on the link's clock", () => {
  it("at 200 periods each, and says how far it is", () => {
    const { run, row, recovered } = fallen();
    run();
    assert.equal(row().fact, "holds again for 0 s of 3 min");
    for (let i = 0; i < 4; i++) assert.equal(run().held, 1);
    assert.equal(row().fact, "holds again for 20 s of 3 min");
    assert.equal(row().verdict, "recovering");
    assert.equal(recovered(), NEEDED_S - 25);
  });

  it("in the link's time, not the wall's: 60 times as fast on a plant at 60", () => {
    assert.equal(fallen(1).recovered(), NEEDED_S);
    assert.equal(fallen(10).recovered(), NEEDED_S);
    // 300 s pass in one evaluation.
    assert.equal(fallen(60).recovered(), 300);
  });

  it("but never in fewer than two evaluations", () => {
    const { run, row } = fallen(6000);
    assert.equal(run().held, 1);
    assert.equal(row().verdict, "recovering");
    assert.equal(run().held, 2);
  });

  it("by the period of what failed, not of what holds now", () => {
    assert.equal(fallen(1, { periodUs: 2 * SECOND }).recovered(), 4 * NEEDED_S);
    assert.equal(fallen(1, { periodUs: SECOND / 10 }).recovered(), NEEDED_S / 5);
  });

  it("by the longest of several that failed one after another", () => {
    const { board, run, recovered } = fallen(1, { periodUs: SECOND / 10 });
    run();
    board.put(record(2, "fails", PERIOD));
    run();
    board.put(record(2, "holds", PERIOD));
    assert.equal(recovered(), NEEDED_S);
  });

  it("by the sign of life of its channel where samples come on change", () => {
    const onChange = { newestSampleUs: 100 * SECOND };
    assert.equal(fallen(1, onChange).recovered(), 400 * 5);
    assert.equal(fallen(2, onChange).recovered(), 400 * 5 * 2);
  });

  it("after two evaluations where what failed rests on no samples, clock or not", () => {
    const { clock, step, row } = fallen(1, {});
    clock.isOpen = false;
    step();
    assert.equal(row().fact, "holds again, 1 of 2 evaluations");
    assert.equal(step().held, 2);
  });
});

describe("ladder: what breaks the way back", () => {
  it("a flicker: one failure begins the count anew", () => {
    const { board, run, recovered } = fallen();
    for (let i = 0; i < 39; i++) assert.equal(run().held, 1);
    board.put(record(2, "fails", PERIOD));
    run();
    board.put(record(2, "holds", PERIOD));
    assert.equal(recovered(), NEEDED_S);
  });

  it("evidence that collects anew", () => {
    const { board, run, recovered } = fallen();
    for (let i = 0; i < 39; i++) run();
    board.put(record(2, "collecting", { ...PERIOD, progress: { n: 1, of: 59 } }));
    run();
    board.put(record(2, "holds", PERIOD));
    assert.equal(recovered(), NEEDED_S);
  });

  for (const [way, stepS] of [
    ["forward", 3600],
    ["backward", -3600],
  ] as const) {
    it(`a clock that steps ${way} by an hour`, () => {
      const { clock, run, recovered, row } = fallen();
      for (let i = 0; i < 20; i++) run();
      clock.plantUs += stepS * SECOND;
      assert.equal(run().held, 1);
      assert.equal(row().fact, "holds again for 0 s of 3 min");
      assert.equal(recovered(), NEEDED_S - 5);
    });
  }

  it("but not the few seconds by which a late publication is off", () => {
    const { clock, run, row } = fallen(60, { periodUs: 2 * SECOND });
    run();
    clock.plantUs -= 180 * SECOND;
    run();
    assert.equal(row().fact, "holds again for 2 min of 13 min", "300 s at speed 60, less 180 s");
  });

  it("a plant that is paused stops it, and counts on when it goes on", () => {
    const { clock, run, recovered, row } = fallen();
    for (let i = 0; i < 5; i++) run();
    clock.speed = 0;
    for (let i = 0; i < 100; i++) assert.equal(run().held, 1);
    assert.equal(row().fact, "holds again for 20 s of 3 min");
    clock.speed = 1;
    assert.equal(recovered(), NEEDED_S - 25);
  });

  it("a plant that is slowed down by much begins the count anew", () => {
    const { clock, run, row } = fallen(60, { periodUs: 10 * SECOND });
    for (let i = 0; i < 3; i++) run();
    assert.equal(row().fact, "holds again for 10 min of 67 min");
    clock.plantUs += 290 * SECOND;
    clock.speed = 1;
    run();
    assert.equal(row().fact, "holds again for 0 s of 67 min");
  });

  it("a clock that stands still stops it", () => {
    const { step, run, row } = fallen();
    run();
    run();
    for (let i = 0; i < 100; i++) assert.equal(step().held, 1);
    assert.equal(row().fact, "holds again for 5 s of 3 min");
  });

  it("a link that closes: without its clock nothing counts", () => {
    const { clock, run, row, recovered } = fallen();
    for (let i = 0; i < 30; i++) run();
    clock.isOpen = false;
    for (let i = 0; i < 100; i++) assert.equal(run().held, 1);
    assert.equal(row().fact, "holds again, but no link's clock tells for how long");
    clock.isOpen = true;
    assert.equal(recovered(), NEEDED_S);
  });
});

describe("ladder: what needs no way back", () => {
  it("a row that never held counts at once, whatever failed before", () => {
    const { board, run } = ladderAt(1);
    board.put(record(2, "fails", PERIOD));
    assert.equal(run().held, 1);
    board.put(record(2, "holds", PERIOD));
    assert.equal(run().held, 2);
  });

  it("a row that collected anew after a deploy: its whole proof was made again", () => {
    const { board, run } = ladderAt(2);
    board.put(record(2, "holds", PERIOD));
    assert.equal(run().held, 2);
    board.retract("det");
    assert.equal(run().held, 1);
    board.put(record(2, "collecting", { ...PERIOD, progress: { n: 58, of: 59 } }));
    assert.equal(run().held, 1);
    board.put(record(2, "holds", PERIOD));
    assert.equal(run().held, 2);
  });

  it("but not one whose first proof after a deploy failed: it held before", () => {
    const { board, run, recovered } = fallen();
    recovered();
    board.retract("det");
    run();
    board.put(record(2, "fails", PERIOD));
    run();
    board.put(record(2, "holds", PERIOD));
    assert.equal(recovered(), NEEDED_S);
  });

  it("but a deploy spares no row that had fallen by its evidence", () => {
    const { board, run, recovered } = fallen();
    board.retract("det");
    run();
    board.put(record(2, "holds", PERIOD));
    assert.equal(recovered(), NEEDED_S);
  });

  it("a row that was taken out of the flow and put in again is another one", () => {
    const { service, run } = fallen();
    service.setFlow(LOOP.filter(({ id }) => id !== "det"));
    service.setFlow(LOOP);
    assert.equal(run().held, 2);
  });
});

describe("ladder: periodic evidence and capabilities", () => {
  it("a calibration that ran out brings its row down, and a new one counts after two windows", () => {
    const { board, run, row, recovered } = fallen();
    recovered();
    board.put(record(2, "holds", { ...PERIOD, what: "calibration's age", validUntilUs: SECOND }));
    assert.equal(run().held, 1);
    assert.equal(row().fact, "calibration's age was valid until 1970-01-01 00:00 UTC");
    board.put(record(2, "holds", { ...PERIOD, validUntilUs: 1e6 * SECOND }));
    assert.equal(recovered(), NEEDED_S);
  });

  it("of periodic evidence without a clock time stands at the newest record", () => {
    const { board, clock, run } = ladderAt(2);
    board.put(record(2, "holds", { validUntilUs: 150 * SECOND }));
    clock.isOpen = false;
    clock.plantUs = 1e6 * SECOND;
    assert.equal(run().held, 2, "the record is of 100 s");
    board.put(record(2, "holds", { id: "oven1/2/other", timeUs: 151 * SECOND }));
    assert.equal(run().held, 1);
  });

  it("a capability above a gap falls and comes back as any row: 1 + 4", () => {
    const { board, run } = ladderAt(1);
    const held = () => run().heldCapabilities;
    board.put(record(4, "holds", PERIOD));
    assert.deepEqual(held(), [0, 1, 4]);
    board.put(record(4, "fails", PERIOD));
    assert.deepEqual(held(), [0, 1]);
    board.put(record(4, "holds", PERIOD));
    let evaluations = 0;
    while (held().length < 3) evaluations++;
    assert.equal(evaluations, NEEDED_S / 5);
  });
});
