import assert from "node:assert/strict";
import type { Connection, LineBlock, LineModel } from "../../../runtime/model/line/line-model.ts";
import type { LineState, TraceEvent } from "../../../runtime/model/line/simulate.ts";
import { endOf, simulateLine } from "../../../runtime/model/line/simulate.ts";

const chain = (...ids: string[]): Connection[] => ids.slice(1).map((to, i) => ({ from: ids[i]!, to }));
const fixed = (valueS: number) => ({ kind: "fixed" as const, valueS });
const station = (id: string, workS: number, more: object = {}): LineBlock => ({
  id,
  kind: "station",
  process: fixed(workS),
  ...more,
});

function line(blocks: readonly LineBlock[], more: Partial<LineModel> = {}): LineModel {
  return { name: "line", blocks, connections: chain(...blocks.map(({ id }) => id)), ...more };
}

/** When events of a block happened, both engines being asked. */
function times(
  model: LineModel,
  lengthS: number,
  block: string,
  event: TraceEvent["event"],
  initial?: LineState,
): number[] {
  const [one, other] = (["callbacks", "generators"] as const).map((engine) => {
    const told: number[] = [];
    simulateLine(model, {
      lengthS,
      seed: 1,
      replications: 1,
      engine,
      ...(initial === undefined ? {} : { initial }),
      onTrace: (seen) => void (seen.block === block && seen.event === event && told.push(seen.atS)),
    });
    return told;
  });
  assert.deepEqual(one, other);
  return one!;
}

const IN: LineBlock = { id: "in", kind: "source" };
const OUT: LineBlock = { id: "out", kind: "sink" };

describe("blocks of a line, by hand", () => {
  it("a station is blocked after service until there is room", () => {
    const model = line([IN, station("a", 1), station("b", 3), OUT]);
    assert.deepEqual(times(model, 12, "a", "blocked"), [2, 5, 8, 11]);
    assert.deepEqual(times(model, 12, "out", "out"), [4, 7, 10]);
  });

  it("a belt takes its length over its speed, and one part after a pitch", () => {
    const belt: LineBlock = {
      id: "belt",
      kind: "conveyor",
      lengthM: 10,
      speedMPerS: 1,
      pitchM: 2,
      accumulating: true,
    };
    assert.deepEqual(times(line([IN, belt, OUT]), 17, "out", "out"), [10, 12, 14, 16]);
  });

  it("on an accumulating belt parts close up behind one that waits; else the belt stops with all of them", () => {
    const model = (accumulating: boolean): LineModel =>
      line([
        { id: "in", kind: "source", interarrival: fixed(4) },
        { id: "belt", kind: "conveyor", lengthM: 10, speedMPerS: 1, pitchM: 2, accumulating },
        station("slow", 10),
        OUT,
      ]);
    // Arrivals at 4, 8, 12, 16, 20: the first is at the end at 14, the station takes one every 10 s.
    assert.deepEqual(times(model(true), 60, "out", "out"), [24, 34, 44, 54]);
    // From 18 on they close up behind the second; with five at 28 the belt is full and lets one in as one leaves.
    assert.deepEqual(times(model(true), 60, "in", "in"), [4, 8, 12, 16, 20, 24, 28, 34, 44, 54]);
    // Stopped at 18 with the second at its end until 24, and so on: each part comes on as the belt runs.
    assert.deepEqual(times(model(false), 50, "out", "out"), [24, 34, 44]);
    assert.deepEqual(times(model(false), 30, "in", "in"), [4, 8, 12, 16, 24, 28]);
  });

  it("setups come between kinds, by the first rule that fits", () => {
    const model = line(
      [
        { ...IN, orders: "once" } as LineBlock,
        station("a", 1, { setup: [{ from: "A", to: "B", time: fixed(5) }, { time: fixed(2) }] }),
        OUT,
      ],
      {
        orders: [
          { id: "1", kind: "A", quantity: 2 },
          { id: "2", kind: "B", quantity: 1 },
          { id: "3", kind: "A", quantity: 1 },
        ],
      },
    );
    assert.deepEqual(times(model, 100, "out", "out"), [1, 2, 8, 11]);
  });

  it("breaks down by time whatever it does, by operation only after so much work", () => {
    const failure = (by: "time" | "operation") => ({
      failure: { by, meanBetween: fixed(5), repair: fixed(3) },
    });
    const slowly: LineBlock = { id: "in", kind: "source", interarrival: fixed(4) };
    // Work from 4 is interrupted at 5 until 8; up from 8 to 13, down to 16, up to 21. A part that waits delays the next.
    assert.deepEqual(
      times(line([slowly, station("a", 2, failure("time")), OUT]), 24, "a", "down"),
      [5, 13, 21],
    );
    assert.deepEqual(
      times(line([slowly, station("a", 2, failure("time")), OUT]), 24, "out", "out"),
      [9, 11, 18, 20],
    );
    // Two parts are 4 s of work, the third fails after 1 s more, at 13; after 5 s more the next fails as it begins.
    assert.deepEqual(
      times(line([slowly, station("a", 2, failure("operation")), OUT]), 30, "a", "down"),
      [13, 25],
    );
  });

  it("one crew mends one after the other", () => {
    const failure = { by: "time" as const, meanBetween: fixed(10), repair: fixed(4), crew: "c" };
    const model = line([IN, station("a", 1, { failure }), station("b", 1, { failure }), OUT], {
      crews: [{ id: "c", count: 1 }],
    });
    const up = times(model, 40, "b", "busy").filter((atS) => atS > 10);
    // a is mended from 10 to 14, b from 14 to 18.
    assert.equal(up[0], 18);
  });

  it("people come when they are free, and walk", () => {
    const model = line(
      [
        IN,
        station("a", 5, { operators: { skill: "s", count: 1 }, positionM: [0, 0] }),
        { id: "b1", kind: "buffer", places: 9 },
        station("b", 5, { operators: { skill: "s", count: 1 }, positionM: [6, 0] }),
        OUT,
      ],
      { operators: { groups: [{ id: "one", count: 1, skills: ["s"] }], walkingMPerS: 2 } },
    );
    // At a until 5; a asks again before the part reaches b, but b asked first: 3 s of walk each way.
    const served = times(model, 60, "b", "busy");
    assert.equal(served[0], 8);
    assert.equal(times(model, 60, "out", "out")[0], 13);
    assert.equal(times(model, 60, "a", "busy")[1], 16);
  });

  it("work rests outside the shift and in its breaks, and goes on", () => {
    const model = line([IN, station("a", 7), OUT], {
      calendar: {
        periodS: 30,
        startsAtS: 0,
        shifts: [{ name: "day", fromS: 2, toS: 20, breaks: [{ fromS: 10, toS: 12 }] }],
      },
    });
    // From 2: 7 s to 9, then 1 s, a break, 6 s to 18, then 2 s, night until 32, 5 s to 37.
    assert.deepEqual(times(model, 40, "out", "out"), [9, 18, 37]);
    const [a] = simulateLine(model, { lengthS: 30, warmUpS: 0, seed: 1, replications: 2 }).perBlock.filter(
      ({ id }) => id === "a",
    );
    assert.ok(Math.abs(a!.offShift!.mean - 14 / 30) < 1e-12);
    assert.ok(Math.abs(a!.busy!.mean - 16 / 30) < 1e-12);
  });

  it("energy is each state's power over its time, per part done", () => {
    const model = line([
      { id: "in", kind: "source", interarrival: fixed(10) },
      station("a", 6, { energyKw: { busy: 10, idle: 1, down: 0 } }),
      OUT,
    ]);
    // In each 10 s: 6 s at 10 kW and 4 s at 1 kW.
    const { energyPerPartKwh } = simulateLine(model, {
      lengthS: 1000,
      warmUpS: 100,
      seed: 1,
      replications: 2,
    });
    assert.ok(Math.abs(energyPerPartKwh!.mean - 64 / 3600) < 1e-12);
  });

  it("a part carries on from what a plant tells: work left, a repair under way, a blocked part", () => {
    const model = line([
      IN,
      station("a", 10),
      { id: "b1", kind: "buffer", places: 2 },
      station("b", 4, { failure: { by: "operation", meanBetween: fixed(1e6), repair: fixed(100) } }),
      OUT,
    ]);
    const initial: LineState = {
      atS: 1000,
      blocks: [
        { id: "a", parts: [{}], workLeftS: 3 },
        { id: "b1", parts: [{}, {}] },
        { id: "b", parts: [{ enteredS: 900 }], workLeftS: 1, isDown: true, downLeftS: 20 },
      ],
    };
    assert.deepEqual(times(model, 40, "out", "out", initial), [1021, 1025, 1029, 1033, 1037]);
    assert.deepEqual(times(model, 40, "a", "blocked", initial), [1003]);
  });

  it("a loop that is full says that nothing moves any more", () => {
    const model: LineModel = {
      name: "ring",
      blocks: [
        IN,
        station("a", 1),
        { id: "gate", kind: "gate", rejects: [{ to: "back", share: 1 }] },
        station("back", 1),
        OUT,
      ],
      connections: [...chain("in", "a", "gate", "out"), { from: "back", to: "a" }],
    };
    assert.throws(
      () => simulateLine(model, { lengthS: 100, seed: 1, replications: 1 }),
      /parts wait for each other/,
    );
  });

  it("a state that cannot be is refused", () => {
    const model = line([IN, station("a", 4), OUT]);
    const begin = (block: LineState["blocks"][number]) => () =>
      simulateLine(model, { lengthS: 10, seed: 1, initial: { atS: 0, blocks: [block] } });
    assert.throws(begin({ id: "b" }), /state of b: is no block of this line/);
    assert.throws(
      begin({ id: "a", parts: [{}, {}] }),
      /state of a: 2 parts are at work, and there are 1 servers/,
    );
    assert.throws(begin({ id: "a", parts: [{}], workLeftS: -3 }), /workLeftS must be >= 0, got -3/);
  });

  it("a run ends in a state another can begin with", () => {
    const model = line([IN, station("a", 4), station("b", 6), OUT]);
    const state = endOf(model, { lengthS: 15, warmUpS: 0, seed: 1 });
    assert.equal(state.atS, 15);
    assert.deepEqual(
      state.blocks.map(({ id, parts, workLeftS }) => [id, parts?.length, workLeftS]),
      [
        ["in", 1, undefined],
        ["a", 1, undefined],
        ["b", 1, 1],
        ["out", undefined, undefined],
      ],
    );
    assert.deepEqual(times(model, 10, "out", "out", state), [16, 22]);
  });
});

describe("a line's random numbers", () => {
  it("of one block change nothing at the others, and each replication has its own", () => {
    const arrivals = (meanS: number): number[] => {
      const told: number[] = [];
      const model = line([
        { id: "in", kind: "source", interarrival: { kind: "exponential", meanS: 5 } },
        { id: "q", kind: "buffer" },
        { id: "a", kind: "station", process: { kind: "exponential", meanS } },
        OUT,
      ]);
      simulateLine(model, {
        lengthS: 300,
        seed: 4,
        replications: 2,
        onTrace: ({ event, atS }) => void (event === "in" && told.push(atS)),
      });
      return told;
    };
    const told = arrivals(1);
    assert.ok(told.length > 80);
    assert.deepEqual(arrivals(3), told);
    assert.equal(new Set(told).size, told.length);
  });
});
