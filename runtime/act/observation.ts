import type { TimeUs } from "../core/time.ts";
import { converter } from "../core/unit.ts";
import type { Envelope, ProjectedMeasurement } from "./envelope.ts";
import type { ObservedDecision, ProjectionClaim } from "./observed-decision.ts";
import { plantRefusal } from "./plant-refusal.ts";
import type { PlantView, Reading } from "./plant-view.ts";
import { type AllowedChange, RESOLUTION, show } from "./refusal.ts";

/** A decision inside the envelope, as it came. */
export interface WatchedDecision extends AllowedChange {
  readonly id: string;
  readonly atUs: TimeUs;
  readonly expiresUs: TimeUs;
}

export interface ObservationParts {
  readonly envelope: Envelope;
  readonly hash: string;
  readonly recommendation: string;
  readonly claim: ProjectionClaim;
  readonly measurement: ProjectedMeasurement;
}

/** What was judged, or why nothing can be. */
interface Ending {
  readonly judgedBy: ObservedDecision["judgedBy"];
  readonly realised?: number;
  readonly inside?: boolean;
  readonly reason: string;
}

/** A measurement that does not come within this many times its own wait is given up. */
const PATIENCE = 4;
const HOUR_US = 3600e6;
/** A measurement further ahead of the plant's clock proves nothing. */
const AHEAD_US = 10e6;

/**
 * One stretch of time in which a recommendation is held against what comes, by what the actuator reads itself: every
 * setpoint of the envelope, and the projected measurement. Only what was done can be judged: where all its changes
 * and no others were made in time, by whomever, the projected interval; where nothing was changed, the interval for no
 * change, if there is one. Whatever else is done ends it unjudged. docs/decisions/0039.
 */
export class Observation {
  readonly recommendation: string;
  /** Of the envelope its decisions lie inside. */
  readonly hash: string;
  readonly #parts: ObservationParts;
  readonly #decisions = new Map<string, WatchedDecision>();
  readonly #before: ReadonlyMap<string, number>;
  readonly #atUs: TimeUs;
  /** When all of its changes were first found made. */
  #doneUs: TimeUs | undefined;
  #touched = false;
  #partly = false;

  /** @param view as it was when the first of its decisions was made */
  constructor(parts: ObservationParts, view: PlantView, atUs: TimeUs) {
    this.#parts = parts;
    this.recommendation = parts.recommendation;
    this.hash = parts.hash;
    this.#atUs = atUs;
    this.#before = new Map([...view.targets].map(([address, { setpoint }]) => [address, setpoint.value]));
  }

  /** A further setpoint of the same recommendation. */
  add(decision: WatchedDecision): void {
    this.#decisions.set(decision.target.address, decision);
    this.#doneUs = undefined;
  }

  /** The envelope refused another setpoint of it: what is projected for all of them cannot come true. */
  refusedInPart(): void {
    this.#partly = true;
  }

  /** @returns what came of its decisions, once that is certain */
  look(view: PlantView, nowUs: TimeUs): ObservedDecision[] | undefined {
    const ending = this.#ending(view, nowUs);
    return ending === undefined ? undefined : this.#records(ending, view, nowUs);
  }

  #ending(view: PlantView, nowUs: TimeUs): Ending | undefined {
    if (nowUs < this.#atUs) return unjudged("the plant's clock went back");
    const stopped = this.#stopped(view, nowUs);
    if (stopped !== undefined) return unjudged(stopped);
    const found = this.#setpointsFound(view);
    if (found === "unknown") return undefined;
    if (found === "something else") return unjudged(this.#somethingElse(view));
    const inTime = nowUs <= Math.max(...[...this.#decisions.values()].map(({ expiresUs }) => expiresUs));
    if (this.#doneUs !== undefined && found !== "all") return unjudged("it was made, and then undone");
    if (found === "none") {
      return this.#touched
        ? unjudged("a part of it was made, and then undone")
        : this.#judge("no change", this.#atUs, view, nowUs);
    }
    this.#touched = true;
    if (this.#doneUs === undefined && !inTime) return unjudged("it was not made in time");
    if (found === "some") return undefined;
    this.#doneUs ??= nowUs;
    if (this.#partly) return unjudged("only a part of the recommendation lay inside the envelope");
    if (this.#parts.claim.countsOnLater === true) return unjudged("its projection counts on later changes");
    return this.#judge("change", this.#doneUs, view, nowUs);
  }

  #judge(by: "change" | "no change", fromUs: TimeUs, view: PlantView, nowUs: TimeUs): Ending | undefined {
    const { claim, measurement } = this.#parts;
    const interval = by === "change" ? claim.interval : claim.baseline;
    const dueUs = fromUs + claim.afterUs;
    const reading = view.measurements?.get(measurement.nodeId);
    if (nowUs > fromUs + PATIENCE * claim.afterUs + HOUR_US) return unjudged("no measurement came");
    if (nowUs < dueUs || !isDue(reading, dueUs, nowUs)) return undefined;
    if (interval === undefined) {
      return unjudged("nothing was changed, and nothing was projected for that");
    }
    const realised = converter(measurement.unit, claim.unit, claim.address)(reading.value);
    const inside = realised >= interval.low && realised <= interval.high;
    const limits = `${show(interval.low)} to ${show(interval.high)} ${claim.unit}`;
    return {
      judgedBy: by,
      realised,
      inside,
      reason: `${by === "change" ? "made" : "nothing changed"}: ${show(realised)}, ${inside ? "inside" : "outside"} ${limits}`,
    };
  }

  /** The machine stopped or was taken in hand: what was projected for its running says nothing any more. */
  #stopped(view: PlantView, nowUs: TimeUs): string | undefined {
    for (const { target } of this.#decisions.values()) {
      const refusal = plantRefusal(target, { view, nowUs });
      if (refusal !== undefined && ["local-mode", "wrong-state", "safety-state"].includes(refusal.code)) {
        return refusal.reason;
      }
    }
    return undefined;
  }

  #setpointsFound(view: PlantView): "none" | "some" | "all" | "something else" | "unknown" {
    let made = 0;
    for (const { address, deadband } of this.#parts.envelope.targets) {
      const setpoint = view.targets.get(address)?.setpoint;
      const before = this.#before.get(address);
      if (!setpoint?.good || before === undefined) return "unknown";
      const wanted = this.#decisions.get(address)?.value;
      const fromBefore = Math.abs(setpoint.value - before);
      const fromWanted = wanted === undefined ? Number.POSITIVE_INFINITY : Math.abs(setpoint.value - wanted);
      if (!(Math.min(fromBefore, fromWanted) <= deadband + RESOLUTION)) return "something else";
      if (fromWanted < fromBefore) made++;
    }
    return made === 0 ? "none" : made === this.#decisions.size ? "all" : "some";
  }

  /** What was done instead, beside the envelope and the proposal. */
  #somethingElse(view: PlantView): string {
    const words = this.#parts.envelope.targets.flatMap(({ address, unit, min, max, deadband }) => {
      const found = view.targets.get(address)!.setpoint.value;
      if (Math.abs(found - this.#before.get(address)!) <= deadband + RESOLUTION) return [];
      const wanted = this.#decisions.get(address)?.value;
      const where = found >= min && found <= max ? "inside" : "outside";
      const proposed = wanted === undefined ? "nothing was proposed" : `${show(wanted)} was proposed`;
      return [`${address} was set to ${show(found)} ${unit}, ${where} the envelope, ${proposed}`];
    });
    return words.join("; ");
  }

  #records(ending: Ending, view: PlantView, nowUs: TimeUs): ObservedDecision[] {
    const { envelope, hash, recommendation, claim } = this.#parts;
    return [...this.#decisions.values()].map(({ id, target, value, prior, atUs }) => {
      const setpoint = view.targets.get(target.address)?.setpoint;
      return {
        id,
        recommendation,
        envelope: envelope.id,
        hash,
        target: target.address,
        value,
        prior,
        unit: target.unit,
        atUs: Math.trunc(atUs),
        projected: claim,
        ...ending,
        judgedUs: Math.trunc(nowUs),
        ...(setpoint?.good ? { operatorSetpoint: setpoint.value } : {}),
      };
    });
  }
}

const unjudged = (reason: string): Ending => ({ judgedBy: null, reason: `not judged: ${reason}` });

function isDue(reading: Reading | undefined, dueUs: TimeUs, nowUs: TimeUs): reading is Reading {
  return (
    reading?.good === true &&
    Number.isFinite(reading.value) &&
    reading.sourceTimeUs >= dueUs &&
    reading.sourceTimeUs <= nowUs + AHEAD_US
  );
}
