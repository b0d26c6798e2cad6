/**
 * The request block of one setpoint in the PLC, as a pure state machine. A writer sets value, expected, time to
 * live and heartbeat, and the sequence last; the PLC looks when the sequence changes. OPC UA has neither a
 * compare-and-set nor an atomic multi-write, hence `expected`. docs/architecture.md, Request block.
 */
export const RESULT = {
  idle: 0,
  accepted: 1,
  clamped: 2,
  refusedExpected: 3,
  refusedLocal: 4,
  refusedNotANumber: 5,
  timedOut: 6,
} as const;

/** The present setpoint may differ from the expected one by rounding only, °C. */
export const EXPECTED_WITHIN_C = 0.05;

/** What the writer wrote. */
export interface RequestInputs {
  readonly value: number;
  readonly expected: number;
  /** Plant milliseconds the value stays in force without a heartbeat. */
  readonly ttlMs: number;
  readonly heartbeat: number;
  readonly sequence: number;
}

export interface RequestState {
  /** The setpoint in force, °C. */
  readonly setpointC: number;
  /** The last setpoint a person set: where the PLC goes when the writer falls silent, °C. */
  readonly safeC: number;
  readonly echoSequence: number;
  readonly result: number;
  /** Whether the setpoint in force came by request. */
  readonly remote: boolean;
  readonly deadlineUs: number;
  readonly ttlMs: number;
  readonly heartbeat: number;
}

export interface RequestLimits {
  readonly low: number;
  readonly high: number;
}

/** A PLC that has just started: nothing is remembered of what was requested before. */
export function freshRequestState(safeC: number, inputs: RequestInputs): RequestState {
  return {
    setpointC: safeC,
    safeC,
    echoSequence: inputs.sequence,
    result: RESULT.idle,
    remote: false,
    deadlineUs: Number.POSITIVE_INFINITY,
    ttlMs: 0,
    heartbeat: inputs.heartbeat,
  };
}

/**
 * One scan. There is no clamp on the rate: how fast a setpoint may move is the envelope's business.
 * @param nowUs plant time
 * @param local whether the key is on local
 */
export function scanRequest(
  state: RequestState,
  inputs: RequestInputs,
  limits: RequestLimits,
  nowUs: number,
  local: boolean,
): RequestState {
  let next = state;
  if (inputs.sequence !== next.echoSequence) next = answer(next, inputs, limits, nowUs, local);
  else if (next.remote && inputs.heartbeat !== next.heartbeat) {
    next = { ...next, heartbeat: inputs.heartbeat, deadlineUs: nowUs + next.ttlMs * 1000 };
  }
  if (next.remote && local) {
    // Taken over at the panel, bumpless: the present value is now the person's.
    next = { ...next, remote: false, safeC: next.setpointC, deadlineUs: Number.POSITIVE_INFINITY };
  }
  if (next.remote && nowUs > next.deadlineUs) {
    next = {
      ...next,
      setpointC: next.safeC,
      remote: false,
      deadlineUs: Number.POSITIVE_INFINITY,
      result: RESULT.timedOut,
    };
  }
  return next;
}

/** A person sets the value at the panel, whatever the key says: it is in force, and safe from now on. */
export function setByHand(state: RequestState, valueC: number, limits: RequestLimits): RequestState {
  const setpointC = Math.min(limits.high, Math.max(limits.low, valueC));
  return { ...state, setpointC, safeC: setpointC, remote: false, deadlineUs: Number.POSITIVE_INFINITY };
}

function answer(
  state: RequestState,
  inputs: RequestInputs,
  limits: RequestLimits,
  nowUs: number,
  local: boolean,
): RequestState {
  const refused = (result: number): RequestState => ({ ...state, echoSequence: inputs.sequence, result });
  if (!Number.isFinite(inputs.value) || !Number.isFinite(inputs.expected))
    return refused(RESULT.refusedNotANumber);
  if (local) return refused(RESULT.refusedLocal);
  if (Math.abs(inputs.expected - state.setpointC) > EXPECTED_WITHIN_C) return refused(RESULT.refusedExpected);
  const setpointC = Math.min(limits.high, Math.max(limits.low, inputs.value));
  return {
    ...state,
    setpointC,
    echoSequence: inputs.sequence,
    result: setpointC === inputs.value ? RESULT.accepted : RESULT.clamped,
    remote: true,
    deadlineUs: nowUs + inputs.ttlMs * 1000,
    ttlMs: inputs.ttlMs,
    heartbeat: inputs.heartbeat,
  };
}
