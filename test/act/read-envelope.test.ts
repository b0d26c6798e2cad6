import assert from "node:assert/strict";
import { envelopeHash } from "../../runtime/act/envelope.ts";
import { type EnvelopeConfig, envelopeFromConfig } from "../../runtime/act/envelope-config.ts";
import { readEnvelope } from "../../runtime/act/read-envelope.ts";
import { validityProblem, validityTimeUs } from "../../runtime/act/validity.ts";
import { ovenEnvelope, TWIN, withoutBlock, zoneTarget } from "./oven-envelope.ts";

const zone = (n: number, changes: object = {}) => ({ ...zoneTarget(n), ...changes });
const envelope = (changes: object = {}) => ({ ...ovenEnvelope(), ...changes });
const lock = (changes: object) => ({
  targets: [zone(1, { interlocks: [{ label: "fan", nodeId: "ns=1;s=F", min: 1, ...changes }] })],
});
const projection = (changes: object = {}) => ({
  address: `${TWIN}/exit/roof`,
  nodeId: "ns=1;s=Oven1.Exit.Roof",
  unit: "°C",
  widest: 20,
  leastAfterMs: 600_000,
  ...changes,
});

const WRONG: [what: string, envelope: object, said: RegExp][] = [
  [
    "one setpoint under two addresses",
    envelope({ targets: [zone(1), zone(1, { address: `${TWIN}/alias` })] }),
    /Zone1\.AirTempSP stands twice.*Zone1\.Request stands twice/,
  ],
  [
    "a twin of a training",
    envelope({ twin: `training/${TWIN}` }),
    /training\/.* is a training twin, which has no plant/,
  ],
  [
    "a target of a training",
    envelope({ targets: [zone(1, { address: `training/${TWIN}/zone1/airTemperatureSetpoint` })] }),
    /it is a training twin's, which has no plant/,
  ],
  [
    "an address twice",
    envelope({ targets: [zone(1), zone(2, { address: zoneTarget(1).address })] }),
    /zone1\/airTemperatureSetpoint stands twice/,
  ],
  [
    "no rate per minute",
    envelope({ targets: [zone(1, { ratePerMinute: undefined })] }),
    /rate per minute must be a number > 0, got undefined/,
  ],
  [
    "a rate per hour of 0",
    envelope({ targets: [zone(1, { ratePerHour: 0 })] }),
    /rate per hour must be a number > 0, got 0/,
  ],
  [
    "a node id that is none",
    envelope({ targets: [zone(1, { nodeIds: { ...zoneTarget(1).nodeIds, state: "Oven1.State" } })] }),
    /Oven1\.State is no node id such as/,
  ],
  [
    "a namespace with a leading zero",
    envelope({ targets: [zone(1, { nodeIds: { ...zoneTarget(1).nodeIds, local: "ns=01;s=L" } })] }),
    /ns=01;s=L is no node id/,
  ],
  [
    "a state that is a text",
    envelope({ targets: [zone(1, { permittedStates: ["6"] })] }),
    /must be a list of PackML state numbers/,
  ],
  [
    "a safety state without its node",
    envelope({ targets: [zone(1, { safety: { emergencyStop: "ns=1;s=E" } })] }),
    /node id of the safety state is missing/,
  ],
  [
    "a safety mode that is a half",
    envelope({ targets: [zone(1, { safety: { nodeId: "ns=1;s=M", permitted: [3.5] } })] }),
    /operational modes must be a list/,
  ],
  [
    "an interlock without a limit",
    envelope(lock({ min: undefined })),
    /interlock fan has neither min nor max/,
  ],
  ["an interlock upside down", envelope(lock({ max: 0 })), /interlock fan: min is above max/],
  ["a value compared with itself", envelope(lock({ minus: "ns=1;s=F" })), /compares ns=1;s=F with itself/],
  [
    "an update nobody knows",
    envelope(lock({ update: "sometimes" })),
    /fan: update must be cyclic or onChange, got sometimes/,
  ],
  [
    "setpoints in two units compared",
    envelope({
      targets: [
        zone(1, {
          interlocks: [
            {
              label: "apart",
              nodeId: "ns=1;s=Oven1.Zone1.AirTempSP",
              minus: "ns=1;s=Oven1.Zone2.AirTempSP",
              max: 5,
            },
          ],
        }),
        zone(2, { unit: "K", min: 400, max: 500 }),
      ],
    }),
    /interlock apart compares °C with K/,
  ],
  [
    "an effect without a time",
    envelope({ targets: [zone(1, { effect: { nodeId: "ns=1;s=A", leastChange: 0.1 } })] }),
    /time of the effect must be a number > 0, got undefined/,
  ],
  [
    "an effect sideways",
    envelope({
      targets: [zone(1, { effect: { nodeId: "ns=1;s=A", direction: "up", leastChange: 0.1, withinMs: 1 } })],
    }),
    /direction of the effect must be same or opposite, got up/,
  ],
  ["a day that is none", envelope({ validFrom: "2026-02-30" }), /valid from: 2026-02-30 is no day/],
  ["a local time", envelope({ validUntil: "2026-11-22T06:00" }), /valid until: 2026-11-22T06:00 is no day/],
  [
    "an end before its beginning",
    envelope({ validFrom: "2026-11-23", validUntil: "2026-11-22" }),
    /valid from 2026-11-23, and only until 2026-11-22/,
  ],
  [
    "a projection without a width",
    envelope({ projections: [projection({ widest: 0 })] }),
    /widest interval must be a number > 0/,
  ],
  ["a projection twice", envelope({ projections: [projection(), projection()] }), /exit\/roof stands twice/],
  [
    "sixty-five targets",
    envelope({ targets: Array.from({ length: 65 }, (_, i) => zone(i + 1)) }),
    /targets must be a list of at most 64/,
  ],
];

describe("reading an envelope", () => {
  for (const [what, given, said] of WRONG) {
    it(`refuses ${what}`, () => assert.throws(() => readEnvelope(given), said));
  }

  it("names every problem at once", () => {
    assert.throws(
      () => readEnvelope({ targets: [{}] }),
      (error: Error) => {
        for (const said of [
          "id is missing",
          "twin is missing",
          "target 1: min must be a number",
          "unit is missing",
          "at least one is needed",
        ])
          assert.ok(error.message.includes(said), said);
        return true;
      },
    );
  });

  it("takes nothing from a prototype, and keeps nothing it does not know", () => {
    const read = readEnvelope(JSON.parse(JSON.stringify(envelope({ __proto__: null, extra: 1 }))));
    assert.deepEqual(Object.keys(read), ["kind", "id", "name", "twin", "targets"]);
    assert.throws(() => readEnvelope(Object.create(envelope())), /id is missing/);
  });

  it("gives what is absent its meaning, and one node one spelling", () => {
    const { ratePerHour: _hour, ...bare } = zoneTarget(1);
    const guid = "ns=1;g=09087E75-8E5E-499B-954F-F2A9603DB28A";
    const read = readEnvelope(
      envelope({
        targets: [
          {
            ...bare,
            nodeIds: { ...bare.nodeIds, state: "ns=0;i=2258", local: guid },
            safety: { nodeId: "ns=1;s=M" },
            interlocks: [{ label: "fan", nodeId: "ns=1;s=F", min: 1 }],
          },
        ],
      }),
    ).targets[0]!;
    assert.equal(read.ratePerHour, 900, "sixty times the rate per minute");
    assert.deepEqual(
      [read.nodeIds.state, read.nodeIds.local],
      ["i=2258", guid.replace(/g=.*/, (id) => id.toLowerCase())],
    );
    assert.deepEqual(read.safety, { nodeId: "ns=1;s=M", permitted: [3, 4] });
    assert.deepEqual(read.interlocks, [
      { label: "fan", nodeId: "ns=1;s=F", min: 1, update: "cyclic", maxAgeMs: 2_000 },
    ]);
  });

  it("takes an empty request block for a PLC that has none, and nothing else for that", () => {
    const { request: _request, ...nodeIds } = zoneTarget(1).nodeIds;
    for (const request of [undefined, null, ""]) {
      const [first, second] = readEnvelope(
        envelope({ targets: [zone(1, { nodeIds: { ...nodeIds, request } }), zone(2)] }),
      ).targets;
      assert.equal("request" in first!.nodeIds, false);
      assert.equal(second!.nodeIds.request, "ns=1;s=Oven1.Zone2.Request");
    }
    for (const request of [" ", 5, "Oven1.Zone1.Request", ["ns=1;s=R"]]) {
      assert.throws(
        () => readEnvelope(envelope({ targets: [zone(1, { nodeIds: { ...nodeIds, request } })] })),
        /request block/,
      );
    }
    // Two of them are not one request block twice, and one without has another hash.
    const bare = { targets: [1, 2].map((n) => withoutBlock(zoneTarget(n))) };
    assert.notEqual(envelopeHash(readEnvelope(envelope(bare))), envelopeHash(readEnvelope(envelope())));
  });

  it("hashes every limit: none can be changed unseen", () => {
    const full = readEnvelope(
      envelope({
        validFrom: "2026-01-01",
        validUntil: "2026-12-31",
        projections: [projection()],
        targets: [
          zone(1, {
            maxStateAgeMs: 5_000,
            safety: {
              nodeId: "ns=1;s=M",
              permitted: [3],
              emergencyStop: "ns=1;s=E",
              protectiveStop: "ns=1;s=P",
            },
            effect: { nodeId: "ns=1;s=A", direction: "same", leastChange: 0.2, withinMs: 60_000 },
            interlocks: [
              {
                label: "l",
                nodeId: "ns=1;s=F",
                minus: "ns=1;s=G",
                min: -1,
                max: 1,
                update: "onChange",
                maxAgeMs: 9,
              },
            ],
          }),
        ],
      }),
    );
    assert.equal(envelopeHash(readEnvelope(JSON.parse(JSON.stringify(full)))), envelopeHash(full));
    const hashes = new Set<string>();
    let leaves = 0;
    const change = (thing: object, path: (string | number)[]): void => {
      for (const [key, value] of Object.entries(thing)) {
        if (value !== null && typeof value === "object") {
          change(value, [...path, key]);
          continue;
        }
        leaves++;
        const copy = JSON.parse(JSON.stringify(full));
        let at = copy;
        for (const step of path) at = at[step];
        at[key] = typeof value === "number" ? value + 1 : `${value}x`;
        hashes.add(envelopeHash(copy));
      }
    };
    change(full, []);
    assert.equal(hashes.size, leaves);
    assert.ok(!hashes.has(envelopeHash(full)) && leaves > 40);
  });
});

describe("validity of an envelope", () => {
  const at = (text: string) => Date.parse(text) * 1000;

  it("lasts from a day's first moment to a day's last, and to the moment of a time", () => {
    const days = { validFrom: "2026-11-22", validUntil: "2026-11-22" };
    assert.match(validityProblem(days, at("2026-11-22T00:00:00Z") - 1)!, /valid from 2026-11-22/);
    assert.equal(validityProblem(days, at("2026-11-22T00:00:00Z")), undefined);
    assert.equal(validityProblem(days, at("2026-11-23T00:00:00Z") - 1), undefined);
    assert.match(validityProblem(days, at("2026-11-23T00:00:00Z"))!, /was valid until 2026-11-22/);
    assert.match(validityProblem({ validUntil: "2026-11-22T06:00Z" }, at("2026-11-22T06:00:00Z"))!, /until/);
    assert.equal(validityProblem({}, 0), undefined);
    assert.match(
      validityProblem({ validFrom: "2026-11-22" }, Number.NaN)!,
      /valid from/,
      "an unknown time is none",
    );
    assert.equal(validityTimeUs("2024-02-29", "from"), at("2024-02-29T00:00:00Z"));
    assert.equal(validityTimeUs("2026-02-29", "from"), undefined);
  });
});

describe("the envelope of a form", () => {
  const row = (n: number) => ({
    target: `zone${n}/airTemperatureSetpoint`,
    setpoint: `ns=1;s=Oven1.Zone${n}.AirTempSP`,
    request: `ns=1;s=Oven1.Zone${n}.Request`,
    local: `ns=1;s=Oven1.Zone${n}.Local`,
    inputs: `ns=1;s=Oven1.Zone${n}.AirTemp, ns=1;s=Oven1.Zone${n}.FanFlow`,
    unit: "°C",
    min: "110",
    max: 200,
    maxStep: "16",
    ratePerMinute: 16,
    ratePerHour: "",
    deadband: "",
  });
  const config = (changes: Partial<EnvelopeConfig> = {}): EnvelopeConfig => ({
    id: "env",
    targets: [
      row(2),
      {
        ...row(3),
        ratePerHour: "160",
        effect: "ns=1;s=Oven1.Zone3.AirTemp",
        effectDirection: "same",
        effectLeast: "0.2",
        effectWithinS: "600",
      },
    ],
    state: "ns=1;s=Oven1.State",
    ...changes,
  });

  it("takes an empty request block for none", () => {
    const targets = [{ ...row(2), request: "" }, row(3)];
    const [two, three] = envelopeFromConfig(config({ targets }), TWIN).targets;
    assert.equal("request" in two!.nodeIds, false);
    assert.equal(three!.nodeIds.request, "ns=1;s=Oven1.Zone3.Request");
  });

  it("takes empty fields for absent, and a target's name for its setpoint", () => {
    const { targets } = envelopeFromConfig(
      config({
        permittedStates: "6, 4",
        safetyMode: "ns=1;s=Mode",
        permittedModes: "",
        emergencyStop: "ns=1;s=EStop",
        maxStateAgeMs: "",
        interlocks: [
          {
            label: "apart",
            nodeId: "zone3/airTemperatureSetpoint",
            minus: "zone2/airTemperatureSetpoint",
            min: "",
            max: "60",
            update: "onChange",
            maxAgeMs: "",
          },
        ],
      }),
      TWIN,
    );
    const [two, three] = targets as [(typeof targets)[0], (typeof targets)[0]];
    assert.deepEqual(
      [two.ratePerHour, two.deadband, two.maxInputAgeMs, two.budgetPerShift, two.ttlMs],
      [960, 0, 60_000, 96, 120_000],
    );
    assert.equal("effect" in two || "maxStateAgeMs" in two, false);
    assert.deepEqual(two.permittedStates, [6, 4]);
    assert.deepEqual(two.safety, { nodeId: "ns=1;s=Mode", permitted: [3, 4], emergencyStop: "ns=1;s=EStop" });
    assert.equal(three.ratePerHour, 160);
    assert.deepEqual(three.effect, {
      nodeId: "ns=1;s=Oven1.Zone3.AirTemp",
      direction: "same",
      leastChange: 0.2,
      withinMs: 600_000,
    });
    for (const { interlocks } of targets) {
      assert.deepEqual(interlocks, [
        {
          label: "apart",
          nodeId: "ns=1;s=Oven1.Zone3.AirTempSP",
          minus: "ns=1;s=Oven1.Zone2.AirTempSP",
          max: 60,
          update: "onChange",
          maxAgeMs: 60_000,
        },
      ]);
    }
  });

  it("refuses a stop without an operational mode, and an effect that is half given", () => {
    assert.throws(
      () => envelopeFromConfig(config({ emergencyStop: "ns=1;s=EStop" }), TWIN),
      /node id of the safety state is missing/,
    );
    assert.throws(
      () => envelopeFromConfig(config({ targets: [{ ...row(3), effect: "ns=1;s=A" }] }), TWIN),
      /least change of the effect must be a number > 0, got NaN/,
    );
    assert.throws(() => envelopeFromConfig(config({ permittedStates: "six" }), TWIN), /PackML state numbers/);
    assert.throws(
      () => envelopeFromConfig(config({ budgetPerShift: "many" }), TWIN),
      /budget must be a number > 0, got NaN/,
    );
  });

  it("reads what projections are judged by below the twin, ahead in seconds", () => {
    const projections = [
      {
        property: "exit/rocker",
        nodeId: "ns=1;s=Oven1.Exit.Rocker",
        unit: "°C",
        widest: "20",
        leastAfterS: "600",
      },
    ];
    assert.deepEqual(envelopeFromConfig(config({ projections }), TWIN).projections, [
      {
        address: `${TWIN}/exit/rocker`,
        nodeId: "ns=1;s=Oven1.Exit.Rocker",
        unit: "°C",
        widest: 20,
        leastAfterMs: 600_000,
      },
    ]);
  });
});
