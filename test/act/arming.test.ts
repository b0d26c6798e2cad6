import assert from "node:assert/strict";
import { Arming } from "../../runtime/act/arming.ts";

const MINUTE = 60_000;

describe("arming", () => {
  it("is observe until armed, and again when the time is over", () => {
    const arming = new Arming();
    assert.deepEqual(arming.view(false), { mode: "observe" });
    arming.arm("act", 10 * MINUTE, ["anna"], 0);
    assert.deepEqual(arming.view(false), { mode: "act" });
    assert.equal(arming.tick(10 * MINUTE - 1), undefined);
    assert.match(arming.tick(10 * MINUTE)!, /time it was armed for is over/);
    assert.deepEqual(arming.view(false), { mode: "observe" });
  });

  it("holds on a cause and resumes by itself after the hysteresis", () => {
    const arming = new Arming({ hysteresisMs: 1000 });
    arming.arm("act", MINUTE, ["anna"], 0);
    arming.causesAre(["zone 1 is stale"], 100);
    assert.deepEqual(arming.view(false), { mode: "hold", cause: "zone 1 is stale" });
    arming.causesAre([], 200);
    arming.tick(1199);
    assert.equal(arming.view(false).mode, "hold");
    arming.tick(1200);
    assert.equal(arming.view(false).mode, "act");
  });

  it("starts the hysteresis anew when the cause comes back", () => {
    const arming = new Arming({ hysteresisMs: 1000 });
    arming.arm("act", MINUTE, ["anna"], 0);
    arming.causesAre(["stale"], 0);
    arming.causesAre([], 100);
    arming.causesAre(["stale"], 900);
    arming.causesAre([], 1000);
    arming.tick(1999);
    assert.equal(arming.view(false).mode, "hold");
    arming.tick(2000);
    assert.equal(arming.view(false).mode, "act");
  });

  it("disarms after a hold of more than 10 min, and says why", () => {
    const arming = new Arming();
    arming.arm("act", 60 * MINUTE, ["anna"], 0);
    arming.causesAre(["link lost"], 0);
    assert.equal(arming.tick(10 * MINUTE), undefined);
    assert.match(arming.tick(10 * MINUTE + 1)!, /on hold for more than 10 min: link lost/);
    assert.equal(arming.view(false).mode, "disarmed");
  });

  it("is not armed while a cause stands, nor for ever", () => {
    const arming = new Arming();
    arming.causesAre(["key on local"], 0);
    assert.throws(() => arming.arm("act", MINUTE, ["anna"], 0), /key on local/);
    arming.causesAre([], 1);
    for (const forMs of [0, -1, Number.NaN, 13 * 60 * MINUTE]) {
      assert.throws(() => arming.arm("act", forMs, ["anna"], 1), /cannot|must last/);
    }
    assert.equal(arming.armed, false);
  });

  it("in advise writes only what was approved", () => {
    const arming = new Arming();
    arming.arm("advise", MINUTE, ["anna"], 0);
    assert.deepEqual(arming.view(true), { mode: "advise", approved: true });
    assert.deepEqual(arming.view(false), { mode: "advise", approved: false });
  });
});
