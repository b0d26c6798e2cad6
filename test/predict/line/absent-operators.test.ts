import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Random } from "../../../runtime/core/random.ts";
import { readLineModel } from "../../../runtime/model/line/line-file.ts";
import type { LineModel } from "../../../runtime/model/line/line-model.ts";
import { withAbsent } from "../../../runtime/predict/line/absent-operators.ts";

const FILE = new URL("../../../examples/data/line/line1.yaml", import.meta.url);
const LINE_1 = readLineModel(readFileSync(FILE, "utf8"), "line1.yaml");

const there = ({ operators }: LineModel): string[] =>
  operators!.groups.filter(({ count }) => count > 0).map(({ id }) => id);

describe("a line with operators away", () => {
  it("lacks as many, anybody of the crew, the same for the same seed", () => {
    const away = new Set<string>();
    for (let seed = 1; seed <= 60; seed++) {
      const left = there(withAbsent(LINE_1, 2, new Random(seed)));
      assert.equal(left.length, 11);
      assert.deepEqual(there(withAbsent(LINE_1, 2, new Random(seed))), left);
      for (const id of there(LINE_1)) if (!left.includes(id)) away.add(id);
    }
    assert.equal(away.size, 13);
  });

  it("leaves somebody for every station, and the crew as it is where that cannot be", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const left = withAbsent(LINE_1, 8, new Random(seed)).operators!.groups.filter(({ count }) => count > 0);
      for (let i = 1; i <= 12; i++) {
        const station = `st${String(i).padStart(2, "0")}`;
        assert.ok(
          left.some(({ skills }) => skills.includes(station)),
          `seed ${seed}: nobody for ${station}`,
        );
      }
    }
    const groups = [
      { id: "a", count: 1, skills: ["st01"] },
      { id: "b", count: 1, skills: ["st02"] },
    ];
    const blocks = LINE_1.blocks.filter(({ id }) => id === "st01" || id === "st02");
    const two = { ...LINE_1, blocks, operators: { groups } };
    assert.equal(withAbsent(two, 1, new Random(1)), two);
  });

  it("is as it is where nobody is away or it has no operators", () => {
    const { operators: _, ...without } = LINE_1;
    assert.equal(withAbsent(LINE_1, 0, new Random(1)), LINE_1);
    assert.equal(withAbsent(without, 3, new Random(1)), without);
  });
});
