import assert from "node:assert/strict";
import { ProposalCampaign } from "./proposal-campaign.ts";

describe("hostile proposals to the actuator process", function () {
  this.timeout(900_000);

  it("3,000 of them between 300 legitimate ones: none is written, each is in the audit, none other is refused", async () => {
    const size = { seed: 20_260_105, hostile: 3_000, legitimate: 300 };
    const report = await new ProposalCampaign(size).run();
    assert.deepEqual(report.problems.slice(0, 10), []);
    assert.ok(report.hostile >= size.hostile, `${report.hostile} hostile`);
    assert.ok(report.legitimate >= size.legitimate, `${report.legitimate} legitimate`);
    assert.equal(report.requests, report.legitimate);
    // Every reason there is stands for some of them.
    const told = new Set([...report.kinds.values()].flatMap(({ outcomes }) => [...outcomes.keys()]));
    for (const code of REASONS) assert.ok(told.has(code), `nothing was refused as ${code}`);
  });
});

const REASONS = [
  "malformed",
  "replayed",
  "not-a-number",
  "unknown-target",
  "wrong-unit",
  "expired",
  "expiry-too-far",
  "check-failed",
  "envelope-changed",
  "stale-input",
  "bad-quality",
  "local-mode",
  "wrong-state",
  "safety-state",
  "interlock",
  "out-of-range",
  "plc-limit",
  "deadband",
  "step-too-large",
  "too-fast",
  "too-fast-hour",
  "budget",
  "disarmed",
  "not-armed",
  "awaiting-approval",
  "wrong-token",
  "foreign-origin",
  "foreign-host",
  "self-approval",
  "proposal-changed",
  "not-signed-in",
  "not-allowed",
];
