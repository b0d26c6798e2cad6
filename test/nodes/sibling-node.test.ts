import assert from "node:assert/strict";
import oven from "../../nodes/0-model/oven/oven.ts";
import optimise from "../../nodes/4-prescribe/optimise/optimise.ts";
import sibling from "../../nodes/4-prescribe/sibling/sibling.ts";
import whatif from "../../nodes/4-prescribe/whatif/whatif.ts";
import twin from "../../nodes/config/twin/twin.ts";
import { readRecommendation } from "../../runtime/act/read-recommendation.ts";
import { ovenConfig } from "../../runtime/model/oven/oven-config.ts";
import type { ScenarioResult } from "../../runtime/prescribe/recommendation.ts";
import type { SetpointStudy } from "../../runtime/prescribe/setpoint-study.ts";
import type { Sibling } from "../../runtime/prescribe/sibling.ts";
import { OVEN } from "../predict/plant-frames.ts";
import { TOY_OVEN } from "../prescribe/toy-oven.ts";
import { helper, onOwnHome } from "./node-runtime.ts";

const LIMITS = {
  periodS: 30,
  e170LeastMin: 10,
  e170MostMin: 50,
  peakMostC: 200,
  underCurePerMille: 10,
  zoneLowC: 110,
  zoneHighC: 200,
  neighbourStepK: 40,
  maxStepK: 8,
};
const FLOW = [
  { id: "t", type: "rung-twin", address: OVEN, name: "oven 1", scope: "machine", targetRung: 0 },
  { id: "m", type: "rung-oven", twin: "t", oven: JSON.stringify(TOY_OVEN), wires: [[]] },
  { id: "s", type: "rung-sibling", twin: "t", wires: [["so"]] },
  { id: "so", type: "helper", wires: [] },
  {
    id: "w",
    type: "rung-whatif",
    twin: "t",
    scenario: '{"stopMin": 5}',
    runs: 1_000_000,
    seed: 1,
    scoreBaseline: false,
    wires: [["wo"]],
  },
  { id: "wo", type: "helper", wires: [] },
  {
    ...{ id: "q", type: "rung-whatif", twin: "t", scenario: "{}", runs: 200, seed: 1, wires: [["qo"]] },
    ...{ e170LeastMin: "12", e170MostMin: 30, peakMostC: 190 },
  },
  {
    id: "x",
    type: "rung-whatif",
    twin: "t",
    scenario: "{}",
    runs: 200,
    seed: 1,
    e170MostMin: 5,
    wires: [[]],
  },
  { id: "qo", type: "helper", wires: [] },
  { id: "o", type: "rung-optimise", ...LIMITS, wires: [["or"], ["os"]] },
  { id: "or", type: "helper", wires: [] },
  { id: "os", type: "helper", wires: [] },
];

const SMALL = { ...TOY_OVEN, nodes: TOY_OVEN.nodes.slice(1) };

describe("a sibling in Node-RED", () => {
  const next = <T>(id: string): Promise<T> =>
    new Promise((resolve) => helper.getNode(id).on("input", ({ payload }) => resolve(payload as T)));
  const fork = async (): Promise<Sibling> => {
    const forked = next<Sibling>("so");
    helper.getNode("s").receive({ payload: 1 });
    return forked;
  };
  /** What a node says is wrong. */
  const toldBy = (id: string): Promise<string> =>
    new Promise((resolve) => {
      helper.getNode(id).error = (what) => resolve(String(what));
    });

  onOwnHome();
  before(() => helper.load([twin, oven, sibling, whatif, optimise], FLOW));

  it("is forked from the model alone where nothing measures, and shares nothing with it", async () => {
    const one = await fork();
    assert.deepEqual([one.kind, one.twin, one.basis], ["sibling", OVEN, "configuration"]);
    assert.deepEqual(one.situation.setpointC, [140, 180, 195, 190, 185, 180]);
    (one.situation.setpointC as number[]).fill(20);
    assert.deepEqual((await fork()).situation.setpointC, [140, 180, 195, 190, 185, 180]);
  });

  it("is what a what-if runs on, with the scenario of the message", async () => {
    const answered = next<ScenarioResult>("qo");
    helper.getNode("q").receive({ payload: await fork(), scenario: { off: ["zone3"] } });
    const result = await answered;
    assert.deepEqual([result.kind, result.title, result.twin], ["scenario", "zone3 off", OVEN]);
    assert.ok(result.comparisons[0]!.difference.high < 0);
  });

  it("is judged by the limits of the form", async () => {
    const answered = next<ScenarioResult>("qo");
    helper.getNode("q").receive({ payload: await fork() });
    const { constraints, risks } = await answered;
    assert.deepEqual(
      constraints.slice(0, 2).map(({ name }) => name),
      ["bodies below E170 12 min", "bodies over E170 30 min or 190 °C"],
    );
    assert.equal(risks.baseline.overBake.share, 1, "the roof has 35.8 min");
    const told = toldBy("x");
    helper.getNode("x").receive({ payload: await fork() });
    assert.match(await told, /has no valid scenario or limits/);
  });

  it("names the model it was made with, and a changed one as changed", async () => {
    const one = await fork();
    const ask = async (payload: Sibling): Promise<string> => {
      const answered = next<ScenarioResult>("qo");
      helper.getNode("q").receive({ payload });
      return (await answered).modelVersion;
    };
    assert.match(one.situation.modelVersion, /^[0-9a-f]{12}$/);
    assert.equal(await ask(one), one.situation.modelVersion);
    (one.situation.setpointC as number[])[2] = 190;
    assert.equal(await ask(one), one.situation.modelVersion, "setpoints are how it is run");
    (one.situation.timeConstantS as number[])[4] = 700;
    assert.equal(await ask(one), `${one.situation.modelVersion}, changed`);
  });

  it("is studied by optimise on its second output, and never becomes a recommendation", async function () {
    this.timeout(60_000);
    const studied = next<SetpointStudy>("os");
    let proposed = 0;
    helper.getNode("or").on("input", () => proposed++);
    helper.getNode("o").receive({ payload: await fork(), study: { runs: 4000 } });
    const study = await studied;
    assert.deepEqual([study.kind, study.twin, proposed], ["setpoint-study", OVEN, 0]);
    assert.ok(study.robust.certified && study.robust.underCure.upper <= 0.01);
    assert.ok(study.nominal.underCure.share > 0.2);
    for (const thing of [await fork(), study, { ...study, kind: "recommendation" }])
      assert.throws(() => readRecommendation(thing), /expected a recommendation from an optimise node/);
  });

  it("says how far a long what-if is, and ends it on {cancel: true}", async function () {
    this.timeout(30_000);
    const node = helper.getNode("w");
    const answers: unknown[] = [];
    helper.getNode("wo").on("input", (message) => answers.push(message));
    const shown = (text: RegExp): Promise<string> =>
      new Promise((resolve) => {
        node.status = (status) => text.test(status.text ?? "") && resolve(status.text!);
      });
    const running = shown(/^\d+ % of 1,000,000 runs$/);
    node.receive({ payload: await fork() });
    await running;
    const cancelled = shown(/^cancelled$/);
    node.receive({ payload: { cancel: true } });
    await cancelled;
    assert.deepEqual(answers, []);
  });

  it("is looked at again when it comes off a wire", async () => {
    const { situation, ...rest } = await fork();
    for (const [change, said] of [
      [{ airC: [1, 2] }, /situation.airC must be 6 numbers/],
      [{ timeConstantS: [1, 2, 3, 4, 0] }, /situation.timeConstantS must be > 0/],
      [{ covariance: "wide" }, /situation.covariance must be 289 numbers/],
      [{ energy: { hallC: "warm" } }, /situation.energy must be numbers/],
      [{ energy: {} }, /situation.energy must be numbers: bodyKg, /],
      [{ energy: { ...situation.energy, bodiesPerHour: 0 } }, /situation.energy.bodiesPerHour must be > 0/],
      [{ airDoubtPerK: "much" }, /situation.airDoubtPerK must be a number >= 0/],
      [{ nodeNames: [] }, /situation.nodeNames must be names/],
      [{ model: { zones: [] } }, /situation.model: oven: /],
      [{ model: ovenConfig(SMALL) }, /situation.model must have the zones and nodes of the situation/],
    ] as const) {
      const told = toldBy("q");
      helper.getNode("q").receive({ payload: { ...rest, situation: { ...situation, ...change } } });
      assert.match(await told, said);
    }
    const told = toldBy("o");
    helper.getNode("o").receive({ payload: { kind: "sibling" } });
    assert.match(await told, /the sibling has no situation/);
    const asked = toldBy("o");
    helper.getNode("o").receive({ payload: { study: "best" } });
    assert.match(await asked, /study must be robust or pareto, got "best"/);
    const strayed = toldBy("o");
    helper.getNode("o").receive({ payload: { study: "robust", speedFactors: [0.9] } });
    assert.match(await strayed, /speedFactors is asked of a pareto study only/);
  });
});
