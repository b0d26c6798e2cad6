import { type ConfigReader, inside, type Place, type Raw } from "./config-reader.ts";

/** A standstill, counted from the body's entry. */
export interface ConveyorStop {
  readonly atS: number;
  readonly durationS: number;
}

/** Empty places on the conveyor: so many after every so many bodies. */
export interface ConveyorGap {
  readonly everyBodies: number;
  readonly emptyPlaces: number;
}

export interface Conveyor {
  readonly speedMPerMin: number;
  readonly stops: readonly ConveyorStop[];
  /** From one place to the next. With it the bodies per hour follow from the speed and the gaps. */
  readonly pitchM?: number;
  readonly gaps: readonly ConveyorGap[];
}

/** Bodies per hour: places per hour over the places a body takes, its share of the gaps included. */
export function bodiesPerHour(speedMPerMin: number, pitchM: number, gaps: readonly ConveyorGap[]): number {
  const places = gaps.reduce((sum, gap) => sum + gap.emptyPlaces / gap.everyBodies, 1);
  return (60 * speedMPerMin) / (pitchM * places);
}

/**
 * Seconds a body spends in each zone, standstills included. A standstill at the very border counts to the zone
 * that the body is about to enter.
 */
export function zoneTimesS(config: {
  readonly zones: readonly { readonly lengthM: number }[];
  readonly conveyor: Pick<Conveyor, "speedMPerMin" | "stops">;
}): number[] {
  const speedMPerS = config.conveyor.speedMPerMin / 60;
  const stops = [...config.conveyor.stops].sort((a, b) => a.atS - b.atS);
  let clockS = 0;
  let next = 0;
  return config.zones.map((zone) => {
    const enteredS = clockS;
    let movingS = zone.lengthM / speedMPerS;
    while (next < stops.length && Math.max(stops[next]!.atS, clockS) < clockS + movingS) {
      const stop = stops[next++]!;
      const untilStopS = Math.max(0, stop.atS - clockS);
      clockS += untilStopS + stop.durationS;
      movingS -= untilStopS;
    }
    clockS += movingS;
    return clockS - enteredS;
  });
}

export function readConveyor(read: ConfigReader, raw: Raw, oven: Place): Conveyor {
  const place = inside(oven, "conveyor", "conveyor");
  const conveyor = read.object(raw.conveyor ?? {}, place);
  const pitchM = read.optional(conveyor, "pitchM", place, "pitch", "m", { above: 0 });
  const gaps = read.optionalList(conveyor, "gaps", place, "{everyBodies, emptyPlaces}");
  if (gaps.length > 0 && pitchM === undefined) {
    read.fault(place, "pitchM", "gaps need the pitch of the places", "parameter pitchM");
  }
  return {
    speedMPerMin: read.number(conveyor, "speedMPerMin", place, "speed", "m/min", { above: 0 }),
    stops: read.optionalList(conveyor, "stops", place, "{atS, durationS}").map(({ entry, at }) => ({
      atS: read.number(entry, "atS", at, "time after entry", "s", { least: 0 }),
      durationS: read.number(entry, "durationS", at, "duration", "s", { above: 0 }),
    })),
    ...(pitchM === undefined ? {} : { pitchM }),
    gaps: gaps.map(({ entry, at }) => ({
      everyBodies: read.whole(entry, "everyBodies", at, "bodies between gaps"),
      emptyPlaces: read.whole(entry, "emptyPlaces", at, "empty places"),
    })),
  };
}
