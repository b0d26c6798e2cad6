/**
 * The request block of one setpoint in the PLC, as a pure state machine: the twin of docs/plc/FB_RungRequest.st, which
 * test/plant/structured-text runs beside it. A writer sets value, expected, time to live and heartbeat, and the sequence
 * last; the PLC looks when the sequence changes. OPC UA has neither a compare-and-set nor an atomic multi-write, hence
 * `expected`. docs/architecture.md, Request block.
 */
export const RESULT = {
  idle: 0,
  accepted: 1,
  clamped: 2,
  refusedExpected: 3,
  refusedLocal: 4,
  refusedNotANumber: 5,
  timedOut: 6,
  /** Refused, or no longer in force: an emergency stop is active. */
  emergencyStop: 7,
  /** Refused: the PLC's own limits, or the time to live, cannot be used. */
  refusedUnusable: 8,
} as const;

/** The present setpoint may differ from the expected one by rounding only, °C. */
export const EXPECTED_WITHIN_C = 0.05;
/** The PLC's own greatest time to live, plant milliseconds. */
export const LONGEST_TTL_MS = 600_000;
/** What lies beyond it a REAL of the controller may not hold, and is no number to the PLC. */
const GREATEST_REAL = 1e38;

/** What the writer wrote. */
export interface RequestInputs {
  readonly value: number;
  readonly expected: number;
  /** Plant milliseconds the value stays in force without a heartbeat. */
  readonly ttlMs: number;
  readonly heartbeat: number;
  readonly sequence: number;
}

/** What the machine says in a scan. */
export interface RequestSwitches {
  /** The key is on local. */
  readonly local: boolean;
  readonly emergencyStop: boolean;
}

export interface RequestState {
  /** The setpoint in force, °C. */
  readonly setpointC: number;
  /** The last setpoint in force without a request: where the PLC goes when the writer falls silent, °C. */
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
 */
export function scanRequest(
  state: RequestState,
  inputs: RequestInputs,
  limits: RequestLimits,
  nowUs: number,
  switches: RequestSwitches,
): RequestState {
  let next = withinLimits(endRequest(state, nowUs, switches), limits);
  if (inputs.sequence !== next.echoSequence) next = answer(next, inputs, limits, nowUs, switches);
  if (next.remote && inputs.heartbeat !== next.heartbeat) {
    next = { ...next, heartbeat: inputs.heartbeat, deadlineUs: nowUs + next.ttlMs * 1000 };
  }
  return next;
}

/** A person sets the value at the panel, whatever the key says: it is in force, and safe from now on. */
export function setByHand(state: RequestState, valueC: number, limits: RequestLimits): RequestState {
  if (!isReal(valueC) || !areUsable(limits)) return state;
  const setpointC = clamp(valueC, limits);
  return { ...state, setpointC, safeC: setpointC, remote: false, deadlineUs: Number.POSITIVE_INFINITY };
}

/** What ends a request that is in force. The time-out comes before any new heartbeat or request. */
function endRequest(
  state: RequestState,
  nowUs: number,
  { local, emergencyStop }: RequestSwitches,
): RequestState {
  if (!state.remote) return state;
  const ended = { ...state, remote: false, deadlineUs: Number.POSITIVE_INFINITY };
  if (emergencyStop) return { ...ended, setpointC: state.safeC, result: RESULT.emergencyStop };
  if (nowUs >= state.deadlineUs) return { ...ended, setpointC: state.safeC, result: RESULT.timedOut };
  // Taken over at the panel, bumpless: the present value is now the person's.
  return local ? { ...ended, safeC: state.setpointC } : state;
}

/** Also where the limits were narrowed round a value in force. */
function withinLimits(state: RequestState, limits: RequestLimits): RequestState {
  if (!areUsable(limits)) return state;
  const setpointC = clamp(state.setpointC, limits);
  const safeC = state.remote ? state.safeC : setpointC;
  return setpointC === state.setpointC && safeC === state.safeC ? state : { ...state, setpointC, safeC };
}

function answer(
  state: RequestState,
  inputs: RequestInputs,
  limits: RequestLimits,
  nowUs: number,
  { local, emergencyStop }: RequestSwitches,
): RequestState {
  const refused = (result: number): RequestState => ({ ...state, echoSequence: inputs.sequence, result });
  const ttlMs = Math.min(inputs.ttlMs, LONGEST_TTL_MS);
  if (!isReal(inputs.value) || !isReal(inputs.expected)) return refused(RESULT.refusedNotANumber);
  if (emergencyStop) return refused(RESULT.emergencyStop);
  if (local) return refused(RESULT.refusedLocal);
  if (!areUsable(limits) || !(ttlMs > 0)) return refused(RESULT.refusedUnusable);
  if (!(Math.abs(inputs.expected - state.setpointC) <= EXPECTED_WITHIN_C))
    return refused(RESULT.refusedExpected);
  const setpointC = clamp(inputs.value, limits);
  return {
    ...state,
    setpointC,
    echoSequence: inputs.sequence,
    result: setpointC === inputs.value ? RESULT.accepted : RESULT.clamped,
    remote: true,
    deadlineUs: nowUs + ttlMs * 1000,
    ttlMs,
    heartbeat: inputs.heartbeat,
  };
}

// Each test says what must be true, since each comparison with NaN is false.
const isReal = (value: number): boolean => value >= -GREATEST_REAL && value <= GREATEST_REAL;

const areUsable = ({ low, high }: RequestLimits): boolean =>
  low >= -GREATEST_REAL && high <= GREATEST_REAL && low <= high;

/** What is no number becomes the low limit. */
const clamp = (value: number, { low, high }: RequestLimits): number =>
  value >= low ? Math.min(value, high) : low;
