import assert from "node:assert/strict";
import { BAD, GOOD } from "../../../runtime/core/quality.ts";
import type { LifeMessage } from "../../../runtime/predict/life/life-message.ts";
import type { LifeModel } from "../../../runtime/predict/life/life-model.ts";
import { readLifePaths } from "../../../runtime/predict/life/life-paths.ts";
import { LifeSession, type LifeSessionParts } from "../../../runtime/predict/life/life-session.ts";
import { lifeStatus } from "../../../runtime/predict/life/life-words.ts";
import type { MetLife } from "../../../runtime/predict/life/met-life.ts";
import { predictRecords } from "../../../runtime/predict/life/predict-records.ts";
import { readLifeRecords } from "../../../runtime/predict/life/read-records.ts";
import { AREA, CYCLE_US, frameOf, START_US, TWINS } from "./pump-frames.ts";
import { pumpModel, pumpSession } from "./pump-session.ts";
import { signedOff } from "./signed-off.ts";
import { pumpFile, wornPump } from "./worn-pumps.ts";

describe("predict/life session", function () {
  this.timeout(20_000);
  let model: LifeModel;
  before(() => {
    model = pumpModel(100);
  });
  const open = (more?: Partial<LifeSessionParts>) => pumpSession(model, more);
  const metRecord = (session: LifeSession) =>
    session.evidence(() => undefined).find(({ id }) => id.includes("/life-met/"));

  it("says after each complete cycle what the same record says from a file", () => {
    const session = open();
    const rows = wornPump(700).map((row) => row.map((value) => Number(value.toFixed(3))));
    let last: LifeMessage | undefined;
    let messages = 0;
    for (const [i, row] of rows.entries()) {
      const message = session.consume(TWINS[0], frameOf(0, row, i + 1));
      if (message !== undefined) messages++;
      last = message ?? last;
    }
    assert.equal(messages, rows.length - 1);
    const text = pumpFile([700], (n) => n - 1);
    const told = predictRecords(model, readLifeRecords(text, "p"), "p")[0]!;
    assert.deepEqual(
      [last!.cycle, last!.rul, last!.low, last!.high],
      [told.cycle, told.rul, told.low, told.high],
    );
    assert.equal(last!.dueUs, Math.round(last!.madeAtUs + last!.rul * CYCLE_US));
    assert.match(
      last!.reason,
      /^About \d+ cycles? left \(\d+ to \d+\): .* takes \d+.*; past unit \d+ lasted \d+ cycles? more/,
    );
    assert.match(lifeStatus(session.messages), /^\d+ cycles? \(\d+ to \d+\) · health \d+ %$/);
  });

  it("follows each asset by its own use, and names the one with least left", () => {
    const session = open();
    const [old, fresh] = [wornPump(701), wornPump(702)];
    for (let i = 0; i < old.length; i++) {
      session.consume(TWINS[0], frameOf(0, old[i]!, i + 1));
      // The second pump is used every fourth minute.
      if (i % 4 === 0) session.consume(TWINS[1], frameOf(1, fresh[i / 4]!, i / 4 + 1, i));
    }
    const [first, second] = session.messages;
    assert.deepEqual([first!.twin, second!.twin], TWINS);
    assert.ok(first!.rul < 15 && second!.rul > 40, `${first!.rul} ${second!.rul}`);
    assert.ok(second!.isAtLeast);
    assert.ok(Math.abs((second!.dueUs! - second!.madeAtUs) / second!.rul / CYCLE_US - 4) < 1e-6);
    assert.match(lifeStatus(session.messages), /^least of 2: /);
  });

  it("begins a new life where the counter falls, and takes a counter that jumps as use", () => {
    const session = open();
    const rows = wornPump(703);
    for (let i = 0; i < 30; i++) session.consume(TWINS[0], frameOf(0, rows[i]!, i + 1));
    assert.equal(session.consume(TWINS[0], frameOf(0, rows[30]!, 51, 31))!.cycle, 30);
    assert.equal(session.consume(TWINS[0], frameOf(0, rows[31]!, 52, 32))!.cycle, 51);
    assert.equal(session.consume(TWINS[0], frameOf(0, rows[0]!, 1, 33))!.unit, 1);
    const renewed = session.consume(TWINS[0], frameOf(0, rows[1]!, 2, 34))!;
    assert.deepEqual([renewed.unit, renewed.cycle, renewed.dueUs], [2, 1, undefined]);
  });

  it("begins a new life at a sign-off that renews, whether the counter runs on or is set back afterwards", () => {
    const kept: MetLife[] = [];
    const session = open({ onMet: (life) => kept.push(life) });
    const rows = wornPump(703);
    for (let i = 0; i < 31; i++) session.consume(TWINS[0], frameOf(0, rows[i]!, i + 1));
    session.signOff({ ...signedOff(TWINS[0], "a", "still good"), isRenewed: false });
    session.signOff(signedOff(`${AREA}/p9`, "a", "failed"));
    assert.equal(kept.length, 0, "one lives on, one is of another pump");
    session.signOff(signedOff(TWINS[0], "a", "as foretold"));
    session.signOff(signedOff(TWINS[0], "a", "as foretold"));
    assert.deepEqual(
      kept.map(({ order, cycle, nextFrom, model: by }) => [order, cycle, nextFrom, by]),
      [["a", 30, 30, "pumps"]],
      "told twice, kept once",
    );
    const message = session.consume(TWINS[0], frameOf(0, rows[0]!, 32))!;
    assert.deepEqual([message.unit, message.cycle], [2, 1]);
    // What was said of the counter is put right, so that the age is right after a restart, too.
    for (let i = 1; i < 4; i++) session.consume(TWINS[0], frameOf(0, rows[i]!, i, 32 + i));
    assert.deepEqual([kept.at(-1)!.order, kept.at(-1)!.nextFrom], ["a", 0]);
    assert.deepEqual([session.messages[0]!.unit, session.messages[0]!.cycle], [2, 2], "the same new life");
  });

  it("judges the life that a counter ended before it was signed off", () => {
    const kept: MetLife[] = [];
    const session = open({ onMet: (life) => kept.push(life) });
    const rows = wornPump(708);
    for (let i = 0; i < 60; i++) session.consume(TWINS[0], frameOf(0, rows[i]!, i + 1));
    for (let i = 0; i < 5; i++) session.consume(TWINS[0], frameOf(0, rows[i]!, i + 1, 60 + i));
    session.signOff(signedOff(TWINS[0], "a", "failed"));
    const [{ cycle, nextFrom, foretold }] = kept as [MetLife];
    assert.deepEqual([cycle, nextFrom, foretold!.cycle], [60, 0, 31]);
    const message = session.consume(TWINS[0], frameOf(0, rows[5]!, 6, 66))!;
    assert.deepEqual([message.unit, message.cycle], [2, 5], "it had begun already");
  });

  it("takes a work that began before the counter fell for that of the life before, however late it is signed", () => {
    const kept: MetLife[] = [];
    const session = open({ onMet: (life) => kept.push(life) });
    const rows = wornPump(708);
    for (let i = 0; i < 60; i++) session.consume(TWINS[0], frameOf(0, rows[i]!, i + 1));
    for (let i = 0; i < 30; i++) session.consume(TWINS[0], frameOf(0, rows[i]!, i + 1, 60 + i));
    session.signOff({ ...signedOff(TWINS[0], "a", "failed"), begunUs: START_US + 50 * CYCLE_US });
    assert.deepEqual([kept[0]!.cycle, kept[0]!.foretold!.cycle, session.messages[0]!.unit], [60, 31, 2]);
    // Of a work that began later it is not known of which of two lives it is: nothing is judged.
    for (let i = 0; i < 30; i++) session.consume(TWINS[0], frameOf(0, rows[i]!, i + 1, 90 + i));
    session.signOff(signedOff(TWINS[0], "b", "failed"));
    assert.deepEqual([kept.at(-1)!.order, kept.at(-1)!.foretold, kept.at(-1)!.isInside], ["b", null, null]);
  });

  it("judges a life once, though it is signed off twice", () => {
    const kept: MetLife[] = [];
    const session = open({ onMet: (life) => kept.push(life) });
    const rows = wornPump(703);
    for (let i = 0; i < 40; i++) session.consume(TWINS[0], frameOf(0, rows[i]!, i + 1));
    session.signOff({ ...signedOff(TWINS[0], "a", "failed"), isRenewed: false });
    session.consume(TWINS[0], frameOf(0, rows[40]!, 41));
    session.signOff(signedOff(TWINS[0], "b", "failed"));
    assert.deepEqual(
      kept.map(({ order, isInside }) => [order, isInside]),
      [
        ["a", false],
        ["b", null],
      ],
    );
    assert.equal(session.consume(TWINS[0], frameOf(0, rows[0]!, 42))!.unit, 2, "and is renewed");
  });

  it("keeps a renewal that was signed off before the asset told a cycle, also where it cannot be written", () => {
    const kept: MetLife[] = [];
    const session = open({
      onMet: (life) => {
        kept.push(life);
        throw new Error("no space left on device");
      },
    });
    const rows = wornPump(703);
    session.signOff(signedOff(TWINS[0], "a", "as foretold"));
    assert.throws(() => {
      for (let i = 0; i < 2; i++) session.consume(TWINS[0], frameOf(0, rows[i]!, 500 + i));
    }, /no space left/);
    session.consume(TWINS[0], frameOf(0, rows[2]!, 502));
    assert.equal(session.consume(TWINS[0], frameOf(0, rows[3]!, 503))!.cycle, 503 - 500);
    const { cycle, nextFrom, foretold } = kept[0]!;
    assert.deepEqual([kept.length, cycle, nextFrom, foretold], [1, null, 499, null]);
  });

  it("follows one component where it is told which, and goes on with its age after a restart", () => {
    const rows = wornPump(705);
    const kept: MetLife[] = [];
    const session = open({ component: "bearing", onMet: (life) => kept.push(life) });
    for (let i = 0; i < 40; i++) session.consume(TWINS[0], frameOf(0, rows[i]!, i + 1));
    assert.equal(session.messages[0]!.component, "bearing");
    session.signOff({ ...signedOff(TWINS[0], "a", "failed"), component: "seal" });
    assert.equal(kept.length, 0);
    session.signOff(signedOff(TWINS[0], "a", "failed"));
    const seal = { ...kept[0]!, component: "seal", order: "b", nextFrom: 45 };
    const byAnother = { ...kept[0]!, model: "another", order: "c", nextFrom: 42 };
    const again = open({ component: "bearing", met: [...kept, ...kept, byAnother, seal] });
    for (let i = 0; i < 3; i++) again.consume(TWINS[0], frameOf(0, rows[i]!, 50 + i));
    assert.equal(again.messages[0]!.cycle, 51 - 42, "new since then, whatever model it was");
    assert.match(metRecord(again)!.what, /^ends of 1 real life inside/, "each order once, of this model");
  });

  it("loses row 3 where real lives end outside what was foretold for them", () => {
    const session = open();
    let minute = 0;
    const live = (seed: number, cycles: number) => {
      const rows = wornPump(seed).slice(0, cycles);
      for (const [i, row] of rows.entries()) session.consume(TWINS[0], frameOf(0, row, i + 1, minute++));
    };
    live(706, 40);
    assert.equal(metRecord(session), undefined, "none has ended");
    // New as they are, their half-way interval begins beyond the cycle at which these are said to have failed.
    session.signOff(signedOff(TWINS[0], "a", "failed"));
    assert.equal(metRecord(session)!.value, 0);
    assert.equal(metRecord(session)!.verdict, "holds", "one miss is chance");
    live(707, 40);
    session.signOff(signedOff(TWINS[0], "b", "failed"));
    const { verdict, value, cause } = metRecord(session)!;
    assert.deepEqual([verdict, value], ["fails", 0]);
    assert.match(cause!, /^order b: failed at cycle 3\d, foretold for \d+ to \d+$/);
  });

  it("never makes a number of bad or missing values", () => {
    const session = open();
    const row = [Number.NaN, Number.POSITIVE_INFINITY, 6];
    for (let cycle = 1; cycle <= 5; cycle++) {
      const message = session.consume(TWINS[0], frameOf(0, row, cycle, cycle, cycle > 2 ? BAD : GOOD));
      if (message === undefined) continue;
      for (const value of [message.rul, message.low, message.high, message.health])
        assert.ok(Number.isFinite(value));
      assert.match(message.reason, /[23] signals missing, last level taken/);
    }
    // A frame of other things, and a value from before the cycle at hand, complete nothing.
    assert.equal(session.consume(TWINS[0], frameOf(1, row, 9)), undefined);
    assert.equal(session.consume(TWINS[0], frameOf(0, row, 4, 2)), undefined);
  });

  it("holds row 3 by units held out, while the signals lie where the model was trained", () => {
    const session = open();
    const rows = wornPump(704);
    for (let i = 0; i < 10; i++) session.consume(TWINS[0], frameOf(0, rows[i]!, i + 1));
    const verdicts = () =>
      session.evidence(() => undefined).map(({ id, verdict }) => [id.split("/").at(-2), verdict]);
    assert.deepEqual(verdicts(), [
      ["life-skill", "holds"],
      ["life-coverage", "holds"],
      ["life-range", "collecting"],
    ]);
    for (let i = 10; i < 60; i++) session.consume(TWINS[0], frameOf(0, rows[i]!, i + 1));
    assert.deepEqual(verdicts().at(-1), ["life-range", "holds"]);
    for (let i = 60; i < 75; i++) session.consume(TWINS[0], frameOf(0, [99, 60, 6], i + 1));
    const range = session.evidence(() => undefined).at(-1)!;
    assert.deepEqual([range.verdict, range.rung, range.twin], ["fails", 3, TWINS[0]]);
    assert.match(range.cause!, /^vibration is missing or outside/);
    assert.equal(range.validUntilUs, range.newestSampleUs! + 10 * CYCLE_US);
  });

  it("collects where too few failures are known", () => {
    const few = { ...model, heldOut: { ...model.heldOut, units: 40 } };
    const session = new LifeSession({
      node: "n",
      model: few,
      modelId: "few",
      cyclePath: "cycles",
      paths: {},
    });
    session.consume(TWINS[0], frameOf(0, [2, 60, 6], 1));
    const [skill] = session.evidence(() => undefined);
    assert.deepEqual([skill!.verdict, skill!.progress], ["collecting", { n: 40, of: 100 }]);
  });

  it("refuses paths that are none", () => {
    const make =
      (paths: Record<string, string>, cyclePath = "c") =>
      () =>
        new LifeSession({ node: "n", model, modelId: "m", cyclePath, paths });
    assert.throws(
      make({ heat: "x" }),
      /does not listen to heat \(it listens to vibration, temperature, pressure\)/,
    );
    assert.throws(make({}, ""), /no counter of use is named/);
    assert.deepEqual(readLifePaths("  ", "n"), {});
    for (const text of ["{", "[]", '{"a": 1}', "null"])
      assert.throws(() => readLifePaths(text, "n"), /^RungError: n, paths: /);
  });
});
