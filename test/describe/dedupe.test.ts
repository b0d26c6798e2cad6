import assert from "node:assert/strict";
import { type Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import { GOOD, UNCERTAIN_LAST_USABLE } from "../../runtime/core/quality.ts";
import { Dedupe } from "../../runtime/describe/dedupe.ts";
import { dictionaryOf } from "./spool/spool-fixture.ts";

const dictionary = dictionaryOf("x", "y");

/** Samples `[tag, time in µs, value]`. */
function frameOf(
  head: { epoch: number; first: number; historical?: boolean },
  ...samples: [tag: number, us: number, value: number, other?: unknown][]
): Frame {
  const builder = new FrameBuilder({ source: "s", reality: "live", dictionary });
  for (const [tag, us, value, other] of samples) builder.add(tag, value, us, GOOD, other);
  return builder.build({ ...head, receiveTimeUs: 0 });
}

/** `new`, `repeated` or `suspect`, row by row. */
function judged(dedupe: Dedupe, frame: Frame): string[] {
  const { repeated, suspects } = dedupe.judge(frame);
  return Array.from({ length: frame.length }, (_, row) => {
    if (repeated?.[row] === 1) return "repeated";
    return suspects.some((suspect) => suspect.row === row) ? "suspect" : "new";
  });
}

const nowhere = (): boolean => false;

describe("dedupe", () => {
  it("knows a sample by epoch and sequence", () => {
    const dedupe = new Dedupe(nowhere);
    const frame = frameOf({ epoch: 1, first: 0 }, [0, 10, 1], [1, 10, 2]);
    assert.deepEqual(judged(dedupe, frame), ["new", "new"]);
    assert.deepEqual(judged(dedupe, frame), ["repeated", "repeated"]);
    const overlap = frameOf({ epoch: 1, first: 1 }, [1, 10, 2], [0, 20, 1]);
    assert.deepEqual(judged(dedupe, overlap), ["repeated", "new"]);
  });

  it("suspects all that was filled in, and what comes live at or before it", () => {
    const dedupe = new Dedupe(nowhere);
    judged(dedupe, frameOf({ epoch: 1, first: 0 }, [0, 10, 1], [1, 10, 1]));
    const past = frameOf({ epoch: 1, first: 2, historical: true }, [0, 5, 7], [0, 30, 8]);
    assert.deepEqual(judged(dedupe, past), ["suspect", "suspect"]);
    assert.deepEqual(judged(dedupe, past), ["repeated", "repeated"]);
    const live = frameOf({ epoch: 1, first: 4 }, [0, 20, 2], [0, 30, 8], [1, 20, 2], [0, 31, 9]);
    assert.deepEqual(judged(dedupe, live), ["suspect", "suspect", "new", "new"]);
  });

  it("keeps late samples and equal ones that the sequence tells apart", () => {
    const dedupe = new Dedupe(nowhere);
    judged(dedupe, frameOf({ epoch: 1, first: 0 }, [0, 100, 1]));
    assert.deepEqual(judged(dedupe, frameOf({ epoch: 1, first: 1 }, [0, 50, 1], [0, 100, 1])), [
      "new",
      "new",
    ]);
  });

  it("leaves out what a server repeats to a new subscription, and asks about what is older", () => {
    const dedupe = new Dedupe(nowhere);
    judged(dedupe, frameOf({ epoch: 1, first: 0 }, [0, 90, 4], [0, 100, 5], [1, 100, 7]));
    const again = frameOf({ epoch: 2, first: 0 }, [0, 100, 5], [1, 100, 8], [0, 90, 4], [0, 110, 5]);
    assert.deepEqual(judged(dedupe, again), ["repeated", "suspect", "suspect", "new"]);
    assert.deepEqual(dedupe.judge(frameOf({ epoch: 3, first: 0 }, [0, 90, 4])).suspects, [
      { row: 0, key: { address: "acme/leipzig/paint/oven1/x", sourceTimeUs: 90, value: 4, quality: GOOD } },
    ]);
  });

  it("asks about a value that is the same and not good any more", () => {
    const dedupe = new Dedupe(nowhere);
    judged(dedupe, frameOf({ epoch: 1, first: 0 }, [0, 100, 5]));
    const builder = new FrameBuilder({ source: "s", reality: "live", dictionary });
    builder.add(0, 5, 100, UNCERTAIN_LAST_USABLE);
    const { repeated, suspects } = dedupe.judge(builder.build({ epoch: 2, first: 0, receiveTimeUs: 0 }));
    assert.equal(repeated, undefined);
    assert.deepEqual(
      suspects.map(({ key }) => key.quality),
      [UNCERTAIN_LAST_USABLE],
    );
  });

  it("asks about what lies in an open gap, and about nothing outside it", () => {
    const isInGap = (address: string, timeUs: number): boolean =>
      address.endsWith("/x") && timeUs >= 40 && timeUs <= 60;
    const dedupe = new Dedupe(isInGap);
    judged(dedupe, frameOf({ epoch: 1, first: 0 }, [0, 40, 1], [0, 60, 1], [1, 60, 1]));
    const backfilled = frameOf({ epoch: 1, first: 3 }, [0, 40, 1], [0, 50, 1], [0, 30, 1], [1, 50, 1]);
    assert.deepEqual(judged(dedupe, backfilled), ["suspect", "suspect", "new", "new"]);
  });

  it("keeps samples without a usable time apart by their sequence alone", () => {
    const dedupe = new Dedupe(nowhere);
    const frame = frameOf({ epoch: 1, first: 0 }, [0, 100, 1], [0, -1, 1]);
    assert.deepEqual(judged(dedupe, frame), ["new", "new"]);
    assert.deepEqual(judged(dedupe, frame), ["repeated", "repeated"]);
    assert.deepEqual(judged(dedupe, frameOf({ epoch: 2, first: 0 }, [0, -1, 1])), ["new"]);
  });

  it("compares what is no number in the store alone", () => {
    const dedupe = new Dedupe(nowhere);
    judged(dedupe, frameOf({ epoch: 1, first: 0 }, [0, 10, Number.NaN, "running"]));
    const again = frameOf({ epoch: 2, first: 0 }, [0, 10, Number.NaN, "running"]);
    const { repeated, suspects } = dedupe.judge(again);
    assert.equal(repeated, undefined);
    assert.equal(suspects[0]!.key.other, "running");
  });

  it("asks after a restart about everything not newer than what the sink had stored", () => {
    const dedupe = new Dedupe(nowhere, { timeUs: 100, epoch: 4 });
    const frame = frameOf({ epoch: 5, first: 0 }, [0, 90, 1], [1, 100, 1], [0, 101, 1]);
    assert.deepEqual(judged(dedupe, frame), ["suspect", "suspect", "new"]);
    // The rest of the epoch that was cut short by the restart is told apart by its sequence.
    const rest = new Dedupe(nowhere, { timeUs: 100, epoch: 4 });
    assert.deepEqual(judged(rest, frameOf({ epoch: 4, first: 9 }, [0, 95, 1])), ["new"]);
  });

  it("costs one interval for a million samples in sequence", () => {
    const dedupe = new Dedupe(nowhere);
    let repeated = 0;
    for (let first = 0; first < 1e6; first += 5000) {
      const builder = new FrameBuilder({ source: "s", reality: "live", dictionary }, 5000);
      for (let i = 0; i < 5000; i++) builder.add(i % 2, i, first + i, GOOD);
      if (dedupe.judge(builder.build({ epoch: 1, first, receiveTimeUs: 0 })).repeated !== undefined)
        repeated++;
    }
    assert.equal(repeated, 0);
  });
});
