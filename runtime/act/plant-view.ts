import type { TimeUs } from "../core/time.ts";

/** One value as the actuator's own session read it. */
export interface Reading {
  readonly value: number;
  readonly good: boolean;
  readonly sourceTimeUs: TimeUs;
}

/** What the PLC says about one target. */
export interface TargetView {
  readonly setpoint: Reading;
  /** 1 while the key is on local. */
  readonly local: Reading;
  readonly state: Reading;
  /** In the order of the envelope's `inputs`. */
  readonly inputs: readonly Reading[];
  /** In the order of the envelope's `interlocks`. */
  readonly interlocks: readonly Reading[];
  /** What is subtracted from each of them, in the same order; undefined where nothing is. */
  readonly minus?: readonly (Reading | undefined)[];
  /** The parts of the safety state that the target names. */
  readonly safety?: Reading;
  readonly emergencyStop?: Reading;
  readonly protectiveStop?: Reading;
  /** Where the target names the measurement that follows it. */
  readonly effect?: Reading;
  /** The request block, where the target has one: the PLC's own clamp, and its last answer. */
  readonly low?: Reading;
  readonly high?: Reading;
  readonly sequence?: Reading;
  readonly echoSequence?: Reading;
  readonly result?: Reading;
}

/** The plant at one moment, read by the actuator itself; nothing in it comes from the host. */
export interface PlantView {
  /** Newest time the plant itself published (the canary). */
  readonly plantTimeUs: TimeUs;
  /** When it was asked for, monotonic. */
  readonly askedAtMs: number;
  readonly targets: ReadonlyMap<string, TargetView>;
  /** What projections are judged by, by node id: two envelopes may name different nodes for one address. */
  readonly measurements?: ReadonlyMap<string, Reading>;
}

/** Answers of the PLC's request block (docs/architecture.md, Request block). */
export const REQUEST_RESULT = {
  idle: 0,
  accepted: 1,
  clamped: 2,
  expectedDiffers: 3,
  local: 4,
  notANumber: 5,
  timedOut: 6,
  emergencyStop: 7,
  unusable: 8,
} as const;

const RESULT_WORDS = [
  "idle",
  "accepted",
  "clamped by the PLC",
  "refused by the PLC: the setpoint is not the expected one",
  "refused by the PLC: the key is on local",
  "refused by the PLC: not a number",
  "timed out: back at the last safe setpoint",
  "refused by the PLC: an emergency stop is active",
  "refused by the PLC: its limits or the time to live cannot be used",
];

export const requestResultWord = (result: number): string =>
  RESULT_WORDS[result] ?? `unknown answer ${result} of the PLC`;
