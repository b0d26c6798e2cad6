import type { TimeUs } from "../core/time.ts";
import type { RideRecord } from "../model/oven/calibrate.ts";
import type { OvenPassage } from "./oven-passage.ts";
import type { OvenReadings } from "./oven-readings.ts";

/** Logger silence that ends a ride, s. */
const SILENCE_S = 30;

interface Row {
  readonly timeUs: TimeUs;
  readonly zone: number;
  readonly airC: number;
  readonly flowFactor: number;
  readonly metalC: readonly number[];
}

/** A ride that has ended. */
export interface EndedRide {
  readonly record: RideRecord;
  /** When the body that carried the logger entered: what tells one ride from another. */
  readonly entryUs: TimeUs;
  readonly endUs: TimeUs;
  /** First sample of the logger above the hall, mean of the nodes, K. */
  readonly startAboveHallK: number;
}

/** Collects the samples of a profile logger on its ride into the record that calibrates or checks the model. */
export class LoggerRide {
  readonly #nodes: number;
  #rows: Row[] = [];
  #entryUs: TimeUs = Number.NaN;
  #hallC = Number.NaN;

  constructor(nodes: number) {
    this.#nodes = nodes;
  }

  clear(): void {
    this.#rows = [];
  }

  /** @returns the ride once one has ended that began at the entry */
  follow(
    timeUs: TimeUs,
    readings: OvenReadings,
    passage: OvenPassage,
    flowFactors: readonly number[],
  ): EndedRide | undefined {
    const fresh = readings.loggerNode.every((reading) => reading.timeUs === timeUs);
    if (fresh) {
      const body =
        this.#rows.length === 0
          ? passage.bodies.find((inside) => timeUs - inside.entryUs < 10e6)
          : passage.bodies.find((inside) => inside.entryUs === this.#entryUs);
      if (body === undefined) return undefined;
      if (this.#rows.length === 0) this.#hallC = readings.hall.value;
      this.#entryUs = body.entryUs;
      const zone = passage.zoneAt(body.positionM);
      this.#rows.push({
        timeUs,
        zone,
        airC: readings.airTemperature[zone]!.value,
        flowFactor: flowFactors[zone]!,
        metalC: readings.loggerNode.map((reading) => reading.value),
      });
      return undefined;
    }
    const last = this.#rows.at(-1);
    if (last === undefined || timeUs - last.timeUs < SILENCE_S * 1e6) return undefined;
    return this.#close();
  }

  #close(): EndedRide {
    const [first, ...rows] = this.#rows;
    this.#rows = [];
    const startC = first!.metalC;
    let before = first!;
    const durationS: number[] = [];
    const zone: number[] = [];
    const airC: number[] = [];
    const flowFactor: number[] = [];
    // A step lies in the zone where it began, in the air that stood then.
    for (const row of rows) {
      durationS.push((row.timeUs - before.timeUs) / 1e6);
      zone.push(before.zone);
      airC.push(before.airC);
      flowFactor.push(before.flowFactor);
      before = row;
    }
    const measuredC = Array.from({ length: this.#nodes }, (_, n) =>
      Float64Array.from(rows, (row) => row.metalC[n]!),
    );
    return {
      record: { startC, durationS, zone, airC, flowFactor, measuredC },
      entryUs: this.#entryUs,
      endUs: before.timeUs,
      startAboveHallK: startC.reduce((sum, c) => sum + c, 0) / startC.length - this.#hallC,
    };
  }
}
