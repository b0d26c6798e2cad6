import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { arrheniusK, cureRate } from "../../../runtime/model/oven/cure.ts";
import { checkOvenConfig, type OvenConfig, ovenConfig } from "../../../runtime/model/oven/oven-config.ts";
import { ride } from "../../../runtime/model/oven/ride.ts";
import { simulate, temperatureProfile } from "../../../runtime/model/oven/simulation.ts";

const ZONES = [
  { name: "zone1", lengthM: 10, airTemperatureC: 120 },
  { name: "zone2", lengthM: 10, airTemperatureC: 190, heatTransferFactor: 1.3 },
  { name: "zone3", lengthM: 10, airTemperatureC: 170 },
];
const NODES = [
  { name: "roof", thicknessMm: 0.7, heatTransferWPerM2K: 20, areaM2: 2 },
  { name: "pillar", thicknessMm: 2.5, heatTransferWPerM2K: 20, areaM2: 0.5 },
  { name: "rocker", thicknessMm: 5, heatTransferWPerM2K: 15, areaM2: 1 },
];
const PLAIN = { name: "oven1", bodyStartC: 20, zones: ZONES, nodes: NODES, conveyor: { speedMPerMin: 2 } };
const COUPLED = {
  ...PLAIN,
  couplings: [
    { between: ["roof", "pillar"], conductanceWPerK: 4 },
    { between: ["pillar", "rocker"], conductanceWPerK: 9 },
  ],
};
const INFRARED = { emitterC: 350, viewFactor: 0.5, viewFactors: { rocker: 0.1 } };
const RADIANT = { ...COUPLED, zones: [{ ...ZONES[0], radiant: INFRARED }, ...ZONES.slice(1)] };

/** The heat balance of every node, W over J/K, written down once more from the equations. */
function warming(config: OvenConfig, zone: number, celsius: readonly number[]): number[] {
  const { airTemperatureC, heatTransferFactor, radiant } = config.zones[zone]!;
  return config.nodes.map((node, n) => {
    const area = node.areaM2 ?? 1;
    let watts =
      node.sides * node.heatTransferWPerM2K * heatTransferFactor * area * (airTemperatureC - celsius[n]!);
    for (const { between, conductanceWPerK } of config.couplings) {
      const other = between.indexOf(node.name) === 0 ? between[1] : between[0];
      if (!between.includes(node.name)) continue;
      const j = config.nodes.findIndex((each) => each.name === other);
      watts += conductanceWPerK * (celsius[j]! - celsius[n]!);
    }
    if (radiant !== undefined) {
      const seen = radiant.viewFactors[node.name] ?? radiant.viewFactor;
      const kelvin = celsius[n]! + 273.15;
      watts +=
        node.emissivity * seen * area * 5.670374419e-8 * ((radiant.emitterC + 273.15) ** 4 - kelvin ** 4);
    }
    return watts / (area * node.densityKgPerM3 * node.specificHeatJPerKgK * node.thicknessMm * 1e-3);
  });
}

/** Runge-Kutta in steps of a tenth of a second. */
function fine(config: OvenConfig): { zoneEndC: number[][]; e170Min: number[]; peakC: number[] } {
  const step = 0.1;
  const energyK = arrheniusK(config.cure.activationEnergyKJPerMol);
  let celsius = config.nodes.map(() => config.bodyStartC);
  const e170Min = config.nodes.map(() => 0);
  const peakC = config.nodes.map(() => config.bodyStartC);
  const zoneEndC = config.zones.map((zone, z) => {
    const steps = Math.round(zone.lengthM / (config.conveyor.speedMPerMin / 60) / step);
    const along = (by: number[], share: number) => celsius.map((t, n) => t + share * step * by[n]!);
    for (let i = 0; i < steps; i++) {
      const a = warming(config, z, celsius);
      const b = warming(config, z, along(a, 0.5));
      const c = warming(config, z, along(b, 0.5));
      const d = warming(config, z, along(c, 1));
      const mid = along(b, 0.5);
      celsius = celsius.map((t, n) => t + (step / 6) * (a[n]! + 2 * b[n]! + 2 * c[n]! + d[n]!));
      for (const [n, t] of celsius.entries()) peakC[n] = Math.max(peakC[n]!, t);
      for (const [n, t] of mid.entries()) e170Min[n] = e170Min[n]! + (cureRate(t, energyK) * step) / 60;
    }
    return celsius;
  });
  return { zoneEndC, e170Min, peakC };
}

function compare(config: OvenConfig, withinK: number, withinE170: number): void {
  const expected = fine(config);
  for (const [n, node] of ride(config).nodes.entries()) {
    for (const [z, celsius] of node.zoneEndC.entries()) {
      const off = celsius - expected.zoneEndC[z]![n]!;
      assert.ok(Math.abs(off) < withinK, `${node.name} zone ${z + 1}: ${off} K`);
    }
    assert.ok(Math.abs(node.peakC - expected.peakC[n]!) < Math.max(withinK, 0.01), `${node.name} peak`);
    const off = node.e170Min / expected.e170Min[n]! - 1;
    assert.ok(Math.abs(off) < withinE170, `${node.name} E170: ${off}`);
  }
}

describe("oven: nodes that conduct heat to each other", () => {
  it("are solved exactly, against a fine integration", () => {
    compare(ovenConfig(COUPLED), 1e-6, 1e-5);
  });

  it("are the nodes by themselves where nothing is conducted", () => {
    const apart = ride(ovenConfig(PLAIN));
    const none = { ...COUPLED, couplings: COUPLED.couplings.map((c) => ({ ...c, conductanceWPerK: 0 })) };
    for (const [n, node] of ride(ovenConfig(none)).nodes.entries()) {
      for (const [z, celsius] of node.zoneEndC.entries())
        assert.ok(Math.abs(celsius - apart.nodes[n]!.zoneEndC[z]!) < 1e-9);
      assert.ok(Math.abs(node.e170Min / apart.nodes[n]!.e170Min - 1) < 1e-9);
    }
  });

  it("move together where they conduct without end, as one node of their joint mass and film", () => {
    const two = [
      { name: "thin", thicknessMm: 1, heatTransferWPerM2K: 20, areaM2: 3 },
      { name: "thick", thicknessMm: 4, heatTransferWPerM2K: 10, areaM2: 1 },
    ];
    const welded = ride(
      ovenConfig({
        ...PLAIN,
        nodes: two,
        couplings: [{ between: ["thin", "thick"], conductanceWPerK: 1e7 }],
      }),
    );
    const capacity = 7850 * 470 * 1e-3 * (3 * 1 + 1 * 4);
    const film = 2 * (20 * 3 + 10 * 1);
    const decay = Math.exp((-300 * film) / capacity);
    for (const node of welded.nodes)
      assert.ok(Math.abs(node.zoneEndC[0]! - (120 + (20 - 120) * decay)) < 1e-3, node.name);
  });
});

describe("oven: radiant zones", () => {
  it("stay within 0.02 K and 0.1 % of E170 of a fine integration", () => {
    compare(ovenConfig(RADIANT), 0.02, 1e-3);
  });

  it("do so on random ovens too", () => {
    const random = new Random(7);
    const between = (low: number, high: number): number => low + (high - low) * random.uniform();
    for (let run = 0; run < 8; run++) {
      const config = ovenConfig({
        ...PLAIN,
        bodyStartC: between(0, 40),
        zones: ZONES.map((zone) => ({
          ...zone,
          airTemperatureC: between(60, 210),
          radiant: { emitterC: between(150, 800), viewFactor: between(0.05, 0.4) },
        })),
        nodes: NODES.map((node) => ({ ...node, emissivity: between(0.4, 1) })),
        couplings: [{ between: ["roof", "rocker"], conductanceWPerK: between(0, 20) }],
      });
      compare(config, 0.02, 1e-3);
    }
  });

  it("end at the balance of radiation and air", () => {
    const long = {
      ...PLAIN,
      zones: [{ lengthM: 400, airTemperatureC: 150, radiant: { emitterC: 400, viewFactor: 0.6 } }],
      nodes: [NODES[0]],
    };
    const end = ride(ovenConfig(long)).nodes[0]!.peakC;
    let [low, high] = [150, 400];
    for (let i = 0; i < 60; i++) {
      const mid = (low + high) / 2;
      const gainedW = 0.9 * 0.6 * 5.670374419e-8 * (673.15 ** 4 - (mid + 273.15) ** 4);
      if (gainedW > 2 * 20 * (mid - 150)) low = mid;
      else high = mid;
    }
    assert.ok(Math.abs(end - low) < 0.02, `${end} against ${low}`);
  });

  it("count electric emitters as electricity and not as heat of the burners", () => {
    const heated = (electricKW: number) =>
      ride(
        ovenConfig({
          ...PLAIN,
          zones: [{ ...ZONES[0], radiant: { ...INFRARED, viewFactors: {}, electricKW } }],
        }),
      ).energy;
    const [gas, electric] = [heated(0), heated(80)];
    assert.ok(Math.abs(electric.emittersKWh - 2) < 1e-12);
    assert.ok(Math.abs(gas.gasKWh - electric.gasKWh - 2) < 1e-12);
    assert.ok(Math.abs(electric.electricityKWh - 2) < 1e-12);
    assert.ok(Math.abs(electric.totalKWh - gas.totalKWh) < 1e-12);
  });
});

describe("oven: the conveyor's pace", () => {
  const at = (conveyor: object) => ovenConfig({ ...PLAIN, conveyor });

  it("takes bodies per hour from speed, pitch and gaps", () => {
    assert.equal(at({ speedMPerMin: 4, pitchM: 6 }).energy.bodiesPerHour, 40);
    // 20 bodies and 5 empty places in 25 places.
    const gaps = [{ everyBodies: 20, emptyPlaces: 5 }];
    assert.equal(at({ speedMPerMin: 4, pitchM: 6, gaps }).energy.bodiesPerHour, 32);
    // As the field says, where there is no pitch.
    assert.equal(at({ speedMPerMin: 4 }).energy.bodiesPerHour, 40);
    assert.equal(at({ speedMPerMin: 1 }).energy.bodiesPerHour, 40);
  });

  it("shares the oven's losses by fewer bodies where there are gaps", () => {
    const full = ride(at({ speedMPerMin: 4, pitchM: 6 })).energy;
    const gappy = ride(
      at({ speedMPerMin: 4, pitchM: 6, gaps: [{ everyBodies: 20, emptyPlaces: 5 }] }),
    ).energy;
    assert.ok(Math.abs(gappy.exhaustKWh / full.exhaustKWh - 1.25) < 1e-12);
    assert.ok(Math.abs(gappy.wallsKWh / full.wallsKWh - 1.25) < 1e-12);
    assert.equal(gappy.bodyKWh, full.bodyKWh);
    const more = 0.25 * (full.exhaustKWh + full.wallsKWh);
    assert.ok(Math.abs(gappy.totalKWh - full.totalKWh - more) < 1e-9);
  });

  it("refuses gaps without a pitch", () => {
    assert.throws(
      () => at({ speedMPerMin: 2, gaps: [{ everyBodies: 3, emptyPlaces: 1 }] }),
      /oven1\/conveyor: gaps need the pitch of the places \(parameter pitchM\)/,
    );
    assert.throws(
      () => at({ speedMPerMin: 2, pitchM: 6, gaps: [{ everyBodies: 2.5, emptyPlaces: 1 }] }),
      /gaps\[0\]: bodies between gaps must be a whole number >= 1, got 2\.5/,
    );
  });

  it("draws a profile in which a stop lets time pass and no way", () => {
    const config = at({
      speedMPerMin: 2,
      stops: [
        { atS: 100, durationS: 60 },
        { atS: 130, durationS: 40 },
      ],
    });
    const { timeS, positionM, nodeC } = temperatureProfile(config, "body", 400);
    assert.equal(timeS.at(-1), 1000);
    assert.ok(Math.abs(positionM.at(-1)! - 30) < 1e-9);
    for (const [i, t] of timeS.entries()) {
      const way = t < 100 ? t : Math.max(100, t - 100);
      assert.ok(Math.abs(positionM[i]! - (way * 2) / 60) < 1e-9, `${t} s`);
    }
    const { nodes } = ride(config);
    for (const [n, { celsius }] of nodeC.entries()) {
      assert.equal(celsius[0], 20);
      assert.ok(Math.abs(celsius.at(-1)! - nodes[n]!.zoneEndC.at(-1)!) < 1e-9);
    }
  });
});

describe("oven: body types", () => {
  const SUV = {
    name: "suv",
    bodyKg: 450,
    startC: 15,
    nodes: [{ name: "floor", thicknessMm: 6, heatTransferWPerM2K: 15 }],
  };
  const mixed = (sequence?: object) =>
    ovenConfig({ ...PLAIN, bodyType: "sedan", bodyTypes: [SUV], ...(sequence && { sequence }) });

  it("each ride with their own panels, masses and start", () => {
    const { bodyTypes, bodyType, nodes } = simulate(mixed());
    assert.equal(bodyType, "sedan");
    assert.deepEqual(
      bodyTypes.map((type) => [type.bodyType, type.share, type.nodes.map((node) => node.name)]),
      [
        ["sedan", 1, ["roof", "pillar", "rocker"]],
        ["suv", 0, ["floor"]],
      ],
    );
    assert.deepEqual(nodes, bodyTypes[0]!.nodes);
    const alone = ride(ovenConfig({ ...PLAIN, bodyStartC: 15, nodes: SUV.nodes, energy: { bodyKg: 450 } }));
    assert.deepEqual(bodyTypes[1]!.nodes, alone.nodes);
    assert.deepEqual(bodyTypes[1]!.energy, alone.energy);
  });

  it("mix by the sequence in which they come", () => {
    const result = simulate(
      mixed([
        { type: "sedan", bodies: 2 },
        { type: "suv", bodies: 1 },
        { type: "sedan", bodies: 1 },
      ]),
    );
    const [sedan, suv] = result.bodyTypes as [(typeof result.bodyTypes)[0], (typeof result.bodyTypes)[0]];
    assert.deepEqual([sedan.share, suv.share], [0.75, 0.25]);
    const mean = 0.75 * sedan.energy.totalKWh + 0.25 * suv.energy.totalKWh;
    assert.ok(Math.abs(result.mixEnergy.totalKWh - mean) < 1e-12);
    assert.ok(Math.abs(result.mixCo2.gasKg - 0.202 * result.mixEnergy.gasKWh) < 1e-12);
  });

  it("have of the default type what they leave out", () => {
    const types = ovenConfig({ ...COUPLED, bodyTypes: [{ name: "van", bodyKg: 900 }] });
    const [van] = types.bodyTypes;
    assert.deepEqual(van!.nodes, types.nodes);
    assert.deepEqual(van!.couplings, types.couplings);
    assert.equal(van!.startC, 20);
    assert.equal(van!.skidKg, 180);
  });
});

describe("oven configuration: what it grew", () => {
  it("means the same when it is read again", () => {
    const once = ovenConfig({
      ...RADIANT,
      bodyTypes: [{ name: "van", nodes: NODES.slice(1), couplings: [COUPLED.couplings[1]] }],
      sequence: [{ type: "van", bodies: 2 }, { type: "body" }],
      conveyor: { speedMPerMin: 2, pitchM: 6, gaps: [{ everyBodies: 9, emptyPlaces: 1 }] },
      cure: { kinetics: { kind: "nth-order", order: 2 } },
      pyrometer: { offsetK: 1 },
      energy: { electricityCo2KgPerKWh: 0.38 },
    });
    assert.deepEqual(ovenConfig(JSON.parse(JSON.stringify(once))), once);
  });

  it("takes no more entries than an oven can have", () => {
    const zones = Array.from({ length: 61 }, () => ({ lengthM: 1, airTemperatureC: 100 }));
    assert.throws(() => ovenConfig({ ...PLAIN, zones }), /oven1: zones has 61 entries, at most 60 are taken/);
    const stops = Array.from({ length: 61 }, (_, i) => ({ atS: i, durationS: 1 }));
    assert.throws(
      () => ovenConfig({ ...PLAIN, conveyor: { speedMPerMin: 2, stops } }),
      /stops has 61 entries/,
    );
  });

  it("says where each fault is, in words and in the JSON", () => {
    const { config, faults } = checkOvenConfig({
      ...RADIANT,
      zones: [{ ...ZONES[0], radiant: { emitterC: 9000, viewFactor: 2, viewFactors: { bonnet: 0.5 } } }],
      nodes: [{ ...NODES[0], areaM2: undefined, emissivity: 0 }, NODES[1]],
      couplings: [{ between: ["roof", "rocker"], conductanceWPerK: -1 }],
      bodyTypes: [{ name: "body" }, { name: "van", couplings: [] }],
      sequence: [{ type: "bus", bodies: 0 }],
      cure: { kinetics: { kind: "magic" } },
      pyrometer: { emissivity: 0 },
    });
    assert.equal(config, undefined);
    const told = faults.map(({ path, error }) => `${path.join(".")} | ${error.message}`);
    assert.deepEqual(
      told.sort(),
      [
        "zones.0.radiant.emitterC | oven1/zone1/radiant: emitter temperature must be <= 2500 °C, got 9000 (parameter emitterC)",
        "zones.0.radiant.viewFactor | oven1/zone1/radiant: view factor must be <= 1, got 2 (parameter viewFactor)",
        "nodes.0.emissivity | oven1/roof: emissivity must be > 0, got 0 (parameter emissivity)",
        "couplings.0.between | oven1/couplings[0]: roof needs an area to be coupled (parameter areaM2 of roof)",
        "couplings.0.between | oven1/couplings[0]: rocker is no node of this body (its nodes are roof, pillar)",
        "couplings.0.conductanceWPerK | oven1/couplings[0]: conductance must be >= 0 W/K, got -1 (parameter conductanceWPerK)",
        "bodyTypes.1.couplings | oven1/van: couplings need nodes of this type (parameter nodes)",
        "bodyTypes.0.name | oven1/body: stands twice (give each one its own name)",
        "pyrometer.emissivity | oven1/pyrometer: emissivity of the coat must be > 0, got 0 (parameter emissivity)",
        "sequence.0.bodies | oven1/sequence[0]: bodies must be a whole number >= 1, got 0 (parameter bodies)",
        'sequence.0.type | oven1/sequence[0]: "bus" is no body type (known are body, body, van)',
        'cure.kinetics.kind | oven1/cure/kinetics: "magic" is no kinetics (known are first-order, nth-order, kamal-sourour)',
        "zones.0.radiant.viewFactors.bonnet | oven1/zone1/radiant/viewFactors: bonnet is no node (its nodes are roof, pillar)",
      ].sort(),
    );
  });
});
