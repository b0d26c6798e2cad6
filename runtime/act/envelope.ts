import { canonicalHash } from "../core/canonical-json.ts";

/**
 * A present value of the plant, or the difference of two (a mutual interlock), that must lie within its limits before
 * anything is written. Where one of the two is the setpoint that a proposal would change, it must lie within them on
 * the value read and on the value proposed.
 */
export interface Interlock {
  /** What an operator calls it: "supply fan flow", "zone 3 above zone 2". */
  readonly label: string;
  readonly nodeId: string;
  /** Node id of what is subtracted before the limits are looked at; both are in one unit. */
  readonly minus?: string;
  readonly min?: number;
  readonly max?: number;
  /** `cyclic`: its source time ages. `onChange`: its age is that of the plant's last sign of life. */
  readonly update: "cyclic" | "onChange";
  /** Greatest age; an `onChange` one has the target's `maxInputAgeMs`. */
  readonly maxAgeMs: number;
}

/** The safety state of a machine (OPC 40010-1, SafetyStateType), and where in it a write is allowed. */
export interface SafetyLimit {
  /** `OperationalMode`. */
  readonly nodeId: string;
  /** Its numbers: 0 other, 1 manual reduced speed, 2 manual high speed, 3 automatic, 4 automatic external. */
  readonly permitted: readonly number[];
  /** `EmergencyStop`: nothing is written unless it is false. */
  readonly emergencyStop?: string;
  /** `ProtectiveStop`, likewise. */
  readonly protectiveStop?: string;
}

/** What a write must do to the plant. */
export interface ExpectedEffect {
  /** A measurement that follows the setpoint. */
  readonly nodeId: string;
  /** Whether it moves as the setpoint does, or against it. */
  readonly direction: "same" | "opposite";
  /** Least change of the measurement, in its own unit, per unit that the setpoint was changed by. */
  readonly leastChange: number;
  /** Plant time after the write within which it must have moved so far. */
  readonly withinMs: number;
}

/** A measurement by which projections are judged while the actuator observes. */
export interface ProjectedMeasurement {
  /** As recommendations name it. */
  readonly address: string;
  /** Where the actuator reads it by itself. */
  readonly nodeId: string;
  readonly unit: string;
  /** A projected interval wider than this says nothing, and is not counted. */
  readonly widest: number;
  /** Nor is one that looks less far ahead, in plant time. */
  readonly leastAfterMs: number;
}

/** Where the actuator finds one target at the plant. All are OPC UA node ids. */
export interface TargetNodes {
  /** The setpoint in force, read back after a write. */
  readonly setpoint: string;
  /**
   * The request block: `ns=1;s=Oven1.Zone3.Request`; its members hang below it with a dot. Absent: the PLC has none, so
   * that a person is advised and nothing is ever written. docs/plc.
   */
  readonly request?: string;
  /** True while the key is on local. */
  readonly local: string;
  /** The machine's PackML state number. */
  readonly state: string;
  /** Cyclic measurements the decision rests on: their age and quality count. */
  readonly inputs: readonly string[];
}

/** The limits of one setpoint. Values are in `unit`, times in plant time. */
export interface EnvelopeTarget {
  readonly address: string;
  readonly nodeIds: TargetNodes;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  /** Largest change of one write. */
  readonly maxStep: number;
  /** Largest sum of changes within any 60 s. */
  readonly ratePerMinute: number;
  /** Largest sum of changes within any 3600 s. */
  readonly ratePerHour: number;
  /** A smaller change is not worth a write. */
  readonly deadband: number;
  /** PackML state numbers in which a write is allowed: 6 is Execute. */
  readonly permittedStates: readonly number[];
  /** Absent: the machine tells no safety state. */
  readonly safety?: SafetyLimit;
  /** Absent: the effect of a write is not looked for. */
  readonly effect?: ExpectedEffect;
  readonly maxInputAgeMs: number;
  /**
   * Greatest age of key, machine state and safety state, for a machine that gives them a new source time each cycle.
   * Absent: they come on change, and are as old as the plant's last sign of life.
   */
  readonly maxStateAgeMs?: number;
  /** Writes within any 8 h: the length of a shift, wherever the shift begins. */
  readonly budgetPerShift: number;
  /** How long the PLC keeps a value without a heartbeat. */
  readonly ttlMs: number;
  readonly interlocks: readonly Interlock[];
}

/** The limits inside which the actuator may act, as the flow wants them or as they were commissioned. */
export interface Envelope {
  readonly kind: "envelope";
  /** The id of the envelope node, stable over deploys. */
  readonly id: string;
  readonly name: string;
  readonly twin: string;
  /** `2026-11-22`, or a time `2026-11-22T06:00:00Z`, on the plant's clock; absent: from ever. */
  readonly validFrom?: string;
  /** Likewise, a day to its end; absent: for ever. */
  readonly validUntil?: string;
  readonly targets: readonly EnvelopeTarget[];
  /** Absent or empty: nothing can be observed, so that a live plant cannot be armed. */
  readonly projections?: readonly ProjectedMeasurement[];
}

export const DEFAULT_TARGET = {
  /** PackML Execute. */
  permittedStates: [6],
  /** OPC 40010-1: automatic, automatic external. */
  permittedModes: [3, 4],
  maxInputAgeMs: 60_000,
  budgetPerShift: 96,
  ttlMs: 120_000,
} as const;

/** SHA-256 of everything an envelope says, in hexadecimal. */
export function envelopeHash(envelope: Envelope): string {
  return canonicalHash(envelope);
}

/**
 * Why an envelope can only advise a person, whoever would arm it to act, or undefined.
 * @param without addresses of its setpoints that no request block takes
 */
export function adviseOnlyCause(without: readonly string[]): string | undefined {
  if (without.length === 0) return undefined;
  const more = without.length === 1 ? "" : ` and ${without.length - 1} more`;
  return `the PLC has no request block for ${without[0]}${more}: it can only advise`;
}

/** Addresses of the setpoints that no request block takes. */
export const withoutRequestBlock = ({ targets }: Pick<Envelope, "targets">): string[] =>
  targets.filter(({ nodeIds }) => nodeIds.request === undefined).map(({ address }) => address);

/** The target of an address, or undefined. */
export function targetOf(envelope: Envelope, address: string): EnvelopeTarget | undefined {
  return envelope.targets.find((target) => target.address === address);
}
