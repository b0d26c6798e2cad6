import assert from "node:assert/strict";
import { type CampaignResult, runCampaign } from "../../bench/quality/live-campaign.ts";
import { DRAWN_KINDS, type DrawnFault } from "../../plant/faults/drawn-schedule.ts";
import { type ShopFaultRequest, shopOf } from "../../plant/faults/shop-faults.ts";

const HOUR_S = 3600;
const RAMP_S = 600;
/** At full size for two hours, as the benchmark has them, with 90 min of rest after it. */
const LASTS_S = RAMP_S + 2 * HOUR_S;
const EVERY_S = LASTS_S + 5400;

/** One of each kind, where it is plain: in a zone between others, at robots and stations of no special kind. */
const ONE_OF_EACH: readonly ShopFaultRequest[] = [
  { fault: "fouled-nozzle", zone: 4 },
  { fault: "drifting-thermocouple", zone: 6 },
  { fault: "stuck-sensor", zone: 4 },
  { fault: "fan-loss", zone: 2, severity: 0.3 },
  { fault: "sticking-valve", zone: 6 },
  { fault: "worn-gearbox", robot: "R3", axis: 2 },
  { fault: "worn-electrode", robot: "R1" },
  { fault: "worn-cable", robot: "R4" },
  { fault: "dragging-conveyor", station: "st05" },
  { fault: "drifting-tool", station: "st07" },
  { fault: "slow-station", station: "st06" },
];

function schedule(): DrawnFault[] {
  const nextS = { paint: 0, body: 0, assembly: 0 };
  return ONE_OF_EACH.map((request) => {
    const shop = shopOf(request.fault);
    const inS = nextS[shop];
    nextS[shop] += EVERY_S;
    return { shop, inS, request: { ...request, rampS: RAMP_S, durationS: LASTS_S } };
  });
}

/** The whole campaign with its figures is `npm run bench quality-live`; this is one fault of each kind. */
describe("diagnose: one fault of each kind, live in one process", function () {
  this.timeout(60_000);
  let result: CampaignResult;
  before(() => {
    const faults = schedule();
    const lastS = Math.max(...faults.map(({ inS }) => inS)) + LASTS_S;
    result = runCampaign({
      seed: 31,
      normalHours: 2,
      faults,
      faultHours: Math.ceil(lastS / HOUR_S),
    });
  });

  it("has a fault of every kind", () => {
    assert.deepEqual(
      [...new Set(result.outcomes.map(({ fault }) => fault.request.fault))].sort(),
      [...DRAWN_KINDS].sort(),
    );
  });

  it("finds at least ten of the eleven while they are there", () => {
    const missed = result.outcomes.filter(({ finding }) => finding === undefined);
    assert.ok(missed.length <= 1, missed.map(({ fault }) => fault.request.fault).join(", "));
    for (const { finding, delayS, fault } of result.outcomes)
      if (finding !== undefined)
        assert.ok(delayS > 0 && delayS <= LASTS_S, `${fault.request.fault}: ${delayS}`);
  });

  it("names the right part first for at least nine", () => {
    const wrong = result.outcomes.filter(({ isRight }) => !isRight.cause);
    assert.ok(
      wrong.length <= 2,
      wrong.map(({ fault, finding }) => `${fault.request.fault}: ${finding?.title ?? "none"}`).join("; "),
    );
  });

  it("raises at most one alarm without a fault", () => {
    assert.ok(
      result.falseAlarms.length <= 1,
      result.falseAlarms.map(({ finding }) => finding.title).join("; "),
    );
    // Every tick of 19 h was judged: 15 s in the paint shop, 30 s twice in assembly, a body in the body shop.
    assert.ok(result.ticks > 19 * (240 + 2 * 120 + 55), `${result.ticks} rows`);
  });
});
