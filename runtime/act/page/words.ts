import { timeLeft } from "./figures.ts";
import type { Phase } from "./phase.ts";

/** Every text of the pages, in one place. What the actuator itself says (checks, causes, refusals) comes from it. */

/** What an arm lets the actuator do. */
export const MODES: Readonly<Record<string, string>> = {
  act: "Writes by itself",
  advise: "Writes what a person approves",
};

interface PhaseWords {
  /** One or two words, beside the envelope's name. */
  readonly state: string;
  /** What it means, and what to do. */
  readonly meaning: string;
}

export const PHASES: Readonly<Record<Phase, PhaseWords>> = {
  retired: {
    state: "Retired",
    meaning: "The flow has this envelope no longer. It cannot be armed until a flow wants it again.",
  },
  "never-commissioned": {
    state: "Not commissioned",
    meaning:
      "A flow wants this envelope. It is in force only after an engineer has read and commissioned it.",
  },
  changed: {
    state: "Changed",
    meaning:
      "The flow wants another envelope than the commissioned one. Nothing is written until an engineer commissions it.",
  },
  hold: {
    state: "On hold",
    meaning:
      "Nothing is written. It goes on by itself 10 s after every cause has gone, and disarms after 10 min.",
  },
  armed: { state: "Armed", meaning: "" },
  "second-person": {
    state: "Second person needed",
    meaning: "Another person must ask for the same, from an own sign-in, before the time is over.",
  },
  "locked-out": {
    state: "Locked out",
    meaning:
      "The PLC did not take what was written. Look at the machine first, then arm again if it is safe.",
  },
  disarmed: { state: "Disarmed", meaning: "Nothing is written. Look at the cause before arming again." },
  "advise-only": {
    state: "Advises only",
    meaning:
      "This PLC offers no request block, so nothing can be written here: a person sets what is proposed at the machine. The twin holds rung 4 at most.",
  },
  observing: {
    state: "Observing",
    meaning: "Nothing is written. What is proposed is held against what comes, until enough of it was right.",
  },
  "not-ready": { state: "Not ready", meaning: "Nothing is written. It can be armed once every check holds." },
  ready: { state: "Ready to arm", meaning: "Nothing is written until it is armed." },
};

export const WORDS = {
  product: "Actuator",
  virtual: "Virtual plant",
  notIsolated: "Not isolated",
  signIn: "Sign in",
  signInWhy: "The actuator has its own people and passwords, apart from those of dashboard and editor.",
  name: "Name",
  password: "Password",
  yourPassword: "Your password, again",
  signOut: "Sign out",
  everything: "whole plant",
  noScope: "no part of the plant",
  nothingWanted: "Nothing wanted",
  nothingWantedMeaning:
    "No flow asks for an envelope here. Deploy one with an envelope node: its limits appear on this page.",
  nothingInScope: "Your account sees only a part of the plant, and no envelope lies in it.",
  noAnswer: "The actuator does not answer. What is shown is old.",
  signedOut: "Your sign-in has ended. Sign in again.",
  linkLost: "Link to the plant lost",
  linkLostMeaning:
    "What an envelope needs cannot be read, so nothing is written. The PLC goes to its safe setpoint by itself.",
  auditBroken: "The audit is broken",
  auditBrokenMeaning: "Nothing can be armed before a person has looked at it: rung audit verify",
  notIsolatedMeaning: "Code in the host could reach the actuator. A live plant cannot be armed like this.",
  checks: "Checks",
  setpoints: "Setpoints",
  writes: "Last writes",
  noWrites: "Nothing was written since the actuator started.",
  observed: "Observed decisions",
  noObserved: "No decision was observed under this envelope yet.",
  audit: "Audit, last lines",
  noAudit: "No line of it is about your part of the plant.",
  differences: "What is different",
  asWantedNew: "What is wanted",
  newEnvelope: "Nothing was in force before. Read each limit before you commission.",
  asCommissioned: "In force",
  asWanted: "Wanted",
  notThere: "not there",
  wholeEnvelope: "Envelope",
  commission: "Commission",
  commissionHold: "Hold 2 s to commission",
  commissionWhy: "You put these limits in force. It does not arm anything.",
  arm: "Arm",
  agree: "Agree to arm",
  armHold: "Hold 2 s to arm",
  armAgree: "Hold 2 s to agree and arm",
  minutes: "Minutes",
  what: "What it does",
  disarm: "Disarm",
  onePerson: "One person is enough, because the plant is virtual.",
  twoPeople: "Two people arm it: you ask first, another agrees within 5 min.",
  youAsked: "You asked: another person must agree, from an own sign-in.",
  approvals: "Waiting for approval",
  askedByFlow: "Asked by the flow",
  approve: "Approve",
  noEffect: "Whoever asked said nothing of its effect.",
  asItIs: "As it is",
  withChange: "With the change",
  difference: "Difference",
  constraints: "Constraints",
  atLimit: "at limit",
  violated: "violated",
  closed: "Approved or lapsed",
  notRead: "not read",
  noRequestBlock: "Not here: this PLC has no request block to write to.",
  changedMeanwhile: "It changed while you were typing. Read it again, then give your password.",
  passwordFirst: "Type your password first.",
  minutesFirst: "Say how many minutes: 1 to 720.",
} as const;

/** What the plant did after a write. */
export const EFFECTS: Readonly<Record<string, string>> = {
  pending: "effect waited for",
  seen: "effect seen",
  wrong: "effect missing or wrong",
  "not judged": "effect not judged",
};

export const proposedBack = (value: string): string => `proposed back: ${value}, by hand`;
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;

export const askedBy = (name: string | null): string =>
  name === null ? WORDS.askedByFlow : `Asked by ${name}`;
export const armedBy = (people: readonly string[]): string => `Armed by ${people.join(" and ")}.`;
export const disarmsAt = (clock: string): string => `Disarms by itself at ${clock}`;
export const secondPerson = (by: string, mode: string, minutes: number, leftMs: number): string =>
  `${by} asked for “${MODES[mode]}” for ${minutes} min. Another person agrees within ${timeLeft(leftMs)}.`;
export const ofNeeded = (inside: number, needed: number, outside: number): string =>
  `${needed > 0 ? `${inside} of ${needed}` : inside} inside, ${outside} outside`;
export const approveHold = (changes: number): string => `Hold 2 s to approve ${count(changes, "setpoint")}`;
export const waitsFor = (obstacle: string): string => `Not now. ${obstacle}`;
export const notYours = (refusal: string): string => `Not with your account: ${refusal}.`;
export const differsIn = (fields: number): string =>
  `${count(fields, "field")} of it ${fields === 1 ? "differs" : "differ"}. Read each before you commission.`;

/** Errors by the actuator's code; what is not here is told in the actuator's own words. */
const ERRORS: Readonly<Record<string, (message: string) => string>> = {
  "no-answer": () => WORDS.noAnswer,
  "not-signed-in": () => WORDS.signedOut,
  "wrong-password": () => "Name or password is wrong.",
  "too-many-tries": (message) =>
    `Too many wrong passwords. Try again in ${/wait (\d+) s/.exec(message)?.[1] ?? "a few"} s.`,
  "proposal-changed": () => "The proposal changed meanwhile. Read it again, then approve it.",
  "envelope-changed": () => "The flow changed the envelope meanwhile. Read it again, then commission it.",
  "no-approval-open": () => "It is no longer open: somebody approved it, or its time is over.",
  "self-approval": () => "You proposed it yourself. Another person must approve it.",
};

export const errorWords = (code: string, message: string): string => ERRORS[code]?.(message) ?? message;

/** What the audit's events mean to a reader. */
export const EVENTS: Readonly<Record<string, string>> = {
  start: "actuator started",
  stop: "actuator stopped",
  "torn-line-cut": "torn line cut off",
  "envelope-wanted": "a flow wants an envelope",
  commission: "commissioned",
  retire: "retired",
  "arm-requested": "first person asked to arm",
  arm: "armed",
  disarm: "disarmed",
  hold: "hold",
  resume: "goes on",
  "approval-requested": "approval asked for",
  approve: "approved",
  lapsed: "lapsed",
  decision: "decision",
  observed: "observed",
  write: "write",
  "read-back": "read back",
  verified: "verified",
  mismatch: "read-back differs",
  withheld: "not written",
  effect: "effect",
  "taken-over": "taken over by a person",
  "fell-back": "PLC fell back",
  "prior-proposed": "prior value proposed",
};
