import assert from "node:assert/strict";
import { SetpointSettling } from "../../runtime/diagnose/setpoint-settling.ts";

describe("diagnose/setpoint settling", () => {
  it("waits, then tells how far each signal has moved", () => {
    const settling = new SetpointSettling(2, 10);
    for (let i = 0; i < 20; i++) assert.equal(settling.step(Float64Array.of(1, 5)), undefined);
    settling.changed();
    assert.equal(settling.settling, true);
    for (let i = 0; i < 9; i++)
      assert.equal(settling.step(Float64Array.of(i < 4 ? 9 : 3, Number.NaN)), undefined);
    const shifts = settling.step(Float64Array.of(3, Number.NaN))!;
    assert.deepEqual([...shifts], [2, 0], "a signal without values is not moved");
    assert.equal(settling.settling, false);
  });

  it("starts the wait anew with each change, but not for ever", () => {
    const settling = new SetpointSettling(1, 10);
    settling.step(Float64Array.of(1));
    let waited = 0;
    settling.changed();
    while (settling.settling && waited < 100) {
      settling.step(Float64Array.of(1));
      settling.changed();
      waited++;
    }
    assert.equal(waited, 39, "three times the settling time, and the wait that was running");
  });

  it("has nothing to move before the first row, or where it is switched off", () => {
    const early = new SetpointSettling(1, 10);
    early.changed();
    assert.equal(early.settling, false);
    const off = new SetpointSettling(1, 0);
    off.step(Float64Array.of(1));
    off.changed();
    assert.equal(off.settling, false);
  });
});
