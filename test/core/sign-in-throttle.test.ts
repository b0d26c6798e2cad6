import assert from "node:assert/strict";
import { SignInThrottle } from "../../runtime/core/sign-in-throttle.ts";

describe("core/sign-in throttle", () => {
  it("slows guessing per person and address, and forgets after success", () => {
    let now = 0;
    const throttle = new SignInThrottle(() => now);
    const waits = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      waits.push(throttle.waitMs("anna", "10.0.0.1"));
      throttle.failed("Anna", "10.0.0.1");
    }
    assert.deepEqual(waits, [0, 0, 0, 1000, 2000, 4000]);
    assert.equal(throttle.waitMs("anna", "10.0.0.2"), 0);
    assert.equal(throttle.waitMs("ben", "10.0.0.1"), 0);
    now += 7999;
    assert.equal(throttle.waitMs("anna", "10.0.0.1"), 1);
    now += 1;
    assert.equal(throttle.waitMs("anna", "10.0.0.1"), 0);
    throttle.succeeded("anna", "10.0.0.1");
    throttle.failed("anna", "10.0.0.1");
    assert.equal(throttle.waitMs("anna", "10.0.0.1"), 0);
  });

  it("takes spellings of one name for one, and forgets the oldest of many invented ones", () => {
    const throttle = new SignInThrottle(() => 0);
    for (const spelling of ["Anna", "ANNA", "\uff21nna"]) throttle.failed(spelling, "");
    assert.equal(throttle.waitMs("anna", ""), 1000);
    for (let i = 0; i < 9_999; i++) throttle.failed(`guess${i}`, "");
    assert.equal(throttle.waitMs("anna", ""), 1000);
    throttle.failed("one more", "");
    assert.equal(throttle.waitMs("anna", ""), 0);
  });
});
