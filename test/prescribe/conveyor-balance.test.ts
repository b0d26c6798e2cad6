import assert from "node:assert/strict";
import { Random } from "../../runtime/core/random.ts";
import { type BalanceProblem, balanceConveyor } from "../../runtime/prescribe/conveyor-balance.ts";

/** Every sequence of rates there is. */
function bruteForce(problem: BalanceProblem): number {
  const { arrivals, takes, before, after, rates, mostStep } = problem;
  let best = Number.POSITIVE_INFINITY;
  const walk = (slot: number, b: number, a: number, last: number | undefined, kWh: number): void => {
    if (slot === arrivals.length) {
      if (a >= (problem.afterAtEnd ?? after.level)) best = Math.min(best, kWh);
      return;
    }
    if (b + arrivals[slot]! > before.capacity || a < takes[slot]!) return;
    for (const [r, rate] of rates.entries()) {
      if (last !== undefined && Math.abs(r - last) > mostStep) continue;
      if (rate.bodies > b || a + rate.bodies > after.capacity) continue;
      walk(slot + 1, b - rate.bodies + arrivals[slot]!, a + rate.bodies - takes[slot]!, r, kWh + rate.kWh);
    }
  };
  walk(0, before.level, after.level, undefined, 0);
  return best;
}

function draw(seed: number): BalanceProblem {
  const random = new Random(seed);
  const slots = 1 + random.integer(6);
  const some = (most: number): number[] => Array.from({ length: slots }, () => random.integer(most + 1));
  const buffer = () => {
    const capacity = 4 + random.integer(8);
    return { capacity, level: random.integer(capacity + 1) };
  };
  let bodies = random.integer(2);
  const rates = Array.from({ length: 1 + random.integer(4) }, () => {
    const rate = { bodies, kWh: Math.round(1000 * (5 + 20 * bodies + 8 * random.normal())) / 1000 };
    bodies += 1 + random.integer(2);
    return rate;
  });
  return {
    arrivals: some(4),
    takes: some(3),
    before: buffer(),
    after: buffer(),
    rates,
    mostStep: random.integer(3),
    ...(seed % 3 === 0 ? { afterAtEnd: 0 } : {}),
  };
}

describe("conveyor between two buffers", () => {
  it("costs what the best of all sequences costs, and finds none only where there is none", () => {
    let solved = 0;
    for (let seed = 1; seed <= 1500; seed++) {
      const problem = draw(seed);
      const best = bruteForce(problem);
      const found = balanceConveyor(problem);
      if (found === undefined) {
        assert.equal(best, Number.POSITIVE_INFINITY, `seed ${seed}`);
        continue;
      }
      solved++;
      assert.ok(Math.abs(found.kWh - best) < 1e-9, `seed ${seed}: ${found.kWh}, not ${best}`);
      let [b, a] = [problem.before.level, problem.after.level];
      for (const [slot, bodies] of found.bodies.entries()) {
        b += problem.arrivals[slot]! - bodies;
        a += bodies - problem.takes[slot]!;
        assert.deepEqual([found.before[slot], found.after[slot]], [b, a], `seed ${seed}, slot ${slot}`);
        assert.ok(b >= 0 && b <= problem.before.capacity && a >= 0 && a <= problem.after.capacity);
      }
    }
    assert.ok(solved > 200, `only ${solved} of the problems have an answer`);
  });

  it("fills the buffer while bodies are cheap, for the hour in which the booth takes more", () => {
    const rates = [
      { bodies: 9, kWh: 190 },
      { bodies: 10, kWh: 215 },
      { bodies: 11, kWh: 260 },
    ];
    const takes = [9, 9, 9, 9, 11, 11, 11, 11];
    const problem = {
      arrivals: takes.map(() => 10),
      takes,
      before: { capacity: 40, level: 20 },
      after: { capacity: 30, level: 15 },
      rates,
      mostStep: 1,
    };
    const found = balanceConveyor(problem)!;
    // Eighty bodies in eight slots: level is cheapest, since the eleventh costs more than the ninth saves.
    assert.deepEqual(
      found.bodies,
      takes.map(() => 10),
    );
    assert.equal(found.kWh, 8 * 215);
    // A small buffer behind the oven leaves no room for that.
    const small = balanceConveyor({ ...problem, after: { capacity: 24, level: 12 } })!;
    assert.ok(small.kWh > found.kWh);
    assert.ok(small.bodies.includes(11) && small.bodies.includes(9));
    assert.equal(balanceConveyor({ ...problem, after: { capacity: 12, level: 12 } }), undefined);
  });

  it("names what is wrong", () => {
    const problem = draw(1);
    const says = (change: object, said: RegExp) =>
      assert.throws(() => balanceConveyor({ ...problem, ...change }), said);
    says({ arrivals: [1], takes: [1, 2] }, /arrivals has 1 slots, takes 2/);
    says({ takes: [0.5] }, /takes must be up to 500 whole numbers/);
    says({ before: { capacity: 3, level: 4 } }, /before: level must be a whole number up to its capacity/);
    says({ rates: [] }, /rates must be whole numbers of bodies, ascending/);
    says({ mostStep: -1 }, /mostStep must be a whole number >= 0, got -1/);
  });
});
