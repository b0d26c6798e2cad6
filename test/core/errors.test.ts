import assert from "node:assert/strict";
import { messageOf, RungError } from "../../runtime/core/errors.ts";

describe("errors", () => {
  it("say what, where and what to do", () => {
    const cause = new Error("deep");
    const error = new RungError({
      code: "bad-parameter",
      where: "oven1/zone3",
      what: "heat transfer must be > 0 W/m²K, got -2",
      advice: "set parameter hA",
      cause,
    });
    assert.equal(error.message, "oven1/zone3: heat transfer must be > 0 W/m²K, got -2 (set parameter hA)");
    assert.equal(error.cause, cause);
    assert.deepEqual(JSON.parse(JSON.stringify(error)), {
      code: "bad-parameter",
      where: "oven1/zone3",
      message: error.message,
    });
    assert.equal(new RungError({ code: "x", where: "w", what: "is off" }).message, "w: is off");
  });

  it("give the text of anything thrown", () => {
    assert.equal(messageOf(new Error("a")), "a");
    assert.equal(messageOf("b"), "b");
    assert.equal(messageOf(undefined), "undefined");
  });
});
