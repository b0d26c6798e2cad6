import assert from "node:assert/strict";
import { LineSimulation } from "../../../runtime/model/line/flow/line-simulation.ts";
import { readLineModel } from "../../../runtime/model/line/line-file.ts";
import type { LineState } from "../../../runtime/model/line/line-state.ts";
import { randomLine } from "./random-line.ts";

type Event = { readonly atS: number; readonly block: string; readonly event: string };

describe("the state of a line", () => {
  for (const engine of ["callbacks", "generators"] as const) {
    it(`lets ${engine} go on from it as if nothing had been, where times are fixed`, () => {
      for (let seed = 1; seed <= (engine === "callbacks" ? 25 : 10); seed++) {
        const model = randomLine(seed, "whole seconds");
        const run = (initial: LineState | undefined, untilS: number) => {
          const trace: Event[] = [];
          const simulation = new LineSimulation(model, {
            seed,
            replication: 0,
            engine,
            initial,
            trace: ({ atS, block, event }) => void trace.push({ atS, block, event }),
          });
          const begun = trace.length;
          simulation.run(untilS);
          return { trace: trace.slice(initial === undefined ? 0 : begun), state: simulation.state() };
        };
        const splitS = 700 + 13 * seed;
        const whole = run(undefined, 2500);
        const first = run(undefined, splitS);
        // As it would come out of a file.
        const second = run(JSON.parse(JSON.stringify(first.state)), 2500);
        const later = whole.trace.filter(({ atS }) => atS > splitS);
        for (const [i, event] of later.entries()) assert.deepEqual(second.trace[i], event, `seed ${seed}`);
        assert.equal(second.trace.length, later.length);
        assert.deepEqual(second.state, whole.state, `seed ${seed}`);
      }
    });
  }

  for (const engine of ["callbacks", "generators"] as const) {
    for (const [room, inBuffer] of [
      ["full, so the part waits", 1],
      ["free, so it goes on at once", 0],
    ] as const) {
      it(`lets ${engine} begin with a station that a plant calls blocked; the buffer is ${room}`, () => {
        const model = readLineModel(BLOCKED_LINE, "blocked.yaml");
        const simulation = new LineSimulation(model, {
          seed: 1,
          replication: 0,
          engine,
          initial: {
            atS: 0,
            blocks: [
              { id: "a", parts: [{}], isBlocked: true },
              { id: "b", parts: Array.from({ length: inBuffer }, () => ({})) },
              { id: "c", parts: [{}], workLeftS: 5 },
            ],
          },
        });
        const partsOf = (id: string) =>
          simulation.state().blocks.find((block) => block.id === id)!.parts!.length;
        assert.deepEqual([partsOf("a"), partsOf("b"), partsOf("c")], [inBuffer, 1, 1]);
        simulation.run(1000);
        // c hands its part on at 5 s, then one every 9 s, or every 10 s where it waits for the source.
        const { letIn, done, inside } = simulation.tally;
        assert.equal(letIn, done + inside);
        assert.ok(done >= 99 && done <= 101, `${done} done`);
      });
    }
  }
});

const BLOCKED_LINE = `
name: blocked
units: { time: s }
blocks:
  - { id: in, kind: source, interarrival: 10 }
  - { id: a, kind: station, process: 8 }
  - { id: b, kind: buffer, places: 1 }
  - { id: c, kind: station, process: 9 }
  - { id: out, kind: sink }
connections:
  - [in, a, b, c, out]
`;
