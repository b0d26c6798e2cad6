import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import type { BalanceProblem } from "../../../runtime/prescribe/balance/balance-problem.ts";
import { checkBalance } from "../../../runtime/prescribe/balance/check-balance.ts";
import { fitsBins } from "../../../runtime/prescribe/balance/salbp/bin-packing.ts";
import { shortestCycle } from "../../../runtime/prescribe/balance/salbp/cycle-time.ts";
import { Effort } from "../../../runtime/prescribe/balance/salbp/effort.ts";
import { mostEfficientLine } from "../../../runtime/prescribe/balance/salbp/line-efficiency.ts";
import { PrecedenceDirection } from "../../../runtime/prescribe/balance/salbp/precedence-direction.ts";
import { bestDualFeasible, halves, thirds } from "../../../runtime/prescribe/balance/salbp/station-bounds.ts";
import { fewestStations } from "../../../runtime/prescribe/balance/salbp/station-count.ts";
import { StationSearch } from "../../../runtime/prescribe/balance/salbp/station-search.ts";
import { assignmentOf, countedProblem } from "../../../runtime/prescribe/balance/tick-line.ts";
import { leastCycles } from "./enumerated.ts";
import { randomProblem } from "./random-problem.ts";

const TASKS = 8;

interface Case {
  readonly problem: BalanceProblem;
  /** Least cycle of each number of stations. */
  readonly least: readonly number[];
}

/** Graphs from loose to dense, with few and with many different times. */
function cases(count: number, seed: number): Case[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, i) => {
    const problem = randomProblem(random, TASKS, [4, 12, 40][i % 3]!, [0.05, 0.2, 0.5][(i >> 1) % 3]!);
    return { problem, least: leastCycles(problem, TASKS) };
  });
}

const CASES = cases(250, 3);

function check(problem: BalanceProblem, cycle: number, station: Int32Array): void {
  assert.deepEqual(checkBalance(problem, cycle, assignmentOf(problem, station)), []);
}

describe("simple line balancing against dynamic programming over all sets", function () {
  this.timeout(60_000);
  it("finds and proves the fewest stations, at every cycle time that makes a difference", () => {
    let asked = 0;
    for (const { problem, least } of CASES) {
      const { line } = countedProblem(problem);
      const longest = Math.max(...line.ticks);
      const cycles = new Set(least.slice(1).flatMap((cycle) => [cycle - 1, cycle, cycle + 1]));
      for (const cycle of cycles) {
        if (cycle < longest) continue;
        asked++;
        const fewest = least.findIndex((needed, stations) => stations > 0 && needed <= cycle);
        const answer = fewestStations(line, cycle);
        const { stations, bound, endedBy } = answer;
        assert.deepEqual({ stations, bound, endedBy }, { stations: fewest, bound: fewest, endedBy: "proof" });
        check(problem, cycle, answer.station!);
      }
    }
    assert.ok(asked > 2000, `${asked} questions`);
  });

  it("finds them by the search alone, from either end and in either order, where no heuristic helps", () => {
    for (const { problem, least } of CASES.slice(0, 120)) {
      const { line } = countedProblem(problem);
      const cycle = least[4]!;
      const fewest = least.findIndex((needed, stations) => stations > 0 && needed <= cycle);
      const { ticks } = line;
      const bounds = {
        halves: halves(ticks, cycle),
        thirds: thirds(ticks, cycle),
        dualFeasible: bestDualFeasible(ticks, cycle),
      };
      for (const reversed of [false, true]) {
        const direction = new PrecedenceDirection(line, reversed);
        const search = new StationSearch(line, direction, cycle, bounds, new Effort());
        for (const order of ["breadth-first", "cyclic-best-first"] as const) {
          const pass = { order, mostLoads: Number.POSITIVE_INFINITY };
          const { stations, station, complete } = search.run(pass, TASKS + 1, 0);
          assert.deepEqual({ stations, complete }, { stations: fewest, complete: true });
          check(problem, cycle, reversed ? station!.map((at) => stations! - 1 - at) : station!);
          assert.deepEqual(search.run(pass, fewest, 0), { complete: true }, "and none with fewer");
        }
      }
    }
  });

  it("never packs into fewer bins than there must be, nor says that it cannot", () => {
    const random = new Random(5);
    for (let round = 0; round < 300; round++) {
      const loose = randomProblem(random, 8, 3 + random.integer(20), 0);
      const ticks = countedProblem(loose).line.ticks;
      const least = leastCycles(loose, 5);
      for (let bins = 1; bins <= 5; bins++) {
        const needed = least[bins]!;
        assert.equal(fitsBins(ticks, needed, bins, 1e6, new Effort()), true);
        // A cycle shorter than a task is refused before anything is packed.
        if (needed - 1 < Math.max(...ticks)) continue;
        assert.equal(fitsBins(ticks, needed - 1, bins, 1e6, new Effort()), false);
      }
    }
  });

  it("finds and proves the shortest cycle for every number of stations", () => {
    for (const { problem, least } of CASES) {
      const { line } = countedProblem(problem);
      for (let stations = 1; stations <= 6; stations++) {
        const { cycle, bound, endedBy, station } = shortestCycle(line, stations);
        const proved = { cycle: least[stations], bound: least[stations], endedBy: "proof" };
        assert.deepEqual({ cycle, bound, endedBy }, proved);
        check(problem, cycle!, station!);
        assert.ok(Math.max(...station!) < stations);
      }
    }
  });

  it("says that nothing is short enough, with the bound that proves it", () => {
    const { problem, least } = CASES[0]!;
    const { line } = countedProblem(problem);
    const { cycle, bound, endedBy } = shortestCycle(line, 3, {}, { atMost: least[3]! - 1 });
    assert.deepEqual({ cycle, bound, endedBy }, { cycle: undefined, bound: least[3], endedBy: "proof" });
  });

  it("finds and proves the line of the least paid time, in ranges of stations and cycles", () => {
    const random = new Random(9);
    for (const { problem, least } of CASES) {
      const { line } = countedProblem(problem);
      const fewest = 1 + random.integer(3);
      const most = fewest + random.integer(5);
      const shortest = random.integer(30);
      const longest = shortest + random.integer(60);
      const paid = least.map((needed, stations) => {
        const cycle = Math.max(needed, shortest);
        const within = stations >= fewest && stations <= most && cycle <= longest;
        return within ? stations * cycle : Number.POSITIVE_INFINITY;
      });
      const best = Math.min(...paid);
      const answer = mostEfficientLine(line, {
        fewestStations: fewest,
        mostStations: most,
        shortestCycle: shortest,
        longestCycle: longest,
      });
      assert.equal(answer.endedBy, "proof");
      assert.equal(answer.bound, best);
      if (best === Number.POSITIVE_INFINITY) {
        assert.equal(answer.station, undefined);
        continue;
      }
      assert.equal(answer.stations! * answer.cycle!, best);
      assert.ok(answer.cycle! >= shortest && answer.cycle! <= longest);
      check(problem, answer.cycle!, answer.station!);
    }
  });
});
