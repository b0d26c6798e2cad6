import assert from "node:assert/strict";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { type Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import { GOOD } from "../../runtime/core/quality.ts";
import type { NewGap } from "../../runtime/describe/gap-entry.ts";
import { GapFinder } from "../../runtime/describe/gap-finder.ts";

const BEGIN_S = 1.79e9;
const X = 0;
const Y = 1;
const dictionary = new Dictionary(
  ["x", "y"].map((name) => ({
    address: `acme/leipzig/paint/oven1/${name}`,
    kind: "measurement",
    type: "number",
    update: { mode: "onChange" },
  })),
);

/** Samples of tags with their source times in seconds, received at `atS`. */
class Feed {
  readonly #finder = new GapFinder({});
  #first = 0;
  epoch = 1;

  take(atS: number, ...samples: [tag: number, s: number][]): (string | number)[][] {
    const frame = this.#frame(atS, samples);
    return this.#finder.arrived(frame).map(asSeconds);
  }

  #frame(atS: number, samples: readonly [tag: number, s: number][]): Frame {
    const builder = new FrameBuilder({ source: "s", reality: "live", dictionary });
    for (const [tag, s] of samples) builder.add(tag, s, (BEGIN_S + s) * 1e6, GOOD);
    const frame = builder.build({
      epoch: this.epoch,
      first: this.#first,
      receiveTimeUs: (BEGIN_S + atS) * 1e6,
    });
    this.#first += samples.length;
    return frame;
  }
}

const asSeconds = ({ cause, fromUs, toUs }: NewGap): (string | number)[] => [
  cause,
  fromUs / 1e6 - BEGIN_S,
  toUs / 1e6 - BEGIN_S,
];

describe("gap finder", () => {
  it("begins a gap at the present, and another at the newest sample of a clock that is ahead", () => {
    const feed = new Feed();
    feed.take(0, [X, 0], [Y, 7200]);
    feed.take(1, [Y, 7201]);
    feed.epoch = 2;
    assert.deepEqual(feed.take(600, [X, 600]), [["source-restarted", 0, 600]]);
    assert.deepEqual(feed.take(601, [Y, 7801]), [["source-restarted", 7201, 7801]]);
    assert.deepEqual(feed.take(602, [X, 602], [Y, 7802]), []);
    // It breaks off again, and y is gone for good.
    feed.epoch = 3;
    assert.deepEqual(feed.take(700, [X, 700]), [["source-restarted", 602, 700]]);
    feed.epoch = 4;
    assert.deepEqual(feed.take(800, [X, 800]), [["source-restarted", 700, 800]]);
  });

  it("finds what is missing after the clock was set back by an hour", () => {
    const feed = new Feed();
    feed.take(0, [X, 0]);
    feed.take(10, [X, -3590]);
    feed.epoch = 2;
    assert.deepEqual(feed.take(600, [X, -3000]), [["source-restarted", -3590, -3000]]);
  });

  it("begins no earlier than a minute before the last receipt where all clocks were set forward", () => {
    const feed = new Feed();
    feed.take(0, [X, 0]);
    feed.take(86_400, [X, 90_000]);
    feed.epoch = 2;
    assert.deepEqual(feed.take(87_000, [X, 90_600]), [
      ["source-restarted", 86_340, 90_600],
      ["source-restarted", 90_000, 90_600],
    ]);
  });

  it("begins at the newest sample where one comes a little late", () => {
    const feed = new Feed();
    feed.take(1, [X, 1], [Y, 0.2]);
    feed.take(1.1, [Y, 0.5]);
    feed.epoch = 2;
    assert.deepEqual(feed.take(9, [X, 9]), [["source-restarted", 1, 9]]);
  });
});
