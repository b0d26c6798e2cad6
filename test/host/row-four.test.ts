import assert from "node:assert/strict";
import { rowFourOf } from "../../runtime/host/row-four.ts";
import { OVEN } from "../ladder/draw.ts";
import { ladderAt, record, SECOND } from "../ladder/ladder-rig.ts";

describe("what the host tells the actuator of row 4", () => {
  const rig = () => {
    const made = ladderAt(4);
    return { ...made, told: () => rowFourOf(made.service.twin(OVEN)) };
  };

  it("holds with its evidence, and names what fails", () => {
    const { board, run, told } = rig();
    assert.equal(told().holds, true);
    board.put(record(4, "fails", { cause: "the model misses the door by 4 K" }));
    run();
    assert.deepEqual(told(), { holds: false, cause: "the model misses the door by 4 K" });
  });

  it("holds again with its evidence, before the rung counts again: the actuator has its own hysteresis", () => {
    const { board, run, told } = rig();
    board.put(record(4, "fails", { periodUs: 5 * SECOND }));
    run();
    board.put(record(4, "holds"));
    assert.equal(run().held, 3);
    assert.deepEqual(told(), { holds: true, cause: "holds again for 0 s of 33 min" });
  });

  it("does not hold while it collects, or the plant is not seen, or no such twin is there", () => {
    const { board, run, told } = rig();
    board.put(record(4, "collecting", { progress: { n: 3, of: 20 } }));
    run();
    assert.equal(told().holds, false);
    board.put(record(4, "holds"));
    board.put(record(1, "fails", { cause: "no sample for 12 s" }));
    run();
    assert.deepEqual(told(), { holds: false, cause: "the plant is not seen: no sample for 12 s" });
    assert.equal(rowFourOf(undefined).holds, false);
  });

  it("says where the model left the plant, which is more than that the row fell", () => {
    const { board, run, told } = rig();
    const cause = "the model misses the exit temperature of rocker by 6.0 K (exit temperature RMSE)";
    board.put(record(4, "fails", { cause, drift: true }));
    run();
    assert.deepEqual(told(), { holds: false, cause, drift: cause });
    board.put(record(4, "holds", { drift: true }));
    run();
    assert.equal(told().drift, undefined);
  });
});
