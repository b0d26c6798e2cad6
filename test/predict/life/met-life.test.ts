import assert from "node:assert/strict";
import type { Condition } from "../../../runtime/core/maintenance-event.ts";
import { isMaintenanceEvent } from "../../../runtime/core/maintenance-event.ts";
import { Random } from "../../../runtime/core/random.ts";
import {
  evidenceAgainst,
  ForetoldTrail,
  isMetLife,
  type MetLife,
  metLife,
  metScore,
} from "../../../runtime/predict/life/met-life.ts";
import { signedOff } from "./signed-off.ts";

const TWIN = "acme/leipzig/pumps/p1";
/** A life of so many cycles, of which `off` more were foretold at each, within 10. */
function trailOf(cycles: number, end: number, off = 0): ForetoldTrail {
  const trail = new ForetoldTrail(60);
  for (let cycle = 1; cycle <= cycles; cycle++) {
    const rul = end - cycle + off;
    trail.add({ cycle, rul, low: rul - 10, high: rul + 10, health: 0.5, missing: 0 });
  }
  return trail;
}
const met = (condition: Condition, off: number, cycles = 100): MetLife =>
  metLife(signedOff(TWIN, "o1", condition), {
    model: "m",
    twin: TWIN,
    counter: "cycles",
    cycle: cycles,
    nextFrom: 3000,
    trail: trailOf(cycles, cycles, off),
  });

describe("predict/life ends of lives", () => {
  it("judges the estimate half way through what the model looks ahead", () => {
    const life = met("failed", 3);
    assert.deepEqual(life.foretold, { cycle: 71, rul: 32, low: 22, high: 42 });
    assert.deepEqual([life.isInside, life.nextFrom, life.cycle], [true, 3000, 100]);
    assert.equal(met("failed", 3, 40).foretold!.cycle, 21, "of a shorter life half way through it");
    const short = met("failed", 3, 19);
    assert.deepEqual([short.foretold, short.isInside], [null, null], "too short to say");
  });

  it("takes a failure by its cycle, wear as it was seen, and a good part only against what had ended", () => {
    assert.deepEqual(
      [11, -11].map((off) => met("failed", off).isInside),
      [false, false],
    );
    assert.equal(met("as foretold", 11).isInside, true);
    assert.equal(met("still good", 11).isInside, null, "it was foretold to live on");
    assert.equal(met("still good", -11).isInside, false, "it was foretold to be over");
  });

  it("keeps no more than it needs, however long a life", () => {
    const trail = trailOf(100_000, 100_000);
    assert.equal(trail.halfWay()!.cycle, 100_000 - 29);
  });

  it("contradicts a model only by more misses than chance leaves of its interval", () => {
    const lives = (inside: number, outside: number): MetLife[] => [
      ...Array.from({ length: inside }, () => met("failed", 0)),
      ...Array.from({ length: outside }, () => met("failed", 20)),
    ];
    const isContradicted = (inside: number, outside: number) =>
      metScore(lives(inside, outside))?.isContradicted;
    assert.equal(metScore([met("still good", 5)]), undefined, "what is not known is no life to judge by");
    const cases = [
      [0, 1, false],
      [0, 2, true],
      [1, 2, false],
      [2, 3, true],
      [3, 3, false],
      [50, 5, false],
    ] as const;
    for (const [inside, outside, wanted] of cases)
      assert.equal(isContradicted(inside, outside), wanted, `${outside} of ${inside + outside} missed`);
    const score = metScore(lives(3, 1))!;
    assert.deepEqual([score.lives, score.inside, score.missed?.order], [4, 3, "o1"]);
  });

  it("does not take preventive renewals for misses", () => {
    // Of 40 parts that were renewed while good two had outlived their interval: no more than it promises.
    const lives = [
      ...Array.from({ length: 38 }, () => met("still good", 5)),
      met("still good", -11),
      met("still good", -11),
    ];
    const score = metScore(lives)!;
    assert.deepEqual([score.lives, score.inside, score.isContradicted], [2, 0, false]);
  });

  it("contradicts a true interval seldom, however often it is asked", () => {
    // 2,000 models whose interval holds 90 %, each asked after every one of 100 lives: at most 5 % ever fail.
    const random = new Random(4);
    let contradicted = 0;
    for (let model = 0; model < 2000; model++) {
      let misses = 0;
      for (let lives = 1; lives <= 100; lives++) {
        if (random.uniform() < 0.1) misses++;
        if (evidenceAgainst(misses, lives) < 20) continue;
        contradicted++;
        break;
      }
    }
    assert.ok(contradicted > 20 && contradicted <= 100, `${contradicted} of 2000`);
    // Exactly: (1 / 0.9) times the integral of p^2 / 0.1^2 from 0.1 to 1.
    assert.ok(Math.abs(evidenceAgainst(2, 2) - (100 * (1 - 0.001)) / 3 / 0.9) < 1e-9);
  });

  it("takes no line of its file for a life that is none", () => {
    const life = met("failed", 0);
    assert.ok(isMetLife(JSON.parse(JSON.stringify(life))));
    for (const wrong of [
      null,
      { ...life, nextFrom: undefined },
      { ...life, foretold: null, isInside: false },
      { ...life, counter: 3000 },
    ])
      assert.equal(isMetLife(wrong), false);
  });

  it("tells a sign-off from anything else", () => {
    assert.ok(isMaintenanceEvent(signedOff(TWIN, "o1", "failed")));
    for (const wrong of [
      null,
      7,
      {},
      { ...signedOff(TWIN, "o1", "failed"), condition: "gone" },
      { kind: "maintenance" },
    ])
      assert.equal(isMaintenanceEvent(wrong), false);
  });
});
