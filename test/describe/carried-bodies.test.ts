import assert from "node:assert/strict";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { type Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import { GOOD } from "../../runtime/core/quality.ts";
import { CarriedBodies } from "../../runtime/describe/carried-bodies.ts";

const SIGNS = { entry: "a/l/entry", exit: "a/l/exit", speed: "a/l/speed" };
const onChange = { mode: "onChange" as const };

function dictionaryIn(unit: string | undefined): Dictionary {
  const base = { kind: "measurement" as const, type: "number" as const, update: onChange };
  return new Dictionary([
    { ...base, address: SIGNS.entry },
    { ...base, address: SIGNS.exit },
    { ...base, address: SIGNS.speed, ...(unit === undefined ? {} : { unit }) },
  ]);
}
const PER_MINUTE = dictionaryIn("m/min");

/** @param rows of index (0 entry, 1 exit, 2 speed), value and time, s */
function frame(rows: readonly (readonly [number, number, number])[], dictionary = PER_MINUTE): Frame {
  const builder = new FrameBuilder({ source: "test", reality: "virtual", dictionary }, rows.length);
  for (const [index, value, timeS] of rows) builder.add(index, value, timeS * 1e6, GOOD);
  return builder.build({ epoch: 1, first: 0, receiveTimeUs: 0 });
}
const at = (bodies: CarriedBodies, timeS: number, aheadS = 1000) => bodies.along(timeS * 1e6, aheadS * 1e6);

describe("bodies that a conveyor carries", () => {
  it("are as far along as it has moved since they entered, at every speed it had", () => {
    const bodies = new CarriedBodies(SIGNS, 72);
    bodies.accepted(
      frame([
        [2, 6, 0],
        [0, 1, 10],
        [2, 3, 20],
        [0, 2, 30],
        [2, 0, 60],
      ]),
    );
    // Body 1: 10 s at 0.1 m/s, 40 s at 0.05 m/s; then the conveyor stands.
    assert.deepEqual(at(bodies, 500), [
      { body: 1, alongM: 3 },
      { body: 2, alongM: 1.5 },
    ]);
  });

  it("are not foretold beyond a speed that is old", () => {
    const bodies = new CarriedBodies(SIGNS, 72);
    bodies.accepted(
      frame([
        [2, 6, 0],
        [0, 1, 0],
      ]),
    );
    assert.equal(at(bodies, 500, 15)[0]!.alongM, 1.5);
  });

  it("leave by the exit's report, those before them too, and are lost where none comes", () => {
    const bodies = new CarriedBodies(SIGNS, 72);
    bodies.accepted(
      frame([
        [2, 6, 0],
        [0, 1, 0],
        [0, 2, 10],
        [0, 3, 20],
      ]),
    );
    bodies.accepted(frame([[1, 2, 30]]));
    assert.deepEqual(
      at(bodies, 40).map(({ body }) => body),
      [3],
    );
    bodies.accepted(frame([[1, 77, 41]]));
    assert.deepEqual(
      at(bodies, 760).map(({ body, alongM }) => [body, alongM]),
      [[3, 72]],
    );
    assert.deepEqual(at(bodies, 840), []);
  });

  it("are none that entered before anybody listened, and none of a filled-in past", () => {
    const bodies = new CarriedBodies(SIGNS, 72);
    bodies.accepted(
      frame([
        [2, 6, 0],
        [1, 5, 1],
        [0, 0, 2],
      ]),
    );
    assert.deepEqual(at(bodies, 10), []);
  });

  for (const unit of ["kW", undefined])
    it(`are not moved by what is in ${unit ?? "no unit"}, and it says so`, () => {
      const bodies = new CarriedBodies(SIGNS, 72);
      bodies.accepted(
        frame(
          [
            [2, 6, 0],
            [0, 1, 0],
          ],
          dictionaryIn(unit),
        ),
      );
      assert.equal(at(bodies, 100)[0]!.alongM, 0);
      assert.match(bodies.problem, /a\/l\/speed is in (kW|no unit), which is no speed/);
    });
});
