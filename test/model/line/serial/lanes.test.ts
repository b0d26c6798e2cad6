/**
 * Covers: the two lanes of the recursion of a serial line.
 * Scenario: 60 random lines with laws of every kind, failures by time and by operation, buffers with and without limit.
 */
import assert from "node:assert/strict";
import { Random } from "../../../../runtime/core/random.ts";
import { runDepartures } from "../../../../runtime/model/line/serial/departure-recursion.ts";
import { runFastLane } from "../../../../runtime/model/line/serial/fast-lane.ts";
import { randomLine } from "./random-line.ts";

describe("lanes of a serial line", () => {
  it("give the same bits in JavaScript and in WebAssembly", () => {
    const random = new Random(11);
    for (let k = 0; k < 60; k++) {
      const line = randomLine(random);
      const run = { warmUpS: k % 2 === 0 ? 0 : 137.5, endS: 3000, seed: k };
      assert.deepEqual(runFastLane(line, run), runDepartures(line, run), JSON.stringify(line));
    }
  });

  it("give the same bits where nothing is ever held up, which JavaScript goes station by station", () => {
    const random = new Random(12);
    for (let k = 0; k < 40; k++) {
      const drawn = randomLine(random);
      const line = {
        ...drawn,
        arrivals: drawn.arrivals ?? ({ kind: "exponential", meanS: 1.3 } as const),
        placesBehind: drawn.placesBehind.map(() => Number.POSITIVE_INFINITY),
      };
      const run = { warmUpS: k % 2 === 0 ? 0 : 137.5, endS: 3000, seed: k };
      assert.deepEqual(runFastLane(line, run), runDepartures(line, run), JSON.stringify(line));
    }
  });
});
