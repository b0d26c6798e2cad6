/**
 * Covers: the number of operators.
 * Scenario: a throughput that is known, with noise.
 */
import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { leastStaff } from "../../../runtime/prescribe/line/least-staff.ts";

describe("number of operators", () => {
  const problem = {
    groups: [
      { least: 1, most: 4 },
      { least: 1, most: 3 },
    ],
    // 20 parts per hour and operator of the first group, 30 of the second: the scarcer group binds.
    throughput: ([a, b]: readonly number[], replication: number) =>
      Math.min(20 * a!, 30 * b!) + new Random(replication).normal(),
  };

  it("takes the fewest people who surely reach the target", () => {
    const { chosen, looked } = leastStaff({ ...problem, target: 57 });
    assert.deepEqual(chosen!.people, [3, 2]);
    assert.ok(chosen!.throughput.low >= 57 && chosen!.throughput.low < 60);
    assert.ok(looked.slice(0, -1).every(({ verdict }) => verdict === "misses"));
    assert.deepEqual(
      looked.map(({ people }) => people[0]! + people[1]!),
      [2, 3, 3, 4, 4, 4, 5, 5],
    );
  });

  it("says where none does, and where it cannot be told", () => {
    const { chosen, looked } = leastStaff({ ...problem, target: 100 });
    assert.equal(chosen, undefined);
    assert.equal(looked.length, 12);
    // A target in the middle of the noise is reached by nobody surely.
    const unclear = leastStaff({ ...problem, target: 80 });
    assert.equal(unclear.chosen, undefined);
    assert.ok(unclear.looked.some(({ verdict }) => verdict === "unclear"));
  });

  it("says what is wrong with the groups", () => {
    assert.throws(() => leastStaff({ ...problem, target: 1, groups: [] }), /there are no groups/);
    assert.throws(
      () => leastStaff({ ...problem, target: 1, groups: [{ least: 2, most: 1 }] }),
      /group 1 has no range/,
    );
    assert.throws(
      () => leastStaff({ ...problem, target: 1, groups: Array(4).fill({ least: 0, most: 9 }) }),
      /10000 choices/,
    );
  });
});
