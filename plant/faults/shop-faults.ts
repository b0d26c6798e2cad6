import type { AssemblyLine } from "../assembly/assembly-line.ts";
import { activateLineFault, LINE_FAULTS, type LineFaultRequest } from "../assembly/line-faults.ts";
import type { BodyStation } from "../body/body-station.ts";
import { activateStationFault, STATION_FAULTS, type StationFaultRequest } from "../body/station-faults.ts";
import { activate, FAULTS, type FaultRequest } from "../physics/faults.ts";
import type { Plant } from "../physics/plant.ts";
import type { TimedFault } from "./fault-book.ts";

/** A fault of any shop of the plant. */
export type ShopFaultRequest = FaultRequest | StationFaultRequest | LineFaultRequest;
export type Shop = "paint" | "body" | "assembly";

const isOneOf = (list: readonly string[], fault: unknown): boolean =>
  typeof fault === "string" && list.includes(fault);

/** @throws RangeError for a fault that no shop knows */
export function shopOf(fault: unknown): Shop {
  if (isOneOf(FAULTS, fault)) return "paint";
  if (isOneOf(STATION_FAULTS, fault)) return "body";
  if (isOneOf(LINE_FAULTS, fault)) return "assembly";
  const known = [...FAULTS, ...STATION_FAULTS, ...LINE_FAULTS].join(", ");
  throw new RangeError(`fault: expected one of ${known}, got ${String(fault)}`);
}

/** @throws RangeError that says what is wrong with the request */
export function checkFault(request: ShopFaultRequest): void {
  const shop = shopOf(request.fault);
  if (shop === "paint") activate(request as FaultRequest, 0);
  else if (shop === "body") activateStationFault(request as StationFaultRequest, 0);
  else activateLineFault(request as LineFaultRequest, 0);
}

/** The body station with its clock, which is not that of the other shops. */
export interface StationWithClock {
  readonly station: BodyStation;
  /** Seconds since 1970. */
  nowS(): number;
}

/** Plants faults in whatever shop they are of, now or after a while on that shop's own clock. */
export class ShopFaults {
  readonly #plant: Plant;
  readonly #line: AssemblyLine;
  readonly #station: () => StationWithClock | undefined;

  /** @param station once it runs; none before */
  constructor(plant: Plant, line: AssemblyLine, station: () => StationWithClock | undefined) {
    this.#plant = plant;
    this.#line = line;
    this.#station = station;
  }

  /** In force or over, by shop. */
  get planted(): Readonly<Record<Shop, readonly TimedFault[]>> {
    return {
      paint: this.#plant.faults,
      body: this.#station()?.station.faults.active ?? [],
      assembly: this.#line.faults.active,
    };
  }

  /**
   * @param inS seconds of the shop's clock from now; 0 is at once
   * @throws RangeError for a request or a time that makes no sense, and for the body station while it starts
   */
  plant(request: ShopFaultRequest, inS = 0): void {
    if (!(inS >= 0 && inS <= 366 * 86_400))
      throw new RangeError(`inS: expected 0 to a year of seconds, got ${String(inS)}`);
    checkFault(request);
    const shop = shopOf(request.fault);
    if (shop === "paint") {
      if (inS === 0) this.#plant.fault(request as FaultRequest);
      else this.#plant.schedule(request as FaultRequest, this.#plant.timeUs + inS * 1e6);
    } else if (shop === "assembly") {
      this.#line.faults.schedule(request as LineFaultRequest, this.#line.timeUs + inS * 1e6);
    } else {
      const running = this.#station();
      if (running === undefined) throw new RangeError("fault: the body station is still starting");
      running.station.faults.schedule(request as StationFaultRequest, (running.nowS() + inS) * 1e6);
    }
  }

  /** Takes all faults of all shops away, also those to come. */
  clear(): void {
    this.#plant.clearFaults();
    this.#line.faults.clear();
    this.#station()?.station.faults.clear();
  }
}
