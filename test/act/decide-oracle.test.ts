import assert from "node:assert/strict";
import { type ArmView, decide, lateRefusal, type RefusalCode } from "../../runtime/act/decide.ts";
import { type Envelope, type EnvelopeTarget, targetOf } from "../../runtime/act/envelope.ts";
import { PlantReader } from "../../runtime/act/plant/plant-reader.ts";
import type { Proposal } from "../../runtime/act/proposal.ts";
import { readEnvelope } from "../../runtime/act/read-envelope.ts";
import { WriteHistory } from "../../runtime/act/write-history.ts";
import { Random } from "../../runtime/core/random.ts";
import { brokenLimits, type Facts, type NodeFacts } from "./envelope-oracle.ts";
import { TWIN } from "./oven-envelope.ts";

/** 2026-09-21, in µs. */
const NOW_US = 1_790_000_000e6;
const CASES = 10_000;
const CLOCK = "ns=1;s=Plant.Time";

/** Draws near every limit: most of a case is in order, and each part of it is now and then not. */
class Draw {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /** One of them. */
  of<T>(...from: readonly T[]): T {
    return from[this.#random.integer(from.length)]!;
  }

  /** The first mostly, one of the others now and then. */
  mostly<T>(usual: T, ...others: readonly T[]): T {
    return this.#random.uniform() < 0.97 ? usual : this.of(...others);
  }

  /** On a grid of a quarter, which a Double holds exactly: edges are met, not missed by rounding. */
  quarters(low: number, high: number): number {
    return low + this.#random.integer((high - low) * 4 + 1) / 4;
  }

  chance(share: number): boolean {
    return this.#random.uniform() < share;
  }
}

function drawTarget(draw: Draw, zone: number, zones: number): object {
  const at = `ns=1;s=Zone${zone}`;
  const other = `ns=1;s=Zone${(zone % zones) + 1}`;
  const interlocks: object[] = [];
  if (draw.chance(0.4)) {
    interlocks.push({
      label: "fan",
      nodeId: `${at}.Fan`,
      min: 1000,
      update: draw.of("cyclic", "onChange"),
      maxAgeMs: 2_000,
    });
  }
  if (draw.chance(0.5)) {
    const update = draw.of("onChange", "onChange", "cyclic");
    interlocks.push({
      label: "above",
      nodeId: `${at}.SP`,
      minus: `${other}.SP`,
      max: 6,
      update,
      maxAgeMs: 60_000,
    });
  }
  if (draw.chance(0.2)) {
    interlocks.push({
      label: "air apart",
      nodeId: `${at}.Air`,
      minus: `${other}.Air`,
      min: -20,
      max: 20,
      update: "cyclic",
    });
  }
  const safety = draw.chance(0.4)
    ? {
        nodeId: "ns=1;s=Mode",
        ...(draw.chance(0.5) ? { emergencyStop: "ns=1;s=EStop" } : {}),
        ...(draw.chance(0.5) ? { protectiveStop: "ns=1;s=PStop" } : {}),
      }
    : undefined;
  return {
    address: `${TWIN}/zone${zone}/sp`,
    nodeIds: {
      setpoint: `${at}.SP`,
      ...(draw.chance(0.1) ? {} : { request: `${at}.Request` }),
      local: `${at}.Local`,
      state: "ns=1;s=State",
      inputs: [`${at}.Air`],
    },
    unit: "°C",
    min: 150,
    max: 220,
    maxStep: 10,
    ratePerMinute: 15,
    ratePerHour: draw.of(undefined, 18),
    deadband: draw.of(0, 0.5),
    permittedStates: draw.of([6], [6, 4]),
    safety,
    maxInputAgeMs: 2_000,
    maxStateAgeMs: draw.of(undefined, undefined, 5_000),
    budgetPerShift: 5,
    interlocks,
  };
}

function drawFacts(draw: Draw): Facts {
  const zones = draw.of(1, 2, 3);
  const envelope = readEnvelope({
    id: "e",
    twin: TWIN,
    ...draw.mostly<{ validFrom?: string; validUntil?: string }>(
      draw.of<{ validFrom?: string; validUntil?: string }>(
        {},
        { validFrom: "2026-09-21" },
        { validUntil: "2026-09-21" },
        { validUntil: "2026-09-21T15:00:00Z" },
      ),
      { validFrom: "2026-09-22" },
      { validUntil: "2026-09-20" },
      { validFrom: "2026-09-01", validUntil: "2026-09-21T14:00:00Z" },
    ),
    targets: Array.from({ length: zones }, (_, z) => withoutSelf(drawTarget(draw, z + 1, zones))),
  });
  const nodes = new Map<string, NodeFacts>();
  const put = (id: string, value: number, ageMs: number) =>
    nodes.set(id, {
      value: draw.mostly(value, value, Number.NaN),
      good: draw.mostly(true, false),
      timeUs: NOW_US - ageMs * 1000,
    });
  for (const { nodeIds } of envelope.targets) {
    const at = nodeIds.setpoint.slice(0, -3);
    put(nodeIds.setpoint, draw.quarters(170, 185), draw.of(100, 70_000));
    put(`${at}.Air`, draw.quarters(170, 185), draw.mostly(100, 2_000, 2_001, -2_000, -2_001));
    put(`${at}.Fan`, draw.mostly(1500, 1000, 999.75), draw.mostly(1_900, 2_000, 2_001));
    put(nodeIds.local, draw.mostly(0, 1), draw.mostly(100, 5_000, 5_001));
    if (nodeIds.request === undefined) continue;
    put(`${nodeIds.request}.Low`, 100, 1e9);
    put(`${nodeIds.request}.High`, draw.mostly(240, 180), 1e9);
    for (const member of ["Sequence", "EchoSequence", "Result"]) put(`${nodeIds.request}.${member}`, 0, 0);
  }
  put("ns=1;s=State", draw.mostly(6, 4, 2), draw.mostly(100, 5_000, 5_001));
  put("ns=1;s=Mode", draw.mostly(3, 4, 1, 0), draw.mostly(100, 5_000, 5_001));
  put("ns=1;s=EStop", draw.mostly(0, 1), draw.mostly(100, 5_001));
  put("ns=1;s=PStop", draw.mostly(0, 1), draw.mostly(100, 5_001));
  const addresses = envelope.targets.map(({ address }) => address);
  const writes = Array.from({ length: draw.of(0, 0, 0, 1, 2, 4, 5) }, () => ({
    target: draw.of(...addresses),
    timeUs: NOW_US - draw.of(30, 59, 60, 61, 1800, 3599, 3600, 3601, 8 * 3600, 8 * 3600 - 1) * 1e6,
    change: draw.quarters(-8, 8),
  }));
  return {
    envelope,
    node: (id) => nodes.get(id)!,
    plantUs: NOW_US - draw.mostly(100, 2_000, 2_001) * 1000,
    nowUs: NOW_US,
    writes,
    seen: draw.mostly([] as string[], ["p"]),
    arm: draw.mostly<ArmView>(
      draw.of<ArmView>({ mode: "act" }, { mode: "advise", approved: true }),
      { mode: "observe" },
      { mode: "hold", cause: "stale" },
      { mode: "disarmed", cause: "restart" },
      { mode: "disarmed", cause: "read-back", lockedOut: true },
      { mode: "advise", approved: false },
    ),
  };
}

/** A lone zone is compared with no other. */
function withoutSelf(target: object): object {
  const { interlocks } = target as EnvelopeTarget;
  return { ...target, interlocks: interlocks.filter(({ nodeId, minus }) => nodeId !== minus) };
}

function drawProposal(draw: Draw, { envelope, node }: Facts): Proposal {
  const target = draw.of(...envelope.targets);
  const prior = node(target.nodeIds.setpoint).value;
  const value = draw.mostly(
    draw.chance(0.7) ? prior + draw.quarters(-10, 10) : prior + draw.quarters(-12, 12),
    150,
    149.75,
    220,
    220.25,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  );
  const unit = draw.of("°C", "°C", "°C", draw.mostly("K", "kW", "furlong"), "°F");
  // Off the grid in another unit, so that no edge hangs on the rounding of a conversion.
  const given = unit === "°C" ? value : unit === "°F" ? (value + 0.1) * 1.8 + 32 : value + 0.1 + 273.15;
  return {
    kind: "proposal",
    id: "p",
    target: draw.mostly(target.address, `${TWIN}/elsewhere`),
    value: given,
    unit,
    expiresUs: NOW_US + draw.mostly(60e6, 0, -1, 1, 8 * 3600e6, 8 * 3600e6 + 1),
    evidence: [],
    recommendation: "r",
    ...(draw.chance(0.5) ? { check: { passed: draw.mostly(true, false), what: "it" } } : {}),
  };
}

/** The view as the actuator's own reader builds it from what the nodes answer. */
async function viewOf({ envelope, node, plantUs }: Facts) {
  const reader = new PlantReader(
    {
      read: async (ids) =>
        ids.map((id) => {
          if (id === CLOCK) return { value: plantUs, good: true, sourceTimeUs: plantUs };
          const { value, good, timeUs } = node(id);
          return { value, good, sourceTimeUs: timeUs };
        }),
    },
    { reality: "live", clockNode: CLOCK },
  );
  return reader.refresh([envelope]);
}

function historyOf({ writes, seen }: Facts): WriteHistory {
  const history = new WriteHistory();
  for (const { target, timeUs, change } of writes) history.wrote(target, timeUs, change);
  for (const id of seen) history.see(id, NOW_US + 1, NOW_US);
  return history;
}

describe("decide against an oracle written from the docs", function () {
  this.timeout(60_000);

  it(`agrees on ${CASES} random envelopes, plants and proposals, and names a limit that is broken`, async () => {
    const draw = new Draw(20261122);
    const met = new Map<RefusalCode | "accepted", number>();
    for (let i = 0; i < CASES; i++) {
      const facts = drawFacts(draw);
      const proposal = drawProposal(draw, facts);
      const broken = brokenLimits(proposal, facts);
      const view = await viewOf(facts);
      const { envelope, arm, nowUs } = facts;
      const decision = decide(proposal, { envelope, view, history: historyOf(facts), arm, nowUs });
      const said = `case ${i}: ${decision.reason}; oracle: ${[...broken].join(", ") || "write"}`;
      assert.equal(decision.accepted, broken.size === 0, said);
      if (!decision.accepted) assert.ok(broken.has(decision.code), said);
      // What only the arm stands against is told apart, so that it can be observed.
      const byArm = ["not-armed", "hold", "disarmed", "locked-out", "awaiting-approval", "no-request-block"];
      const onlyArm = broken.size > 0 && [...broken].every((code) => byArm.includes(code));
      assert.equal(!decision.accepted && decision.allowed !== undefined, onlyArm, said);
      if (decision.accepted) judgeLate(decision.target, decision.value, proposal, envelope, view, said);
      const key = decision.accepted ? "accepted" : decision.code;
      met.set(key, (met.get(key) ?? 0) + 1);
    }
    const rare = [...CODES].filter((code) => (met.get(code) ?? 0) < 3);
    assert.deepEqual(rare, [], `each is to be met: ${JSON.stringify([...met])}`);
    assert.ok(met.get("accepted")! > CASES / 20, `only ${met.get("accepted")} accepted`);
  });
});

/** Nothing changed since it was accepted, so nothing is to be withheld either; and everything, once it has run out. */
function judgeLate(
  target: EnvelopeTarget,
  value: number,
  { expiresUs }: Proposal,
  envelope: Envelope,
  view: Parameters<typeof lateRefusal>[3]["view"],
  said: string,
): void {
  const arm = { mode: "act" } as const;
  assert.equal(targetOf(envelope, target.address), target, said);
  assert.equal(
    lateRefusal(target, value, expiresUs, { envelope, view, nowUs: NOW_US, arm }),
    undefined,
    said,
  );
  const late = lateRefusal(target, value, NOW_US, { envelope, view, nowUs: NOW_US, arm });
  assert.equal(late?.code, "expired", said);
}

const CODES: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  "replayed",
  "not-a-number",
  "unknown-target",
  "wrong-unit",
  "expired",
  "expiry-too-far",
  "check-failed",
  "not-valid-now",
  "stale-plant",
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
  "hold",
  "locked-out",
  "disarmed",
  "not-armed",
  "awaiting-approval",
  "no-request-block",
]);
