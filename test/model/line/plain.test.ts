/**
 * Covers: the short way of a plain line beside the general one.
 * Scenario: 40 random networks of sources, buffers, stations and sinks, both engines: trace, totals, events, bottleneck and
 * state must be the general line's to the bit.
 */
import assert from "node:assert/strict";
import { ActivePeriods } from "../../../runtime/model/line/flow/active-periods.ts";
import { LineSimulation, type SimulationOrder } from "../../../runtime/model/line/flow/line-simulation.ts";
import type { LineModel } from "../../../runtime/model/line/line-model.ts";
import { isPlainLine } from "../../../runtime/model/line/plain/plain-line.ts";
import { rowLength } from "../../../runtime/model/line/results/totals.ts";
import { endOf, simulateLine } from "../../../runtime/model/line/simulate.ts";
import { generalSimulation, type Simulation, simulationOf } from "../../../runtime/model/line/simulation.ts";
import { randomLine } from "./random-line.ts";
import { randomPlainLine } from "./random-plain-line.ts";
import { lineOf } from "./serial/line-of.ts";

const ENGINES = ["callbacks", "generators"] as const;

type Event = Parameters<NonNullable<SimulationOrder["trace"]>>[0];

/** All that one run tells, looked at twice on its way. */
function told(
  model: LineModel,
  seed: number,
  engine: "callbacks" | "generators",
  make: (model: LineModel, order: SimulationOrder) => Simulation,
) {
  const trace: Event[] = [];
  const periods = new ActivePeriods();
  const simulation = make(model, {
    seed,
    replication: 0,
    engine,
    trace: (event) => void trace.push(event),
    periods,
  });
  const seen = [1234.5, 4000].map((atS) => {
    while (!simulation.run(atS, 500));
    const row = new Float64Array(rowLength(model.blocks.length));
    simulation.writeRow(row);
    return { row, state: JSON.parse(JSON.stringify(simulation.state())), happened: simulation.happened };
  });
  return { flow: simulation.flow, trace, seen, periods };
}

const inObjects = (model: LineModel, order: SimulationOrder): Simulation =>
  generalSimulation(new LineSimulation(model, order));

describe("a plain line", () => {
  it("tells the story of the general line on 40 random networks, by both engines, to the bit", () => {
    let events = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const model = randomPlainLine(seed);
      const general = told(model, seed, "callbacks", inObjects);
      assert.equal(general.flow, "general");
      for (const engine of ENGINES) {
        const plain = told(model, seed, engine, simulationOf);
        assert.equal(plain.flow, "plain");
        for (const [i, event] of general.trace.entries())
          assert.deepEqual(plain.trace[i], event, `seed ${seed}, ${engine}, event ${i}`);
        assert.equal(plain.trace.length, general.trace.length);
        assert.deepEqual(plain.seen, general.seen, `seed ${seed}, ${engine}`);
        assert.deepEqual(plain.periods, general.periods, `seed ${seed}, ${engine}`);
      }
      events += general.trace.length;
    }
    assert.ok(events > 80_000, `${events} events`);
  }).timeout(30_000);

  it("ends in a state from which the general line goes on", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const model = randomPlainLine(seed);
      const initial = endOf(model, { lengthS: 1000, warmUpS: 0, seed });
      const result = simulateLine(model, { lengthS: 1000, seed, replications: 2, initial });
      assert.equal(result.flow, "general");
      assert.ok(result.throughputPerHour.mean > 0);
    }
  });

  it("is refused where every part waits for another", () => {
    const work = (id: string, valueS: number) =>
      ({ id, kind: "station", process: { kind: "fixed", valueS } }) as const;
    const model: LineModel = {
      name: "ring",
      blocks: [{ id: "in", kind: "source" }, work("a", 1), work("b", 1), { id: "out", kind: "sink" }],
      connections: [
        { from: "in", to: "a" },
        { from: "a", to: "b" },
        { from: "b", to: "a", share: 0.5 },
        { from: "b", to: "out", share: 0.5 },
      ],
    };
    for (const engine of ENGINES) {
      assert.throws(() => simulateLine(model, { lengthS: 1000, warmUpS: 0, seed: 1, engine }), {
        code: "line-standstill",
      });
    }
  });

  it("is told in the result, and taken for one by its model alone", () => {
    const model = lineOf({
      name: "plain",
      stations: [{ id: "a", process: { kind: "fixed", valueS: 1 } }],
      placesBehind: [],
    });
    const run = { lengthS: 100, warmUpS: 0, seed: 1 } as const;
    assert.equal(simulateLine(model, { ...run, engine: "callbacks" }).flow, "plain");
    assert.equal(simulateLine(model, { ...run, engine: "recursion" }).flow, undefined);
    assert.equal(simulateLine(randomLine(1), run).flow, "general");
    const withBlock = (more: object): LineModel => ({
      ...model,
      blocks: model.blocks.map((block) => (block.kind === "station" ? { ...block, ...more } : block)),
    });
    const fixed = { kind: "fixed", valueS: 1 } as const;
    const others: Record<string, LineModel> = {
      operators: withBlock({ operators: { skill: "weld", count: 1 } }),
      crew: withBlock({ failure: { by: "time", meanBetween: fixed, repair: fixed, crew: "c" } }),
      belt: withBlock({ kind: "conveyor", lengthM: 1, speedMPerS: 1, pitchM: 1, accumulating: true }),
      kinds: {
        ...model,
        blocks: model.blocks.map((block) =>
          block.kind === "source" ? { ...block, kinds: [{ kind: "A", share: 1 }] } : block,
        ),
      },
      calendar: { ...model, calendar: { periodS: 9, startsAtS: 0, shifts: [] } },
      "way of a kind": { ...model, connections: model.connections.map((way) => ({ ...way, kinds: ["A"] })) },
    };
    for (const [name, other] of Object.entries(others)) assert.equal(isPlainLine(other), false, name);
    assert.equal(isPlainLine(withBlock({ servers: 3, rework: { share: 0.1 } })), true);
  });
});
