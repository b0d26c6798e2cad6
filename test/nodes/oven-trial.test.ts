import assert from "node:assert/strict";
import { trial } from "../../nodes/0-model/oven/try-route.ts";
import { ovenConfig } from "../../runtime/model/oven/oven-config.ts";
import { leftOutByTracker } from "../../runtime/model/oven/tracked-model.ts";

const OVEN = {
  name: "oven1",
  zones: [
    { name: "zone1", lengthM: 10, airTemperatureC: 150 },
    { name: "zone2", lengthM: 10, airTemperatureC: 190 },
  ],
  nodes: [{ name: "roof", thicknessMm: 0.7, heatTransferWPerM2K: 20 }],
  conveyor: { speedMPerMin: 2 },
  bodyTypes: [
    { name: "van", bodyKg: 900, nodes: [{ name: "floor", thicknessMm: 3, heatTransferWPerM2K: 15 }] },
  ],
};
interface Trial {
  faults: { path: (string | number)[]; message: string }[];
  ride?: { bodyType: string; nodes: { name: string }[] };
  profile?: { nodeC: { name: string }[]; positionM: number[] };
}

describe("oven's dialog asks the runtime", () => {
  it("for the ride of the body type it shows, with its profile", () => {
    const van = trial(OVEN, "van") as Trial;
    assert.deepEqual(van.faults, []);
    assert.equal(van.ride!.bodyType, "van");
    assert.deepEqual(
      van.profile!.nodeC.map(({ name }) => name),
      ["floor"],
    );
    assert.equal(van.profile!.positionM.at(-1), 20);
    // A type that is no more: the default one.
    assert.equal((trial(OVEN, "bus") as Trial).ride!.bodyType, "body");
  });

  it("for every fault, with the keys that lead to it", () => {
    const { faults, ride } = trial({ ...OVEN, zones: [{ lengthM: 0, airTemperatureC: "hot" }] }, "") as Trial;
    assert.equal(ride, undefined);
    assert.deepEqual(
      faults.map(({ path }) => path.join(".")),
      ["zones.0.lengthM", "zones.0.airTemperatureC"],
    );
    for (const nothing of [undefined, null, 7, []])
      assert.match((trial(nothing, "") as Trial).faults[0]!.message, /must be an object/);
  });
});

describe("what the tracker leaves out of an oven", () => {
  it("is nothing of a plain one, and each thing it does not follow of another", () => {
    const plain = { ...OVEN, bodyTypes: [] };
    assert.deepEqual(leftOutByTracker(ovenConfig(plain)), []);
    const grown = {
      ...OVEN,
      zones: [{ ...OVEN.zones[0], radiant: { emitterC: 300, viewFactor: 0.2 } }],
      nodes: ["roof", "rocker"].map((name) => ({ ...OVEN.nodes[0], name, areaM2: 1 })),
      couplings: [{ between: ["roof", "rocker"], conductanceWPerK: 1 }],
      cure: { kinetics: { kind: "nth-order", order: 2 } },
    };
    assert.deepEqual(leftOutByTracker(ovenConfig(grown)), [
      "couplings between panels",
      "emitters of zone1",
      "kinetics nth-order",
      "body types other than body",
    ]);
  });
});
