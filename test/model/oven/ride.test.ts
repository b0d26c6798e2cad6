import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { RungError } from "../../../runtime/core/errors.ts";
import { Random } from "../../../runtime/core/random.ts";
import {
  activationEnergyKJPerMol,
  arrheniusK,
  BYK_ECOAT,
  cureRate,
  degreeOfCure,
} from "../../../runtime/model/oven/cure.ts";
import { co2PerBody, DEFAULT_ENERGY, energyPerBody } from "../../../runtime/model/oven/energy.ts";
import { type OvenConfig, ovenConfig } from "../../../runtime/model/oven/oven-config.ts";
import { ride, timeConstantS, zoneTimesS } from "../../../runtime/model/oven/ride.ts";

const sample = (): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL("../../../examples/oven.config.json", import.meta.url), "utf8"));

/** The published worked example: tau s, temperatures at the zone ends °C, E170 min, degree of cure. */
const WORKED: Record<string, [number, number[], number, number]> = {
  roof: [64.57, [119.088, 164.559, 189.756, 185.046, 180.048, 175.048], 35.787, 0.99974],
  door: [73.79, [118.37, 164.2, 189.557, 185.078, 180.087, 175.087], 35.453, 0.99972],
  aPillar: [230.59, [94.135, 145.706, 177.94, 183.078, 180.838, 176.589], 27.884, 0.99837],
  bPillar: [368.95, [77.87, 126.36, 161.777, 174.701, 177.65, 176.175], 20.191, 0.99043],
  rocker: [614.92, [61.676, 101.566, 135.708, 154.738, 164.491, 168.548], 10.183, 0.90414],
};

/** E170 by the mid-point rule on the closed-form temperature, independent of the model's quadrature. */
function fineE170(config: OvenConfig, node: number, steps: number): number {
  const energyK = arrheniusK(config.cure.activationEnergyKJPerMol);
  const tauS = timeConstantS(config.nodes[node]!);
  const times = zoneTimesS(config);
  let start = config.bodyStartC;
  let minutes = 0;
  config.zones.forEach((zone, z) => {
    const rate = zone.heatTransferFactor / tauS;
    const step = times[z]! / steps;
    for (let i = 0; i < steps; i++) {
      const t = zone.airTemperatureC + (start - zone.airTemperatureC) * Math.exp(-(i + 0.5) * step * rate);
      minutes += (cureRate(t, energyK) * step) / 60;
    }
    start = zone.airTemperatureC + (start - zone.airTemperatureC) * Math.exp(-times[z]! * rate);
  });
  return minutes;
}

describe("oven model", () => {
  it("derives the activation energy from the coat's data sheet", () => {
    assert.equal(activationEnergyKJPerMol(BYK_ECOAT).toFixed(2), "66.20");
    assert.throws(() => activationEnergyKJPerMol([BYK_ECOAT[0]!]), /cure: needs two points/);
  });

  it("reaches 0.90 cure at the criterion", () => {
    assert.ok(Math.abs(degreeOfCure(10) - 0.9) < 1e-12);
  });

  it("reproduces the worked example to 0.01 K and 0.1 % of E170", () => {
    const result = ride(ovenConfig(sample()));
    assert.equal(result.nodes.length, 5);
    for (const node of result.nodes) {
      const [tauS, ends, e170, alpha] = WORKED[node.name]!;
      assert.ok(Math.abs(node.timeConstantS - tauS) < 0.01, node.name);
      node.zoneEndC.forEach((c, z) => {
        assert.ok(Math.abs(c - ends[z]!) < 0.01, `${node.name} zone ${z + 1}: ${c}`);
      });
      assert.ok(Math.abs(node.e170Min / e170 - 1) < 1e-3, `${node.name} E170 ${node.e170Min}`);
      assert.ok(Math.abs(node.degreeOfCure - alpha) < 1e-4, node.name);
      assert.equal(node.peakC, Math.max(...node.zoneEndC));
    }
  });

  it("meets the closed form and a fine quadrature on random ovens", () => {
    const random = new Random(20);
    for (let run = 0; run < 40; run++) {
      const between = (low: number, high: number): number => low + (high - low) * random.uniform();
      const config = ovenConfig({
        ...sample(),
        bodyStartC: between(-5, 40),
        zones: Array.from({ length: 1 + random.integer(8) }, () => ({
          lengthM: between(1, 20),
          airTemperatureC: between(80, 220),
          heatTransferFactor: between(0.4, 2),
        })),
        nodes: [{ name: "panel", thicknessMm: between(0.5, 8), heatTransferWPerM2K: between(8, 60) }],
        conveyor: { speedMPerMin: between(0.5, 6) },
      });
      const [node] = ride(config).nodes;
      const tauS = timeConstantS(config.nodes[0]!);
      let expected = config.bodyStartC;
      config.zones.forEach((zone, z) => {
        const timeS = zone.lengthM / (config.conveyor.speedMPerMin / 60);
        const decay = Math.exp((-timeS * zone.heatTransferFactor) / tauS);
        expected = expected * decay + zone.airTemperatureC * (1 - decay);
        assert.ok(Math.abs(node!.zoneEndC[z]! - expected) < 1e-9);
      });
      const fine = fineE170(config, 0, 4000);
      assert.ok(Math.abs(node!.e170Min / fine - 1) < 1e-5, `run ${run}: ${node!.e170Min} against ${fine}`);
    }
  });

  it("adds standstills to the zone they happen in", () => {
    const config = ovenConfig({
      ...sample(),
      conveyor: {
        speedMPerMin: 2,
        stops: [
          { atS: 650, durationS: 120 },
          { atS: 100, durationS: 30 },
        ],
      },
    });
    assert.deepEqual(
      zoneTimesS(config).map((s) => Math.round(s * 1e6) / 1e6),
      [330, 300, 420, 300, 300, 300],
    );
    assert.ok(ride(config).nodes[4]!.e170Min > ride(ovenConfig(sample())).nodes[4]!.e170Min);
  });

  it("balances the worked example's energy", () => {
    const energy = energyPerBody(DEFAULT_ENERGY, {
      bodyRiseK: 150,
      skidRiseK: 150,
      exhaustRiseK: 160,
      wallRiseK: 150,
    });
    assert.equal(energy.bodyKWh.toFixed(2), "6.85");
    assert.ok(Math.abs(energy.skidKWh - 3.53) < 0.006);
    assert.equal(energy.exhaustKWh.toFixed(2), "11.55");
    assert.equal(energy.wallsKWh.toFixed(2), "2.12");
    const halfAsGood = energyPerBody(
      { ...DEFAULT_ENERGY, burnerEfficiency: 0.5 },
      { bodyRiseK: 150, skidRiseK: 150, exhaustRiseK: 160, wallRiseK: 150 },
    );
    assert.ok(Math.abs(halfAsGood.gasKWh - 2 * energy.gasKWh) < 1e-12);
  });

  it("takes its carbon dioxide from the gas, and from electricity by the site's factor", () => {
    const rise = { bodyRiseK: 150, skidRiseK: 150, exhaustRiseK: 160, wallRiseK: 150 };
    const energy = energyPerBody({ ...DEFAULT_ENERGY, fanKW: 110 }, rise);
    assert.ok(Math.abs(energy.electricityKWh - 2.75) < 1e-12);
    const known = co2PerBody(energy, 0.4);
    assert.ok(Math.abs(known.gasKg - 0.202 * energy.gasKWh) < 1e-12);
    assert.ok(Math.abs(known.electricityKg! - 1.1) < 1e-12);
    assert.ok(Math.abs(known.totalKg! - known.gasKg - 1.1) < 1e-12);
    // Nobody has said what the site's electricity brings: that is not nothing.
    assert.deepEqual(co2PerBody(energy, undefined), {
      gasKg: known.gasKg,
      electricityKg: null,
      totalKg: null,
    });
    assert.equal(co2PerBody({ gasKWh: 10, electricityKWh: 0 }, undefined).totalKg, 2.02);
  });
});

describe("oven configuration", () => {
  const faultOf = (input: unknown): RungError => {
    try {
      ovenConfig(input);
    } catch (fault) {
      assert.ok(fault instanceof RungError);
      return fault;
    }
    assert.fail("accepted");
  };

  it("says what, where and what to do", () => {
    const config = sample();
    (config.nodes as Record<string, unknown>[])[4]!.heatTransferWPerM2K = -2;
    assert.equal(
      faultOf(config).message,
      "oven1/rocker: heat transfer must be > 0 W/m²K, got -2 (parameter heatTransferWPerM2K)",
    );
    const zones = sample();
    (zones.zones as Record<string, unknown>[])[2]!.heatTransferFactor = 0;
    assert.equal(
      faultOf(zones).message,
      "oven1/zone3: heat transfer factor must be > 0, got 0 (parameter heatTransferFactor)",
    );
  });

  it("names every fault of one pass", () => {
    const message = faultOf({
      name: "o",
      zones: [{ lengthM: 0, airTemperatureC: "hot" }],
      nodes: [],
    }).message;
    for (const part of [
      "o/zone1: length",
      "air temperature must be a number",
      "nodes must be a list",
      "o/conveyor: speed",
    ]) {
      assert.ok(message.includes(part), `${part} in ${message}`);
    }
  });

  it("refuses what is no object, names that stand twice, NaN, wrong sides and cure points", () => {
    assert.match(faultOf(null).message, /oven: must be an object, got null/);
    const twice = sample();
    (twice.zones as Record<string, unknown>[])[1]!.name = "zone1";
    assert.match(faultOf(twice).message, /oven1\/zone1: stands twice/);
    assert.match(faultOf({ ...sample(), bodyStartC: Number.NaN }).message, /must be a number in °C/);
    const sides = sample();
    (sides.nodes as Record<string, unknown>[])[0]!.sides = 3;
    assert.match(faultOf(sides).message, /sides must be 1 or 2, got 3/);
    assert.match(faultOf({ ...sample(), cure: { points: [] } }).message, /oven1\/cure: needs two points/);
  });
});
