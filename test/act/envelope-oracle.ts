import type { ArmView, RefusalCode } from "../../runtime/act/decide.ts";
import type { Envelope } from "../../runtime/act/envelope.ts";
import type { Proposal } from "../../runtime/act/proposal.ts";

/** What a node of the plant says: nothing else is known of it. */
export interface NodeFacts {
  readonly value: number;
  readonly good: boolean;
  readonly timeUs: number;
}

/** Everything a proposal is judged by. */
export interface Facts {
  readonly envelope: Envelope;
  readonly node: (nodeId: string) => NodeFacts;
  /** Its last sign of life. */
  readonly plantUs: number;
  readonly nowUs: number;
  readonly writes: readonly { readonly target: string; readonly timeUs: number; readonly change: number }[];
  readonly seen: readonly string[];
  readonly arm: ArmView;
}

const S = 1e6;

/**
 * Every limit of docs/decisions/0039 (The envelope) and 0002 that a proposal breaks, written from those pages alone and
 * without the order or the code of `decide`. Empty: it is to be written.
 */
export function brokenLimits(proposal: Proposal, facts: Facts): Set<RefusalCode> {
  const { envelope, node, nowUs } = facts;
  const broken = new Set<RefusalCode>();
  const check = (holds: boolean, code: RefusalCode) => {
    if (!holds) broken.add(code);
  };
  check(!facts.seen.includes(proposal.id), "replayed");
  check(Number.isFinite(proposal.value), "not-a-number");
  check(proposal.expiresUs > nowUs, "expired");
  check(proposal.expiresUs - nowUs <= 8 * 3600 * S, "expiry-too-far");
  check(proposal.check === undefined || proposal.check.passed === true, "check-failed");
  const { validFrom, validUntil } = envelope;
  const lastDayUs = validUntil?.length === 10 ? 24 * 3600 * S : 0;
  const inTime =
    (validFrom === undefined || Date.parse(validFrom) * 1000 <= nowUs) &&
    (validUntil === undefined || nowUs < Date.parse(validUntil) * 1000 + lastDayUs);
  check(inTime, "not-valid-now");
  armed(facts.arm, check);
  const target = envelope.targets.find(({ address }) => address === proposal.target);
  check(target !== undefined, "unknown-target");
  if (target === undefined) return broken;
  const toCelsius: Record<string, (x: number) => number> = {
    "°C": (x) => x,
    K: (x) => x - 273.15,
    "°F": (x) => (x - 32) / 1.8,
  };
  const convert = toCelsius[proposal.unit];
  check(convert !== undefined, "wrong-unit");
  if (convert === undefined) return broken;
  const value = convert(proposal.value);

  const isNear = (nodeId: string, ms: number) => Math.abs(nowUs - node(nodeId).timeUs) <= ms * 1000;
  check(nowUs - facts.plantUs <= target.maxInputAgeMs * 1000, "stale-plant");
  for (const input of target.nodeIds.inputs) {
    check(node(input).good && Number.isFinite(node(input).value), "bad-quality");
    check(isNear(input, target.maxInputAgeMs), "stale-input");
  }
  const { setpoint, local, state, request } = target.nodeIds;
  const { safety, maxStateAgeMs } = target;
  const stops = [safety?.emergencyStop, safety?.protectiveStop].filter((id) => id !== undefined);
  const states = [local, state, ...stops, ...(safety === undefined ? [] : [safety.nodeId])];
  const limits = request === undefined ? [] : [`${request}.Low`, `${request}.High`];
  for (const id of [setpoint, ...limits, ...states]) {
    check(node(id).good && Number.isFinite(node(id).value), "bad-quality");
  }
  for (const id of states) check(maxStateAgeMs === undefined || isNear(id, maxStateAgeMs), "stale-input");
  check(node(local).value === 0, "local-mode");
  check(target.permittedStates.includes(node(state).value), "wrong-state");
  for (const id of stops) check(node(id).value === 0, "safety-state");
  check(safety === undefined || safety.permitted.includes(node(safety.nodeId).value), "safety-state");

  const locks = (given: (nodeId: string) => NodeFacts, of: readonly (typeof target)[]) => {
    for (const lock of of.flatMap(({ interlocks }) => interlocks)) {
      const ids = lock.minus === undefined ? [lock.nodeId] : [lock.nodeId, lock.minus];
      if (of.length > 1 && !ids.includes(setpoint)) continue;
      const [first, second] = ids.map(given) as [NodeFacts, NodeFacts | undefined];
      check(first.good && (second?.good ?? true), "interlock");
      for (const { timeUs } of [first, second ?? first]) {
        check(lock.update === "onChange" || Math.abs(nowUs - timeUs) <= lock.maxAgeMs * 1000, "stale-input");
      }
      const judged = first.value - (second?.value ?? 0);
      check(judged >= (lock.min ?? -1e300) && judged <= (lock.max ?? 1e300), "interlock");
    }
  };
  locks(node, [target]);
  locks(
    (id) => (id === setpoint ? { value, good: true, timeUs: nowUs } : node(id)),
    [
      ...envelope.targets,
      // Never a single one: the proposed value is looked for in all of them.
      { ...target, interlocks: [] },
    ],
  );

  check(value >= target.min && value <= target.max, "out-of-range");
  check(request !== undefined, "no-request-block");
  const [low, high] = limits;
  if (low !== undefined && high !== undefined) {
    check(value >= node(low).value && value <= node(high).value, "plc-limit");
  }
  const step = Math.abs(value - node(setpoint).value);
  check(step > target.deadband, "deadband");
  check(step <= target.maxStep + 1e-6, "step-too-large");
  const since = (s: number) =>
    facts.writes.filter(({ target: to, timeUs }) => to === target.address && timeUs > nowUs - s * S);
  const changed = (s: number) => since(s).reduce((sum, { change }) => sum + Math.abs(change), step);
  check(changed(60) <= target.ratePerMinute + 1e-6, "too-fast");
  check(changed(3600) <= target.ratePerHour + 1e-6, "too-fast-hour");
  check(since(8 * 3600).length < target.budgetPerShift, "budget");
  return broken;
}

function armed(arm: ArmView, check: (holds: boolean, code: RefusalCode) => void): void {
  check(arm.mode !== "observe", "not-armed");
  check(arm.mode !== "hold", "hold");
  check(arm.mode !== "advise" || arm.approved, "awaiting-approval");
  if (arm.mode === "disarmed") check(false, arm.lockedOut === true ? "locked-out" : "disarmed");
}
