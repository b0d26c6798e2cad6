import assert from "node:assert/strict";
import { type ArmView, type DecisionContext, decide, type RefusalCode } from "../../runtime/act/decide.ts";
import type { EnvelopeTarget } from "../../runtime/act/envelope.ts";
import type { PlantView, Reading, TargetView } from "../../runtime/act/plant-view.ts";
import { WriteHistory } from "../../runtime/act/write-history.ts";
import { Random } from "../../runtime/core/random.ts";
import { ovenEnvelope, TWIN, withoutBlock, zoneTarget } from "./oven-envelope.ts";

const NOW_US = 1_790_000_000e6;
const TARGET = `${TWIN}/zone1/airTemperatureSetpoint`;

const reading = (value: number, ageMs = 100, good = true): Reading => ({
  value,
  good,
  sourceTimeUs: NOW_US - ageMs * 1000,
});

const zoneView = (changes: Partial<TargetView> = {}): TargetView => ({
  setpoint: reading(180),
  local: reading(0),
  state: reading(6),
  inputs: [reading(179.6)],
  interlocks: [],
  low: reading(100),
  high: reading(240),
  sequence: reading(0),
  echoSequence: reading(0),
  result: reading(0),
  ...changes,
});

const view = (changes: Partial<TargetView> = {}, plantAgeMs = 100): PlantView => ({
  plantTimeUs: NOW_US - plantAgeMs * 1000,
  askedAtMs: 0,
  targets: new Map([[TARGET, zoneView(changes)]]),
});

const proposal = (changes: object = {}) => ({
  kind: "proposal",
  id: "r1/zone1",
  target: TARGET,
  value: 185,
  unit: "°C",
  expiresUs: NOW_US + 60e6,
  evidence: [],
  recommendation: "r1",
  ...changes,
});

const context = (changes: Partial<DecisionContext> = {}): DecisionContext => ({
  envelope: ovenEnvelope(),
  view: view(),
  history: new WriteHistory(),
  arm: { mode: "act" },
  nowUs: NOW_US,
  ...changes,
});

function historyOf(writes: [ageS: number, change: number][], seen: string[] = []): WriteHistory {
  const history = new WriteHistory();
  for (const [ageS, change] of writes) history.wrote(TARGET, NOW_US - ageS * 1e6, change);
  for (const id of seen) history.see(id, NOW_US + 1, NOW_US);
  return history;
}

const envelopeWith = (changes: Partial<EnvelopeTarget>) => ({
  ...ovenEnvelope(),
  targets: [zoneTarget(1, changes)],
});
const fan = {
  label: "fan flow",
  nodeId: "ns=1;s=Oven1.Zone1.FanFlow",
  min: 1000,
  update: "cyclic",
  maxAgeMs: 2_000,
} as const;
const hold: ArmView = { mode: "hold", cause: "stale input" };

const REFUSED: [what: string, proposal: unknown, context: DecisionContext, code: RefusalCode][] = [
  ["no object", null, context(), "malformed"],
  ["no id", proposal({ id: "" }), context(), "malformed"],
  ["a text as value", proposal({ value: "185" }), context(), "malformed"],
  ["an expiry that is no time", proposal({ expiresUs: Number.NaN }), context(), "malformed"],
  ["a replayed id", proposal(), context({ history: historyOf([], ["r1/zone1"]) }), "replayed"],
  ["NaN", proposal({ value: Number.NaN }), context(), "not-a-number"],
  ["null, as JSON sends NaN", proposal({ value: null }), context(), "not-a-number"],
  ["infinity", proposal({ value: Number.POSITIVE_INFINITY }), context(), "not-a-number"],
  [
    "a target of a training, with its envelope in force and armed",
    proposal({ target: `training/${TARGET}` }),
    context({
      envelope: { ...ovenEnvelope(), targets: [{ ...zoneTarget(1), address: `training/${TARGET}` }] },
    }),
    "training",
  ],
  ["no commissioned envelope", proposal(), context({ envelope: undefined }), "not-commissioned"],
  [
    "another envelope than was commissioned",
    proposal(),
    context({ envelope: undefined, changed: true }),
    "envelope-changed",
  ],
  ["evidence that is no list of ids", proposal({ evidence: [{ id: 1 }] }), context(), "malformed"],
  [
    "a simulation that speaks against it",
    proposal({ check: { passed: false, what: "peak" } }),
    context(),
    "check-failed",
  ],
  ["a check that is none", proposal({ check: null }), context(), "check-failed"],
  ["a check that only looks passed", proposal({ check: { passed: "true" } }), context(), "check-failed"],
  [
    "a PLC without a request block, though it is armed to act",
    proposal(),
    context({ envelope: { ...ovenEnvelope(), targets: [withoutBlock(zoneTarget(1))] } }),
    "no-request-block",
  ],
  ["an unknown target", proposal({ target: `${TWIN}/zone9/x` }), context(), "unknown-target"],
  ["a unit of another dimension", proposal({ unit: "kW" }), context(), "wrong-unit"],
  ["a unit nobody knows", proposal({ unit: "furlong" }), context(), "wrong-unit"],
  ["expired", proposal({ expiresUs: NOW_US }), context(), "expired"],
  ["lives too long", proposal({ expiresUs: NOW_US + 9 * 3600e6 }), context(), "expiry-too-far"],
  ["no view", proposal(), context({ view: undefined }), "stale-plant"],
  ["a silent plant", proposal(), context({ view: view({}, 2_001) }), "stale-plant"],
  ["a stale input", proposal(), context({ view: view({ inputs: [reading(180, 2_001)] }) }), "stale-input"],
  ["a bad input", proposal(), context({ view: view({ inputs: [reading(180, 0, false)] }) }), "bad-quality"],
  [
    "a bad setpoint",
    proposal(),
    context({ view: view({ setpoint: reading(180, 0, false) }) }),
    "bad-quality",
  ],
  ["an unreadable key", proposal(), context({ view: view({ local: reading(0, 0, false) }) }), "bad-quality"],
  ["key on local", proposal(), context({ view: view({ local: reading(1) }) }), "local-mode"],
  ["stopped", proposal(), context({ view: view({ state: reading(2) }) }), "wrong-state"],
  [
    "interlock below its limit",
    proposal(),
    context({ envelope: envelopeWith({ interlocks: [fan] }), view: view({ interlocks: [reading(999)] }) }),
    "interlock",
  ],
  [
    "interlock not good",
    proposal(),
    context({
      envelope: envelopeWith({ interlocks: [fan] }),
      view: view({ interlocks: [reading(2000, 0, false)] }),
    }),
    "interlock",
  ],
  ["above max", proposal({ value: 220.01 }), context(), "out-of-range"],
  ["below min", proposal({ value: 149.99 }), context(), "out-of-range"],
  ["in °F above max", proposal({ value: 430, unit: "°F" }), context(), "out-of-range"],
  ["above the PLC's own limit", proposal(), context({ view: view({ high: reading(184) }) }), "plc-limit"],
  ["within the deadband", proposal({ value: 180.5 }), context(), "deadband"],
  ["a step too large", proposal({ value: 190.1 }), context(), "step-too-large"],
  ["too fast", proposal({ value: 188 }), context({ history: historyOf([[59, 8]]) }), "too-fast"],
  ["budget used", proposal(), context({ history: historyOf(Array(5).fill([3600, 1])) }), "budget"],
  ["on hold", proposal(), context({ arm: hold }), "hold"],
  ["disarmed", proposal(), context({ arm: { mode: "disarmed", cause: "restart" } }), "disarmed"],
  ["not armed", proposal(), context({ arm: { mode: "observe" } }), "not-armed"],
  ["not approved", proposal(), context({ arm: { mode: "advise", approved: false } }), "awaiting-approval"],
];

const ACCEPTED: [what: string, proposal: unknown, context: DecisionContext, value: number][] = [
  ["a change inside everything", proposal(), context(), 185],
  ["the largest step", proposal({ value: 190 }), context(), 190],
  ["a value in another unit", proposal({ value: 365, unit: "°F" }), context(), 185],
  ["the rate's last kelvin", proposal({ value: 187 }), context({ history: historyOf([[59, 8]]) }), 187],
  ["a fast change a minute ago", proposal({ value: 188 }), context({ history: historyOf([[60, 8]]) }), 188],
  ["the last of the budget", proposal(), context({ history: historyOf(Array(4).fill([3600, 1])) }), 185],
  ["approved", proposal(), context({ arm: { mode: "advise", approved: true } }), 185],
  [
    "interlock at its limit",
    proposal(),
    context({ envelope: envelopeWith({ interlocks: [fan] }), view: view({ interlocks: [reading(1000)] }) }),
    185,
  ],
];

describe("decide", () => {
  for (const [what, given, at, code] of REFUSED) {
    it(`refuses ${what}: ${code}`, () => {
      const decision = decide(given, at);
      assert.equal(decision.accepted, false);
      assert.equal(!decision.accepted && decision.code, code);
      assert.ok(decision.reason.length > 5);
    });
  }

  for (const [what, given, at, value] of ACCEPTED) {
    it(`accepts ${what}`, () => {
      const decision = decide(given, at);
      assert.equal(decision.accepted, true, decision.reason);
      assert.ok(decision.accepted && Math.abs(decision.value - value) < 1e-9);
    });
  }

  it("accepts nothing outside the envelope over 20,000 random proposals, and some inside", () => {
    const random = new Random(20260105);
    const pick = <T>(...from: T[]): T => from[random.integer(from.length)]!;
    let accepted = 0;
    for (let i = 0; i < 20_000; i++) {
      const setpoint = 140 + 90 * random.uniform();
      const value = pick(
        setpoint + 30 * (random.uniform() - 0.5),
        setpoint + 20 * (random.uniform() - 0.5),
        Math.min(220, Math.max(150, setpoint + 4)),
        400 * random.uniform(),
        Number.NaN,
        -1e308,
        185,
      );
      const unit = pick("°C", "°C", "°C", "°C", "K", "°F", "kW");
      const ageMs = pick(0, 100, 500, 1_999, 1_999, 2_001);
      const local = pick(0, 0, 0, 0, 0, 1);
      const state = pick(6, 6, 6, 6, 6, 2);
      const good = pick(true, true, true, true, true, false);
      const lately = pick(0, 0, 5, 14.9);
      const used = pick(0, 0, 4, 5);
      const expiresUs = NOW_US + pick(0, 1, 60e6, 60e6, 1e15);
      const target = pick(TARGET, TARGET, TARGET, TARGET, TARGET, "somewhere/else");
      const arm = pick<ArmView>(
        { mode: "act" },
        { mode: "act" },
        { mode: "act" },
        { mode: "act" },
        { mode: "observe" },
        hold,
      );
      const writes: [number, number][] = lately > 0 ? [[30, lately]] : [];
      while (writes.length < used) writes.push([7200, 1]);
      const decision = decide(
        proposal({ id: `p${i}`, value, unit, expiresUs, target }),
        context({
          arm,
          history: historyOf(writes),
          view: view({
            setpoint: reading(setpoint),
            inputs: [reading(180, ageMs, good)],
            local: reading(local),
            state: reading(state),
          }),
        }),
      );
      if (!decision.accepted) continue;
      accepted++;
      const celsius = unit === "K" ? value - 273.15 : unit === "°F" ? ((value - 32) * 5) / 9 : value;
      const step = Math.abs(celsius - setpoint);
      assert.ok(Math.abs(decision.value - celsius) < 1e-6, `${i}: value`);
      assert.ok(celsius >= 150 && celsius <= 220, `${i}: range ${celsius}`);
      assert.ok(step > 0.5 && step <= 10 + 1e-5 && lately + step <= 15 + 1e-5, `${i}: step ${step}`);
      assert.ok(["°C", "K", "°F"].includes(unit) && target === TARGET, `${i}: unit and target`);
      assert.ok(ageMs <= 2_000 && good && local === 0 && state === 6, `${i}: plant`);
      assert.ok(writes.length < 5 && arm.mode === "act", `${i}: budget and arm`);
      assert.ok(expiresUs > NOW_US && expiresUs <= NOW_US + 8 * 3600e6, `${i}: expiry`);
    }
    assert.ok(accepted > 50, `only ${accepted} accepted: the test proves nothing`);
  });
});
