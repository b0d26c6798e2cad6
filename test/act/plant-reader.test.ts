import assert from "node:assert/strict";
import { PlantReader } from "../../runtime/act/plant/plant-reader.ts";
import { DrivenClock } from "./driven-clock.ts";
import { ovenEnvelope, TWIN } from "./oven-envelope.ts";

describe("the plant's clock as the actuator's reader keeps it", () => {
  const clock = new DrivenClock();
  let plantUs = 0;
  const port = {
    read: async (ids: readonly string[]) =>
      ids.map((id) => ({ value: id === "speed" ? 60 : plantUs, good: true, sourceTimeUs: plantUs })),
  };

  beforeEach(() => {
    clock.install();
    plantUs = Date.now() * 1000;
  });
  afterEach(() => clock.restore());

  for (const [reality, speedNode, speed] of [
    ["live", undefined, 1],
    ["virtual", "speed", 60],
  ] as const) {
    it(`a ${reality} plant that stands still grows old, however often it tells its time`, async () => {
      const nodes = { reality, clockNode: "clock", ...(speedNode === undefined ? {} : { speedNode }) };
      const reader = new PlantReader(port, nodes);
      await reader.refresh([]);
      const stoodUs = reader.nowUs();
      for (let i = 0; i < 900; i++) {
        clock.ms += 200;
        await reader.refresh([]);
      }
      assert.equal(reader.nowUs() - stoodUs, 180e6 * speed);
      assert.equal(reader.takeClockStep(), undefined);
    });
  }

  it("tells how far a live plant's clock is from this machine's", async () => {
    plantUs += 12e6;
    const reader = new PlantReader(port, { reality: "live", clockNode: "clock" });
    await reader.refresh([]);
    assert.equal(reader.skewUs, 12e6);
    const virtual = new PlantReader(port, { reality: "virtual", clockNode: "clock" });
    await virtual.refresh([]);
    assert.equal(virtual.skewUs, 0);
  });

  it("judges an envelope's projections by its own node, whatever node another names for that address", async () => {
    const values: Record<string, number> = { clock: 1, roof: 172, forged: 9_999 };
    const reader = new PlantReader(
      { read: async (ids) => ids.map((id) => ({ value: values[id] ?? 0, good: true, sourceTimeUs: 1 })) },
      { reality: "virtual", clockNode: "clock" },
    );
    const measuredAt = (nodeId: string) => ({
      ...ovenEnvelope(),
      projections: [{ address: `${TWIN}/exit/roof`, nodeId, unit: "°C", widest: 10, leastAfterMs: 60_000 }],
    });
    const view = await reader.refresh([measuredAt("roof"), measuredAt("forged")]);
    assert.deepEqual(
      [view.measurements?.get("roof")?.value, view.measurements?.get("forged")?.value],
      [172, 9_999],
    );
  });
});
