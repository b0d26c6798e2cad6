import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import { GOOD } from "../../runtime/core/quality.ts";

const require = createRequire(import.meta.url);
const { util } = require("@node-red/util") as {
  util: { cloneMessage<T>(message: T): T; encodeObject(message: object, options: object): { msg: string } };
};

const dictionary = new Dictionary([
  { address: "a/b/c/d/x", kind: "measurement", type: "number", update: { mode: "cyclic", periodMs: 1000 } },
]);
const builder = new FrameBuilder({ source: "s", reality: "live", dictionary });
builder.add(0, 21.5, 1e15, GOOD);
const frame = builder.build({ epoch: 1, first: 7, receiveTimeUs: 1e15 });

describe("travel of frames through the installed Node-RED", () => {
  it("passes a frame in msg.payload by reference", () => {
    const message = { _msgid: "1", payload: frame, topic: "a/b/c/d", res: undefined };
    const clone = util.cloneMessage(message);
    assert.notEqual(clone, message);
    assert.equal(clone.payload, frame);
    assert.equal(clone.payload.valueAt(0), 21.5);
  });

  it("passes it by reference deeper in the message as well", () => {
    const clone = util.cloneMessage({ rung: { frames: [frame] }, dictionary });
    assert.equal(clone.rung.frames[0], frame);
    assert.equal(clone.dictionary, dictionary);
  });

  it("copies a plain typed array, which is why a frame is no plain object", () => {
    const values = new Float64Array([1, 2, 3]);
    const clone = util.cloneMessage({ payload: values });
    assert.notEqual(clone.payload, values);
    assert.notEqual(clone.payload.buffer, values.buffer);
    assert.deepEqual(clone.payload, values);
  });

  it("would break a class with private fields that had no tag", () => {
    class Untagged {
      #value = 1;
      get value(): number {
        return this.#value;
      }
    }
    const clone = util.cloneMessage({ payload: new Untagged() });
    assert.throws(() => clone.payload.value, TypeError);
  });

  it("reads well in a debug node", () => {
    assert.equal(
      util.encodeObject({ msg: frame }, {}).msg,
      "frame of 1 sample from s (live)\na/b/c/d/x = 21.5 at 2001-09-09T01:46:40.000Z",
    );
    const many = new FrameBuilder({ source: "s", reality: "recorded", dictionary });
    for (let i = 0; i < 12; i++) many.add(0, i, 1e15, GOOD);
    const text = String(many.build({ epoch: 1, first: 0, receiveTimeUs: 1e15 }));
    assert.match(text, /^frame of 12 samples from s \(recorded\)\n/);
    assert.match(text, /\nand 2 more$/);
  });

  it("must not be the message itself", () => {
    assert.equal(Object.prototype.toString.call(frame), "[object RungFrame]");
    assert.equal(Frame.is(util.cloneMessage({ payload: frame }).payload), true);
  });
});
