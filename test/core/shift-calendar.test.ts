import assert from "node:assert/strict";
import { ShiftCalendar, type ShiftPattern, WEEKDAYS } from "../../runtime/core/shift-calendar.ts";
import { isoFromUs } from "../../runtime/core/time.ts";

const us = (iso: string): number => Date.parse(iso) * 1000;
const three: ShiftPattern[] = [
  { name: "early", start: "06:00", end: "14:00", days: WEEKDAYS },
  { name: "late", start: "14:00", end: "22:00", days: WEEKDAYS },
  { name: "night", start: "22:00", end: "06:00", days: WEEKDAYS },
];
const berlin = new ShiftCalendar({ timeZone: "Europe/Berlin", shifts: three });

describe("shift calendar", () => {
  it("finds the shift in local time, across midnight", () => {
    assert.deepEqual(berlin.shiftAt(us("2026-01-15T00:30:00Z")), {
      name: "night",
      date: "2026-01-14",
      startUs: us("2026-01-14T21:00:00Z"),
      endUs: us("2026-01-15T05:00:00Z"),
    });
    assert.equal(berlin.shiftAt(us("2026-07-15T03:59:59.999Z"))?.name, "night");
    assert.equal(berlin.shiftAt(us("2026-07-15T04:00:00Z"))?.name, "early");
    assert.equal(berlin.shiftAt(us("2026-07-15T11:59:59.999Z"))?.name, "early");
  });

  it("gives the night of 28 March 2026 seven hours", () => {
    const night = berlin.shiftAt(us("2026-03-29T00:30:00Z"))!;
    assert.equal(night.name, "night");
    assert.equal(night.date, "2026-03-28");
    assert.equal(isoFromUs(night.startUs), "2026-03-28T21:00:00.000Z");
    assert.equal(isoFromUs(night.endUs), "2026-03-29T04:00:00.000Z");
    assert.equal((night.endUs - night.startUs) / 3.6e9, 7);
    assert.equal(berlin.nextBoundary(us("2026-03-29T01:00:00Z")), us("2026-03-29T04:00:00Z"));
    assert.equal(berlin.previousBoundary(us("2026-03-29T01:00:00Z")), us("2026-03-28T21:00:00Z"));
  });

  it("gives the night of 24 October 2026 nine hours", () => {
    const night = berlin.shiftAt(us("2026-10-25T01:30:00Z"))!;
    assert.equal(night.name, "night");
    assert.equal(night.date, "2026-10-24");
    assert.equal(isoFromUs(night.startUs), "2026-10-24T20:00:00.000Z");
    assert.equal(isoFromUs(night.endUs), "2026-10-25T05:00:00.000Z");
    assert.equal((night.endUs - night.startUs) / 3.6e9, 9);
    assert.equal(berlin.shiftAt(us("2026-10-25T05:00:00Z"))?.name, "early");
  });

  it("reads a wall time that does not exist or exists twice as RFC 5545 says", () => {
    const odd = new ShiftCalendar({
      timeZone: "Europe/Berlin",
      shifts: [{ name: "maintenance", start: "02:30", end: "04:00", days: ["sun"] }],
    });
    const spring = odd.shiftAt(us("2026-03-29T01:45:00Z"))!;
    assert.equal(isoFromUs(spring.startUs), "2026-03-29T01:30:00.000Z");
    assert.equal(isoFromUs(spring.endUs), "2026-03-29T02:00:00.000Z");
    const autumn = odd.shiftAt(us("2026-10-25T02:00:00Z"))!;
    assert.equal(isoFromUs(autumn.startUs), "2026-10-25T00:30:00.000Z");
    assert.equal(isoFromUs(autumn.endUs), "2026-10-25T03:00:00.000Z");
    assert.equal(odd.shiftAt(us("2026-03-29T01:29:59Z")), undefined);
  });

  it("covers every hour of 2026 without hole or overlap, 8,760 hours in all", () => {
    let at = us("2025-12-31T23:00:00Z");
    const end = us("2026-12-31T23:00:00Z");
    let hours = 0;
    let shifts = 0;
    let shift = berlin.shiftAt(at)!;
    at = shift.startUs;
    const start = at;
    while (at < end) {
      shift = berlin.shiftAt(at)!;
      assert.equal(shift.startUs, at);
      assert.equal(berlin.nextBoundary(at), shift.endUs);
      assert.equal(berlin.previousBoundary(at), at);
      assert.equal(berlin.previousBoundary(shift.endUs - 1), at);
      hours += (shift.endUs - shift.startUs) / 3.6e9;
      shifts++;
      at = shift.endUs;
    }
    assert.equal(hours, (at - start) / 3.6e9);
    assert.equal(shifts, 365 * 3 + 1);
  });

  it("knows rest days, holidays and the long way to the next shift", () => {
    const weekdays = new ShiftCalendar({
      timeZone: "Europe/Berlin",
      shifts: [{ name: "day", start: "06:00", end: "14:00", days: ["mon", "tue", "wed", "thu", "fri"] }],
      closed: ["2026-04-03", "2026-04-06"],
    });
    assert.equal(weekdays.shiftAt(us("2026-04-03T08:00:00Z")), undefined);
    assert.equal(weekdays.nextBoundary(us("2026-04-02T12:00:00Z")), us("2026-04-07T04:00:00Z"));
    assert.equal(weekdays.previousBoundary(us("2026-04-06T12:00:00Z")), us("2026-04-02T12:00:00Z"));
    assert.equal(weekdays.shiftAt(us("2026-04-07T04:00:00Z"))?.date, "2026-04-07");
    const none = new ShiftCalendar({ timeZone: "UTC", shifts: [] });
    assert.equal(none.nextBoundary(0), undefined);
    assert.equal(none.previousBoundary(us("2026-01-01T00:00:00Z")), undefined);
  });

  it("takes 24 hours for equal times and 24:00 for midnight", () => {
    const round = new ShiftCalendar({
      timeZone: "UTC",
      shifts: [{ name: "all", start: "00:00", end: "24:00", days: WEEKDAYS }],
    });
    const shift = round.shiftAt(us("2026-05-05T12:00:00Z"))!;
    assert.equal((shift.endUs - shift.startUs) / 3.6e9, 24);
  });

  it("refuses what cannot be worked", () => {
    const plan =
      (shifts: ShiftPattern[], timeZone = "UTC") =>
      () =>
        new ShiftCalendar({ timeZone, shifts });
    assert.throws(plan([], "Mars/Olympus"), /time zone "Mars\/Olympus": is unknown/);
    assert.throws(
      plan([{ name: "x", start: "6", end: "14:00", days: ["mon"] }]),
      /shift x, start: "6" is no time/,
    );
    assert.throws(plan([{ name: "x", start: "06:00", end: "24:30", days: ["mon"] }]), /"24:30" is no time/);
    assert.throws(plan([{ name: "x", start: "06:00", end: "14:00", days: [] }]), /starts on no day/);
    assert.throws(
      plan([
        { name: "a", start: "06:00", end: "14:00", days: ["mon"] },
        { name: "b", start: "13:00", end: "20:00", days: ["mon"] },
      ]),
      /shifts a and b: overlap/,
    );
    assert.throws(
      plan([
        { name: "sunday night", start: "22:00", end: "06:00", days: ["sun"] },
        { name: "monday", start: "05:00", end: "14:00", days: ["mon"] },
      ]),
      /overlap/,
    );
  });
});
