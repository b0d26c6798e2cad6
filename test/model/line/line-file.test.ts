import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { RungError } from "../../../runtime/core/errors.ts";
import { readLineModel } from "../../../runtime/model/line/line-file.ts";
import { simulateLine } from "../../../runtime/model/line/simulate.ts";

const EXAMPLES = new URL("../../../examples/data/line/", import.meta.url);

const file = (blocks: string, connections = "[[in, a, out]]", more = ""): string => `
name: line
units: { time: min, length: mm }
blocks:
  - { id: in, kind: source }
  - { id: out, kind: sink }
${blocks}
connections: ${connections}
${more}`;

const A = "  - { id: a, kind: station, process: 2 }";

describe("a line's file", () => {
  it("declares its units, and becomes seconds and metres", () => {
    const model = readLineModel(
      file(
        `  - { id: a, kind: station, process: { kind: lognormal, mean: 2, cv: 0.1 }, position: [500, 0] }
  - { id: belt, kind: conveyor, length: 6000, speed: 3000, pitch: 1500, accumulating: false }`,
        "[[in, a, belt, out]]",
      ),
      "line.yaml",
    );
    assert.deepEqual(model.blocks.slice(2), [
      { id: "a", kind: "station", process: { kind: "lognormal", meanS: 120, sdS: 12 }, positionM: [0.5, 0] },
      { id: "belt", kind: "conveyor", lengthM: 6, speedMPerS: 0.05, pitchM: 1.5, accumulating: false },
    ]);
    assert.deepEqual(model.connections, [
      { from: "in", to: "a" },
      { from: "a", to: "belt" },
      { from: "belt", to: "out" },
    ]);
  });

  it("may be JSON", () => {
    const model = readLineModel(
      JSON.stringify({
        name: "line",
        units: { time: "s" },
        blocks: [
          { id: "in", kind: "source" },
          { id: "a", kind: "station", process: 3 },
          { id: "out", kind: "sink" },
        ],
        connections: [
          { from: "in", to: "a" },
          { from: "a", to: "out", share: 1 },
        ],
      }),
      "line.json",
    );
    assert.equal(simulateLine(model, { lengthS: 300, seed: 1, warmUpS: 30 }).throughputPerHour.mean, 1200);
  });

  it("names every fault of its values with file, line and key", () => {
    const text = file(`  - { id: a, kind: station, process: -2, servers: 0, colour: red }
  - { id: b, kind: station, process: { kind: triangular, low: 3, mode: 2, high: 4 } }`);
    assert.throws(
      () => readLineModel(text, "line.yaml"),
      (fault: RungError) => {
        assert.equal(fault.code, "line-file");
        for (const told of [
          /line\.yaml:7: blocks\[2\]\.process: must be >= 0, got -2/,
          /line\.yaml:7: blocks\[2\]\.servers: must be >= 1, got 0/,
          /line\.yaml:7: blocks\[2\]\.colour: is no key that is known here/,
          /line\.yaml:8: blocks\[3\]\.process: low, mode and high must rise, got 3, 2, 4/,
        ]) {
          assert.match(fault.message, told);
        }
        return true;
      },
    );
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ["no units", file(A).replace(/units.*\n/, ""), /units.*must be a mapping/],
    [
      "an unknown block",
      file(A, "[[in, a, b, out]]"),
      /line\.yaml.*b: is no block of this line \(a connection from a to b/s,
    ],
    ["an unknown kind of block", file(A.replace("station", "robot")), /kind: must be one of source, station/],
    ["no source", file(A, "[[a, out]]").replace(/.*kind: source.*\n/, ""), /has no source/],
    ["no sink", file(A, "[[in, a]]").replace(/.*kind: sink.*\n/, ""), /has no sink/],
    [
      "a block that leads nowhere",
      file(`${A}\n  - { id: b, kind: buffer, places: 2 }`, "[[in, a, out], [a, b]]"),
      /line\.yaml, b: leads nowhere/,
    ],
    [
      "a part that is not connected",
      file(`${A}\n  - { id: b, kind: station, process: 1 }`, "[[in, a, out], [b, out]]"),
      /b: is reached from no source/,
    ],
    [
      "a loop without a way out",
      file(`${A}\n  - { id: b, kind: station, process: 1 }`, "[[in, a], [in, out], [a, b, a]]"),
      /a: has no way to a sink: what goes in stays in/,
    ],
    [
      "a loop that takes no time",
      file(
        `${A}\n  - { id: b, kind: buffer, places: 1 }\n  - { id: c, kind: buffer, places: 1 }`,
        "[[in, a, b, c, out], [c, b]]",
      ),
      /lies in a loop that takes no time/,
    ],
    [
      "shares that are not 1",
      file(A, "[{ from: in, to: a }, { from: a, to: out, share: 0.5 }]"),
      /a: the shares of its ways must be 1 together, got 0\.5/,
    ],
    [
      "kinds that are not 1",
      file(A).replace("kind: source }", "kind: source, kinds: [{ kind: A, share: 0.7 }] }"),
      /in: the shares of its kinds must be 1 together/,
    ],
    [
      "shifts without a calendar",
      file(A.replace("process: 2", "process: 2, shifts: [early]")),
      /a: runs in shifts early, and the line has no calendar/,
    ],
    [
      "a shift that is not in the calendar",
      file(
        A.replace("process: 2", "process: 2, shifts: [late]"),
        undefined,
        "calendar: { period: 60, shifts: [{ name: early, from: 0, to: 30 }] }",
      ),
      /a: runs in shift late, which the calendar does not have \(it has early\)/,
    ],
    [
      "a break outside its shift",
      file(
        A,
        undefined,
        "calendar: { period: 60, shifts: [{ name: early, from: 0, to: 30, breaks: [{ from: 20, to: 40 }] }] }",
      ),
      /shift early: has a break from 1200 s to 2400 s/,
    ],
    [
      "orders that are not there",
      file(A).replace("kind: source }", "kind: source, orders: once }"),
      /in: takes orders, and the line has none/,
    ],
    [
      "operators that are not there",
      file(A.replace("process: 2", "process: 2, operators: { skill: weld }")),
      /a: asks for 1 with skill weld, and 0 have it/,
    ],
    [
      "a crew that is not there",
      file(A.replace("process: 2", "process: 2, failure: { by: time, between: 9, repair: 1, crew: c }")),
      /a: asks for crew c, which is not there/,
    ],
    [
      "a failure without time between",
      file(A.replace("process: 2", "process: 2, failure: { by: time, between: 0, repair: 1 }")),
      /line\.yaml, a: the time between failures must be > 0, got 0/,
    ],
    [
      "arrivals that take no time",
      file(A).replace("kind: source }", "kind: source, interarrival: 0 }"),
      /in: the time between parts must be > 0, got 0/,
    ],
    [
      "parts without end through work that takes no time",
      file(A.replace("process: 2", "process: 0")),
      /in: lets in parts without end/,
    ],
    [
      "a kit of what nothing makes",
      file("  - { id: a, kind: assembly, process: 2, kit: [{ kind: wheel }] }"),
      /a: waits for kind wheel, which nothing makes/,
    ],
    [
      "parts without end",
      file(`${A}\n  - { id: q, kind: buffer }`, "[[in, q, a, out]]"),
      /in: lets in parts without end: nothing holds them up before q/,
    ],
    [
      "a buffer without places",
      file(`${A}\n  - { id: b, kind: buffer, places: 0 }`, "[[in, a, b, out]]"),
      /b: a buffer without places lets nothing pass \(leave it out/,
    ],
    ["a block that stands twice", file(`${A}\n${A}`), /a: a block with this id stands twice/],
  ];
  for (const [what, text, told] of refused) {
    it(`is refused with ${what}`, () => {
      assert.throws(
        () => readLineModel(text, "line.yaml"),
        (fault) => fault instanceof RungError && told.test(fault.message) && /line\.yaml/.test(fault.message),
      );
    });
  }

  for (const name of readdirSync(EXAMPLES).filter((one) => one.endsWith(".yaml"))) {
    it(`examples/data/line/${name} runs`, () => {
      const model = readLineModel(readFileSync(new URL(name, EXAMPLES), "utf8"), name);
      const result = simulateLine(model, { lengthS: 8 * 3600, warmUpS: 3600, seed: 1, replications: 2 });
      assert.ok(result.throughputPerHour.mean > 20 && result.throughputPerHour.mean < 70);
      assert.deepEqual(result.warnings, []);
    });
  }
});
