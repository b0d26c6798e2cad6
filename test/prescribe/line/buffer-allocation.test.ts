/**
 * Covers: the allocation of buffer places.
 * Scenario: exponential lines of which every allocation's throughput is known exactly, two seeds each; a line with too many
 * allocations to rank them all.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Duration } from "../../../runtime/model/line/duration.ts";
import { runFastLane } from "../../../runtime/model/line/serial/fast-lane.ts";
import { allocateBuffers, everyWay, waysToShare } from "../../../runtime/prescribe/line/buffer-allocation.ts";

const CASES = join(import.meta.dirname, "../../../../shared/data/lines/bap_exact.json");

interface ExactCase {
  readonly mu: readonly number[];
  readonly N: number;
  readonly opt: readonly number[];
  readonly thr: number;
}

const exponential = (meanS: number): Duration => ({ kind: "exponential", meanS });

function throughput(processes: readonly Duration[], lengthS: number, seed: number) {
  const stations = processes.map((process, i) => ({ id: `s${i}`, process }));
  return (placesBehind: readonly number[], replication: number): number => {
    const run = { warmUpS: 200, endS: 200 + lengthS, seed: seed * 10_000 + replication };
    return runFastLane({ name: "line", stations, placesBehind }, run).parts.at(-1)! / lengthS;
  };
}

describe("buffer allocation", () => {
  it("finds the allocation that is known to be best", function () {
    if (!existsSync(CASES)) {
      assert.notEqual(process.env.RUNG_REQUIRE_ALL, "1", `${CASES} is missing`);
      console.log(`      skipped: ${CASES} is missing`);
      this.skip();
    }
    const cases: ExactCase[] = JSON.parse(readFileSync(CASES, "utf8"));
    assert.equal(cases.length, 5);
    for (const { mu, N, opt, thr } of cases) {
      const processes = mu.map((rate) => exponential(1 / rate));
      for (let seed = 1; seed <= 2; seed++) {
        const { places, ranking, isExhaustive } = allocateBuffers({
          buffers: mu.length - 1,
          places: N,
          throughput: throughput(processes, 5000, seed),
        });
        assert.deepEqual(places, opt, `seed ${seed} of ${mu.join()} with ${N}`);
        assert.ok(isExhaustive && ranking.probability >= 0.95);
        const { value, low } = ranking.figures[ranking.best]!;
        assert.ok(Math.abs(value - thr) < 2.5 * (value - low), `${value} is not ${thr}`);
      }
    }
  }).timeout(20_000);

  it("counts and lists all ways to share places out", () => {
    assert.deepEqual(
      [...everyWay(2, 2)],
      [
        [0, 2],
        [1, 1],
        [2, 0],
      ],
    );
    assert.equal([...everyWay(4, 6)].length, waysToShare(4, 6));
    assert.equal(waysToShare(4, 6), 84);
    assert.equal(waysToShare(1, 9), 1);
    assert.ok(waysToShare(200, 5000) > 1e200);
  });

  it("searches where there are too many ways, and shares out all places", () => {
    // The bottleneck is the fourth of six stations.
    const processes = Array.from({ length: 6 }, (_, i) => exponential(i === 3 ? 1 : 0.6));
    const figure = throughput(processes, 1000, 1);
    const problem = { buffers: 5, places: 15, throughput: figure };
    const found = allocateBuffers(problem, { budget: 800 });
    assert.equal(found.isExhaustive, false);
    assert.equal(
      found.places.reduce((sum, each) => sum + each, 0),
      15,
    );
    const [before, behind] = [found.places[2]!, found.places[3]!];
    assert.ok(before + behind >= 8, `${found.places.join()}: the bottleneck has few places beside it`);
    // Held against an even share by replications that chose nothing.
    const fresh = (places: readonly number[]) =>
      Array.from({ length: 100 }, (_, k) => figure(places, 5000 + k)).reduce((sum, each) => sum + each, 0) /
      40;
    const [gained, even] = [fresh(found.places), fresh(Array(5).fill(3))];
    assert.ok(gained > even + 0.005, `${found.places.join()}: ${gained} after ${even}`);
  }).timeout(20_000);

  it("says what cannot be shared out", () => {
    assert.throws(
      () => allocateBuffers({ buffers: 0, places: 3, throughput: () => 0 }),
      /3 places cannot be shared out among 0 buffers/,
    );
  });
});
