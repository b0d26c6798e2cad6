import assert from "node:assert/strict";
import { Dictionary } from "../../../runtime/core/dictionary.ts";
import { FrameBuilder } from "../../../runtime/core/frame.ts";
import { GOOD } from "../../../runtime/core/quality.ts";
import { RecentFrames } from "../../../runtime/describe/spool/recent-frames.ts";

const ROWS = 100;
const dictionary = new Dictionary([
  { address: "acme/x", kind: "measurement", type: "number", update: { mode: "cyclic", periodMs: 1000 } },
]);
const builder = new FrameBuilder({ source: "s", reality: "virtual", dictionary });
for (let i = 0; i < ROWS; i++) builder.add(0, i, 1e6 * i, GOOD);
const frame = builder.build({ epoch: 1, first: 0, receiveTimeUs: 0 });

describe("the newest frames of the spool", () => {
  it("keep as many rows as may be, and hold on to hardly more, for as long as frames come", () => {
    const recent = new RecentFrames();
    let most = 0;
    for (let number = 0; number < 5000; number++) {
      recent.push({ number, rowsBefore: number * ROWS, frame });
      recent.trim(number, 10 * ROWS);
      most = Math.max(most, recent.held);
      assert.equal(recent.rows, Math.min(number + 1, 10) * ROWS);
      assert.equal(recent.get(number)!.number, number);
      assert.equal([...recent.from(0)].length, Math.min(number + 1, 10));
    }
    assert.equal(recent.oldest, 4990);
    assert.ok(most <= 21, `${most} entries held for 10`);
  });

  it("let none go that is not durable", () => {
    const recent = new RecentFrames();
    for (let number = 0; number < 50; number++) recent.push({ number, rowsBefore: number * ROWS, frame });
    recent.trim(30, 10 * ROWS);
    assert.deepEqual([recent.oldest, recent.rows], [30, 20 * ROWS]);
    recent.trim(50, 0);
    assert.deepEqual([recent.oldest, recent.rows, recent.held], [undefined, 0, 0]);
    recent.push({ number: 50, rowsBefore: 0, frame });
    assert.equal(recent.get(50)!.number, 50);
    assert.equal(recent.get(49), undefined);
  });
});
