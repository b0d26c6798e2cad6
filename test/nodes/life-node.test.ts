import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import life from "../../nodes/3-predict/life/life.ts";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { type Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import { GOOD } from "../../runtime/core/quality.ts";
import { livesFile } from "../../runtime/host/home.ts";
import { services } from "../../runtime/host/services.ts";
import type { LifeMessage } from "../../runtime/predict/life/life-message.ts";
import { root } from "../examples/example-files.ts";
import { signedOff } from "../predict/life/signed-off.ts";
import { wornPump } from "../predict/life/worn-pumps.ts";
import { helper, onOwnHome } from "./node-runtime.ts";

const TWIN = "acme/leipzig/pumps/p1";
const MODEL = join(root, "examples/data/life/pump-model.json");
const FORM = { file: MODEL, cyclePath: "cycles", paths: '{"temperature": "heat"}' };
const FLOW = [
  { id: "l", type: "rung-life", ...FORM, wires: [["one"]] },
  { id: "one", type: "helper", wires: [] },
  { id: "none", type: "rung-life", ...FORM, file: "", wires: [[]] },
  { id: "gone", type: "rung-life", ...FORM, file: "/nowhere/model.json", wires: [[]] },
  { id: "astray", type: "rung-life", ...FORM, historian: "one", wires: [[]] },
  { id: "other", type: "rung-life", ...FORM, paths: '{"heat": "heat"}', wires: [[]] },
];
const dictionaryOf = (twin: string) =>
  new Dictionary(
    ["cycles", "vibration", "heat", "pressure"].map((path) => ({
      address: `${twin}/${path}`,
      kind: "measurement",
      type: "number",
      update: { mode: "onChange" },
    })),
  );
const DICTIONARY = dictionaryOf(TWIN);

function frameOf(cycle: number, row: readonly number[], dictionary = DICTIONARY): Frame {
  const builder = new FrameBuilder({ source: "s", reality: "virtual", dictionary });
  for (const [i, value] of [cycle, ...row.slice(0, 3)].entries())
    builder.add(i, value, 1_790_000_000e6 + cycle * 60e6, GOOD);
  return builder.build({ epoch: 1, first: 4 * cycle, receiveTimeUs: 0 });
}

describe("remaining life in Node-RED", function () {
  this.timeout(30_000);
  onOwnHome();
  before(() => helper.load([life], FLOW));

  it("tells what remains after each complete cycle, those first that came while its model was read", async () => {
    const rows = wornPump(2007);
    const told: LifeMessage[] = [];
    await new Promise<void>((resolve, reject) => {
      helper.getNode("l").error = reject;
      helper.getNode("one").on("input", ({ topic, payload }) => {
        assert.equal(topic, TWIN);
        told.push(payload as LifeMessage);
        if (told.length === rows.length - 1) resolve();
      });
      for (const [i, row] of rows.entries())
        helper.getNode("l").receive({ topic: TWIN, payload: frameOf(i + 1, row) });
    });
    assert.deepEqual(
      told.map(({ cycle }) => cycle),
      rows.slice(1).map((_, i) => i + 1),
    );
    const last = told.at(-1)!;
    assert.ok(last.rul < 12 && last.low <= last.rul && last.rul <= last.high, last.reason);
  });

  it("keeps how a life ended that was signed off, and begins the next", async () => {
    const event = signedOff(TWIN, "acme/leipzig/pumps bearing-1", "failed");
    const told = new Promise<LifeMessage>((resolve) =>
      helper.getNode("one").on("input", ({ payload }) => resolve(payload as LifeMessage)),
    );
    const cycles = wornPump(2007).length;
    helper.getNode("l").receive({ topic: "pumps", payload: event });
    helper.getNode("l").receive({ topic: TWIN, payload: frameOf(cycles + 1, [2, 60, 6]) });
    assert.deepEqual([(await told).unit, (await told).cycle], [2, 1]);
    const lines = readFileSync(livesFile(process.env.RUNG_HOME!), "utf8").trim().split("\n");
    assert.equal(lines.length, 1);
    const { order, condition, cycle, isInside, model } = JSON.parse(lines[0]!);
    assert.deepEqual([order, condition, cycle, isInside], [event.order, "failed", cycles - 1, true]);
    assert.match(model, /^[0-9a-f]{64}$/);
  });

  it("goes on where an asset's history ends, as if it had been wired there all along", async () => {
    const [kept, followed] = ["p2", "p3"].map((name) => `acme/leipzig/pumps/${name}`);
    const rows = wornPump(2010).slice(0, 72);
    const told: LifeMessage[] = [];
    const last = new Promise<void>((resolve, reject) => {
      helper.getNode("l").error = reject;
      helper.getNode("one").on("input", ({ payload }) => {
        told.push(payload as LifeMessage);
        if (told.filter(({ cycle }) => cycle === 71).length === 2) resolve();
      });
    });
    const frames = (twin: string) => {
      const dictionary = dictionaryOf(twin);
      return rows.map((row, i) => frameOf(i + 1, row, dictionary));
    };
    const historian = services().historian();
    await Promise.all(
      frames(kept!)
        .slice(0, 70)
        .map((frame) => historian.append(frame)),
    );
    for (const payload of frames(kept!).slice(70)) helper.getNode("l").receive({ topic: kept, payload });
    for (const payload of frames(followed!)) helper.getNode("l").receive({ topic: followed, payload });
    await last;
    const of = (asset: string) =>
      told.filter(({ twin }) => twin === asset).map(({ twin: _, ...said }) => said);
    assert.deepEqual(
      of(kept!).map(({ cycle }) => cycle),
      [69, 70, 71],
    );
    assert.deepEqual(of(kept!), of(followed!).slice(-3));
  });

  for (const [id, wanted] of [
    ["none", /names no model \(train one with/],
    ["gone", /^\/nowhere\/model\.json: ENOENT/],
    ["other", /does not listen to heat/],
    ["astray", /historian: its settings are wrong/],
  ] as const)
    it(`says with every message what is wrong: ${wanted.source}`, async () => {
      const said = await new Promise<unknown>((resolve) => {
        helper.getNode(id).error = resolve;
        helper.getNode(id).receive({ topic: TWIN, payload: frameOf(1, [2, 60, 6]) });
      });
      assert.match(String((said as Error).message ?? said), wanted);
    });

  it("refuses what is no frame", async () => {
    const said = await new Promise<unknown>((resolve) => {
      helper.getNode("l").error = resolve;
      helper.getNode("l").receive({ topic: TWIN, payload: 7 });
    });
    assert.match(String((said as Error).message ?? said), /expected a frame from a state node, got/);
  });
});
