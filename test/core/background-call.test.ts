import assert from "node:assert/strict";
import { callInBackground } from "../../runtime/core/background-call.ts";
import type { RungError } from "../../runtime/core/errors.ts";

const module = (path: string): URL => new URL(`../../runtime/${path}`, import.meta.url);

describe("core/background call", () => {
  it("returns the result of a function run in another thread", async () => {
    assert.equal(await callInBackground(module("core/statistics/quantile.ts"), "median", [[3, 1, 2]]), 2);
  });

  it("hands on the function's own error with code, place and message", async () => {
    const call = callInBackground(module("core/statistics/binomial.ts"), "binomialInterval", [3, 2]);
    await assert.rejects(call, (error: RungError) => {
      assert.equal(error.code, "bad-count");
      assert.equal(error.where, "binomial bounds");
      assert.equal(
        error.message,
        "binomial bounds: 3 of 2 is no count (give 0 <= hits <= trials and trials > 0)",
      );
      return true;
    });
  });

  it("says so when there is no such function, and when it is stopped", async () => {
    await assert.rejects(callInBackground(module("core/errors.ts"), "nothing", []), {
      code: "background-failed",
    });
    const stop = new AbortController();
    const call = callInBackground(module("core/statistics/quantile.ts"), "median", [[1]], stop.signal);
    stop.abort();
    await assert.rejects(call, /was stopped before it was done/);
  });
});
