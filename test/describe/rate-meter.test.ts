import assert from "node:assert/strict";
import { RateMeter } from "../../runtime/describe/rate-meter.ts";

describe("rate meter", () => {
  it("tells values per second over the last five seconds, and over at least one", () => {
    const meter = new RateMeter(0);
    meter.add(50, 100);
    assert.equal(meter.perSecond(200), 50);
    for (let ms = 200; ms <= 10_000; ms += 100) meter.add(50, ms);
    // 5.0 to 10.0 s, both ends among them.
    assert.equal(meter.perSecond(10_000), (51 * 50) / 5);
    assert.equal(meter.perSecond(20_000), 0);
  });

  it("keeps what the window holds, whether or not anybody asks", () => {
    const meter = new RateMeter(0);
    for (let ms = 0; ms < 600_000; ms += 100) meter.add(5000, ms);
    assert.equal(meter.size, 51);
  });
});
