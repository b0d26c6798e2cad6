/**
 * Covers: the recursion of a serial line's departures.
 * Scenario: lines that can be followed by hand, and lines whose throughput is known exactly.
 */
import assert from "node:assert/strict";
import { Random } from "../../../../runtime/core/random.ts";
import { mean } from "../../../../runtime/core/statistics/serial-mean.ts";
import type { Duration } from "../../../../runtime/model/line/duration.ts";
import { runDepartures } from "../../../../runtime/model/line/serial/departure-recursion.ts";
import type { SerialLine } from "../../../../runtime/model/line/serial/serial-line.ts";
import { randomLine } from "./random-line.ts";

const fixed = (valueS: number): Duration => ({ kind: "fixed", valueS });
const exponential = (meanS: number): Duration => ({ kind: "exponential", meanS });

function lineOf(processes: readonly Duration[], placesBehind: readonly number[]): SerialLine {
  const stations = processes.map((process, i) => ({ id: `s${i}`, process }));
  return { name: "line", stations, placesBehind };
}

/** Mean of 40 seeds, and its standard error. */
function overSeeds(figure: (seed: number) => number): { mean: number; error: number } {
  const figures = Array.from({ length: 40 }, (_, seed) => figure(seed + 1));
  const centre = mean(figures);
  const variance = figures.reduce((sum, each) => sum + (each - centre) ** 2, 0) / (figures.length - 1);
  return { mean: centre, error: Math.sqrt(variance / figures.length) };
}

describe("departure recursion", () => {
  it("follows a line with blocking by hand", () => {
    const departuresS: number[] = [];
    const totals = runDepartures(
      lineOf([fixed(1), fixed(3), fixed(2)], [1, 0]),
      { warmUpS: 0, endS: 15, seed: 1 },
      departuresS,
    );
    assert.deepEqual(departuresS.slice(0, 4), [6, 9, 12, 15]);
    // Part 1 leaves the first station at 1, part 2 at 2 into the buffer, part 3 is done at 3 and waits for 4, part 4
    // is done at 5 and waits for 7.
    assert.deepEqual([...totals.starvedS], [0, 1, 7]);
    assert.deepEqual([...totals.busyS], [7, 14, 8]);
    assert.deepEqual([...totals.blockedS], [8, 0, 0]);
    assert.deepEqual([...totals.parts], [6, 4, 4]);
    assert.deepEqual([...totals.started], [6, 5, 4]);
    assert.equal(totals.entered, 6);
    // In the one place: parts 2 to 6 for 2, 3, 3, 3 and 2 seconds.
    assert.deepEqual([...totals.waitedS], [0, 13, 0]);
  });

  it("breaks down by time whatever the station does, and by operation while it works", () => {
    const failure = { meanBetween: fixed(10), repair: fixed(4) };
    const line = (by: "time" | "operation"): SerialLine => ({
      name: "one",
      arrivals: fixed(5),
      stations: [{ id: "s", process: fixed(2), failure: { ...failure, by } }],
      placesBehind: [],
    });
    const run = { warmUpS: 0, endS: 28, seed: 1 };
    const byTime: number[] = [];
    // Down from 10 to 14 and from 24 to 28: the part of 10 begins at once and is worked on from 14.
    const totals = runDepartures(line("time"), run, byTime);
    assert.deepEqual(byTime, [7, 16, 18, 22, 30]);
    assert.deepEqual([totals.downS[0], totals.busyS[0], totals.starvedS[0]], [8, 8, 12]);
    const byOperation: number[] = [];
    const worn = runDepartures(line("operation"), { ...run, endS: 40 }, byOperation);
    // Ten seconds of work are done with the fifth part; the sixth finds the station broken.
    assert.deepEqual(byOperation, [7, 12, 17, 22, 27, 36, 38, 42]);
    assert.deepEqual([worn.downS[0], worn.busyS[0], worn.starvedS[0]], [4, 14, 22]);
  });

  it("counts between warm-up and end alone, and leaves no second out", () => {
    const random = new Random(3);
    for (let k = 0; k < 40; k++) {
      const line = randomLine(random);
      const whole = runDepartures(line, { warmUpS: 0, endS: 2000, seed: k });
      const head = runDepartures(line, { warmUpS: 0, endS: 700, seed: k });
      const tail = runDepartures(line, { warmUpS: 700, endS: 2000, seed: k });
      for (let i = 0; i < line.stations.length; i++) {
        const { starvedS, busyS, blockedS, downS } = tail;
        assert.ok(Math.abs(starvedS[i]! + busyS[i]! + blockedS[i]! + downS[i]! - 1300) < 1e-6);
        for (const account of [
          "starvedS",
          "busyS",
          "blockedS",
          "downS",
          "parts",
          "started",
          "waitedS",
        ] as const)
          assert.ok(Math.abs(head[account][i]! + tail[account][i]! - whole[account][i]!) < 1e-6, account);
      }
      assert.equal(head.entered + tail.entered, whole.entered);
      assert.ok(Math.abs(head.partSeconds + tail.partSeconds - whole.partSeconds) < 1e-5);
    }
  });

  it("finds the throughput of exponential lines that is known exactly", () => {
    // Two stations with b places: (b + 2) / (b + 3). Three, four and five without places: Hillier and Boling 1967.
    const known: [number, number, number][] = [
      [2, 0, 2 / 3],
      [2, 4, 6 / 7],
      [3, 0, 0.5641],
      [4, 0, 0.51478],
      [5, 0, 0.4858],
    ];
    for (const [stations, places, exact] of known) {
      const line = lineOf(Array(stations).fill(exponential(1)), Array(stations - 1).fill(places));
      const { mean: found, error } = overSeeds(
        (seed) => runDepartures(line, { warmUpS: 500, endS: 10_500, seed }).parts[stations - 1]! / 10_000,
      );
      assert.ok(Math.abs(found - exact) < 4 * error + 5e-5, `${stations}, ${places}: ${found} ± ${error}`);
    }
  });

  it("finds the waiting time of a queue that is known exactly", () => {
    const line = { ...lineOf([exponential(1)], []), arrivals: exponential(1 / 0.8) };
    const { mean: found, error } = overSeeds((seed) => {
      const { leadTimeS, parts } = runDepartures(line, { warmUpS: 1000, endS: 21_000, seed });
      return leadTimeS / parts[0]!;
    });
    // 1 / (1 - 0.8), waiting and service.
    assert.ok(Math.abs(found - 5) < 4 * error, `${found} ± ${error}`);
  });
});
