import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Frame } from "../../../runtime/core/frame.ts";
import { RetimedRecording } from "../../../runtime/describe/recording/retimed-recording.ts";
import { exerciseFile } from "../../../runtime/diagnose/training/exercise-result.ts";
import type { Incident } from "../../../runtime/diagnose/training/incident.ts";
import { TrainingDesk, type TrainingDeskParts } from "../../../runtime/diagnose/training/training-desk.ts";
import { anIncident, LEAD_S, ONSET_S, TWIN } from "./an-incident.ts";

const START = { start: { incident: "surprise", speed: 60 } };
const ANSWER = { answer: { cause: "b", place: "zone2", action: "mend" } };

describe("the desk of a training", () => {
  let folder: string;
  let frames: Frame[];
  let forgotten: Incident[];
  let asked: (string | undefined)[];
  let startedUs: number[];
  /** How far the playing went; more is played once it is let on. */
  let incident: Incident;
  let desk: TrainingDesk;

  const make = (changes: Partial<TrainingDeskParts> = {}): TrainingDesk =>
    new TrainingDesk({
      twin: TWIN,
      offers: () => [],
      prepare: async (id) => {
        asked.push(id);
        return incident;
      },
      forget: (one) => forgotten.push(one),
      play: (one, startUs, speed) => {
        startedUs.push(startUs);
        return RetimedRecording.open({
          ...{ file: one.recording.file, timeColumn: "timeUs", twin: TWIN, source: "training:x", epoch: 1 },
          ...{ startUs, leadS: one.leadS, endS: one.endS, speed },
        });
      },
      newestUs: () => frames.at(-1)?.sourceTimeUsAt(0) ?? 0,
      send: (frame) => frames.push(frame),
      results: exerciseFile(join(folder, "results.jsonl")),
      ...changes,
    });
  const until = async (phase: string) => {
    for (let turns = 0; desk.phase !== phase; turns++) {
      if (turns > 100_000) throw new Error(`it is ${desk.phase}, never ${phase}`);
      await nextTurn();
    }
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-training-"));
    frames = [];
    forgotten = [];
    asked = [];
    startedUs = [];
    const file = join(folder, "oven.csv");
    // A row at the beginning, one at the end of the lead and one after the onset: at any speed the last has to wait.
    const rows = [0, LEAD_S, ONSET_S + 60].map((s) => `${1e15 + s * 1e6},${s}`);
    writeFileSync(file, `timeUs,fanFlow\n${rows.join("\n")}\n`);
    incident = anIncident({ recording: { file, timeColumn: "timeUs" } });
    desk = make();
  });
  afterEach(async () => {
    await desk.close();
    rmSync(folder, { recursive: true });
  });

  it("takes no twin of a plant", () => {
    for (const twin of ["acme/oven", "trainings/oven", "", "acme/training/oven"])
      assert.throws(() => make({ twin }), { code: "bad-training-twin" });
  });

  it("tells nothing of the truth before it is over, and all of it then", async () => {
    desk.act(START, "mara");
    assert.equal(desk.phase, "preparing");
    await until("running");
    const shown = JSON.stringify(desk.view());
    assert.doesNotMatch(shown, /truth|onset|"shows"|"score"|"lines"|"incident"/);
    desk.act({ report: true }, "mara");
    assert.equal(desk.view().run?.reports, 1, "said to be taken, not whether it was right");
    assert.doesNotMatch(JSON.stringify(desk.view()), /false|onset/i);
    desk.act(ANSWER, "mara");
    const { over } = desk.view();
    assert.equal(over?.truth.cause, "b");
    assert.equal(over?.person, "mara");
  });

  it("keeps the result by name, and knows it after a restart", async () => {
    desk.act(START, "mara");
    await until("running");
    desk.act(ANSWER, "otto");
    assert.equal(desk.view().over?.isSurprise, true);
    assert.deepEqual(asked, [undefined]);
    const [line] = readFileSync(join(folder, "results.jsonl"), "utf8").split("\n");
    const { person, startedBy, incident: id, speed, points } = JSON.parse(line!);
    assert.deepEqual([person, startedBy, id, speed], ["otto", "mara", "one", 60]);
    // Before the onset: a false report, but the right answer.
    assert.equal(points, 50);
    await desk.close();
    desk = make();
    assert.deepEqual(
      desk.view().results.map((result) => result.person),
      ["otto"],
    );
  });

  it("says who chose the incident, who then knew it", async () => {
    desk.act({ start: { incident: "one", speed: 1 } }, "tom");
    await until("running");
    desk.act({ stop: true }, "tom");
    assert.deepEqual(asked, ["one"]);
    const { over } = desk.view();
    assert.deepEqual([over?.isSurprise, over?.startedBy, over?.points], [false, "tom", 0]);
  });

  it("sends the past at once and then waits, to the training twin alone", async () => {
    desk.act(START, "mara");
    await until("running");
    for (let turns = 0; turns < 1000 && frames.length === 0; turns++) await nextTurn();
    assert.equal(frames.length, 1);
    assert.deepEqual(
      [...frames[0]!].map(({ value }) => value),
      [0, LEAD_S],
    );
    assert.deepEqual([...new Set([...frames[0]!].map(({ address }) => address))], [`${TWIN}/fanFlow`]);
    assert.equal(frames[0]!.reality, "recorded");
    desk.act({ stop: true }, "mara");
    await desk.close();
    assert.equal(frames.length, 1, "what was to come does not come any more");
    assert.deepEqual(forgotten, [incident], "and its files are gone");
  });

  it("ends by itself, unanswered, with the recording", async () => {
    incident = { ...incident, endS: LEAD_S };
    desk.act(START, "mara");
    await until("over");
    assert.deepEqual([desk.view().over?.points, desk.view().over?.person], [0, "mara"]);
  });

  it("lets the twin's time go on from one exercise to the next", async () => {
    incident = { ...incident, endS: LEAD_S };
    desk.act(START, "mara");
    await until("over");
    desk.act(START, "mara");
    await until("over");
    assert.ok(startedUs[1]! > startedUs[0]!, "never back");
    assert.ok(startedUs[1]! >= frames[0]!.sourceTimeUsAt(0));
  });

  it("refuses what does not fit, and goes on", async () => {
    for (const action of [undefined, {}, "start", { start: {} }, { start: { speed: 61 } }])
      assert.throws(() => desk.act(action, "mara"), { code: "bad-action" });
    for (const action of [{ report: true }, ANSWER, { stop: true }])
      assert.throws(() => desk.act(action, "mara"), { code: "no-exercise" });
    desk.act(START, "mara");
    assert.throws(() => desk.act(START, "mara"), { code: "exercise-runs" });
    await until("running");
    assert.throws(() => desk.act(START, "mara"), { code: "exercise-runs" });
    for (const payload of [null, 7, "x", {}, [null], [{}], { kind: "frame" }]) desk.take(payload);
    assert.equal(desk.phase, "running");
  });

  it("says why an incident cannot be prepared, and takes another", async () => {
    await desk.close();
    let isBroken = true;
    desk = make({
      prepare: async () => {
        if (isBroken) throw new Error("no such file");
        return incident;
      },
    });
    desk.act(START, "mara");
    await until("idle");
    assert.equal(desk.view().fault, "no such file");
    isBroken = false;
    desk.act(START, "mara");
    await until("running");
    assert.equal(desk.view().fault, undefined);
  });
});
