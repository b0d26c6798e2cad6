import { type ActiveFault, activate, applyFaults, type FaultRequest, type ZoneFault } from "./faults.ts";
import { ZONES } from "./oven-air.ts";

/** The faults of a plant: those in force, those to come, and what they do to each zone now. */
export class FaultSet {
  /** By zone - 1; filled by `apply`. */
  readonly zones: ZoneFault[] = Array.from({ length: ZONES }, () => ({
    flow: 1,
    film: 1,
    offsetK: 0,
    stuck: false,
  }));
  #active: ActiveFault[] = [];
  #pending: { atUs: number; request: FaultRequest }[] = [];

  get active(): readonly ActiveFault[] {
    return this.#active;
  }

  /** @throws RangeError for a request that makes no sense */
  start(request: FaultRequest, nowUs: number): ActiveFault {
    const fault = activate(request, nowUs);
    this.#active.push(fault);
    return fault;
  }

  /** @throws RangeError for a request that makes no sense */
  schedule(request: FaultRequest, atUs: number): void {
    activate(request, atUs);
    this.#pending.push({ atUs, request });
  }

  /** Takes those whose time has come out of the schedule. */
  due(nowUs: number): FaultRequest[] {
    if (this.#pending.length === 0) return [];
    const due = this.#pending.filter(({ atUs }) => atUs <= nowUs);
    if (due.length > 0) this.#pending = this.#pending.filter(({ atUs }) => atUs > nowUs);
    return due.map(({ request }) => request);
  }

  clear(): void {
    this.#active = [];
    this.#pending = [];
  }

  apply(nowUs: number): void {
    applyFaults(this.#active, nowUs, this.zones);
  }
}
