import type { TimeUs } from "../core/time.ts";
import { isOfTraining } from "../core/training.ts";
import { converter, isUnit, sameDimension } from "../core/unit.ts";
import { type Envelope, type EnvelopeTarget, targetOf } from "./envelope.ts";
import { plantRefusal } from "./plant-refusal.ts";
import type { PlantView } from "./plant-view.ts";
import { LONGEST_LIFE_US } from "./proposal.ts";
import { type AllowedChange, type Refusal, refuse, seconds, show } from "./refusal.ts";
import { untrustedText } from "./untrusted-text.ts";
import { validityProblem } from "./validity.ts";
import { lateValueRefusal, valueRefusal } from "./value-refusal.ts";
import type { WriteHistory } from "./write-history.ts";

export { plantRefusal } from "./plant-refusal.ts";
export { RESOLUTION, type RefusalCode } from "./refusal.ts";

export type Decision = (AllowedChange & { readonly accepted: true; readonly reason: string }) | Refusal;

/** Where the arm stands. `disarmed` carries a cause a person must look at; `observe` is the plain unarmed state. */
export type ArmView =
  | { readonly mode: "act" }
  | { readonly mode: "advise"; readonly approved: boolean }
  | { readonly mode: "observe" }
  | { readonly mode: "disarmed"; readonly cause: string; readonly lockedOut?: boolean }
  | { readonly mode: "hold"; readonly cause: string };

export interface DecisionContext {
  /** The envelope in force; undefined where the wanted one was never commissioned or has changed. */
  readonly envelope: Envelope | undefined;
  /** Another one was commissioned than the flow wants now. */
  readonly changed?: boolean;
  readonly view: PlantView | undefined;
  readonly history: WriteHistory;
  readonly arm: ArmView;
  /** On the plant's clock. */
  readonly nowUs: TimeUs;
}

/**
 * Judges one untrusted proposal: pure, and the only way to a write. What the proposal says about itself beyond id,
 * target, value, unit and expiry can refuse it, never permit it. The arm is asked last, so that an unarmed actuator
 * still tells whether it would have written (observe mode).
 * After NAMUR NE 178 (2025), verification of request: authorisation, verification, acceptance.
 */
export function decide(proposal: unknown, context: DecisionContext): Decision {
  const read = readProposal(proposal);
  if (typeof read === "string") return refuse("malformed", read);
  const { id, target: address, value: given, unit, expiresUs } = read;
  const { envelope, history, nowUs } = context;

  if (history.hasSeen(id)) return refuse("replayed", `${id} was decided before`);
  if (!Number.isFinite(given)) return refuse("not-a-number", `${address}: ${given} is no finite number`);
  if (isOfTraining(address)) return refuse("training", `${address}: a training reaches no plant`);
  if (envelope === undefined) return notInForce(address, context.changed === true);
  const target = targetOf(envelope, address);
  if (target === undefined) return refuse("unknown-target", `${address} is not in envelope ${envelope.name}`);
  if (!isUnit(unit) || !sameDimension(unit, target.unit)) {
    return refuse("wrong-unit", `${address} is set in ${target.unit}, the proposal says ${unit}`);
  }
  const value = converter(unit, target.unit, address)(given);
  if (expiresUs <= nowUs) return refuse("expired", `${address}: expired ${seconds(nowUs - expiresUs)} ago`);
  if (expiresUs - nowUs > LONGEST_LIFE_US) {
    return refuse("expiry-too-far", `${address}: lives for more than ${LONGEST_LIFE_US / 3600e6} h`);
  }
  if (read.checkProblem !== undefined) return refuse("check-failed", `${address}: ${read.checkProblem}`);

  const { view } = context;
  const refusal =
    validityRefusal(address, envelope, nowUs) ??
    plantRefusal(target, context) ??
    valueRefusal(target, value, envelope, view!, history, nowUs);
  if (refusal !== undefined) return refusal;
  const allowed = { target, value, prior: view!.targets.get(address)!.setpoint.value };
  const unarmed = armRefusal(context.arm) ?? blockRefusal(target);
  if (unarmed !== undefined) return { ...unarmed, allowed };
  const reason = `${address}: ${show(allowed.prior)} to ${show(value)} ${target.unit}, inside the envelope`;
  return { accepted: true, ...allowed, reason };
}

/**
 * Judges an accepted proposal once more, in the turn in which its write goes out: whatever can change while it is
 * under way. Its range, step and mutual interlocks are looked at again, from the setpoints as they were read last; the
 * PLC compares that in force with the expected one besides. Rate and budget are not: the write is counted already.
 * @param target what it was accepted for
 * @param value in the target's unit
 */
export function lateRefusal(
  target: EnvelopeTarget,
  value: number,
  expiresUs: TimeUs,
  context: Pick<DecisionContext, "envelope" | "view" | "nowUs" | "arm">,
): Refusal | undefined {
  const { envelope, view, nowUs } = context;
  const at = target.address;
  if (envelope === undefined || targetOf(envelope, at) !== target) {
    return refuse("not-commissioned", `${at}: the envelope was changed meanwhile`);
  }
  if (!(expiresUs > nowUs)) return refuse("expired", `${at}: expired ${seconds(nowUs - expiresUs)} ago`);
  return (
    validityRefusal(at, envelope, nowUs) ??
    plantRefusal(target, context) ??
    lateValueRefusal(target, value, envelope, view!, nowUs) ??
    armRefusal(context.arm) ??
    blockRefusal(target)
  );
}

function notInForce(address: string, changed: boolean): Refusal {
  return changed
    ? refuse(
        "envelope-changed",
        `${address}: no commissioned envelope, the flow wants another than was commissioned`,
      )
    : refuse("not-commissioned", `${address}: no commissioned envelope`);
}

function validityRefusal(address: string, envelope: Envelope, nowUs: TimeUs): Refusal | undefined {
  const problem = validityProblem(envelope, nowUs);
  return problem === undefined ? undefined : refuse("not-valid-now", `${address}: ${problem}`);
}

function armRefusal(arm: ArmView): Refusal | undefined {
  switch (arm.mode) {
    case "act":
      return undefined;
    case "advise":
      return arm.approved
        ? undefined
        : refuse("awaiting-approval", "inside the envelope; a person must approve");
    case "hold":
      return refuse("hold", `on hold: ${arm.cause}`);
    case "disarmed":
      return refuse(arm.lockedOut === true ? "locked-out" : "disarmed", `disarmed: ${arm.cause}`);
    case "observe":
      return refuse("not-armed", "inside the envelope; not written: not armed");
  }
}

/** Last of all: whoever armed or approved it, the PLC cannot decide on it, so that nothing is written. */
function blockRefusal({ address, nodeIds }: EnvelopeTarget): Refusal | undefined {
  if (nodeIds.request !== undefined) return undefined;
  return refuse("no-request-block", `${address}: a person sets it, the PLC has no request block`);
}

/** Refuses what is no proposal; needs nothing of the plant. */
export function malformedRefusal(proposal: unknown): Refusal | undefined {
  const read = readProposal(proposal);
  return typeof read === "string" ? refuse("malformed", read) : undefined;
}

interface ReadProposal {
  readonly id: string;
  readonly target: string;
  readonly value: number;
  readonly unit: string;
  readonly expiresUs: number;
  /** Why the proposal itself says that it should not be carried out. */
  readonly checkProblem: string | undefined;
}

/** The members that are believed, or what is wrong with them. */
function readProposal(thing: unknown): ReadProposal | string {
  if (thing === null || typeof thing !== "object") return "no proposal";
  const { id, target, value, unit, expiresUs, evidence, check } = thing as Record<string, unknown>;
  if (typeof id !== "string" || id === "" || id.length > 300)
    return "id must be a text of 1 to 300 characters";
  if (typeof target !== "string" || target === "") return "target must be an address";
  // JSON has no NaN: a host that meant NaN sends null.
  if (typeof value !== "number" && value !== null) return "value must be a number";
  if (typeof unit !== "string") return "unit must be a text";
  if (typeof expiresUs !== "number" || !Number.isFinite(expiresUs)) return "expiresUs must be a time";
  const ids = evidence ?? [];
  if (!Array.isArray(ids) || ids.some((one) => typeof one !== "string"))
    return "evidence must be a list of ids";
  return { id, target, value: value ?? Number.NaN, unit, expiresUs, checkProblem: checkProblemOf(check) };
}

/** One that passed, or none at all, permits nothing: the envelope decides. */
function checkProblemOf(check: unknown): string | undefined {
  if (check === undefined) return undefined;
  const { passed, what } = (check ?? {}) as { passed?: unknown; what?: unknown };
  return passed === true ? undefined : `its own simulation speaks against it: ${untrustedText(what)}`;
}
