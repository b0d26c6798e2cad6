import assert from "node:assert/strict";
import { type SuggestedPace, suggestRow } from "../../runtime/describe/opcua/preview.ts";

/** The period that a first row for an analog measurement expects, ms of plant time. */
const periodOf = (changes: Partial<SuggestedPace>): number | undefined =>
  suggestRow(
    {
      nodeId: "ns=1;s=Oven1.Zone3.AirTemp",
      value: 180,
      quality: 0,
      sourceTimeUs: 1_790_000_000e6,
      unit: "°C",
      unitText: undefined,
      type: "number",
    },
    "acme/leipzig/paint/oven1",
    { askedSamplingMs: 250, publishingMs: 1000, speed: 1, ...changes },
  ).periodMs;

describe("the period of a suggested row", () => {
  it("is plant time between two samples", () => {
    assert.equal(periodOf({}), 250);
    assert.equal(periodOf({ serverSamplingMs: 500, speed: 60 }), 30_000);
    assert.equal(periodOf({ askedSamplingMs: 0 }), 1000);
  });

  it("takes a plant that tells no speed for one in real time", () => {
    for (const speed of [Number.NaN, Number.POSITIVE_INFINITY]) assert.equal(periodOf({ speed }), 250);
  });
});
