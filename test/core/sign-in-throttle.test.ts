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

  it("lets many tries at once get no further than one after another, and takes back what was right", async () => {
    const throttle = new SignInThrottle(() => 0);
    let underWay = 0;
    let most = 0;
    const tries = (found: string | undefined) =>
      Promise.all(
        Array.from({ length: 25 }, () =>
          throttle.attempt("anna", "", async () => {
            most = Math.max(most, ++underWay);
            await new Promise(setImmediate);
            underWay--;
            return found;
          }),
        ),
      );
    assert.deepEqual(new Set((await tries("Anna")).map(({ found }) => found)), new Set(["Anna"]));
    const asked = (await tries(undefined)).filter(({ waitMs }) => waitMs === 0);
    assert.deepEqual([asked.length, most], [3, 1]);
  });

  it("compares few passwords at once, whatever names are invented, and each address has its share", async () => {
    const throttle = new SignInThrottle(() => 0);
    const gate = Promise.withResolvers<undefined>();
    const tries = (address: string) =>
      Array.from({ length: 50 }, (_, i) => throttle.attempt(`guess${i}`, address, () => gate.promise));
    const addresses = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"];
    const all = addresses.map(tries);
    gate.resolve(undefined);
    const asked = await Promise.all(
      all.map(async (list) => (await Promise.all(list)).filter(({ waitMs }) => waitMs === 0).length),
    );
    assert.deepEqual(asked, [8, 8, 8, 8, 0]);
    // Who was sent away is not held to have failed, and the places are free again.
    const { found } = await throttle.attempt("guess49", "10.0.0.1", async () => "guess49");
    assert.equal(found, "guess49");
  });

  it("a check that throws counts as a failure, tells its own caller alone and blocks nobody", async () => {
    const throttle = new SignInThrottle(() => 0);
    const broken = () => throttle.attempt("anna", "", () => Promise.reject(new Error("no such file")));
    const tries = await Promise.allSettled([broken(), broken(), broken(), broken()]);
    assert.deepEqual(
      tries.map((one) => (one.status === "rejected" ? (one.reason as Error).message : one.value.waitMs)),
      ["no such file", "no such file", "no such file", 1000],
    );
  });
});
