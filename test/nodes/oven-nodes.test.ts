import assert from "node:assert/strict";
import oven from "../../nodes/0-model/oven/oven.ts";
import estimate from "../../nodes/3-predict/estimate/estimate.ts";
import optimise from "../../nodes/4-prescribe/optimise/optimise.ts";
import whatif from "../../nodes/4-prescribe/whatif/whatif.ts";
import twin from "../../nodes/config/twin/twin.ts";
import type { Frame } from "../../runtime/core/frame.ts";
import { services } from "../../runtime/host/services.ts";
import type { CureRecord } from "../../runtime/predict/cure-record.ts";
import type { Recommendation, ScenarioResult } from "../../runtime/prescribe/recommendation.ts";
import { OVEN } from "../predict/plant-frames.ts";
import { paintOven, plantWithPast } from "../predict/primed-oven.ts";
import { endFlow, helper, onOwnHome } from "./node-runtime.ts";

describe("oven nodes in Node-RED", () => {
  onOwnHome();
  afterEach(endFlow);

  it("climb from model to recommendation and what-if on the plant's frames", async function () {
    this.timeout(40_000);
    const numbers = { periodS: 30, e170LeastMin: 10, e170MostMin: 55, peakMostC: 205, underCurePerMille: 1 };
    const limits = { zoneLowC: 110, zoneHighC: 200, neighbourStepK: 40, maxStepK: 8 };
    const flow = [
      { id: "t", type: "rung-twin", address: OVEN, name: "oven 1", scope: "machine", targetRung: 5 },
      { id: "m", type: "rung-oven", twin: "t", oven: JSON.stringify(paintOven()), wires: [["mo"]] },
      { id: "mo", type: "helper", wires: [] },
      { id: "e", type: "rung-estimate", hours: 0, wires: [["eo"], ["ef"], []] },
      { id: "eo", type: "helper", wires: [] },
      { id: "ef", type: "helper", wires: [] },
      { id: "o", type: "rung-optimise", ...numbers, ...limits, wires: [["oo"]] },
      { id: "oo", type: "helper", wires: [] },
      {
        id: "w",
        type: "rung-whatif",
        twin: "t",
        scenario: '{"stopMin": 5}',
        runs: 200,
        seed: 1,
        scoreBaseline: true,
        wires: [["wo"]],
      },
      { id: "wo", type: "helper", wires: [] },
    ];
    const modules = [twin, oven, estimate, optimise, whatif];
    await helper.load(modules, flow);
    const once = <T>(id: string): Promise<T> =>
      new Promise((resolve) => helper.getNode(id).once("input", (message) => resolve(message.payload as T)));

    const ride = once<{ nodes: { name: string; e170Min: number }[] }>("mo");
    helper.getNode("m").receive({ payload: 0 });
    assert.equal((await ride).nodes[4]!.name, "rocker");

    const exit = once<{ measuredC: number[]; cure: CureRecord }>("eo");
    const cures = once<Frame>("ef");
    const { past } = plantWithPast(2, 5.6);
    for (const [i, frame] of past.entries()) {
      helper.getNode("e").receive({ topic: OVEN, payload: frame });
      // A frame is a message of its own: the runtime hands each on in a turn of the loop.
      if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const { measuredC, cure } = await exit;
    assert.equal(measuredC.length, 5);
    assert.equal(cure.nodes[4]!.exitC, measuredC[4]);
    const frame = await cures;
    assert.deepEqual([frame.source, frame.epoch, frame.reality], ["estimate:e", 1, "virtual"]);
    const told = new Map([...frame].map(({ address, value }) => [address, value]));
    assert.equal(told.get(`${OVEN}/cure/body`), cure.body);
    assert.equal(told.get(`${OVEN}/cure/e170/rocker`), cure.nodes[4]!.e170Min);
    const session = services().ovens.require(OVEN);
    assert.equal(session.tracker.phase, "tracking");

    const recommended = once<Recommendation>("oo");
    helper.getNode("o").receive({ topic: OVEN, payload: past.at(-1) });
    const recommendation = await recommended;
    assert.equal(recommendation.kind, "recommendation");
    assert.equal(recommendation.twin, OVEN);

    const answered = once<ScenarioResult>("wo");
    helper.getNode("w").receive({ payload: { stopMin: 10 } });
    const result = await answered;
    assert.equal(result.title, "stop of 10 min");
    assert.ok(result.comparisons[0]!.difference.value > 0);

    // A deploy of the oven node alone brings another model; estimate and what-if stand and go over to it.
    const { ovens, evidence } = services();
    const scoredUs = async (frame: Frame): Promise<number> => {
      for (const id of ["e", "w"]) helper.getNode(id).receive({ topic: OVEN, payload: frame });
      await new Promise((resolve) => setImmediate(resolve));
      evidence.measure();
      return evidence.get(`${OVEN}/3/baseline-mase`)!.timeUs;
    };
    ovens.setModel(OVEN, paintOven());
    assert.equal(await scoredUs(past.at(-1)!), session.tracker.timeUs);
    assert.equal(ovens.require(OVEN), session, "the same figures are the same model");
    ovens.setModel(OVEN, { ...paintOven(), bodyStartC: 30 });
    const anewUs = await scoredUs(past.at(-2)!);
    const { tracker } = ovens.require(OVEN);
    assert.deepEqual([tracker.config.bodyStartC, tracker.phase], [30, "learning"]);
    assert.ok(anewUs === tracker.timeUs && anewUs < session.tracker.timeUs);
  });

  it("say what is wrong", async () => {
    const flow = [
      { id: "m", type: "rung-oven", oven: '{"name": "oven1"}', wires: [[]] },
      { id: "e", type: "rung-estimate", hours: 0, wires: [[]] },
    ];
    await helper.load([oven, estimate], flow);
    const told: string[] = [];
    for (const id of ["m", "e"]) {
      const node = helper.getNode(id) as unknown as { error: (what: unknown) => void };
      node.error = (what) => told.push(String(what));
      helper.getNode(id).receive({ payload: 3 });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.match(told.join("\n"), /has no valid model/);
    assert.match(told.join("\n"), /expected a frame from a state node, got/);
  });
});
