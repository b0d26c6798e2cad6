import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathBelow } from "../../../runtime/core/address.ts";
import { readColumnMap } from "../../../runtime/describe/recording/column-map.ts";
import { RetimedRecording } from "../../../runtime/describe/recording/retimed-recording.ts";
import { DetectorSession } from "../../../runtime/diagnose/detector-session.ts";
import {
  drawOvenIncident,
  OVEN_CHOICES,
  OVEN_KINDS,
} from "../../../runtime/diagnose/training/oven-incidents.ts";
import {
  incidentJson,
  readRecordedIncident,
  recordedIncidents,
} from "../../../runtime/diagnose/training/recorded-incident.ts";
import { forgetIncident, generateIncident } from "../../../runtime/host/training-incidents.ts";
import { TWIN } from "./an-incident.ts";

describe("incidents of the virtual oven", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-incidents-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("are drawn by a seed: the same again, others for others, all kinds and zones", () => {
    assert.deepEqual(drawOvenIncident(7), drawOvenIncident(7));
    const drawn = Array.from({ length: 200 }, (_, seed) => drawOvenIncident(seed));
    assert.equal(new Set(drawn.map(({ truth }) => truth.cause)).size, OVEN_KINDS.length);
    assert.equal(new Set(drawn.map(({ truth }) => truth.place)).size, 6);
    for (const { fault, leadS, onsetS, endS, truth } of drawn) {
      assert.equal(fault.at, onsetS);
      assert.equal(truth.place, `zone${fault.zone}`);
      assert.ok(onsetS - leadS >= 600 && onsetS - leadS <= 1800 && endS - onsetS === 4500);
    }
  });

  it("can be asked for by kind, and by no other word", () => {
    for (const { id } of OVEN_KINDS) assert.equal(drawOvenIncident(3, id).truth.cause, id);
    assert.throws(() => drawOvenIncident(3, "network-cut"), { code: "no-such-incident" });
  });

  it("have one right action each, among those that can be chosen, and wrong ones beside", () => {
    const right = OVEN_KINDS.map(({ id }) => drawOvenIncident(1, id).truth.actions);
    assert.equal(new Set(right.flat()).size, OVEN_KINDS.length);
    const ids = OVEN_CHOICES.actions.map(({ id }) => id);
    assert.ok(right.flat().every((id) => ids.includes(id)));
    assert.ok(ids.length > OVEN_KINDS.length);
  });

  it("are simulated to the same file each time, alarm in the right zone after the onset, and are forgotten", async () => {
    const incident = await generateIncident(folder, 1, "fouled-nozzle");
    const again = await generateIncident(folder, 1, "fouled-nozzle");
    assert.ok(readFileSync(incident.recording.file).equals(readFileSync(again.recording.file)));
    forgetIncident(again);
    assert.equal(existsSync(dirname(again.recording.file)), false);

    const { leadS, onsetS, endS, recording, truth } = incident;
    const feed = await RetimedRecording.open({
      ...{
        file: recording.file,
        timeColumn: recording.timeColumn,
        twin: TWIN,
        source: "training:x",
        epoch: 1,
      },
      // All at once: what is asked is what the detector says.
      ...{ startUs: 1_790_000_000e6, leadS: endS, endS, speed: 60 },
      map: await readColumnMap(recording.map!),
    });
    const session = new DetectorSession({
      ...{ twin: TWIN, node: "detect", pattern: "", actions: [], hours: 24, rows: 1500 },
      options: { falseAlarmBudget: 0.1 },
    });
    const alarms: { readonly s: number; readonly path: string }[] = [];
    for await (const frame of feed.frames()) {
      for (const { active, timeUs, contributions } of session.consume(frame))
        if (active)
          alarms.push({
            s: timeUs / 1e6 - 1_790_000_000 - onsetS,
            path: pathBelow(contributions[0]!.address, TWIN),
          });
      while (session.phase === "calibrating") await wait(5);
    }
    session.close();
    assert.equal(session.phase, "watching");
    assert.ok(onsetS > leadS);
    assert.equal(alarms.length, 1, JSON.stringify(alarms));
    assert.ok(alarms[0]!.s > 0 && alarms[0]!.s < 600, `${alarms[0]!.s} s after the onset`);
    assert.ok(alarms[0]!.path.startsWith(`${truth.place}/fan`), alarms[0]!.path);
  });

  describe("recorded ones", () => {
    const incident = {
      ...drawOvenIncident(5, "stuck-sensor"),
      recording: { file: "a.csv", timeColumn: "timeUs" },
    };
    const { fault: _fault, ...own } = incident;
    const write = (name: string, thing: unknown) =>
      writeFileSync(
        join(folder, `${name}.incident.json`),
        typeof thing === "string" ? thing : JSON.stringify(thing),
      );

    it("come back as they were written", () => {
      write("good", incidentJson(own));
      assert.deepEqual(recordedIncidents(folder), ["good"]);
      assert.deepEqual(readRecordedIncident(folder, "good"), {
        ...own,
        id: "good",
        recording: { file: join(folder, "a.csv"), timeColumn: "timeUs" },
      });
      assert.deepEqual(recordedIncidents(join(folder, "nowhere")), []);
    });

    const whole = incidentJson(own) as Record<string, unknown>;
    const BAD: [what: string, thing: unknown, said: RegExp][] = [
      ["no JSON", "{", /is no JSON/],
      ["null", null, /recording must be a text/],
      [
        "a recording elsewhere",
        { ...whole, recording: "../../etc/passwd" },
        /recording must be the name of a file in the same folder/,
      ],
      [
        "a map elsewhere",
        { ...whole, map: "/etc/passwd" },
        /map must be the name of a file in the same folder/,
      ],
      ["an onset before the lead ends", { ...whole, onsetS: 5 }, /must follow each other/],
      ["a time that is none", { ...whole, endS: "soon" }, /endS must be seconds/],
      [
        "one cause alone",
        { ...whole, causes: [{ id: "a", en: "a" }] },
        /causes must be two or more.*truth.cause must be one/,
      ],
      [
        "an action twice",
        {
          ...whole,
          actions: [
            { id: "a", en: "a" },
            { id: "a", en: "b" },
          ],
        },
        /actions must be/,
      ],
      ["a truth that cannot be chosen", { ...whole, truth: { ...own.truth, place: "zone9" } }, /truth.place/],
      ["no right action", { ...whole, truth: { ...own.truth, actions: [] } }, /truth.actions/],
    ];
    for (const [what, thing, said] of BAD)
      it(`are refused with ${what}`, () => {
        write("bad", thing);
        assert.throws(() => readRecordedIncident(folder, "bad"), said);
      });

    it("are opened from the folder's list alone", () => {
      assert.throws(() => readRecordedIncident(folder, "../x"), { code: "no-such-incident" });
    });
  });
});
