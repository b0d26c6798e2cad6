import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readPosture } from "../../../runtime/model/ergonomics/posture.ts";
import { reba, rebaActionLevel } from "../../../runtime/model/ergonomics/reba.ts";
import { REBA_A, REBA_B, REBA_C } from "../../../runtime/model/ergonomics/reba-tables.ts";
import { rula, rulaActionLevel } from "../../../runtime/model/ergonomics/rula.ts";
import { RULA_A, RULA_B, RULA_C } from "../../../runtime/model/ergonomics/rula-tables.ts";
import { needsFile } from "../../needs.ts";

const TABLES = join(import.meta.dirname, "../../../../shared/data/ergonomics/rula_reba_tables.json");

type Part = Record<string, unknown>;
const NEUTRAL = {
  upperArm: { flexionDeg: 0 },
  lowerArm: { flexionDeg: 80 },
  wrist: { flexionDeg: 0 },
  neck: { flexionDeg: 5 },
  trunk: { flexionDeg: 0 },
};
/** The neutral posture with fields of its parts laid over it. */
const postured = (over: Record<string, unknown> = {}) => {
  const merged: Record<string, unknown> = { ...NEUTRAL };
  for (const [key, value] of Object.entries(over))
    merged[key] =
      typeof value === "object" ? { ...(merged[key] as Part | undefined), ...(value as Part) } : value;
  return readPosture(merged, "posture");
};
const partOf = (parts: readonly { part: string; score: number }[], name: string) =>
  parts.find(({ part }) => part === name)!.score;

describe("posture tables", () => {
  it("are the published ones, cell by cell", function () {
    needsFile(this, TABLES);
    const published = JSON.parse(readFileSync(TABLES, "utf8")) as Record<string, unknown>;
    const ours = { RULA_A, RULA_B, RULA_C, REBA_A, REBA_B, REBA_C };
    let cells = 0;
    const compare = (mine: unknown, theirs: unknown, at: string): void => {
      if (!Array.isArray(theirs)) {
        cells++;
        assert.equal(mine, theirs, at);
        return;
      }
      assert.ok(Array.isArray(mine), at);
      assert.equal(mine.length, theirs.length, at);
      for (const [i, value] of theirs.entries()) compare(mine[i], value, `${at}[${i}]`);
    };
    for (const [name, table] of Object.entries(ours)) compare(table, published[name], name);
    assert.equal(cells, 144 + 72 + 56 + 60 + 36 + 144);
  });
});

describe("RULA", () => {
  it("reaches every cell of tables A and B by a posture", () => {
    const upperArms: Part[] = [
      { flexionDeg: 0 },
      { flexionDeg: 30 },
      { flexionDeg: 60 },
      { flexionDeg: 100 },
      { flexionDeg: 100, abducted: true },
      { flexionDeg: 100, abducted: true, shoulderRaised: true },
    ];
    const lowerArms: Part[] = [{ flexionDeg: 80 }, { flexionDeg: 20 }, { flexionDeg: 20, outOfLine: true }];
    const wrists: Part[] = [
      { flexionDeg: 0 },
      { flexionDeg: -10 },
      { flexionDeg: 20 },
      { flexionDeg: 20, deviated: true },
    ];
    for (const [u, upperArm] of upperArms.entries())
      for (const [l, lowerArm] of lowerArms.entries())
        for (const [w, wrist] of wrists.entries())
          for (const [t, twisted] of [false, true].entries()) {
            const { tables } = rula(postured({ upperArm, lowerArm, wrist: { ...wrist, twisted } }));
            assert.equal(tables[0]!.score, RULA_A[u]![l]![w]![t], `${u} ${l} ${w} ${t}`);
          }
    const bends: Part[] = [{}, { twisted: true }, { twisted: true, sideBent: true }];
    const necks: Part[] = [
      { flexionDeg: 5 },
      { flexionDeg: 15 },
      { flexionDeg: 30 },
      ...bends.map((bend) => ({ flexionDeg: -5, ...bend })),
    ];
    const trunks: Part[] = [
      { flexionDeg: 0 },
      { flexionDeg: 10 },
      { flexionDeg: 40 },
      ...bends.map((bend) => ({ flexionDeg: 70, ...bend })),
    ];
    for (const [n, neck] of necks.entries())
      for (const [k, trunk] of trunks.entries())
        for (const [g, balanced] of [true, false].entries()) {
          const { tables } = rula(postured({ neck, trunk, legs: { balanced } }));
          assert.equal(tables[1]!.score, RULA_B[n]![k]![g], `${n} ${k} ${g}`);
        }
  });

  it("gives the border of two bands to the lower one", () => {
    const score = (part: string, key: string, flexionDeg: number): number =>
      partOf(rula(postured({ [key]: { flexionDeg } })).parts, part);
    const at = (part: string, key: string, degs: readonly number[]) =>
      degs.map((deg) => score(part, key, deg));
    assert.deepEqual(
      at("upper arm", "upperArm", [-21, -20, 20, 20.1, 45, 45.1, 90, 90.1]),
      [2, 1, 1, 2, 2, 3, 3, 4],
    );
    assert.deepEqual(at("lower arm", "lowerArm", [59, 60, 100, 101]), [2, 1, 1, 2]);
    assert.deepEqual(at("wrist", "wrist", [-16, -15, 0, 1, 15, 16]), [3, 2, 1, 2, 2, 3]);
    assert.deepEqual(at("neck", "neck", [-1, 0, 10, 11, 20, 21]), [4, 1, 1, 2, 2, 3]);
    assert.deepEqual(at("trunk", "trunk", [-21, -20, 0, 1, 20, 21, 60, 61]), [3, 2, 1, 2, 2, 3, 3, 4]);
  });

  it("adds muscle use and force, and says what gave each score", () => {
    const forces = (kg: number, pattern: string) =>
      partOf(rula(postured({ load: { kg, pattern } })).parts, "force");
    assert.deepEqual(
      [1.9, 2, 10, 10.1].map((kg) => [
        forces(kg, "intermittent"),
        forces(kg, "static"),
        forces(kg, "repeated"),
      ]),
      [
        [0, 0, 0],
        [1, 2, 2],
        [1, 2, 2],
        [2, 3, 3],
      ],
    );
    assert.equal(forces(1, "shock"), 3);
    const result = rula(
      postured({
        upperArm: { flexionDeg: 50, abducted: true, supported: true },
        trunk: { flexionDeg: 25, twisted: true },
        load: { kg: 5, pattern: "repeated" },
        activity: { repeated: true },
      }),
    );
    // A: upper arm 3, lower arm 1, wrist 1, twist 1 = 3, and 1 and 2; B: neck 1, trunk 4, legs 1 = 5, and 1 and 2.
    assert.deepEqual(
      result.tables.map(({ score }) => score),
      [3, 5, 7],
    );
    assert.equal(result.score, 7);
    assert.equal(result.actionLevel, 4);
    assert.deepEqual(result.parts[0]!.because, ["flexed 50°: 3", "abducted: +1", "supported: −1"]);
    assert.equal(result.tables[2]!.at, "arms and wrists 6, neck, trunk and legs 8");
  });

  it("has the action levels of the paper, and the best posture in the first", () => {
    assert.deepEqual([1, 2, 3, 4, 5, 6, 7].map(rulaActionLevel), [1, 1, 2, 2, 3, 3, 4]);
    assert.equal(rula(postured()).score, 1);
    assert.equal(rula(postured({ upperArm: { flexionDeg: 0, supported: true } })).score, 1);
    assert.equal(rula(postured({ wrist: { flexionDeg: 3 } })).parts[2]!.score, 2);
    assert.equal(rula(postured({ wrist: { flexionDeg: 3 }, neutralWithinDeg: 5 })).parts[2]!.score, 1);
  });
});

describe("REBA", () => {
  it("reaches every cell of its three tables by a posture", () => {
    const necks: Part[] = [{ flexionDeg: 5 }, { flexionDeg: 30 }, { flexionDeg: -5, sideBent: true }];
    const trunks: Part[] = [
      { flexionDeg: 0 },
      { flexionDeg: -10 },
      { flexionDeg: 40 },
      { flexionDeg: 70 },
      { flexionDeg: 70, twisted: true },
    ];
    const legs: Part[] = [
      { balanced: true },
      { balanced: false },
      { balanced: false, kneeFlexionDeg: 45 },
      { balanced: false, kneeFlexionDeg: 80 },
    ];
    const upperArms: Part[] = [
      { flexionDeg: 0 },
      { flexionDeg: -30 },
      { flexionDeg: 60 },
      { flexionDeg: 100 },
      { flexionDeg: 100, rotated: true },
      { flexionDeg: 100, rotated: true, shoulderRaised: true },
    ];
    const lowerArms: Part[] = [{ flexionDeg: 80 }, { flexionDeg: 120 }];
    const wrists: Part[] = [{ flexionDeg: 15 }, { flexionDeg: -16 }, { flexionDeg: 30, twisted: true }];
    const loads = [0, 5, 11, 11].map((kg, i) => ({ kg, pattern: i === 3 ? "shock" : "intermittent" }));
    const couplings = ["good", "fair", "poor", "unacceptable"];
    /** Postures by the score A and the score B that they come to. */
    const byA = new Map<number, Record<string, unknown>>();
    const byB = new Map<number, Record<string, unknown>>();
    for (const [n, neck] of necks.entries())
      for (const [t, trunk] of trunks.entries())
        for (const [g, leg] of legs.entries()) {
          const { tables } = reba(postured({ neck, trunk, legs: leg }));
          assert.equal(tables[0]!.score, REBA_A[n]![t]![g], `${n} ${t} ${g}`);
          for (const [k, load] of loads.entries())
            byA.set(tables[0]!.score + k, { neck, trunk, legs: leg, load });
        }
    for (const [u, upperArm] of upperArms.entries())
      for (const [l, lowerArm] of lowerArms.entries())
        for (const [w, wrist] of wrists.entries()) {
          const { tables } = reba(postured({ upperArm, lowerArm, wrist }));
          assert.equal(tables[1]!.score, REBA_B[u]![l]![w], `${u} ${l} ${w}`);
          for (const [k, coupling] of couplings.entries())
            byB.set(tables[1]!.score + k, { upperArm, lowerArm, wrist, coupling });
        }
    assert.equal(byA.size, 12);
    assert.equal(byB.size, 12);
    for (const [a, body] of byA)
      for (const [b, arms] of byB) {
        const result = reba(postured({ ...body, ...arms }));
        assert.equal(result.tables[2]!.score, REBA_C[a - 1]![b - 1], `${a} ${b}`);
        assert.equal(result.score, REBA_C[a - 1]![b - 1]);
      }
  });

  it("gives the border of two bands to the lower one", () => {
    const at = (part: string, key: string, degs: readonly number[]) =>
      degs.map((flexionDeg) => partOf(reba(postured({ [key]: { flexionDeg } })).parts, part));
    assert.deepEqual(at("trunk", "trunk", [-21, -20, 0, 20, 21, 60, 61]), [3, 2, 1, 2, 3, 3, 4]);
    assert.deepEqual(at("neck", "neck", [-1, 0, 20, 21]), [2, 1, 1, 2]);
    assert.deepEqual(at("upper arm", "upperArm", [-21, -20, 20, 45, 90, 91]), [2, 1, 1, 2, 3, 4]);
    const knees = [29, 30, 60, 61].map((kneeFlexionDeg) =>
      partOf(reba(postured({ legs: { kneeFlexionDeg } })).parts, "legs"),
    );
    assert.deepEqual(knees, [1, 2, 2, 3]);
    assert.equal(partOf(reba(postured({ legs: { kneeFlexionDeg: 90, sitting: true } })).parts, "legs"), 1);
    const loads = [4.9, 5, 10, 10.1].map((kg) => partOf(reba(postured({ load: { kg } })).parts, "load"));
    assert.deepEqual(loads, [0, 1, 1, 2]);
  });

  it("adds the activity, and has the action levels of the paper", () => {
    const best = reba(postured());
    assert.equal(best.score, 1);
    assert.equal(best.action, "none necessary");
    const busy = reba(postured({ activity: { held: true, repeated: true, rapid: true } }));
    assert.equal(busy.score, 4);
    assert.equal(busy.parts.at(-1)!.because.length, 3);
    assert.deepEqual(
      Array.from({ length: 15 }, (_, i) => rebaActionLevel(i + 1)),
      [0, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4],
    );
  });
});

describe("readPosture", () => {
  it("names every field that is wrong, with its value and limits", () => {
    const wrong = {
      ...NEUTRAL,
      upperArm: { flexionDeg: 181 },
      wrist: { flexionDeg: "bent" },
      neck: undefined,
      trunk: { flexionDeg: 0, leaning: true },
      load: { kg: -1, pattern: "soft" },
      coupling: "none",
    };
    assert.throws(
      () => readPosture(wrong, "st04"),
      (fault: Error) => {
        for (const said of [
          /st04\/upperArm: flexionDeg must be -90 to 180 °, got 181/,
          /st04\/wrist: flexionDeg must be -90 to 90 °, got "bent"/,
          /st04\/neck: must be an object, got nothing/,
          /st04\/trunk: has no field leaning/,
          /st04\/load: kg must be 0 to 500 kg, got -1/,
          /st04\/load: pattern must be one of/,
          /st04: coupling must be one of good, fair, poor, unacceptable, got "none"/,
        ])
          assert.match(fault.message, said);
        return true;
      },
    );
  });
});
