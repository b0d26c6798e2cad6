import assert from "node:assert/strict";
import { Arming } from "../../runtime/act/arming.ts";
import type { Decision } from "../../runtime/act/decide.ts";
import { type Envelope, envelopeHash } from "../../runtime/act/envelope.ts";
import { KeptEnvelope } from "../../runtime/act/envelope-keeper.ts";
import { ObservedBook } from "../../runtime/act/observed-book.ts";
import type { ObservedDecision, ProjectionClaim } from "../../runtime/act/observed-decision.ts";
import { Observer } from "../../runtime/act/observer.ts";
import type { PlantView, TargetView } from "../../runtime/act/plant-view.ts";
import type { Proposal } from "../../runtime/act/proposal.ts";
import type { RefusalCode } from "../../runtime/act/refusal.ts";
import { ovenEnvelope, TWIN, zoneTarget } from "./oven-envelope.ts";

const START_US = 1_790_000_000e6;
const MINUTE = 60e6;
const ROOF = `${TWIN}/exit/roof`;
const ROOF_NODE = "ns=1;s=Oven1.Exit.Roof";
const ENVELOPE: Envelope = {
  ...ovenEnvelope(),
  projections: [{ address: ROOF, nodeId: ROOF_NODE, unit: "°C", widest: 20, leastAfterMs: 600_000 }],
};
const CLAIM: ProjectionClaim = {
  address: ROOF,
  unit: "°C",
  interval: { value: 172, low: 170, high: 174 },
  baseline: { value: 168, low: 166, high: 169 },
  afterUs: 10 * MINUTE,
};
const [ZONE1, ZONE2] = ENVELOPE.targets.map(({ address }) => address) as [string, string];

/** A plant of two setpoints and a pyrometer, and an observer that looks at it once a minute. */
class Bench {
  readonly audit: { event: string; data: ObservedDecision }[] = [];
  readonly book = new ObservedBook();
  readonly observer: Observer;
  readonly kept = new KeptEnvelope(ENVELOPE.id, new Arming());
  nowUs = START_US;
  readonly setpoints = new Map([
    [ZONE1, 180],
    [ZONE2, 180],
  ]);
  roof: { value: number; timeUs?: number; good?: boolean } = { value: 168 };
  state = 6;

  constructor(needed = 20) {
    this.kept.commission = { envelope: ENVELOPE, hash: envelopeHash(ENVELOPE), how: "by anna" };
    this.observer = new Observer({
      book: this.book,
      audit: {
        append: (event, data) => {
          this.audit.push({ event, data: data as unknown as ObservedDecision });
          return {} as never;
        },
      },
      needed,
    });
  }

  view(): PlantView {
    const reading = (value: number) => ({ value, good: true, sourceTimeUs: this.nowUs });
    const targets = new Map(
      [...this.setpoints].map(([address, value]): [string, TargetView] => [
        address,
        {
          setpoint: reading(value),
          local: reading(0),
          state: reading(this.state),
          inputs: [reading(180)],
          interlocks: [],
          low: reading(100),
          high: reading(240),
          sequence: reading(0),
          echoSequence: reading(0),
          result: reading(0),
        },
      ]),
    );
    const { value, timeUs = this.nowUs, good = true } = this.roof;
    const measurements = new Map([[ROOF_NODE, { value, good, sourceTimeUs: timeUs }]]);
    return { plantTimeUs: this.nowUs, askedAtMs: 0, targets, measurements };
  }

  /** A proposal to set a zone, decided as an unarmed actuator does. */
  propose(
    recommendation: string,
    address: string,
    value: number,
    changes: Partial<Proposal> = {},
    code: RefusalCode | "written" = "not-armed",
  ): void {
    const proposal: Proposal = {
      kind: "proposal",
      id: `${recommendation}/${address}`,
      target: address,
      value,
      unit: "°C",
      expiresUs: this.nowUs + 5 * MINUTE,
      evidence: [],
      recommendation,
      projected: CLAIM,
      ...changes,
    };
    const target = ENVELOPE.targets.find((one) => one.address === address)!;
    const byArm = ["not-armed", "disarmed", "locked-out", "awaiting-approval", "hold"].includes(code);
    const allowed = { target, value, prior: this.setpoints.get(address)! };
    const decision: Decision =
      code === "written"
        ? { accepted: true, ...allowed, reason: "" }
        : { accepted: false, code, reason: code, ...(byArm ? { allowed } : {}) };
    this.observer.decided(this.kept, proposal, decision, this.view(), this.nowUs);
  }

  /** Lets minutes pass, with a look at the end of each. */
  pass(minutes: number): void {
    for (let i = 0; i < minutes; i++) {
      this.nowUs += MINUTE;
      this.observer.look(this.kept, this.view(), this.nowUs);
    }
  }

  get observed(): ObservedDecision[] {
    return this.audit.map(({ data }) => data);
  }

  get count() {
    return this.observer.count(this.kept, this.nowUs);
  }
}

/** Judged, by which interval, and whether inside. */
const verdict = ({ judgedBy, inside, realised }: ObservedDecision) => [judgedBy, inside, realised];

describe("an observed decision", () => {
  it("is held against the projection for no change where nobody did anything", () => {
    const bench = new Bench();
    bench.propose("r1", ZONE1, 185);
    bench.pass(9);
    assert.equal(bench.observed.length, 0, "not before its time");
    bench.pass(1);
    assert.deepEqual(bench.observed.map(verdict), [["no change", true, 168]]);
    const [one] = bench.observed;
    assert.deepEqual(
      [one!.id, one!.target, one!.value, one!.prior, one!.operatorSetpoint, one!.hash, one!.envelope],
      [`r1/${ZONE1}`, ZONE1, 185, 180, 180, envelopeHash(ENVELOPE), ENVELOPE.id],
    );
    assert.equal(bench.audit[0]!.event, "observed");
    assert.deepEqual([bench.count.inside, bench.count.outside], [1, 0]);
  });

  it("is held against the projection of the change, from the moment the operator made it", () => {
    const bench = new Bench();
    bench.propose("r1", ZONE1, 185);
    bench.propose("r1", ZONE2, 184);
    bench.pass(2);
    bench.setpoints.set(ZONE1, 185);
    bench.pass(1);
    bench.setpoints.set(ZONE2, 184.4);
    bench.roof.value = 171;
    bench.pass(1);
    bench.pass(9);
    assert.equal(bench.observed.length, 0, "ten minutes after the last of the two, not after the decision");
    bench.pass(1);
    assert.deepEqual(bench.observed.map(verdict), [
      ["change", true, 171],
      ["change", true, 171],
    ]);
    assert.equal(bench.observed[1]!.operatorSetpoint, 184.4);
    assert.deepEqual([bench.count.inside, bench.count.outside], [1, 0], "one recommendation is one");
  });

  it("counts a miss as one, on either projection", () => {
    const bench = new Bench();
    bench.propose("r1", ZONE1, 185);
    bench.roof.value = 169.1;
    bench.pass(10);
    bench.propose("r2", ZONE1, 185);
    bench.setpoints.set(ZONE1, 185);
    bench.pass(12);
    assert.deepEqual(bench.observed.map(verdict), [
      ["no change", false, 169.1],
      ["change", false, 169.1],
    ]);
    assert.deepEqual([bench.count.inside, bench.count.outside], [0, 2]);
  });

  const UNJUDGED: [what: string, said: RegExp, play: (bench: Bench) => void][] = [
    [
      "the operator set something else",
      /zone1\/airTemperatureSetpoint was set to 182 °C, inside the envelope, 185 was proposed/,
      (bench) => {
        bench.setpoints.set(ZONE1, 182);
        bench.pass(1);
      },
    ],
    [
      "the operator went beyond the envelope",
      /was set to 230 °C, outside the envelope, 185 was proposed/,
      (bench) => {
        bench.setpoints.set(ZONE1, 230);
        bench.pass(1);
      },
    ],
    [
      "another setpoint was changed besides",
      /zone2\/airTemperatureSetpoint was set to 170 °C, inside the envelope, nothing was proposed/,
      (bench) => {
        bench.setpoints.set(ZONE1, 185).set(ZONE2, 170);
        bench.pass(1);
      },
    ],
    [
      "it was made and undone",
      /it was made, and then undone/,
      (bench) => {
        bench.setpoints.set(ZONE1, 185);
        bench.pass(2);
        bench.setpoints.set(ZONE1, 180);
        bench.pass(1);
      },
    ],
    [
      "it was made after it expired",
      /it was not made in time/,
      (bench) => {
        bench.pass(6);
        bench.setpoints.set(ZONE1, 185);
        bench.pass(1);
      },
    ],
    [
      "the machine stopped",
      /machine state 2/,
      (bench) => {
        bench.state = 2;
        bench.pass(1);
      },
    ],
    [
      "the plant's clock went back",
      /clock went back/,
      (bench) => {
        bench.nowUs -= 3 * MINUTE;
        bench.pass(1);
      },
    ],
    [
      "no measurement came",
      /no measurement came/,
      (bench) => {
        bench.roof = { value: 168, timeUs: START_US };
        bench.pass(101);
      },
    ],
  ];
  for (const [what, said, play] of UNJUDGED) {
    it(`is not judged where ${what}`, () => {
      const bench = new Bench();
      bench.propose("r1", ZONE1, 185);
      play(bench);
      assert.equal(bench.observed.length, 1);
      assert.match(bench.observed[0]!.reason, said);
      assert.deepEqual(verdict(bench.observed[0]!), [null, undefined, undefined]);
      assert.deepEqual([bench.count.inside, bench.count.outside], [0, 0]);
    });
  }

  it("is not judged where only a part of it was made, or only a part lay inside the envelope", () => {
    const part = new Bench();
    part.propose("r1", ZONE1, 185);
    part.propose("r1", ZONE2, 185);
    part.setpoints.set(ZONE1, 185);
    part.pass(6);
    assert.match(part.observed[0]!.reason, /not made in time/);
    for (const first of [true, false]) {
      const refused = new Bench();
      if (first) refused.propose("r1", ZONE2, 300, {}, "out-of-range");
      refused.propose("r1", ZONE1, 185);
      if (!first) refused.propose("r1", ZONE2, 300, {}, "out-of-range");
      refused.setpoints.set(ZONE1, 185);
      refused.pass(1);
      assert.match(refused.observed[0]!.reason, /only a part of the recommendation/);
    }
    const negligible = new Bench();
    negligible.propose("r1", ZONE2, 180.2, {}, "deadband");
    negligible.propose("r1", ZONE1, 185);
    negligible.setpoints.set(ZONE1, 185);
    negligible.roof.value = 171;
    negligible.pass(11);
    assert.deepEqual(negligible.observed.map(verdict), [["change", true, 171]]);
  });

  it("judges no projection that counts on later changes, but its baseline all the same", () => {
    const projected = { ...CLAIM, countsOnLater: true };
    const made = new Bench();
    made.propose("r1", ZONE1, 185, { projected });
    made.setpoints.set(ZONE1, 185);
    made.pass(1);
    assert.match(made.observed[0]!.reason, /counts on later changes/);
    const left = new Bench();
    left.propose("r1", ZONE1, 185, { projected });
    left.pass(10);
    assert.deepEqual(left.observed.map(verdict), [["no change", true, 168]]);
  });

  it("needs a baseline to be judged where nothing was done: what nobody did can be neither right nor wrong", () => {
    const bench = new Bench();
    const { baseline: _none, ...projected } = CLAIM;
    bench.propose("r1", ZONE1, 185, { projected });
    bench.roof.value = 172;
    bench.pass(10);
    assert.match(bench.observed[0]!.reason, /nothing was changed, and nothing was projected for that/);
    assert.deepEqual([bench.count.inside, bench.count.outside], [0, 0]);
  });

  it("waits for a reading that is due, good, and not ahead of the plant's clock", () => {
    const bench = new Bench();
    bench.propose("r1", ZONE1, 185);
    bench.roof = { value: 168, timeUs: START_US + 10 * MINUTE - 1 };
    bench.pass(12);
    bench.roof = { value: 168, timeUs: START_US + 12 * MINUTE, good: false };
    bench.pass(1);
    bench.roof = { value: 168, timeUs: START_US + 1e12 };
    bench.pass(1);
    assert.deepEqual(bench.observed, []);
    bench.roof = { value: 167 };
    bench.pass(1);
    assert.deepEqual(bench.observed.map(verdict), [["no change", true, 167]]);
  });

  const CLAIMS: [what: string, claim: unknown, said: RegExp][] = [
    ["no claim", undefined, /projects nothing/],
    [
      "a measurement that was not commissioned",
      { ...CLAIM, address: `${TWIN}/gas/flow` },
      /names no measurement/,
    ],
    ["another dimension", { ...CLAIM, unit: "kW" }, /measured in °C/],
    [
      "an interval wider than commissioned",
      { ...CLAIM, interval: { value: 170, low: 159, high: 180 } },
      /wider than 20 °C/,
    ],
    ["no interval", { ...CLAIM, interval: null }, /wider than 20 °C, or none/],
    [
      "an interval without ends",
      { ...CLAIM, interval: { value: 1, low: Number.NEGATIVE_INFINITY, high: 2 } },
      /or none/,
    ],
    ["the present for the future", { ...CLAIM, afterUs: 1 }, /projected 600 s to 24 h ahead/],
    ["a time that never comes", { ...CLAIM, afterUs: 1e300 }, /projected 600 s to 24 h ahead/],
  ];
  for (const [what, claim, said] of CLAIMS) {
    it(`does not take ${what}, and says so`, () => {
      const bench = new Bench();
      bench.propose("r1", ZONE1, 185, { projected: claim as ProjectionClaim });
      bench.pass(20);
      assert.deepEqual(bench.observed, []);
      assert.match(bench.observer.problem(bench.kept)!, said);
    });
  }

  it("leaves a baseline out that is too wide", () => {
    const bench = new Bench();
    bench.propose("r1", ZONE1, 185, {
      projected: { ...CLAIM, baseline: { value: 0, low: -1e6, high: 1e6 } },
    });
    bench.pass(10);
    assert.match(bench.observed[0]!.reason, /nothing was projected for that/);
  });

  it("reads a claim in another unit of the dimension", () => {
    const bench = new Bench();
    const kelvin = { value: 441.15, low: 439.15, high: 442.15 };
    bench.propose("r1", ZONE1, 185, {
      projected: { ...CLAIM, unit: "K", interval: kelvin, baseline: kelvin },
    });
    bench.pass(10);
    assert.equal(bench.observed[0]!.inside, true);
    assert.ok(Math.abs(bench.observed[0]!.realised! - 441.15) < 1e-9);
  });

  it("observes one recommendation at a time: a thousand proposals of one moment are one stretch of time", () => {
    const bench = new Bench();
    for (let i = 0; i < 1000; i++) bench.propose(`r${i}`, ZONE1, 185);
    bench.pass(10);
    assert.equal(bench.observed.length, 1);
    assert.equal(bench.count.inside, 1);
    bench.propose("r0", ZONE1, 185);
    bench.pass(10);
    assert.equal(bench.count.inside, 1, "the same recommendation again is the same one");
  });

  it("takes none that is refused, and none of a hold", () => {
    const bench = new Bench();
    for (const code of ["out-of-range", "stale-input", "hold", "not-commissioned", "replayed"] as const)
      bench.propose(`r-${code}`, ZONE1, 185, {}, code);
    bench.pass(12);
    assert.deepEqual(bench.observed, []);
    for (const code of ["disarmed", "locked-out", "awaiting-approval"] as const) {
      bench.propose(`r-${code}`, ZONE1, 185, {}, code);
      bench.pass(10);
    }
    assert.equal(bench.observed.length, 3);
  });

  it("is judged too where the actuator wrote it itself, and ends unrecorded at its next write", () => {
    const bench = new Bench();
    bench.propose("r1", ZONE1, 185, {}, "written");
    bench.setpoints.set(ZONE1, 185);
    bench.pass(3);
    bench.propose("r2", ZONE1, 190, {}, "not-armed");
    bench.propose("r3", ZONE2, 185, {}, "written");
    bench.setpoints.set(ZONE2, 185);
    bench.roof.value = 173;
    bench.pass(11);
    assert.deepEqual(
      bench.observed.map((one) => [one.recommendation, ...verdict(one)]),
      [["r3", "change", true, 173]],
    );
    bench.propose("r4", ZONE1, 180, { projected: { ...CLAIM, countsOnLater: true } }, "written");
    bench.setpoints.set(ZONE1, 180);
    bench.pass(12);
    assert.equal(bench.observed.length, 1, "written, and its projection is of more than was written");
  });

  it("is dropped where another envelope is commissioned meanwhile", () => {
    const bench = new Bench();
    bench.propose("r1", ZONE1, 185);
    const other = { ...ENVELOPE, targets: [zoneTarget(1, { max: 210 }), zoneTarget(2)] };
    bench.kept.commission = { envelope: other, hash: envelopeHash(other), how: "by anna" };
    bench.pass(12);
    assert.deepEqual(bench.observed, []);
  });
});

describe("the count of observed decisions", () => {
  const DAY = 86_400e6;
  const decision = (
    i: number,
    inside: boolean | undefined,
    changes: Partial<ObservedDecision> = {},
  ): ObservedDecision => ({
    id: `r${i}/z`,
    recommendation: `r${i}`,
    envelope: "e",
    hash: "h",
    target: ZONE1,
    value: 185,
    prior: 180,
    unit: "°C",
    atUs: START_US,
    judgedBy: "change",
    projected: CLAIM,
    judgedUs: START_US + i,
    reason: "",
    ...(inside === undefined ? {} : { inside }),
    ...changes,
  });
  const book = (...verdicts: (boolean | undefined)[]) => {
    const made = new ObservedBook();
    for (const [i, inside] of verdicts.entries()) made.add(decision(i, inside));
    return made;
  };
  const times = (n: number, inside: boolean) => Array<boolean>(n).fill(inside);

  it("is enough at 20 inside, and not at 19", () => {
    assert.equal(book(...times(19, true)).count("e", "h", 20, START_US).enough, false);
    assert.deepEqual(book(...times(20, true)).count("e", "h", 20, START_US), {
      inside: 20,
      changes: 20,
      outside: 0,
      needed: 20,
      enough: true,
    });
    assert.equal(book(...Array(40).fill(undefined)).count("e", "h", 20, START_US).enough, false);
  });

  it("allows 5 outside among the newest that make 20 inside, not 6, and forgets older ones", () => {
    const mixed = (misses: number) => book(...times(10, true), ...times(misses, false), ...times(10, true));
    assert.equal(mixed(5).count("e", "h", 20, START_US).enough, true);
    assert.deepEqual(mixed(6).count("e", "h", 20, START_US), {
      inside: 20,
      changes: 20,
      outside: 6,
      needed: 20,
      enough: false,
    });
    assert.equal(book(...times(50, false), ...times(20, true)).count("e", "h", 20, START_US).enough, true);
  });

  it("is of this envelope, this hash, and the last seven days", () => {
    const full = book(...times(20, true));
    assert.equal(full.count("other", "h", 20, START_US).inside, 0);
    assert.equal(full.count("e", "changed", 20, START_US).inside, 0);
    assert.equal(full.count("e", undefined, 20, START_US).inside, 0);
    assert.equal(full.count("e", "h", 20, START_US + 7 * DAY - 1).enough, true);
    assert.equal(full.count("e", "h", 20, START_US + 7 * DAY + 1).enough, false);
    assert.equal(full.count("e", "h", 20, START_US - DAY).enough, true, "from before a step of the clock");
  });

  it("tells those where the change was made from those where nothing was", () => {
    const mixed = new ObservedBook();
    for (const [i, judgedBy, inside] of [
      [1, "change", true],
      [2, "no change", true],
      [3, "change", false],
    ] as const)
      mixed.add(decision(i, inside, { judgedBy }));
    const { inside, changes, outside } = mixed.count("e", "h", 20, START_US);
    assert.deepEqual([inside, changes, outside], [2, 1, 1]);
  });

  it("comes back from the audit", () => {
    const records = [
      { event: "observed", data: decision(1, true) },
      { event: "observed", data: decision(2, false) },
      { event: "observed", data: decision(3, undefined) },
      { event: "decision", data: { inside: true } },
    ].map((one, i) => ({ ...one, seq: i, at: "", previous: "", hash: "" }));
    const { inside, outside } = ObservedBook.recall(records as never).count("e", "h", 20, START_US);
    assert.deepEqual([inside, outside], [1, 1]);
  });

  it("needs none where the setting says so, and never where it is no number", () => {
    assert.equal(book().count("e", "h", 0, START_US).enough, true);
    assert.equal(book(...times(30, true)).count("e", "h", Number.NaN, START_US).enough, false);
  });
});
