import {
  freshRequestState,
  LONGEST_TTL_MS,
  type RequestInputs,
  type RequestLimits,
  type RequestState,
  type RequestSwitches,
  scanRequest,
  setByHand,
} from "../../../plant/plc/request-block.ts";
import { Random } from "../../../runtime/core/random.ts";
import { type Block, Instance } from "./machine.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const TICKS = 2 ** 32;
const START_C = 195;
const STARTS = ["cold", "warm", "kept"] as const;
const USUAL: RequestLimits = { low: 110, high: 200 };
const LIMITS: readonly RequestLimits[] = [
  { low: 110, high: 190 },
  { low: 150, high: 150 },
  { low: -1e38, high: 1e38 },
  { low: 200, high: 110 },
  { low: Number.NaN, high: 200 },
  { low: 110, high: Number.NaN },
  { low: Number.NEGATIVE_INFINITY, high: 200 },
  { low: 110, high: Number.POSITIVE_INFINITY },
];
const NO_NUMBERS = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1.0000001e38,
  -1.0000001e38,
];
const ODD_VALUES = [...NO_NUMBERS, 1e38, -1e38, 0, -0, 5e-324, 110, 200, 109.999, 200.001, 1e6, -1e6];
const OFF_BY = [0, 0, 0, 0, 0.04, -0.04, 0.05, -0.05, 0.06, -0.06, 1, -15];

/** What a panel, the key, the safety relay and a writer do to one PLC from scan to scan; all of it from one seed. */
class Drawer {
  readonly random: Random;
  readonly inputs: Writable<RequestInputs>;
  readonly switches: Writable<RequestSwitches> = { local: false, emergencyStop: false };
  limits = USUAL;
  button = false;
  buttonValue = START_C;
  /** Since the request in force was last kept alive, as far as the writer knows. */
  #quietMs = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
    this.inputs = { value: 0, expected: 0, ttlMs: 0, heartbeat: 0, sequence: this.of([0, TICKS - 2, 77]) };
  }

  of<T>(things: readonly T[]): T {
    return things[this.random.integer(things.length)]!;
  }

  in(share: number): boolean {
    return this.random.uniform() < share;
  }

  /** Milliseconds until the next scan: mostly a PLC's cycle, often just round a time-out. */
  pauseMs(state: RequestState): number {
    const leftMs = state.ttlMs - this.#quietMs;
    const pauseMs =
      state.remote && this.in(0.3)
        ? Math.max(0, leftMs + this.of([-1, 0, 0, 1]))
        : this.of([0, 1, 10, 100, 100, 100, 1_000, 60_000]);
    this.#quietMs += pauseMs;
    return pauseMs;
  }

  draw(state: RequestState): void {
    const { inputs, switches } = this;
    if (this.in(0.35)) this.#ask(state);
    // Written and not announced: it asks for nothing.
    else if (this.in(0.1)) inputs.value = this.#value(state);
    if (this.in(0.25)) {
      inputs.heartbeat = this.of([(inputs.heartbeat + 1) % TICKS, TICKS - 1, 0]);
      this.#quietMs = 0;
    }
    if (this.in(switches.local ? 0.3 : 0.04)) switches.local = !switches.local;
    if (this.in(switches.emergencyStop ? 0.3 : 0.03)) switches.emergencyStop = !switches.emergencyStop;
    if (this.in(this.limits === USUAL ? 0.03 : 0.25)) {
      this.limits = this.limits === USUAL ? this.of(LIMITS) : USUAL;
    }
    this.button = this.in(this.button ? 0.5 : 0.06);
    if (this.in(0.1)) this.buttonValue = this.#value(state);
  }

  #ask(state: RequestState): void {
    const { inputs } = this;
    inputs.value = this.#value(state);
    inputs.expected = this.in(0.09)
      ? this.of([...NO_NUMBERS, 1e38, -1e38])
      : state.setpointC + this.of(OFF_BY);
    inputs.ttlMs = this.of([
      0,
      1,
      100,
      1_000,
      60_000,
      LONGEST_TTL_MS - 1,
      LONGEST_TTL_MS,
      LONGEST_TTL_MS + 1,
      TICKS - 1,
    ]);
    if (this.in(0.95)) inputs.sequence = (inputs.sequence + 1) % TICKS;
    else inputs.sequence = this.random.uint32();
    this.#quietMs = 0;
  }

  #value(state: RequestState): number {
    if (this.in(0.2)) return this.of(ODD_VALUES);
    if (this.in(0.1)) return this.of([this.limits.low, this.limits.high]);
    return state.setpointC + 8 * this.random.normal();
  }
}

/** What a session came upon, so that a test can tell whether it came upon everything. */
export interface Seen {
  readonly results: Set<number>;
  scans: number;
  /** Requests that were in force, and ended. */
  ended: number;
}

/**
 * Runs a compiled FB_RungRequest beside the virtual plant's request block, over one session of scans.
 * @returns the first scan at which an output differs, in words, or undefined
 */
export function firstDifference(block: Block, seed: number, scans: number, seen?: Seen): string | undefined {
  const drawer = new Drawer(seed);
  let plc = new Instance(block);
  let totalMs = 0;
  // The PLC's counter wraps within the session.
  const tick = (): number => (TICKS - 300_000 + totalMs) % TICKS;
  let twin: RequestState | undefined;
  let buttonBefore = false;
  for (let scan = 0; scan < scans; scan++) {
    const start = twin === undefined ? "cold" : drawer.in(0.015) ? drawer.of(STARTS) : "none";
    // What the program kept; read at a start only.
    let startC = twin !== undefined && drawer.in(0.5) ? twin.safeC : 42;
    if (start !== "none") {
      const isCold = start === "cold" || twin === undefined;
      startC = isCold ? drawer.of([START_C, START_C, 150, 250, 20, 1e39, Number.NaN]) : twin!.safeC;
      if (start !== "kept") plc = new Instance(block);
      twin = freshRequestState(startC, drawer.inputs);
    }
    const before: RequestState = twin!;
    totalMs += drawer.pauseMs(before);
    // At a start, what OPC UA holds already is no request.
    if (start === "none") drawer.draw(before);
    const { inputs, switches, limits, button, buttonValue } = drawer;
    write(plc, inputs, switches, limits, button, buttonValue);
    plc.set("StartSetpoint", startC);
    // Where a PLC keeps more over a start than it should, only its flag tells of it.
    plc.set("FirstScan", start === "kept" || (start !== "none" && drawer.in(0.5)));
    plc.scan({ tickMs: tick() });
    const hand = button && !buttonBefore && start === "none";
    twin = scanRequest(
      hand ? setByHand(before, buttonValue, limits) : before,
      inputs,
      limits,
      totalMs * 1000,
      switches,
    );
    buttonBefore = button;
    if (seen !== undefined) {
      seen.scans++;
      seen.results.add(twin.result);
      if (before.remote && !twin.remote) seen.ended++;
    }
    const problem = difference(plc, twin);
    if (problem !== undefined) {
      return `seed ${seed}, scan ${scan} (start ${start}, hand ${hand}): ${problem}; ${JSON.stringify({ inputs, switches, limits, before })}`;
    }
  }
  return undefined;
}

function write(
  plc: Instance,
  inputs: RequestInputs,
  { local, emergencyStop }: RequestSwitches,
  { low, high }: RequestLimits,
  button: boolean,
  buttonValue: number,
): void {
  plc.set("Value", inputs.value);
  plc.set("Expected", inputs.expected);
  plc.set("TtlMs", inputs.ttlMs);
  plc.set("Heartbeat", inputs.heartbeat);
  plc.set("Sequence", inputs.sequence);
  plc.set("Low", low);
  plc.set("High", high);
  plc.set("Local", local);
  plc.set("EmergencyStop", emergencyStop);
  plc.set("ManualSet", button);
  plc.set("ManualValue", buttonValue);
}

function difference(plc: Instance, twin: RequestState): string | undefined {
  for (const [name, expected] of [
    ["Setpoint", twin.setpointC],
    ["SafeSetpoint", twin.safeC],
    ["Remote", twin.remote],
    ["EchoSequence", twin.echoSequence],
    ["Result", twin.result],
  ] as const) {
    const found = plc.get(name);
    // -0 and 0 are one setpoint; NaN is like NaN.
    if (found !== expected && !(Number.isNaN(found) && Number.isNaN(expected))) {
      return `${name} is ${found}, the twin says ${expected}`;
    }
  }
  return undefined;
}
