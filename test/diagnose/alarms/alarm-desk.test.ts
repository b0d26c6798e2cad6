import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AlarmDesk } from "../../../runtime/diagnose/alarms/alarm-desk.ts";
import { CaseBooks } from "../../../runtime/diagnose/cause/case-books.ts";
import { cause, ended, finding, TWIN } from "./findings.ts";

describe("alarm desk", () => {
  let folder: string;
  let nowUs = 0;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-alarms-"));
    nowUs = 1000e6;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const open = () =>
    new AlarmDesk(join(folder, "alarms", "alarms.jsonl"), () => nowUs, new CaseBooks(join(folder, "cause")));
  const key = (place: string) => `${TWIN} ${TWIN}/${place}`;

  it("keeps what happened, and who did it, over a restart", () => {
    const desk = open();
    const fan = finding("a", "fan", 2, 900);
    desk.take(fan);
    desk.act({ acknowledge: key("fan") }, "mara");
    desk.take(finding("b", "pump", 1, 950));
    desk.act({ shelve: key("pump"), minutes: 60, reason: "being mended" }, "jo");
    desk.take(ended(fan, 990));
    const lines = readFileSync(join(folder, "alarms", "alarms.jsonl"), "utf8")
      .trim()
      .split("\n");
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)).map(({ event, by }) => [event, by]),
      [
        ["raised", undefined],
        ["acknowledged", "mara"],
        ["raised", undefined],
        ["shelved", "jo"],
        ["returned", undefined],
      ],
    );
    assert.equal(statSync(join(folder, "alarms", "alarms.jsonl")).mode & 0o777, 0o600);
    nowUs = 2000e6;
    const next = open();
    next.take(finding("c", "pump", 1, 1990));
    assert.deepEqual(
      next.book.open().map(({ state, shelf }) => [state, shelf?.by, shelf?.reason]),
      [["shelved", "jo", "being mended"]],
    );
    assert.equal(next.kpis().count, 3);
    assert.equal(next.kpis((each) => each === key("fan")).count, 1);
    nowUs = 1000e6 + 3600e6;
    assert.deepEqual(
      next.pass().map(({ event }) => event),
      ["shelf-over"],
    );
  });

  it("writes nothing of a training into the plant's file, where people practise on the same list", () => {
    const desk = open();
    const practised = { ...finding("t", "fan", 2, 900), twin: `training/${TWIN}` };
    desk.take(practised);
    desk.take(finding("a", "fan", 2, 900));
    desk.act({ acknowledge: desk.book.open().find(({ key }) => key.startsWith("training/"))!.key }, "mara");
    const text = readFileSync(join(folder, "alarms", "alarms.jsonl"), "utf8");
    assert.equal(text.trim().split("\n").length, 1);
    assert.doesNotMatch(text, /training/);
    assert.equal(desk.book.open().length, 2);
  });

  it("keeps what a person found to be the cause as a case to learn from, and the last word on a finding", () => {
    const desk = open();
    desk.take(finding("a", "fan", 2, 900));
    assert.throws(() => desk.act({ findCause: key("fan"), cause: "belt" }, "mara"), { code: "no-pattern" });
    desk.book.explain(cause("a", "fan", "damper"));
    const [event] = desk.act({ findCause: key("fan"), cause: `${TWIN}/damper` }, "mara");
    assert.deepEqual([event!.event, event!.cause, event!.by], ["cause-found", "damper", "mara"]);
    desk.take(ended(finding("a", "fan", 2, 900), 950));
    desk.act({ findCause: key("fan"), cause: " belt torn " }, "jo");
    assert.deepEqual(desk.book.get(key("fan")).found, { cause: "belt torn", by: "jo" });
    assert.throws(() => desk.act({ findCause: key("fan"), cause: " " }, "jo"), { code: "bad-case" });
    const kept = new CaseBooks(join(folder, "cause")).of(TWIN).like(cause("a", "fan").signature);
    assert.deepEqual(
      kept.map((one) => [one.cause, one.count]),
      [["belt torn", 1]],
    );
    assert.deepEqual(desk.causesFound(TWIN), ["belt torn"]);
  });

  it("names a change by its words, since its id does not come again", () => {
    const desk = open();
    desk.take(finding("a", "fan", 2, 900));
    const told = cause("a", "fan");
    const change = {
      ...told.causes[0]!,
      kind: "change" as const,
      id: "setpoint@900",
      title: "Speed set to 5",
    };
    desk.book.explain({ ...told, causes: [change] });
    desk.act({ findCause: key("fan"), cause: change.id }, "mara");
    assert.deepEqual(desk.causesFound(TWIN), ["Speed set to 5"]);
  });

  it("passes over a line that was written half, and refuses what a page may not ask", () => {
    const desk = open();
    desk.take(finding("a", "fan", 2, 900));
    writeFileSync(join(folder, "alarms", "alarms.jsonl"), '{"kind":"alarm","event":"rai', { flag: "a" });
    assert.equal(open().kpis().count, 1);
    for (const bad of [
      undefined,
      null,
      3,
      {},
      { shelve: key("fan") },
      { shelve: key("fan"), minutes: "9", reason: "x" },
    ])
      assert.throws(() => desk.act(bad, "mara"), /neither acknowledge/);
    assert.throws(() => desk.act({ acknowledge: "x" }, "mara"), /no alarm "x"/);
    assert.throws(
      () => desk.act({ shelve: key("fan"), minutes: Number.NaN, reason: "x" }, "mara"),
      /that long/,
    );
  });

  it("goes on where the file cannot be written, says so, and writes it with the next", () => {
    writeFileSync(join(folder, "alarms"), "a file where a folder is wanted");
    const desk = open();
    desk.take(finding("a", "fan", 2, 900));
    assert.match(desk.fault ?? "", /make room on its disk/);
    assert.equal(desk.book.open().length, 1);
    rmSync(join(folder, "alarms"));
    desk.take(finding("b", "pump", 2, 901));
    assert.equal(desk.fault, undefined);
    assert.equal(open().kpis().count, 2);
  });
});
