import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { arrheniusK, cureRate, degreeOfCure } from "../../../runtime/model/oven/cure.ts";
import type { KamalSourour, NthOrder } from "../../../runtime/model/oven/cure-config.ts";
import { degreeAfter, KamalTrack } from "../../../runtime/model/oven/kinetics.ts";
import { ovenConfig } from "../../../runtime/model/oven/oven-config.ts";
import { pyrometerC } from "../../../runtime/model/oven/pyrometer.ts";
import { ride } from "../../../runtime/model/oven/ride.ts";

const nth = (order: number, degreeAtCriterion = 0.9) => ({
  activationEnergyKJPerMol: 66.2,
  criterionMin: 10,
  kinetics: { kind: "nth-order", order, degreeAtCriterion } as NthOrder,
});
const KAMAL: KamalSourour = {
  kind: "kamal-sourour",
  k1PerS: 5e-4,
  k2PerS: 9e-3,
  energy1KJPerMol: 80,
  energy2KJPerMol: 60,
  m: 0.8,
  n: 1.6,
  criterionDegree: 0.9,
};

function constant(kinetics: KamalSourour, temperatureC: number, seconds: number): number {
  const track = new KamalTrack(kinetics);
  track.through(seconds, () => temperatureC);
  return track.degree;
}

describe("oven: kinetics of order n", () => {
  it("are the first order at n = 1, with 0.90 at the criterion", () => {
    for (const minutes of [0, 1, 4, 10, 35])
      assert.ok(Math.abs(degreeAfter(minutes, nth(1)) - degreeOfCure(minutes)) < 1e-12);
    // And next to it, so that nothing jumps there.
    assert.ok(Math.abs(degreeAfter(4, nth(1.000001)) - degreeOfCure(4)) < 1e-6);
  });

  it("solve da/dt = k (1 - a)^n", () => {
    for (const order of [0.5, 0.8, 1.5, 2, 3]) {
      const cure = nth(order, 0.85);
      assert.ok(Math.abs(degreeAfter(10, cure) - 0.85) < 1e-12, `order ${order}`);
      assert.equal(degreeAfter(0, cure), 0);
      const slope = (t: number) => (degreeAfter(t + 1e-4, cure) - degreeAfter(t - 1e-4, cure)) / 2e-4;
      const k = slope(1) / (1 - degreeAfter(1, cure)) ** order;
      for (const t of [2, 5, 9, 12]) {
        const expected = k * (1 - degreeAfter(t, cure)) ** order;
        assert.ok(Math.abs(slope(t) / expected - 1) < 1e-5, `order ${order} at ${t} min`);
      }
    }
  });

  it("end at 1 below the first order", () => {
    // k t = 2 (1 - sqrt(1 - a)): complete where a = 0.75 took half the time.
    assert.equal(degreeAfter(20.001, nth(0.5, 0.75)), 1);
    assert.ok(degreeAfter(19.9, nth(0.5, 0.75)) < 1);
  });
});

describe("oven: kinetics of Kamal and Sourour", () => {
  it("are the closed forms of its limits at one temperature", () => {
    // k2 = 0, n = 1: first order. n = 2: second order.
    const first = constant({ ...KAMAL, k2PerS: 0, n: 1 }, 170, 900);
    assert.ok(Math.abs(first + Math.expm1(-5e-4 * 900)) < 1e-7);
    const second = constant({ ...KAMAL, k2PerS: 0, n: 2 }, 170, 900);
    assert.ok(Math.abs(second - (1 - 1 / (1 + 5e-4 * 900))) < 1e-7);
    // m = n = 1: da/dt = (k1 + k2 a)(1 - a), a = (1 - e^-(k1 + k2)t) / (1 + k2/k1 e^-(k1 + k2)t).
    for (const temperatureC of [150, 170, 190]) {
      const k1 = 5e-4 * cureRate(temperatureC, arrheniusK(80));
      const k2 = 9e-3 * cureRate(temperatureC, arrheniusK(60));
      const gone = Math.exp(-(k1 + k2) * 400);
      const exact = (1 - gone) / (1 + (k2 / k1) * gone);
      assert.ok(Math.abs(constant({ ...KAMAL, m: 1, n: 1 }, temperatureC, 400) - exact) < 1e-7);
    }
  });

  it("meet a far finer integration along the ride of every node", () => {
    const config = ovenConfig({
      zones: [
        { lengthM: 10, airTemperatureC: 150 },
        { lengthM: 10, airTemperatureC: 195 },
      ],
      nodes: [
        { name: "thin", thicknessMm: 0.7, heatTransferWPerM2K: 20 },
        { name: "thick", thicknessMm: 4, heatTransferWPerM2K: 20 },
      ],
      conveyor: { speedMPerMin: 1 },
      cure: { kinetics: KAMAL },
    });
    const [e1, e2] = [arrheniusK(80), arrheniusK(60)];
    for (const node of ride(config).nodes) {
      let degree = 0;
      let celsius = 25;
      const stepS = 0.005;
      for (let t = 0; t < 1200; t += stepS) {
        const airC = t < 600 ? 150 : 195;
        // Mid-point of the exact temperature, Euler of the degree in steps of 5 ms.
        const midC = airC + (celsius - airC) * Math.exp((-0.5 * stepS) / node.timeConstantS);
        celsius = airC + (celsius - airC) * Math.exp(-stepS / node.timeConstantS);
        const k1 = KAMAL.k1PerS * cureRate(midC, e1);
        const k2 = KAMAL.k2PerS * cureRate(midC, e2);
        degree += stepS * (k1 + k2 * degree ** KAMAL.m) * (1 - degree) ** KAMAL.n;
      }
      assert.ok(Math.abs(node.degreeOfCure - degree) < 5e-5, `${node.name}: ${node.degreeOfCure} ${degree}`);
      assert.equal(node.cured, node.degreeOfCure >= 0.9);
    }
  }).timeout(10_000);

  it("stay between 0 and 1 for any figures", () => {
    const random = new Random(3);
    for (let run = 0; run < 50; run++) {
      const kinetics = {
        ...KAMAL,
        k1PerS: 1e-5 + 0.05 * random.uniform(),
        k2PerS: random.uniform(),
        m: 2 * random.uniform(),
        n: 0.2 + 3 * random.uniform(),
      };
      const degree = constant(kinetics, 120 + 90 * random.uniform(), 3000);
      assert.ok(degree > 0 && degree <= 1, `${degree}`);
    }
  });
});

describe("oven: the exit pyrometer", () => {
  const set = { emissivity: 0.95, setEmissivity: 0.95, surroundingsC: 25, offsetK: 0 };

  it("shows the metal where it is set right, and its offset beside", () => {
    for (const metalC of [20, 120, 175, 230]) {
      assert.ok(Math.abs(pyrometerC(metalC, set) - metalC) < 1e-9);
      assert.ok(Math.abs(pyrometerC(metalC, { ...set, offsetK: -3 }) - (metalC - 3)) < 1e-9);
    }
  });

  it("shows too little of a surface that shines less than it takes it for", () => {
    const dull = { ...set, emissivity: 0.8 };
    const shown = pyrometerC(175, dull);
    assert.ok(shown > 25 && shown < 175, `${shown}`);
    // By Planck at 10.6 µm: 0.8 L(175) + 0.2 L(25) = 0.95 L(shown) + 0.05 L(25).
    const radiance = (celsius: number) => 1 / Math.expm1(14387.768775 / 10.6 / (celsius + 273.15));
    const seen = 0.8 * radiance(175) + 0.2 * radiance(25);
    assert.ok(Math.abs(0.95 * radiance(shown) + 0.05 * radiance(25) - seen) < 1e-12);
    // A cold surface in hot surroundings reads too high.
    assert.ok(pyrometerC(40, { ...dull, surroundingsC: 180 }) > 40);
  });

  it("stands beside the exit temperature of each node, where the oven has one", () => {
    const oven = {
      zones: [{ lengthM: 20, airTemperatureC: 180 }],
      nodes: [{ name: "roof", thicknessMm: 0.7, heatTransferWPerM2K: 20 }],
      conveyor: { speedMPerMin: 2 },
    };
    assert.equal("pyrometerC" in ride(ovenConfig(oven)).nodes[0]!, false);
    const [roof] = ride(ovenConfig({ ...oven, pyrometer: { offsetK: 2 } })).nodes;
    assert.ok(Math.abs(roof!.pyrometerC! - roof!.zoneEndC[0]! - 2) < 1e-9);
  });
});
