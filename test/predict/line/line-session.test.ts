import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { KernelControl } from "../../../runtime/compute/kernel.ts";
import { readLineModel } from "../../../runtime/model/line/line-file.ts";
import type { LineModel } from "../../../runtime/model/line/line-model.ts";
import { simulateLine } from "../../../runtime/model/line/simulate.ts";
import { outlookOf } from "../../../runtime/predict/line/count-outlook.ts";
import { DEFAULT_LINE_PATHS } from "../../../runtime/predict/line/line-paths.ts";
import { LineSession } from "../../../runtime/predict/line/line-session.ts";
import { lineStateOf, watchedBlocks } from "../../../runtime/predict/line/line-state-of.ts";
import { lineWords } from "../../../runtime/predict/line/line-words.ts";
import { type OutlookInput, run } from "../../../runtime/predict/line/outlook-kernel.ts";
import type { LineNow, StationNow } from "../../../runtime/predict/line/plant-line.ts";
import { frameOf, type LineSample } from "./line-frames.ts";

const FILE = fileURLToPath(new URL("../../../examples/data/line/line1.yaml", import.meta.url));
const LINE_1 = readLineModel(readFileSync(FILE, "utf8"), "line1.yaml");
const SHORT = readLineModel(
  `name: short
units: { time: s }
blocks:
  - { id: in, kind: source, interarrival: 60 }
  - { id: a, kind: station, process: 50 }
  - { id: b1, kind: buffer, places: 2 }
  - { id: b, kind: station, process: 40 }
  - { id: out, kind: sink }
connections: [[in, a, b1, b, out]]`,
  "short",
);
const TWIN = "acme/leipzig/assembly/short";
const CONTROL: KernelControl = {
  breathe: async () => undefined,
  progress: () => undefined,
  keep: () => assert.fail("nothing is kept"),
};

const station = (id: string, more: Partial<StationNow> = {}): StationNow => ({
  id,
  state: "busy",
  hasPart: true,
  kind: "A6",
  workedS: 30,
  ...more,
});
function nowOf(model: LineModel, change: (id: string) => Partial<StationNow>, fill: number): LineNow {
  const { stations, buffers } = watchedBlocks(model);
  return {
    timeUs: 1,
    stations: stations.map((id) => station(id, change(id))),
    buffers: buffers.map((id) => ({ id, fill })),
    made: 0,
    workLeftS: 3600,
    planned: true,
  };
}

describe("a simulation that begins where the plant stands", () => {
  it("knows the stations and buffers that a plant tells of", () => {
    const { stations, buffers } = watchedBlocks(LINE_1);
    assert.deepEqual([stations.length, buffers.length], [12, 11]);
    assert.equal(stations.includes("bay"), false, "the bay has four places, of which the plant tells a sum");
  });

  it("has what is left of the work, failures under way, and who holds a blocked station up", () => {
    const changes: Record<string, Partial<StationNow>> = {
      st01: { state: "blocked" },
      st02: { state: "down" },
      st03: { hasPart: false, state: "starved" },
      st04: { workedS: 500 },
    };
    const { blocks } = lineStateOf(
      LINE_1,
      nowOf(LINE_1, (id) => changes[id] ?? {}, 3),
    );
    const block = (id: string) => blocks.find((one) => one.id === id)!;
    assert.deepEqual(block("st01"), { id: "st01", parts: [{ kind: "A6" }], isBlocked: true });
    assert.deepEqual(block("b01").waiting, ["st01/0"]);
    assert.equal(block("b01").parts?.length, 3);
    assert.equal(block("st02").isDown, true);
    assert.ok(Math.abs(block("st02").workLeftS! - 46) < 1, "76 s of work on average, 30 s done");
    assert.deepEqual(block("st03"), { id: "st03" });
    assert.equal(block("st04").workLeftS, 1, "longer than on average: it may be done any moment");
    const roomy = lineStateOf(
      LINE_1,
      nowOf(LINE_1, () => ({ state: "blocked" }), 1),
    );
    assert.equal(
      roomy.blocks.find(({ id }) => id === "st01")!.isBlocked,
      undefined,
      "it is about to hand on",
    );
  });

  it("begins no fuller than what is assumed of a buffer", () => {
    const smaller = {
      ...SHORT,
      blocks: SHORT.blocks.map((one) => (one.id === "b1" ? { ...one, places: 1 } : one)),
    };
    const { blocks } = lineStateOf(
      smaller as LineModel,
      nowOf(SHORT, () => ({}), 2),
    );
    assert.equal(blocks.find(({ id }) => id === "b1")!.parts!.length, 1);
  });

  it("runs on from full buffers, blocked and broken stations with every part there once", async () => {
    const states = ["blocked", "down", "busy", "starved"] as const;
    const now = nowOf(
      LINE_1,
      (id) => {
        const state = states[Number(id.slice(2)) % 4]!;
        return { state, hasPart: state !== "starved" };
      },
      3,
    );
    const input: OutlookInput = {
      model: LINE_1,
      state: lineStateOf(LINE_1, now),
      atS: [1800, 7200],
      replications: 20,
      seed: 1,
    };
    const [half, two] = await run(input, CONTROL);
    assert.ok(two!.every((count, i) => count >= half![i]!));
    assert.ok(
      two!.every((count) => count > 40 && count < 110),
      String(two),
    );
    assert.deepEqual(await run(input, CONTROL), [half, two], "the same seed, the same counts");
  });

  it("makes fewer parts where operators are away, whoever they are", async () => {
    const state = lineStateOf(
      LINE_1,
      nowOf(LINE_1, () => ({}), 1),
    );
    assert.deepEqual([state.operators!["operator07/0"], state.operators!["leader/0"]], ["st07", "st01"]);
    const input: OutlookInput = { model: LINE_1, state, atS: [7200], replications: 30, seed: 1 };
    const mean = async (absent: number) => outlookOf((await run({ ...input, absent }, CONTROL))[0]!).mean;
    const [all, ten] = [await mean(0), await mean(3)];
    assert.ok(ten < 0.93 * all, `${all} with all, ${ten} without three`);
  });

  it("never stands still at a full bay, however much is rejected", () => {
    const blocks = LINE_1.blocks.map((block) =>
      block.kind === "gate" ? { ...block, rejects: [{ to: "bay", share: 0.7 }] } : block,
    );
    const run = { lengthS: 48 * 3600, warmUpS: 0, replications: 5, seed: 1 };
    assert.ok(simulateLine({ ...LINE_1, blocks }, run).throughputPerHour.low > 5);
  });
});

describe("a line that is followed", () => {
  const BASE: readonly LineSample[] = [
    ["a/state", 6, 0],
    ["a/body", 7, 0],
    ["b/state", 5, 0],
    ["b/body", 0, 0],
    ["b1/fill", 0, 0],
    ["bodies/good", 0, 0],
    ["shift/good", 0, 0],
    ["shift/plan", 60, 0],
    ["shift/workLeft", 3600, 0],
  ];
  function followed() {
    const asked: OutlookInput[] = [];
    const session = new LineSession({
      twin: TWIN,
      node: "n",
      model: SHORT,
      paths: DEFAULT_LINE_PATHS,
      stepS: 300,
      horizonS: 600,
      replications: 2,
      seed: 1,
      submit: ({ input }) => {
        asked.push(input);
        return run(input, CONTROL);
      },
      onFault: (fault) => assert.fail(fault),
    });
    return { session, asked };
  }
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  it("is foretold once a step of planned time, to the horizon and to the end of the shift", async () => {
    const { session, asked } = followed();
    assert.match(lineWords(session)[0], /^waits for a, b, b1 and 2 more$/);
    session.consume(frameOf(TWIN, BASE));
    await settle();
    session.consume(frameOf(TWIN, [["b1/fill", 0, 100]]));
    await settle();
    assert.equal(asked.length, 1, "nothing new within the step");
    session.consume(frameOf(TWIN, [["shift/good", 4, 301]]));
    await settle();
    assert.deepEqual(
      asked.map(({ atS }) => atS),
      [
        [600, 3600],
        [600, 3299],
      ],
    );
    assert.notEqual(asked[0]!.seed, asked[1]!.seed);
    const { forecast } = session.message()!;
    assert.equal(forecast!.made, 4);
    assert.ok(forecast!.mean > 55 && forecast!.mean < 62, String(forecast!.mean));
    assert.deepEqual([forecast!.plan, forecast!.workLeftS, forecast!.skill.mase], [60, 3299, null]);
    assert.match(lineWords(session)[0], /^\d+ by shift end \(\d+ to \d+\) · plan 60 · scored 0 of 100$/);
  });

  it("counts no break as a step, and starts anew after a silence", async () => {
    const { session, asked } = followed();
    session.consume(frameOf(TWIN, BASE));
    session.consume(frameOf(TWIN, [["shift/planned", 0, 10]]));
    session.consume(frameOf(TWIN, [["shift/planned", 1, 2000]]));
    await settle();
    assert.equal(asked.length, 1, "2,000 s later, 10 s of planned time");
    session.consume(frameOf(TWIN, [["b1/fill", 1, 9000]]));
    await settle();
    assert.equal(asked.length, 2);
    assert.equal(session.score.scored, 0);
  });

  it("gives row 3 of its twin two records that collect, resting on its newest sample", async () => {
    const { session } = followed();
    session.consume(frameOf(TWIN, BASE));
    await settle();
    assert.deepEqual(
      session.evidence(5).map(({ id, rung, verdict, cause }) => [id, rung, verdict, cause]),
      [
        [`${TWIN}/3/skill/n`, 3, "collecting", "0 of 100 forecasts scored"],
        [`${TWIN}/3/coverage/n`, 3, "collecting", "0 of 100 forecasts scored"],
      ],
    );
  });

  it("refuses a horizon that is no whole number of steps of bearable number", () => {
    const parts = {
      twin: TWIN,
      node: "n",
      model: SHORT,
      paths: DEFAULT_LINE_PATHS,
      replications: 2,
      seed: 1,
    };
    const rest = { submit: () => assert.fail("never"), onFault: assert.fail };
    assert.throws(
      () => new LineSession({ ...parts, ...rest, stepS: 600, horizonS: 60 }),
      /is not 1 to 288 steps/,
    );
    assert.throws(
      () => new LineSession({ ...parts, ...rest, stepS: 0, horizonS: 60 }),
      /is not 1 to 288 steps/,
    );
  });
});
