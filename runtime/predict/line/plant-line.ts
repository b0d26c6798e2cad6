import type { Dictionary } from "../../core/dictionary.ts";
import type { Frame } from "../../core/frame.ts";
import { isBad } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import type { LinePaths } from "./line-paths.ts";
import { type StationState, StationTime, stationState } from "./station-time.ts";

/** How far back a station's time is told. */
export const TOLD_US = 3600e6;
/** Who is missing for so long of planned time is absent; others were called away for a moment, s. */
const ABSENT_AFTER_S = 600;

/** Blocks of the model that have properties of the twin. */
export interface WatchedBlocks {
  readonly stations: readonly string[];
  readonly buffers: readonly string[];
}

/** One station as the plant told it last. */
export interface StationNow {
  readonly id: string;
  readonly state: StationState;
  /** It has a part. */
  readonly hasPart: boolean;
  readonly kind?: string;
  /** Planned time that it worked on the part so far, s. */
  readonly workedS: number;
}

/** A line as the plant told it last. */
export interface LineNow {
  readonly timeUs: TimeUs;
  readonly stations: readonly StationNow[];
  readonly buffers: readonly { readonly id: string; readonly fill: number }[];
  readonly made: number;
  readonly shiftMade?: number;
  readonly shiftPlan?: number;
  /** Planned operating time until the shift ends, s. */
  readonly workLeftS: number;
  readonly planned: boolean;
  /** Operators who are not there; left out where the plant does not tell. */
  readonly absent?: number;
}

/** What one property means to the line. */
type Meaning =
  | { readonly of: "state" | "blocked" | "part" | "kind"; readonly station: number }
  | { readonly of: "fill"; readonly buffer: number }
  | { readonly of: LineCount };

type LineCount = "made" | "shiftMade" | "shiftPlan" | "workLeft" | "planned" | "present" | "staff";

interface Station {
  readonly id: string;
  readonly time: StationTime;
  packml: number;
  isBlocked: boolean;
  part: number;
  kind: string;
  workedS: number;
}

/**
 * Follows a line by the frames of its twin: what each station is at and for how long it has worked on its part, the
 * buffers, counts and the shift. Its clock of planned operating time rests in breaks, as everything on the line does.
 */
export class PlantLine {
  readonly #meanings: ReadonlyMap<string, Meaning>;
  readonly #byDictionary = new WeakMap<Dictionary, readonly (Meaning | undefined)[]>();
  readonly #stations: readonly Station[];
  readonly #buffers: readonly { readonly id: string; fill: number }[];
  readonly #line = new Map<LineCount, number>();
  /** Operators who were there, each count with when it began on the clock of planned time, the newest last. */
  #presence: { readonly fromS: number; readonly present: number }[] = [];
  #workLeftAtS = 0;
  /** Planned operating time since it began to follow, s. */
  workedS = 0;
  /** Source time of the newest sample taken. */
  newestUs: TimeUs = 0;
  /** µs in which the next sample is due; undefined where all come on change. */
  periodUs: number | undefined;

  constructor(twin: string, { stations, buffers }: WatchedBlocks, paths: LinePaths) {
    const meanings = new Map<string, Meaning>();
    const at = (path: string, block: string): string => `${twin}/${path.replaceAll("{block}", block)}`;
    for (const [station, id] of stations.entries()) {
      for (const what of ["state", "blocked", "part", "kind"] as const)
        meanings.set(at(paths[what], id), { of: what, station });
    }
    for (const [buffer, id] of buffers.entries()) meanings.set(at(paths.fill, id), { of: "fill", buffer });
    for (const what of ["made", "shiftMade", "shiftPlan", "workLeft", "planned", "present", "staff"] as const)
      meanings.set(`${twin}/${paths[what]}`, { of: what });
    this.#meanings = meanings;
    this.#stations = stations.map((id) => ({
      id,
      time: new StationTime(TOLD_US),
      packml: Number.NaN,
      isBlocked: false,
      part: 0,
      kind: "",
      workedS: 0,
    }));
    this.#buffers = buffers.map((id) => ({ id, fill: Number.NaN }));
  }

  /** Samples of properties that the line does not have are left out. */
  consume(frame: Frame): void {
    let meanings = this.#byDictionary.get(frame.dictionary);
    if (meanings === undefined) {
      meanings = frame.dictionary.properties.map(({ address }) => this.#meanings.get(address));
      for (const [i, { update }] of frame.dictionary.properties.entries())
        if (meanings[i] !== undefined && update.mode === "cyclic") this.periodUs = update.periodMs * 1000;
      this.#byDictionary.set(frame.dictionary, meanings);
    }
    for (let row = 0; row < frame.length; row++) {
      const meaning = meanings[frame.indexAt(row)];
      if (meaning === undefined || isBad(frame.qualityAt(row))) continue;
      this.#advance(frame.sourceTimeUsAt(row));
      this.#take(meaning, frame.valueAt(row), frame.otherAt(row));
    }
  }

  /** What is not told yet, by path; empty once the line is known. */
  missing(): string[] {
    const stations = this.#stations.filter(({ packml }) => Number.isNaN(packml)).map(({ id }) => id);
    const buffers = this.#buffers.filter(({ fill }) => Number.isNaN(fill)).map(({ id }) => id);
    const line = (["made", "workLeft"] as const).filter((what) => !this.#line.has(what));
    return [...stations, ...buffers, ...line];
  }

  /** @returns undefined while something of it was never told */
  now(): LineNow | undefined {
    if (this.missing().length > 0) return undefined;
    const shiftMade = this.#line.get("shiftMade");
    const shiftPlan = this.#line.get("shiftPlan");
    const staff = this.#line.get("staff");
    return {
      timeUs: this.newestUs,
      stations: this.#stations.map((one) => ({
        id: one.id,
        state: stationState(one.packml, one.isBlocked),
        hasPart: one.part > 0,
        ...(one.kind === "" ? {} : { kind: one.kind }),
        workedS: one.workedS,
      })),
      buffers: this.#buffers.map(({ id, fill }) => ({ id, fill })),
      made: this.#line.get("made")!,
      ...(shiftMade === undefined ? {} : { shiftMade }),
      ...(shiftPlan === undefined ? {} : { shiftPlan }),
      workLeftS: Math.max(0, this.#line.get("workLeft")! - (this.workedS - this.#workLeftAtS)),
      planned: this.#isPlanned,
      ...(staff === undefined || this.#presence.length === 0 ? {} : { absent: this.#absent(staff) }),
    };
  }

  /** What each station was at in the last hour. */
  get times(): readonly { readonly id: string; readonly time: StationTime }[] {
    return this.#stations;
  }

  get #isPlanned(): boolean {
    return this.#line.get("planned") !== 0;
  }

  #absent(staff: number): number {
    const inForce = this.#presence.findLastIndex(({ fromS }) => fromS <= this.workedS - ABSENT_AFTER_S);
    this.#presence = this.#presence.slice(Math.max(0, inForce));
    return Math.max(0, staff - Math.max(...this.#presence.map(({ present }) => present)));
  }

  #advance(timeUs: TimeUs): void {
    const passedS = this.newestUs === 0 ? 0 : (timeUs - this.newestUs) / 1e6;
    // Rows of one frame need not be in the order of their times.
    if (passedS <= 0 && this.newestUs !== 0) return;
    this.newestUs = timeUs;
    if (!this.#isPlanned) return;
    this.workedS += passedS;
    for (const station of this.#stations)
      if (stationState(station.packml, station.isBlocked) === "busy") station.workedS += passedS;
  }

  #take(meaning: Meaning, value: number, other: unknown): void {
    switch (meaning.of) {
      case "fill":
        this.#buffers[meaning.buffer]!.fill = value;
        return;
      case "state":
      case "blocked":
      case "part":
      case "kind":
        this.#takeOfStation(this.#stations[meaning.station]!, meaning.of, value, other);
        return;
      default:
        this.#line.set(meaning.of, value);
        if (meaning.of === "workLeft") this.#workLeftAtS = this.workedS;
        if (meaning.of === "present") this.#presence.push({ fromS: this.workedS, present: value });
    }
  }

  #takeOfStation(
    station: Station,
    of: "state" | "blocked" | "part" | "kind",
    value: number,
    other: unknown,
  ): void {
    if (of === "kind") station.kind = typeof other === "string" ? other : "";
    else if (of === "part") {
      if (value !== station.part) station.workedS = 0;
      station.part = value;
    } else if (of === "state") station.packml = value;
    else station.isBlocked = value !== 0;
    // Before its state was told it was at nothing that is known.
    if (!Number.isNaN(station.packml))
      station.time.turn(this.newestUs, stationState(station.packml, station.isBlocked));
  }
}
