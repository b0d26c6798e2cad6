import assert from "node:assert/strict";
import { type Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import { GOOD } from "../../runtime/core/quality.ts";
import { Random } from "../../runtime/core/random.ts";
import { type Piece, SourceReorder } from "../../runtime/describe/reorder.ts";
import { dictionaryOf } from "./spool/spool-fixture.ts";

const dictionary = dictionaryOf("x", "y", "z");
const BEGIN_US = 1e15;
let sequence = 0;

/** A frame of samples `[tag, milliseconds]`. */
function frameOf(...samples: [tag: number, ms: number][]): Frame {
  const builder = new FrameBuilder({ source: "s", reality: "live", dictionary });
  for (const [tag, ms] of samples) builder.add(tag, ms, BEGIN_US + ms * 1000, GOOD);
  const frame = builder.build({ epoch: 1, first: sequence, receiveTimeUs: 0 });
  sequence += samples.length;
  return frame;
}

const told = (pieces: Piece[]): [number, number][] =>
  pieces.flatMap(({ frame }) =>
    [...frame].map((sample, row) => [frame.indexAt(row), sample.value] as const),
  ) as [number, number][];

describe("reorder window", () => {
  it("passes frames in order as they are, once the source is half a second further", () => {
    const reorder = new SourceReorder();
    const first = frameOf([0, 0], [1, 10]);
    const second = frameOf([0, 400], [1, 400]);
    assert.deepEqual(reorder.push(0, first), []);
    assert.deepEqual(reorder.push(1, second), []);
    assert.equal(reorder.heldRows, 4);
    const due = reorder.push(2, frameOf([0, 510]));
    assert.equal(due.length, 1);
    assert.equal(due[0]!.frame, first, "no copy is made");
    assert.equal(due[0]!.number, 0);
    assert.deepEqual(told(reorder.flush()), [
      [0, 400],
      [1, 400],
      [0, 510],
    ]);
    assert.equal(reorder.heldRows, 0);
  });

  it("lets rows of the past pass behind what waits, neither late nor sorted", () => {
    const reorder = new SourceReorder();
    const past = (ms: number) => {
      const builder = new FrameBuilder({ source: "s", reality: "live", dictionary });
      builder.add(0, ms, BEGIN_US + ms * 1000, GOOD);
      return builder.build({ epoch: 1, first: sequence++, receiveTimeUs: 0, historical: true });
    };
    assert.deepEqual(told(reorder.push(0, past(1))), [[0, 1]], "nothing waits");
    reorder.push(1, frameOf([0, 1000]));
    assert.deepEqual(reorder.push(2, past(2)), [], "it keeps its place in the sequence");
    assert.equal(reorder.heldRows, 2);
    assert.deepEqual(told(reorder.push(3, frameOf([0, 1500]))), [
      [0, 1000],
      [0, 2],
    ]);
    assert.deepEqual(told(reorder.flush()), [[0, 1500]]);
    assert.deepEqual([reorder.late, reorder.heldRows], [0, 0]);
  });

  it("sorts what came out of order within the window, tag by tag", () => {
    const reorder = new SourceReorder();
    reorder.push(0, frameOf([0, 100], [1, 100]));
    reorder.push(1, frameOf([0, 300], [1, 120]));
    reorder.push(2, frameOf([0, 200], [1, 110]));
    const due = reorder.push(3, frameOf([0, 750]));
    assert.deepEqual(told(due), [
      [0, 100],
      [1, 100],
      [1, 110],
      [1, 120],
      [0, 200],
    ]);
    assert.equal(reorder.late, 0);
    assert.deepEqual(told(reorder.flush()), [
      [0, 300],
      [0, 750],
    ]);
  });

  it("counts a late sample, passes it at once and never drops it", () => {
    const reorder = new SourceReorder();
    reorder.push(0, frameOf([0, 0], [1, 0]));
    reorder.push(1, frameOf([0, 600]));
    reorder.push(2, frameOf([0, 1200]));
    const due = reorder.push(3, frameOf([0, 100], [1, 100], [0, 1300]));
    assert.deepEqual(told(due), [[0, 100]]);
    assert.equal(reorder.late, 1, "the tag y had let nothing newer go");
    assert.equal(reorder.lateOf("acme/leipzig/paint/oven1/x"), 1);
    assert.equal(reorder.lateOf("acme/leipzig/paint/oven1/y"), 0);
    assert.equal(reorder.lateOf("nobody"), 0);
    assert.deepEqual(told(reorder.flush()), [
      [0, 1200],
      [1, 100],
      [0, 1300],
    ]);
  });

  it("keeps going after a clock step of an hour, forwards and back", () => {
    const reorder = new SourceReorder();
    const hour = 3_600_000;
    const steps = [0, 100, hour, hour + 100, 200, 300, hour + 200];
    const out: [number, number][] = [];
    for (const [number, ms] of steps.entries()) out.push(...told(reorder.push(number, frameOf([0, ms]))));
    out.push(...told(reorder.flush()));
    assert.deepEqual(
      out.map(([, ms]) => ms).sort((a, b) => a - b),
      [...steps].sort((a, b) => a - b),
    );
    assert.equal(
      reorder.late,
      0,
      "the samples from before the hour wait no longer, and none of theirs was newer",
    );
  });

  it("passes a sample without a usable time on and does not call it late", () => {
    const reorder = new SourceReorder();
    reorder.push(0, frameOf([0, 0]));
    reorder.push(1, frameOf([0, 1000]));
    const due = reorder.push(2, frameOf([0, -2e12]));
    assert.deepEqual(told(due), [[0, -2e12]]);
    assert.equal(reorder.late, 0);
  });

  it("lets go what is too much, and counts it", () => {
    const reorder = new SourceReorder({ maxRows: 5 });
    reorder.push(0, frameOf([0, 1], [1, 1], [2, 1]));
    const due = reorder.push(1, frameOf([0, 2], [1, 2], [2, 2]));
    assert.equal(told(due).length, 6);
    assert.equal(reorder.forced, 6);
    assert.equal(reorder.heldRows, 0);
  });

  it("gives every sample out once and every tag in order, whatever the shuffle, the same each time", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed);
      // Samples every 10 ms, moved by up to 400 ms: within the window all can be put in order.
      const samples = Array.from(
        { length: 900 },
        (_, i) => [i % 3, Math.floor(i / 3) * 10] as [number, number],
      );
      const arrivals = samples
        .map((sample) => ({ sample, at: sample[1] + random.uniform() * 400 }))
        .sort((a, b) => a.at - b.at)
        .map(({ sample }) => sample);
      const frames: Frame[] = [];
      for (let i = 0; i < arrivals.length; ) {
        const rows = 1 + random.integer(20);
        frames.push(frameOf(...arrivals.slice(i, i + rows)));
        i += rows;
      }
      const runs = [0, 1].map(() => {
        const reorder = new SourceReorder();
        const out = frames.flatMap((frame, number) => reorder.push(number, frame));
        out.push(...reorder.flush());
        assert.equal(reorder.late, 0);
        assert.equal(reorder.heldRows, 0);
        return out;
      });
      const out = told(runs[0]!);
      assert.deepEqual(out, told(runs[1]!));
      for (let tag = 0; tag < 3; tag++) {
        const times = out.filter(([index]) => index === tag).map(([, ms]) => ms);
        assert.deepEqual(
          times,
          Array.from({ length: 300 }, (_, i) => i * 10),
        );
      }
      // Rows keep the numbers they came with.
      const rows = new Map<number, number>();
      for (const { number, frame } of runs[0]!) rows.set(number, (rows.get(number) ?? 0) + frame.length);
      assert.deepEqual(
        [...rows].sort(([a], [b]) => a - b),
        frames.map(({ length }, number) => [number, length]),
      );
    }
  });
});
