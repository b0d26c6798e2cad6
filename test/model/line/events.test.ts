import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { EventCalendar } from "../../../runtime/model/line/events/event-calendar.ts";
import { Interrupted, Process, type ProcessBody } from "../../../runtime/model/line/events/process.ts";
import { Resource } from "../../../runtime/model/line/events/resource.ts";
import { Store } from "../../../runtime/model/line/events/store.ts";
import { Timer } from "../../../runtime/model/line/events/timer.ts";

describe("the event calendar", () => {
  it("lets events happen by time, those of one time as they were scheduled", () => {
    const calendar = new EventCalendar();
    const told: string[] = [];
    for (const [name, atS] of [
      ["b", 2],
      ["a", 1],
      ["c", 2],
      ["d", 0],
    ] as const) {
      calendar.schedule(
        calendar.register(() => told.push(`${calendar.nowS}${name}`)),
        atS,
      );
    }
    assert.equal(calendar.peek(), 0);
    calendar.step();
    assert.equal(calendar.run(1.5), true);
    assert.equal(calendar.nowS, 1.5);
    calendar.run(Number.POSITIVE_INFINITY);
    assert.deepEqual(told, ["0d", "1a", "2b", "2c"]);
    assert.equal(calendar.peek(), Number.POSITIVE_INFINITY);
    assert.equal(calendar.happened, 4);
  });

  // Few stay in a list; more make a heap, and 60 come to that on their way.
  for (const count of [12, 60, 400]) {
    it(`does the same as a sorted list through 20,000 random schedules, cancels and steps of ${count} activities`, () => {
      const random = new Random(3);
      const calendar = new EventCalendar();
      const happened: number[] = [];
      let list: { activity: number; dueS: number; order: number }[] = [];
      const activities = Array.from({ length: count }, (_, i) =>
        calendar.register(() => void happened.push(i)),
      );
      let steps = 0;
      for (let order = 0; order < 20_000; order++) {
        const activity = activities[random.integer(activities.length)]!;
        const turn = random.uniform();
        if (turn < (list.length < count / 2 ? 0.7 : 0.55)) {
          if (calendar.isAhead(activity)) continue;
          // Few different times, so that many are equal.
          const dueS = calendar.nowS + random.integer(4);
          calendar.schedule(activity, dueS);
          list.push({ activity, dueS, order });
        } else if (turn < 0.7) {
          calendar.cancel(activity);
          list = list.filter((event) => event.activity !== activity);
        } else if (list.length > 0) {
          list.sort((a, b) => a.dueS - b.dueS || a.order - b.order);
          assert.deepEqual(
            calendar.ahead(),
            list.map((event) => event.activity),
          );
          const next = list.shift()!;
          calendar.step();
          steps++;
          assert.equal(happened.at(-1), next.activity);
          assert.equal(calendar.nowS, next.dueS);
        }
      }
      assert.ok(steps > 4000);
    });
  }

  it("stops after so many events, and goes on", () => {
    const calendar = new EventCalendar();
    const activity = calendar.register(() => calendar.schedule(activity, calendar.nowS + 1));
    calendar.schedule(activity, 1);
    assert.equal(calendar.run(10, 4), false);
    assert.equal(calendar.nowS, 4);
    assert.equal(calendar.run(10, 100), true);
    assert.equal(calendar.happened, 10);
  });
});

describe("a timer", () => {
  it("rests as long as anything holds it", () => {
    const calendar = new EventCalendar();
    const over: number[] = [];
    const timer = new Timer(calendar, "work", () => over.push(calendar.nowS));
    timer.start(10);
    calendar.run(4);
    timer.hold(1);
    timer.hold(2);
    assert.equal(timer.leftS, 6);
    calendar.run(20);
    timer.letGo(1);
    calendar.run(30);
    timer.letGo(2);
    timer.letGo(2);
    calendar.run(100);
    assert.deepEqual(over, [36]);
    assert.equal(timer.isOn, false);
  });
});

describe("processes", () => {
  it("are served in their order: three clients, one counter (Covers: resources, delays, ends)", () => {
    const calendar = new EventCalendar();
    const counter = new Resource(1);
    const told: string[] = [];
    function* client(name: string, comesS: number, staysS: number): ProcessBody {
      yield comesS;
      yield counter.request();
      told.push(`${calendar.nowS} ${name} served`);
      yield staysS;
      counter.release();
      told.push(`${calendar.nowS} ${name} gone`);
    }
    const first = new Process(calendar, () => client("A", 0, 5));
    new Process(calendar, () => client("B", 1, 5));
    new Process(calendar, () => client("C", 2, 1));
    new Process(calendar, function* () {
      yield first.end();
      told.push(`${calendar.nowS} A has ended, ${counter.waiting} waits`);
    });
    calendar.run(100);
    assert.deepEqual(
      told,
      ["5 B served", "5 A gone", "5 A has ended, 1 waits", "10 C served", "10 B gone", "11 C gone"].toSpliced(
        0,
        0,
        "0 A served",
      ),
    );
  });

  it("hand items over through a store that holds two (Covers: put that waits, get that waits)", () => {
    const calendar = new EventCalendar();
    const store = new Store<number>(2);
    const [put, got]: [number[], string[]] = [[], []];
    new Process(calendar, function* () {
      for (let item = 1; item <= 5; item++) {
        yield store.put(item);
        put.push(calendar.nowS);
      }
    });
    new Process(calendar, function* () {
      for (;;) {
        const item = yield store.get();
        got.push(`${calendar.nowS}: ${item}`);
        yield 10;
      }
    });
    calendar.run(100);
    assert.deepEqual(put, [0, 0, 0, 10, 20]);
    assert.deepEqual(got, ["0: 1", "10: 2", "20: 3", "30: 4", "40: 5"]);
    assert.equal(store.length, 0);
  });

  it("can be interrupted in a delay and in a line, and leave no trace there", () => {
    const calendar = new EventCalendar();
    const tool = new Resource(1);
    const told: string[] = [];
    function* worker(name: string): ProcessBody {
      try {
        yield tool.request();
        yield 100;
        told.push(`${name} done`);
      } catch (thrown) {
        assert.ok(thrown instanceof Interrupted);
        told.push(`${calendar.nowS} ${name}: ${thrown.reason}`);
      }
    }
    const holder = new Process(calendar, () => worker("holder"));
    const waiter = new Process(calendar, () => worker("waiter"));
    calendar.run(5);
    waiter.interrupt("no longer needed");
    assert.equal(tool.waiting, 0);
    calendar.run(7);
    holder.interrupt("broken");
    holder.interrupt("twice");
    calendar.run(1000);
    assert.deepEqual(told, ["5 waiter: no longer needed", "7 holder: broken"]);
    assert.ok(holder.isDone && waiter.isDone);
    assert.equal(calendar.peek(), Number.POSITIVE_INFINITY);
  });
});
