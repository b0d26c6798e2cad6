import assert from "node:assert/strict";
import { AlarmBook } from "../../../runtime/diagnose/alarms/alarm-book.ts";
import { cause, ended, finding, TWIN } from "./findings.ts";

const states = (book: AlarmBook) =>
  book.open().map(({ finding: { title }, state }) => `${title.split(" ")[0]} ${state}`);
const key = (place: string) => `${TWIN} ${TWIN}/${place}`;

describe("alarm book", () => {
  it("goes every way of ISA-18.2 between active and acknowledged", () => {
    const book = new AlarmBook();
    const fan = finding("a", "fan", 2, 100);
    const told = book.take(fan).map(({ event, timeUs, priority }) => [event, timeUs, priority]);
    assert.deepEqual(told, [["raised", 100e6, 2]]);
    assert.deepEqual(states(book), ["fan unacknowledged"]);
    assert.deepEqual(
      book.acknowledge(key("fan"), "mara", 130e6).map(({ event, by }) => [event, by]),
      [["acknowledged", "mara"]],
    );
    assert.deepEqual(states(book), ["fan acknowledged"]);
    assert.deepEqual(book.acknowledge(key("fan"), "jo", 140e6), [], "once is enough");
    assert.equal(book.get(key("fan")).acknowledgedBy, "mara");
    assert.deepEqual(
      book.take(ended(fan, 200)).map(({ event, timeUs }) => [event, timeUs]),
      [["returned", 200e6]],
    );
    assert.deepEqual(states(book), []);
    assert.deepEqual(
      book.over(5).map(({ endedUs, count }) => [endedUs, count]),
      [[200e6, 1]],
    );
    // It comes again, and goes before anybody has seen it: it stays until somebody has.
    const again = finding("b", "fan", 2, 300);
    book.take(again);
    book.take(ended(again, 310));
    assert.deepEqual(states(book), ["fan returned"]);
    assert.equal(book.get(key("fan")).count, 2);
    book.acknowledge(key("fan"), "jo", 320e6);
    assert.deepEqual(states(book), []);
  });

  it("is one alarm as long as one of the findings of a place lasts", () => {
    const book = new AlarmBook();
    const one = finding("a", "fan", 2, 100);
    const other = finding("b", "fan", 2, 120);
    book.take(one);
    assert.deepEqual(book.take(other), []);
    assert.deepEqual(book.take(one), [], "told again it is no news");
    assert.deepEqual(book.take(ended(one, 200)), []);
    assert.deepEqual(states(book), ["fan unacknowledged"]);
    assert.equal(book.take(ended(other, 210)).length, 1);
    assert.deepEqual(book.take(ended(other, 211)), [], "an end without a beginning");
  });

  it("puts what nobody has seen first, then the worst, then the newest", () => {
    const book = new AlarmBook();
    for (const [place, priority, atS] of [
      ["old", 2, 1],
      ["seen", 1, 2],
      ["new", 2, 3],
      ["low", 3, 4],
    ] as const)
      book.take(finding(place, place, priority, atS));
    book.acknowledge(key("seen"), "mara", 5e6);
    assert.deepEqual(
      states(book).map((line) => line.split(" ")[0]),
      ["new", "old", "low", "seen"],
    );
    assert.equal(book.open(2).length, 2);
    assert.deepEqual(
      book.open(9, (each) => each === key("low")).map(({ finding: { id } }) => id),
      ["low"],
    );
  });

  it("shelves for a time and a reason, and brings back what comes meanwhile when the time is over", () => {
    const book = new AlarmBook();
    const fan = finding("a", "fan", 2, 100);
    book.take(fan);
    const shelf = { by: "mara", reason: "mended on Monday", untilUs: 100e6 + 3600e6 };
    assert.deepEqual(
      book.shelve(key("fan"), shelf, 100e6).map(({ event, reason }) => [event, reason]),
      [["shelved", "mended on Monday"]],
    );
    assert.deepEqual(states(book), ["fan shelved"]);
    book.take(ended(fan, 200));
    book.take(finding("b", "fan", 2, 300));
    assert.deepEqual(states(book), ["fan shelved"]);
    assert.deepEqual(
      book.pass(() => 3000e6),
      [],
    );
    assert.deepEqual(
      book.pass(() => 3701e6).map(({ event, timeUs }) => [event, timeUs]),
      [["shelf-over", 3700e6]],
    );
    assert.deepEqual(states(book), ["fan unacknowledged"]);
    book.shelve(key("fan"), { ...shelf, untilUs: 5000e6 }, 3701e6);
    book.unshelve(key("fan"), "jo", 3800e6);
    assert.deepEqual(states(book), ["fan unacknowledged"]);
    for (const [bad, what] of [
      [{ ...shelf, untilUs: 3701e6 }, /cannot be shelved for 0 min/],
      [{ ...shelf, untilUs: 3701e6 + 9 * 3600e6 }, /for 540 min.*up to 8 hours/],
      [{ ...shelf, untilUs: Number.NaN }, /cannot be shelved for that long/],
      [{ ...shelf, untilUs: 3800e6, reason: "  " }, /without a reason/],
    ] as const)
      assert.throws(() => book.shelve(key("fan"), bad, 3701e6), what);
    assert.throws(() => book.acknowledge("nothing", "mara", 0), /no alarm "nothing"/);
  });

  it("keeps a shelf over a restart", () => {
    const first = new AlarmBook();
    const fan = finding("a", "fan", 2, 100);
    first.take(fan);
    const [shelved] = first.shelve(key("fan"), { by: "mara", reason: "known", untilUs: 900e6 }, 100e6);
    const book = new AlarmBook();
    book.restore(shelved!);
    assert.deepEqual(states(book), []);
    book.take(finding("c", "fan", 2, 300));
    assert.deepEqual(states(book), ["fan shelved"]);
    assert.equal(book.pass(() => 901e6).length, 1);
    assert.deepEqual(states(book), ["fan unacknowledged"]);
  });

  it("keeps the likeliest cause of a finding that lasts, the newest word on it", () => {
    const book = new AlarmBook();
    const fan = finding("a", "fan", 2, 100);
    book.take(fan);
    const told = () => book.get(key("fan")).explanation?.causes[0]?.title;
    book.explain(cause("a", "the fan", "the damper"));
    book.explain(cause("a", "the nozzle"));
    book.explain({ ...cause("a"), causes: [] });
    book.explain(cause("gone", "nobody asked"));
    assert.equal(told(), "the nozzle");
    book.take(ended(fan, 200));
    book.explain(cause("a", "too late"));
    assert.equal(told(), "the nozzle", "it stays with what is over");
    book.findCause(key("fan"), "the bearing", "mara", 250e6);
    assert.deepEqual(book.get(key("fan")).found, { cause: "the bearing", by: "mara" });
    book.take(finding("b", "fan", 2, 300));
    assert.equal(told(), undefined, "and is not believed of what comes later");
    assert.equal(book.get(key("fan")).found, undefined);
  });

  it("forgets what is over when a flood comes, and counts what finds no room", () => {
    const book = new AlarmBook();
    const over = finding("over", "over", 3, 1);
    book.take(over);
    book.take(ended(over, 2));
    book.acknowledge(key("over"), "mara", 3e6);
    for (let i = 0; i < 20_005; i++) book.take(finding(`f${i}`, `p${i}`, 3, 10));
    assert.throws(() => book.get(key("over")), { code: "no-such-alarm" });
    assert.equal(book.notKept, 5);
    assert.equal(book.open(60).length, 60);
  });
});
