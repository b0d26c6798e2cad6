import assert from "node:assert/strict";
import { Approvals } from "../../runtime/act/approvals.ts";
import type { Proposal } from "../../runtime/act/proposal.ts";
import { TWIN } from "./oven-envelope.ts";

const NOW = 1_790_000_000e6;
const TARGET = `${TWIN}/zone1/airTemperatureSetpoint`;
const request = (id: string, changes: object = {}) => ({
  id,
  title: "Zone 1 up",
  twin: TWIN,
  changes: [{ target: TARGET, value: 185, unit: "°C" }],
  expiresUs: NOW + 60e6,
  ...changes,
});
const proposal = (id: string, recommendation: string, value = 185): Proposal => ({
  kind: "proposal",
  id,
  target: TARGET,
  value,
  unit: "°C",
  expiresUs: NOW + 60e6,
  evidence: [],
  recommendation,
});

describe("what waits for a person's approval", () => {
  it("is at most 100 requests; one that ran out of time makes room", () => {
    const approvals = new Approvals();
    for (let i = 0; i < 100; i++) approvals.request(request(`r${i}`), NOW);
    assert.throws(() => approvals.request(request("more"), NOW), { code: "too-many" });
    assert.throws(() => approvals.wait(proposal("p", "more"), TWIN, "Write"), { code: "too-many" });
    assert.equal(approvals.request(request("r7"), NOW).id, "r7", "what is known is told again");
    approvals.lapse(NOW + 60e6);
    approvals.request(request("more"), NOW);
    assert.equal(approvals.list().filter(({ state }) => state === "open").length, 1);
  });

  for (const changes of [
    { twin: "x".repeat(301) },
    { changes: [{ target: "x".repeat(301), value: 1, unit: "°C" }] },
    { changes: [{ target: TARGET, value: 1, unit: "x".repeat(301) }] },
  ]) {
    it(`is nothing with an endless ${Object.keys(changes)[0]}: ${JSON.stringify(changes).length} characters`, () => {
      assert.throws(() => new Approvals().request(request("r1", changes), NOW), { code: "bad-approval" });
    });
  }

  it("is no proposal of a recommendation without a name, or with an endless one", () => {
    for (const recommendation of ["x".repeat(301), { toString: () => "r1" } as unknown as string]) {
      assert.throws(() => new Approvals().wait(proposal("p", recommendation), TWIN, "Write"), {
        code: "bad-approval",
      });
    }
  });

  it("is no proposal of what is approved or out of time already, and at most 64 of one", () => {
    const approvals = new Approvals();
    const { hash } = approvals.request(request("approved"), NOW);
    approvals.approve("approved", hash, "anna", NOW, () => undefined);
    assert.throws(() => approvals.wait(proposal("p1", "approved", 190), TWIN, "Write"), {
      code: "no-approval-open",
    });
    approvals.request(request("lapsed"), NOW);
    approvals.lapse(NOW + 60e6);
    assert.throws(() => approvals.wait(proposal("p2", "lapsed"), TWIN, "Write"), {
      code: "no-approval-open",
    });
    for (let i = 0; i < 64; i++) approvals.wait(proposal(`p${i}`, "many"), TWIN, "Write");
    assert.throws(() => approvals.wait(proposal("p64", "many"), TWIN, "Write"), { code: "too-many" });
    approvals.wait(proposal("p63", "many"), TWIN, "Write");
    const many = approvals.list().find(({ id }) => id === "many")!;
    assert.equal(approvals.approve("many", many.hash, "anna", NOW, () => undefined).length, 64);
  });
});
