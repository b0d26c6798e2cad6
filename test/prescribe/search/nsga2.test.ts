/**
 * Covers: NSGA-II, its fronts, its bounds, its constraints, the area a front dominates.
 * Scenario: the test problems of Zitzler, Deb and Thiele 2000 with 25,000 evaluations, three seeds each; small problems whose
 * answer is known.
 */
import assert from "node:assert/strict";
import { crowdingDistances, sortIntoFronts } from "../../../runtime/prescribe/search/dominance.ts";
import { hypervolume } from "../../../runtime/prescribe/search/hypervolume.ts";
import { nsga2, type SearchProblem } from "../../../runtime/prescribe/search/nsga2.ts";

const ZDT: Record<string, SearchProblem & { readonly exact: number }> = {
  ZDT1: { ...problem(30, 0, 1, (x) => 1 + 9 * meanBehind(x), Math.sqrt), exact: 0.8767 },
  ZDT2: {
    ...problem(
      30,
      0,
      1,
      (x) => 1 + 9 * meanBehind(x),
      (ratio) => ratio ** 2,
    ),
    exact: 0.5433,
  },
  ZDT4: {
    ...problem(
      10,
      -5,
      5,
      (x) => 1 + 10 * 9 + x.subarray(1).reduce((sum, v) => sum + v * v - 10 * Math.cos(4 * Math.PI * v), 0),
      Math.sqrt,
    ),
    exact: 0.8767,
  },
  ZDT6: {
    ...problem(
      10,
      0,
      1,
      (x) => 1 + 9 * meanBehind(x) ** 0.25,
      (ratio) => ratio ** 2,
      (first) => 1 - Math.exp(-4 * first) * Math.sin(6 * Math.PI * first) ** 6,
    ),
    exact: 0.5079,
  },
};

function meanBehind(x: Float64Array): number {
  return x.subarray(1).reduce((sum, v) => sum + v, 0) / (x.length - 1);
}

function problem(
  variables: number,
  low: number,
  high: number,
  distance: (x: Float64Array) => number,
  shape: (ratio: number) => number,
  first: (x: number) => number = (x) => x,
): SearchProblem {
  return {
    variables: Array.from({ length: variables }, (_, i) => (i === 0 ? { low: 0, high: 1 } : { low, high })),
    evaluate: (x) => {
      const g = distance(x);
      const f = first(x[0]!);
      return { objectives: [f, g * (1 - shape(f / g))] };
    },
  };
}

describe("search by NSGA-II", () => {
  for (const [name, zdt] of Object.entries(ZDT)) {
    it(`reaches 99 % of the area of ${name}'s front in 25,000 evaluations`, () => {
      for (const seed of [1, 2, 3]) {
        let looked = 0;
        const evaluate = (x: Float64Array) => {
          looked++;
          return zdt.evaluate(x);
        };
        const front = nsga2({ ...zdt, evaluate }, { seed });
        const area = hypervolume(
          front.map(({ objectives }) => objectives),
          [1.1, 1.1],
        );
        assert.equal(looked, 25_000);
        assert.ok(area <= zdt.exact + 1e-4, `seed ${seed}: ${area} is more than there is`);
        assert.ok(area >= 0.99 * zdt.exact, `seed ${seed}: ${((100 * area) / zdt.exact).toFixed(2)} %`);
      }
    }).timeout(20_000);
  }

  it("gives the same front for the same seed, within the bounds, sorted, and none beaten", () => {
    const search = () => nsga2(ZDT.ZDT4!, { seed: 7, evaluations: 1000 });
    const front = search();
    assert.deepEqual(front, search());
    assert.notDeepEqual(front, nsga2(ZDT.ZDT4!, { seed: 8, evaluations: 1000 }));
    assert.equal(sortIntoFronts(front).length, 1);
    for (const [i, { choice, objectives }] of front.entries()) {
      assert.ok(choice[0]! >= 0 && choice[0]! <= 1 && choice.subarray(1).every((v) => v >= -5 && v <= 5));
      if (i > 0) assert.ok(objectives[0]! > front[i - 1]!.objectives[0]!);
    }
  });

  it("finds every point of a small front of whole numbers", () => {
    // x² and (x - 5)² for x from -20 to 20: 0 to 5 are the front.
    const front = nsga2(
      {
        variables: [{ low: -20, high: 20, whole: true }],
        evaluate: ([x]) => ({ objectives: [x! ** 2, (x! - 5) ** 2] }),
      },
      { evaluations: 2000 },
    );
    assert.deepEqual(
      front.map(({ choice }) => Math.abs(choice[0]!)),
      [0, 1, 2, 3, 4, 5],
    );
  });

  it("keeps constraints before it looks at objectives, and breaks them least where none can be kept", () => {
    const least = (floor: number) =>
      nsga2(
        {
          variables: [{ low: 0, high: 10, whole: true }],
          evaluate: ([x]) => ({ objectives: [x!, x!], violation: Math.max(0, floor - x!) }),
        },
        { evaluations: 1000 },
      ).map(({ choice, violation }) => [choice[0], violation]);
    assert.deepEqual(least(4), [[4, 0]]);
    assert.deepEqual(least(12), [[10, 2]]);
  });

  it("sorts fronts and measures room by hand", () => {
    const at = (...objectives: number[]) => ({ choice: new Float64Array(), objectives, violation: 0 });
    const points = [at(1, 5), at(2, 2), at(5, 1), at(3, 3), at(4, 4), at(2, 2)];
    assert.deepEqual(
      sortIntoFronts(points).map((front) => front.map(({ objectives }) => objectives)),
      [
        [
          [1, 5],
          [2, 2],
          [5, 1],
          [2, 2],
        ],
        [[3, 3]],
        [[4, 4]],
      ],
    );
    assert.deepEqual(
      [...crowdingDistances([at(0, 4), at(1, 2), at(4, 0)])],
      [Number.POSITIVE_INFINITY, 2, Number.POSITIVE_INFINITY],
    );
    assert.equal(
      hypervolume(
        [
          [1, 1],
          [0, 2],
          [2, 2],
          [9, 0],
        ],
        [3, 3],
      ),
      5,
    );
  });

  it("says what is wrong with a search", () => {
    const evaluate = () => ({ objectives: [0] });
    assert.throws(() => nsga2({ variables: [], evaluate }), /there is nothing to choose/);
    assert.throws(
      () => nsga2({ variables: [{ low: 2, high: 1 }], evaluate }),
      /variable 1 reaches from 2 to 1/,
    );
    const variables = [{ low: 0, high: 1 }];
    assert.throws(() => nsga2({ variables, evaluate }, { population: 3 }), /population 3, brood 10/);
    assert.throws(() => nsga2({ variables, evaluate }, { evaluations: 79 }), /79 evaluations/);
  });
});
