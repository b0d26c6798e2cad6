import assert from "node:assert/strict";
import { blockedCells, type PlanePair, zonesOf } from "../../../../runtime/model/cell/motion/zone-plane.ts";

/** Two bodies that run along crossing lines, 1 m a move: blocked around the crossing. */
function crossing(atU: number, atV: number, radiusM: number): PlanePair {
  return {
    clearanceM: 0.1,
    travelU: () => 1,
    travelV: () => 1,
    isNear: (u, v) => Math.hypot(u - atU, v - atV) - radiusM < 0.1,
    isFar: (u, v, boundM) => Math.hypot(u - atU, v - atV) - radiusM >= boundM,
  };
}

describe("motion: zones of two paths", () => {
  it("encloses a crossing, and by no more than the resolution and the bound of both ways", () => {
    const { cells } = blockedCells([crossing(1.3, 2.6, 0.2)], 4, 4, 0.02);
    const [zone, ...others] = zonesOf(cells);
    assert.deepEqual(others, []);
    for (const [found, wanted] of [
      [zone!.fromU, 1.0],
      [zone!.fromV, 2.3],
      [-zone!.toU, -1.6],
      [-zone!.toV, -2.9],
    ] as const) {
      assert.ok(found <= wanted, "not all that is blocked is enclosed");
      assert.ok(found > wanted - 0.08, `${found} is far outside ${wanted}`);
    }
  });

  it("leaves no place out that is blocked", () => {
    const pairs = [crossing(1.3, 2.6, 0.2), crossing(1.9, 0.7, 0.05)];
    const { cells } = blockedCells(pairs, 4, 4, 0.05);
    assert.equal(zonesOf(cells).length, 2);
    for (let u = 0; u <= 4; u += 0.011) {
      for (let v = 0; v <= 4; v += 0.013) {
        if (pairs.every((pair) => pair.isFar(u, v, 0.1))) continue;
        assert.ok(cells.some((cell) => cell.fromU <= u && u <= cell.toU && cell.fromV <= v && v <= cell.toV));
      }
    }
  });

  it("reads a pair that is far away once per pair of moves", () => {
    assert.deepEqual(blockedCells([crossing(50, 50, 0.2)], 4, 3, 0.02), { cells: [], readings: 12 });
  });

  it("joins cells that touch over the border of two moves, and no others", () => {
    const cell = (fromU: number, toU: number, fromV: number, toV: number) => ({ fromU, toU, fromV, toV });
    const zones = zonesOf([cell(0.5, 1, 0, 1), cell(3, 3.5, 0, 1), cell(1, 1.25, 1, 2), cell(1.5, 2, 0, 1)]);
    assert.deepEqual(
      zones.map(({ fromU, toU, fromV, toV }) => [fromU, toU, fromV, toV]),
      [
        [0.5, 1.25, 0, 2],
        [1.5, 2, 0, 1],
        [3, 3.5, 0, 1],
      ],
    );
  });
});
