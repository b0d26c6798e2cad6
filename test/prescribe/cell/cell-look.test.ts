import assert from "node:assert/strict";
import type { CellBody } from "../../../runtime/model/cell/cell.ts";
import { CellEngine } from "../../../runtime/model/cell/cell-engine.ts";
import { CellLook } from "../../../runtime/prescribe/cell/cell-look.ts";
import { boxBody, boxCell, boxRobot } from "../../model/cell/motion/box-cell.ts";
import { placeAt } from "../../model/cell/motion/slide.ts";

const HOME = new Float64Array(6);

async function look(fixtures: readonly CellBody[], parts: readonly CellBody[] = []): Promise<CellLook> {
  const cell = boxCell([boxRobot("R1", placeAt([0, 0, 0]))], fixtures, parts);
  return new CellLook(await CellEngine.create(cell, "V"), "R1");
}

// At home the gun is 120 mm high and 60 mm wide around (1.25, 0, 1.5) m, the forearm ends at x = 1 m.
const over = (name: string, gapM: number) =>
  boxBody(name, "fixture", [0.05, 0.05, 0.1], [1.2, 0, 1.61 + gapM]);
const under = (name: string, gapM: number) =>
  boxBody(name, "fixture", [0.05, 0.05, 0.1], [1.2, 0, 1.39 - gapM]);

describe("cell study: what a look tells", () => {
  it("is all that a body is too near to, not the nearest alone", async () => {
    const told = (one: CellLook) =>
      one
        .pose(HOME, "motion")
        .tooNear.map(({ body, other, gapM }) => `${body} ${other} ${Math.round(1000 * gapM)}`)
        .sort();
    assert.deepEqual(told(await look([over("a", 0.004), under("b", 0.008)])), ["gun a 4", "gun b 8"]);
    assert.deepEqual(told(await look([over("a", -0.01), under("b", 0.008)])), ["gun a 0", "gun b 8"]);
    assert.deepEqual(told(await look([over("a", 0.004), under("b", 0.03)])), ["gun a 4"]);
    assert.deepEqual(told(await look([over("a", 0.03), under("b", 0.04)])), []);
  });

  it("measures a pair along a move with the clearances that hold there, and not where the two are to touch", async () => {
    const sheet = boxBody("sheet", "body", [0.3, 0.3, 0.01], [1.3, 0, 1.436]);
    const one = await look([], [sheet]);
    const up = Float64Array.of(0, -0.1, 0, 0, 0, 0);
    const weld = { q: HOME, isWeld: true };
    const gun = one.gapOnMove(weld, { q: up, isWeld: false }, "gun", "sheet")!;
    // Contact at the weld itself, 4 mm of gun in the sheet: with the limit of welding.
    assert.deepEqual([gun.at, gun.gapM, gun.limitM], [0, 0, 0.005]);
    const tip = one.gapOnMove(weld, { q: up, isWeld: false }, "tip", "sheet")!;
    assert.ok(tip.at > 0 && tip.limitM === 0.01, `${tip.at}`);
    assert.equal(one.gapOnMove(weld, weld, "tip", "sheet"), undefined);
    assert.equal(one.gapOnMove(weld, weld, "gun", "no such body"), undefined);
  });

  it("names what a fixture touches", async () => {
    const [a, b] = [
      boxBody("a", "fixture", [1, 1, 1], [9, 0, 0]),
      boxBody("b", "fixture", [1, 1, 1], [9.9, 0, 0]),
    ];
    const c = boxBody("c", "fixture", [1, 1, 1], [9, 5, 0]);
    const one = await look([a, b, c]);
    assert.deepEqual([one.touchedBy("a"), one.touchedBy("c"), one.touchedBy("none")], [["b"], [], []]);
  });
});
