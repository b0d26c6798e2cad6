import assert from "node:assert/strict";
import { AlarmShelf } from "../../runtime/diagnose/alarm-shelf.ts";
import type { Finding } from "../../runtime/diagnose/finding.ts";
import { readShelving } from "../../runtime/diagnose/shelving-message.ts";

const TWIN = "acme/leipzig/paint/oven1";
const T0 = 1_790_000_000e6;
const MINUTE = 60e6;
const finding = (path: string, id: string, active = true): Finding => ({
  kind: "finding",
  id,
  twin: TWIN,
  contributions: [{ address: `${TWIN}/${path}`, share: 1 }],
  score: 2,
  limit: 1,
  active,
  sinceUs: T0,
  timeUs: T0,
  priority: 2,
  title: path,
  reason: "",
  action: "",
});
const shelfWith = (pattern: string, minutes = 60): AlarmShelf => {
  const shelf = new AlarmShelf(TWIN, "n1");
  shelf.shelve({ pattern, fromUs: T0, untilUs: T0 + minutes * MINUTE, reason: "cleaning" });
  return shelf;
};

describe("diagnose/alarm shelf", () => {
  it("keeps back what is shelved, start and end, counts it, and lets all else pass", () => {
    const shelf = shelfWith("zone*/fanFlow");
    assert.equal(shelf.pass(finding("zone3/fanFlow", "a")), undefined);
    assert.equal(shelf.pass(finding("zone3/fanFlow", "a", false)), undefined);
    assert.equal(shelf.pass(finding("zone3/airTemperature", "b"))?.id, "b");
    assert.equal(shelf.inForce[0]!.count, 1);
  });

  it("tells how many were kept back when it runs out, and raises what still stands", () => {
    const shelf = shelfWith("zone3/fanFlow");
    shelf.pass(finding("zone3/fanFlow", "a"));
    shelf.pass(finding("zone3/fanFlow", "a", false));
    shelf.pass(finding("zone3/fanFlow", "b"));
    assert.deepEqual(shelf.due(T0 + 59 * MINUTE), []);
    const [told, standing, ...rest] = shelf.due(T0 + 60 * MINUTE);
    assert.equal(told!.active, false);
    assert.equal(
      told!.reason,
      "zone3/fanFlow was shelved for 60 min (cleaning): 2 alarms were kept back, 1 still stand.",
    );
    assert.deepEqual([standing!.id, standing!.active, rest.length], ["b", true, 0]);
    assert.equal(shelf.pass(finding("zone3/fanFlow", "b", false))?.id, "b", "its end is told now");
    assert.deepEqual(shelf.due(T0 + 90 * MINUTE), []);
  });

  it("ends before its time when told to, and goes on counting when it is made longer", () => {
    const shelf = shelfWith("zone3/fanFlow");
    shelf.pass(finding("zone3/fanFlow", "a"));
    shelf.shelve({ pattern: "zone3/fanFlow", fromUs: T0 + 30 * MINUTE, untilUs: T0 + 120 * MINUTE });
    assert.deepEqual(shelf.due(T0 + 60 * MINUTE), []);
    assert.equal(shelf.inForce[0]!.count, 1);
    assert.equal(shelf.unshelve("zone3/fanFlow", T0 + 61 * MINUTE).length, 2);
    assert.deepEqual(shelf.unshelve("zone3/fanFlow", T0 + 61 * MINUTE), []);
  });

  it("is for a while, for something, and says so", () => {
    assert.throws(() => shelfWith("zone3/fanFlow", 1441), /24 h is longer than a day|longer than a day/);
    assert.throws(() => shelfWith("zone3/fanFlow", 0), /does not lie ahead/);
    assert.throws(() => shelfWith("zone3/fanFlow", Number.NaN), /does not lie ahead/);
    assert.throws(() => shelfWith(" "), /no property is named/);
  });

  it("is read from a message", () => {
    const read = (payload: unknown) => readShelving(payload, T0, "detect");
    assert.deepEqual(read({ shelve: "zone3/fanFlow", minutes: 30, reason: "cleaning" }), {
      kind: "shelve",
      pattern: "zone3/fanFlow",
      fromUs: T0,
      untilUs: T0 + 30 * MINUTE,
      reason: "cleaning",
    });
    assert.deepEqual(read({ unshelve: "zone3/fanFlow" }), { kind: "unshelve", pattern: "zone3/fanFlow" });
    for (const other of ["calibrate", null, 5, {}, { something: 1 }]) assert.equal(read(other), undefined);
    assert.throws(() => read({ shelve: "x", minutes: "long" }), /cannot shelve "x" for "long" minutes/);
    assert.throws(() => read({ shelve: 5 }), /cannot shelve 5/);
  });
});
