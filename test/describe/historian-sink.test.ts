import assert from "node:assert/strict";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { type Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import { GOOD, UNCERTAIN } from "../../runtime/core/quality.ts";
import { HistorianSink } from "../../runtime/describe/historian/historian-sink.ts";
import { HistorianBench } from "./historian-fixture.ts";

const dictionary = new Dictionary(
  (["number", "string"] as const).map((type) => ({
    address: `a/b/c/d/${type}`,
    kind: "measurement",
    type,
    update: { mode: "onChange" },
  })),
);

/** Samples `[tag, µs, value]`; a text is no number. */
function frameOf(source: string, ...samples: [tag: number, us: number, value: number | string][]): Frame {
  const builder = new FrameBuilder({ source, reality: "live", dictionary });
  for (const [tag, us, value] of samples) {
    if (typeof value === "string") builder.add(tag, Number.NaN, us, GOOD, value);
    else builder.add(tag, value, us, GOOD);
  }
  return builder.build({ epoch: 1, first: 0, receiveTimeUs: 0 });
}

describe("historian as a sink", () => {
  let bench: HistorianBench;
  beforeEach(() => {
    bench = new HistorianBench();
  });
  afterEach(() => bench.end());

  it("stores frames once, however often they come", async () => {
    const historian = bench.historian();
    const sink = new HistorianSink(historian);
    const frames = [frameOf("s", [0, 10, 1], [1, 10, "on"]), frameOf("t", [0, 10, 5])];
    await sink.store(frames);
    await sink.store(frames);
    assert.equal((await historian.facts()).samples, 3);
  });

  it("knows what it holds by source, tag, time and value", async () => {
    const third = 1 / 3;
    const time = 2 ** 53 - 1;
    const sink = new HistorianSink(bench.historian());
    await sink.store([frameOf("s", [0, 10, third], [0, time, -1e300], [1, 10, "on"], [0, 20, 0])]);
    const key = (tag: number, sourceTimeUs: number, value: number, other?: unknown) => ({
      address: dictionary.properties[tag]!.address,
      sourceTimeUs,
      value,
      quality: GOOD,
      ...(other === undefined ? {} : { other }),
    });
    const asked = [
      key(0, 10, third),
      key(0, 10, 0.333),
      key(0, 11, third),
      key(0, time, -1e300),
      key(1, 10, Number.NaN, "on"),
      key(1, 10, Number.NaN, "off"),
      key(0, 10, Number.NaN),
      key(0, 20, 0),
      { address: "a/b/c/d/unknown", sourceTimeUs: 10, value: third, quality: GOOD },
      { ...key(0, 10, third), quality: UNCERTAIN },
    ];
    const held = [true, false, false, true, true, false, false, true, false, false];
    assert.deepEqual(await sink.holds("s", asked), held);
    assert.deepEqual(await sink.holds("t", asked), new Array(10).fill(false));
    assert.deepEqual(await sink.holds("s", []), []);
    const many = Array.from({ length: 4500 }, (_, i) => key(0, i, third));
    assert.deepEqual(
      (await sink.holds("s", many)).flatMap((is, i) => (is ? [i] : [])),
      [10],
    );
  });

  it("passes on that it cannot store", async () => {
    const historian = bench.historian();
    await historian.close();
    await assert.rejects(new HistorianSink(historian).store([frameOf("s", [0, 1, 1])]), {
      code: "closed",
    });
  });
});
