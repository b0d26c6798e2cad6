import type { ActuatorSession } from "../../runtime/act/actuator.ts";
import type { NodeWrite } from "../../runtime/act/plant/plant-session.ts";
import type { Reading } from "../../runtime/act/plant-view.ts";
import { RungError } from "../../runtime/core/errors.ts";
import type { DrivenClock } from "./driven-clock.ts";

interface Block {
  setpoint: number;
  safe: number;
  local: boolean;
  inForce: boolean;
  aliveMs: number;
  ttlMs: number;
  value: number;
  expected: number;
  sequence: number;
  echo: number;
  result: number;
  /** Follows the setpoint with a lag of 10 s. */
  air: number;
}

const START_US = Date.UTC(2026, 0, 5, 6) * 1000;
const LAG_MS = 10_000;
/** What one request takes, and one to a PLC whose answer is waited for: so that a test need not ask so often. */
const REQUEST_MS = 5;
const SLOW_REQUEST_MS = 100;

/**
 * A plant of two zones behind the actuator's session, on a clock that a test turns: request blocks as docs/architecture.md
 * has them, and air that follows the setpoint.
 */
export class DrivenPlant implements ActuatorSession {
  readonly zones = [1, 2].map(
    (): Block => ({
      setpoint: 180,
      safe: 180,
      local: false,
      inForce: false,
      aliveMs: 0,
      ttlMs: 0,
      value: 0,
      expected: 0,
      sequence: 0,
      echo: 0,
      result: 0,
      air: 180,
    }),
  );
  /** Each value the PLC was asked to take, and when. */
  readonly asked: { atMs: number; zone: number; value: number; expected: number }[] = [];
  readonly beats: number[] = [];
  /** PackML. */
  state = 6;
  isCut = false;
  /** The whole plant stands, its clock too. */
  isFrozen = false;
  /** The air is no longer measured: its last value stands, with its time. */
  isStale = false;
  isBad = false;
  /** As `isStale`, for the measurement that follows. */
  isExitStale = false;
  isDeaf = false;
  isStopped = false;
  /** How far the air goes per degree of setpoint: 0 for a broken heater, below 0 for crossed wires. */
  gain = 1;
  /** Added to each measurement of the air, by its number. */
  noise: (n: number) => number = () => 0;
  /** Somebody set its clock by so much. */
  stepUs = 0;
  /** Called with each request before it is answered. */
  onRequest: () => void = () => undefined;
  readonly #clock: DrivenClock;
  #plantMs: number;
  readonly #measuredUs = { AirTemp: 0, Exit: 0 };
  #atMs: number;
  #readings = 0;

  constructor(clock: DrivenClock) {
    this.#clock = clock;
    this.#atMs = clock.ms;
    this.#plantMs = 0;
  }

  get connected(): boolean {
    return !this.isCut;
  }

  start(): void {
    this.#scan();
  }

  async close(): Promise<void> {
    this.isCut = true;
  }

  nowUs(): number {
    this.#scan();
    return START_US + this.stepUs + this.#plantMs * 1000;
  }

  async read(nodeIds: readonly string[]): Promise<Reading[]> {
    this.#request();
    const sourceTimeUs = this.nowUs();
    this.#readings++;
    return nodeIds.map((id) => {
      const measured = id.endsWith(".AirTemp") ? "AirTemp" : id.endsWith(".Exit") ? "Exit" : undefined;
      if (measured === undefined) return { value: this.#valueOf(id), good: true, sourceTimeUs };
      const stands = measured === "AirTemp" ? this.isStale : this.isExitStale;
      if (!stands) this.#measuredUs[measured] = sourceTimeUs;
      return {
        value: this.#valueOf(id) + this.noise(this.#readings),
        good: !this.isBad,
        sourceTimeUs: this.#measuredUs[measured],
      };
    });
  }

  async write(writes: readonly NodeWrite[]): Promise<void> {
    this.#request();
    for (const { nodeId, value } of writes) this.#take(nodeId, value);
  }

  /** As a person at the panel does it: the present value is the safe one. */
  setByHand(zone: number, setpoint: number): void {
    Object.assign(this.zones[zone - 1]!, { setpoint, safe: setpoint, inForce: false });
  }

  turnKey(isLocal: boolean): void {
    for (const zone of this.zones) {
      zone.local = isLocal;
      if (isLocal) Object.assign(zone, { safe: zone.setpoint, inForce: false });
    }
  }

  #request(): void {
    this.#clock.ms += this.isDeaf || this.isFrozen ? SLOW_REQUEST_MS : REQUEST_MS;
    this.onRequest();
    if (!this.isCut) return;
    throw new RungError({ code: "link-lost", where: "plant", what: "does not answer" });
  }

  #zoneOf(id: string): Block {
    return this.zones[Number(/Zone(\d)/.exec(id)![1]) - 1]!;
  }

  #valueOf(id: string): number {
    if (id === "ns=1;s=Plant.Time") return this.nowUs();
    if (id === "ns=1;s=Plant.Speed") return 1;
    if (id.endsWith("Oven1.State")) return this.state;
    if (id.endsWith("Oven1.Mode")) return 3;
    if (id.endsWith("Oven1.EStop")) return this.isStopped ? 1 : 0;
    const zone = this.#zoneOf(id);
    const member = id.slice(id.lastIndexOf(".") + 1);
    switch (member) {
      case "AirTempSP":
        return zone.setpoint;
      case "AirTemp":
      case "Exit":
        return zone.air;
      case "Local":
        return zone.local ? 1 : 0;
      case "Low":
        return 100;
      case "High":
        return 240;
      case "Sequence":
        return zone.sequence;
      case "EchoSequence":
        return zone.echo;
      case "Result":
        return zone.result;
      default:
        throw new Error(`the driven plant has no ${id}`);
    }
  }

  #take(id: string, value: number): void {
    const zone = this.#zoneOf(id);
    if (id.endsWith(".Value")) zone.value = value;
    else if (id.endsWith(".Expected")) zone.expected = value;
    else if (id.endsWith(".TtlMs")) zone.ttlMs = value;
    else if (id.endsWith(".Heartbeat")) {
      zone.aliveMs = this.#plantMs;
      this.beats.push(this.#clock.ms);
    } else if (id.endsWith(".Sequence")) this.#look(zone, value);
  }

  #look(zone: Block, sequence: number): void {
    const { value, expected } = zone;
    zone.sequence = sequence;
    this.asked.push({ atMs: this.#clock.ms, zone: this.zones.indexOf(zone) + 1, value, expected });
    if (this.isDeaf || this.isFrozen) return;
    zone.echo = sequence;
    if (zone.local) zone.result = 4;
    else if (Math.abs(expected - zone.setpoint) > 0.05) zone.result = 3;
    else Object.assign(zone, { setpoint: value, result: 1, inForce: true, aliveMs: this.#plantMs });
  }

  /** Lets the plant go on to now. */
  #scan(): void {
    const passedMs = this.#clock.ms - this.#atMs;
    this.#atMs = this.#clock.ms;
    if (this.isFrozen || passedMs <= 0) return;
    this.#plantMs += passedMs;
    for (const zone of this.zones) {
      if (zone.inForce && this.#plantMs - zone.aliveMs > zone.ttlMs) {
        Object.assign(zone, { inForce: false, setpoint: zone.safe, result: 6 });
      }
      const aim = 180 + this.gain * (zone.setpoint - 180);
      zone.air = aim + (zone.air - aim) * Math.exp(-passedMs / LAG_MS);
    }
  }
}
