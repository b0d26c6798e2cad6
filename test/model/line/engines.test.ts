import assert from "node:assert/strict";
import { LineSimulation } from "../../../runtime/model/line/flow/line-simulation.ts";
import type { TraceEvent } from "../../../runtime/model/line/line-run.ts";
import { simulateLine } from "../../../runtime/model/line/simulate.ts";
import { randomLine } from "./random-line.ts";

const LENGTH_S = 4000;

describe("the two engines of a line", () => {
  it("tell the same story of 40 random networks, event by event", () => {
    let told = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const [callbacks, generators] = (["callbacks", "generators"] as const).map((engine) => {
        const trace: TraceEvent[] = [];
        const onTrace = (event: TraceEvent): void => void trace.push(event);
        const result = simulateLine(randomLine(seed), {
          lengthS: LENGTH_S,
          seed,
          replications: 1,
          engine,
          onTrace,
        });
        return { trace, perBlock: result.perBlock, events: result.events };
      });
      for (const [i, event] of callbacks!.trace.entries()) {
        assert.deepEqual(generators!.trace[i], event, `seed ${seed}`);
      }
      assert.equal(generators!.trace.length, callbacks!.trace.length);
      assert.deepEqual(generators!.perBlock, callbacks!.perBlock);
      assert.equal(generators!.events, callbacks!.events);
      told += callbacks!.trace.length;
    }
    assert.ok(told > 40_000, `${told} events`);
  });

  it("lose no part and make none: in + made - joined = done + scrapped + inside", () => {
    const seen = { made: 0, joined: 0, scrapped: 0, done: 0 };
    for (let seed = 1; seed <= 40; seed++) {
      const model = randomLine(seed);
      const simulation = new LineSimulation(model, { seed, replication: 0, engine: "callbacks" });
      simulation.run(LENGTH_S);
      const { tally } = simulation;
      const state = simulation.state();
      const sources = new Set(model.blocks.filter(({ kind }) => kind === "source").map(({ id }) => id));
      const inside = state.blocks
        .filter(({ id }) => !sources.has(id))
        .reduce((sum, { parts, kit }) => sum + (parts?.length ?? 0) + (kit?.length ?? 0), 0);
      assert.equal(
        tally.letIn + tally.made - tally.joined,
        tally.done + tally.scrapped + inside,
        `seed ${seed}`,
      );
      assert.equal(tally.inside, inside);
      for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] += tally[key];
    }
    for (const [key, count] of Object.entries(seen)) assert.ok(count > 100, `${key}: ${count}`);
  });

  it("spend the whole time of each server in some state", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { perBlock } = simulateLine(randomLine(seed), {
        lengthS: LENGTH_S,
        warmUpS: 500,
        seed,
        replications: 2,
      });
      for (const { busy, blocked, starved, down, setup, waitingOperator, offShift } of perBlock) {
        if (busy === undefined) continue;
        const all = [busy, blocked!, starved!, down!, setup!, waitingOperator!, offShift!];
        assert.ok(Math.abs(all.reduce((sum, { mean }) => sum + mean, 0) - 1) < 1e-9);
      }
    }
  });
});
