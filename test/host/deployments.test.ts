import assert from "node:assert/strict";
import { Deployments, revisionOf } from "../../runtime/host/deployments.ts";

describe("who deployed", () => {
  it("is kept with the revision and the time, the oldest first, and not without end", () => {
    let nowMs = 1_000;
    const deployments = new Deployments(() => nowMs);
    deployments.saved([{ id: "a" }], "anna");
    nowMs = 2_000;
    deployments.saved([{ id: "b" }], null);
    assert.deepEqual(deployments.list(), [
      { rev: revisionOf([{ id: "a" }]), by: "anna", atMs: 1_000 },
      { rev: revisionOf([{ id: "b" }]), by: null, atMs: 2_000 },
    ]);
    for (let i = 0; i < 60; i++) deployments.saved([], `p${i}`);
    assert.equal(deployments.list().length, 50);
    assert.equal(deployments.list().at(-1)!.by, "p59");
  });
});
