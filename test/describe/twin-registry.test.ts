import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import type { TwinDescription } from "../../runtime/describe/twin-description.ts";
import { type TwinChange, TwinRegistry } from "../../runtime/describe/twin-registry.ts";
import { OVEN, property, T0, TestSource } from "./twin-fixture.ts";

const oven: TwinDescription = {
  address: OVEN,
  name: "Oven 1",
  scope: "machine",
  needed: true,
  objective: "hold the cure window",
  targetRung: 5,
};

describe("twin registry", () => {
  it("keeps a twin's state when its description changes, and finds the owner of an address", () => {
    const registry = new TwinRegistry();
    const { state } = registry.define(oven);
    const paint = registry.define({ ...oven, address: "acme/leipzig/paint", scope: "system" }).state;
    assert.equal(registry.define({ ...oven, targetRung: 4 }).state, state);
    assert.equal(registry.describe(OVEN)?.targetRung, 4);
    assert.equal(registry.ownerOf(`${OVEN}/zone1/airTemperature`), state);
    assert.equal(registry.ownerOf("acme/leipzig/paint/oven10/x"), paint);
    assert.equal(registry.ownerOf("other/x"), undefined);
    assert.throws(() => registry.require("nowhere"), {
      code: "unknown-twin",
      message: /known are acme\/leipzig/,
    });
    registry.remove(OVEN);
    assert.equal(registry.get(OVEN), undefined);
  });

  it("names every fault of a description at once", () => {
    assert.throws(
      () =>
        new TwinRegistry().define({
          ...oven,
          address: "acme//oven",
          scope: "thing" as "machine",
          targetRung: 7 as 5,
          parent: "acme//oven/zone",
          needed: false,
        }),
      (error: Error) =>
        ["address", "scope", "target rung", "parent", "reason"].every((word) => error.message.includes(word)),
    );
    assert.throws(
      () => new TwinRegistry().define({ ...oven, parent: `${OVEN}/zone1` }),
      /the parent is the twin itself or lies below it/,
    );
  });

  it("tells listeners what changed, once for many frames", async () => {
    const registry = new TwinRegistry();
    const { state } = registry.define(oven);
    const source = new TestSource([property("x"), property("y"), property("z")]);
    const told: TwinChange[] = [];
    state.accept(source.frame([{ index: 2, value: 1, timeUs: T0 }]));
    const end = registry.onChange((change) => told.push(change));
    for (let i = 0; i < 50; i++) state.accept(source.frame([{ index: i % 2, value: i, timeUs: T0 + i }]));
    assert.equal(told.length, 0);
    await wait(650);
    assert.deepEqual(
      told.map(({ twin, changed }) => ({ twin, changed })),
      [{ twin: OVEN, changed: [`${OVEN}/x`, `${OVEN}/y`, `${OVEN}/z`] }],
    );
    assert.equal(told[0]?.state.last(`${OVEN}/y`)?.value, 49);
    end();
    state.accept(source.frame([{ index: 0, value: 1, timeUs: T0 + 99 }]));
    await wait(600);
    assert.equal(told.length, 1);
  });

  it("hands gaps and signs of life to the twins of the source only", () => {
    const registry = new TwinRegistry();
    const { state } = registry.define(oven);
    const gap = { source: "opcua:plant:source", fromUs: 0, toUs: 1, cause: "connection-lost" } as const;
    registry.noteGap(gap);
    assert.deepEqual(state.gaps, []);
    state.accept(new TestSource([property("x")]).frame([{ index: 0, value: 1, timeUs: T0 }]));
    registry.noteGap(gap);
    registry.noteGap({ ...gap, source: "another" });
    assert.deepEqual(state.gaps, [gap]);
  });
});
