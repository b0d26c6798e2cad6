import assert from "node:assert/strict";
import { zoneInformation } from "../../bench/oven-information.ts";
import { ovenConfig } from "../../runtime/model/oven/oven-config.ts";
import { paintOven } from "./primed-oven.ts";

describe("what an oven's signals can tell of one zone", () => {
  it("is the closed form where there is one zone and one node", () => {
    const config = ovenConfig({
      name: "one",
      bodyStartC: 20,
      zones: [{ lengthM: 12, airTemperatureC: 180 }],
      conveyor: { speedMPerMin: 2.4 },
      nodes: [{ name: "rocker", thicknessMm: 5, heatTransferWPerM2K: 15 }],
      energy: { bodyKg: 300, skidKg: 100, bodiesPerHour: 40 },
    });
    // tau = 7850 * 470 * 0.005 / 30; the ride takes 300 s.
    const x = 300 / ((7850 * 470 * 0.005) / 30);
    const byK = 160 * x * Math.exp(-x);
    const perW = 3e-4;
    const outputBy = (perW * 400 * 470 * byK * 40) / 3600;
    const noise = { exitVarianceK2: [2.25], burnerMean: [0.2], burnerPerW: [perW] };
    const { byExits, byBurners, byBoth, within2Percent } = zoneInformation(config, 0, 20, noise);
    assert.ok(Math.abs(byExits / (1.5 / (byK * Math.sqrt(20))) - 1) < 1e-9, `${byExits}`);
    assert.ok(Math.abs(byBurners / (0.2 / outputBy) - 1) < 1e-5, `${byBurners}`);
    assert.ok(Math.abs(byBoth ** -2 / (byExits ** -2 + byBurners ** -2) - 1) < 1e-12);
    assert.ok(within2Percent > 0 && within2Percent < 1);
  });

  it("leaves a zone late in the oven unknown to 2 %, whatever is made of its exits and burners", () => {
    // The exits' scatter of the virtual plant, and burners whose means over 20 bodies were known to 0.1 %.
    const noise = {
      exitVarianceK2: [2.45, 2.45, 2.45, 2.45, 2.5],
      burnerMean: [0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
      burnerPerW: [550e3, 450e3, 400e3, 350e3, 350e3, 350e3].map((watts) => 100 / watts),
    };
    const told = [0, 1, 2, 3, 4, 5].map((zone) => zoneInformation(paintOven(), zone, 20, noise));
    for (const { byExits } of told) assert.ok(byExits > 0.05, `exits alone: ${byExits}`);
    for (const zone of [0, 1, 2]) assert.ok(told[zone]!.byBoth < 0.01, `${told[zone]!.byBoth}`);
    assert.ok(told[4]!.byBoth > 0.02 && told[5]!.byBoth > 0.05);
    assert.ok(told[5]!.within2Percent < 0.3);
  });
});
