import { messageOf } from "../core/errors.ts";
import { monotonicMs } from "../core/time.ts";
import type { AuditLog } from "./audit/audit-log.ts";
import { plantRefusal, RESOLUTION } from "./decide.ts";
import type { EnvelopeKeeper, KeptEnvelope } from "./envelope-keeper.ts";
import type { HostWatch } from "./host-watch.ts";
import type { ActuatorSettings } from "./plant/actuator-settings.ts";
import type { PlantReader } from "./plant/plant-reader.ts";
import { type PlantView, REQUEST_RESULT } from "./plant-view.ts";

/** What the watch works with; all of it is the actuator's own. */
export interface PlantWatchParts {
  readonly keeper: EnvelopeKeeper;
  readonly reader: PlantReader;
  readonly host: HostWatch;
  readonly audit: AuditLog;
  readonly settings: Pick<ActuatorSettings, "readBackTolerance" | "takeoverMs">;
  /** Address being written now: what is read of it meanwhile proves nothing. */
  readonly writing: () => string | undefined;
  /** A disarm that a person must look at. */
  readonly stop: (kept: KeptEnvelope, cause: string) => void;
}

/** Watches plant, host and time for whatever forbids writing: it holds, ends or disarms, and never permits. */
export class PlantWatch {
  readonly #parts: PlantWatchParts;
  /** Why the plant is not read, or undefined. */
  linkProblem: string | undefined = "the plant was not read yet";

  constructor(parts: PlantWatchParts) {
    this.#parts = parts;
  }

  /** Reads the plant anew; a step of a clock disarms, a setpoint that somebody else changed is taken over. */
  async look(): Promise<PlantView | undefined> {
    const envelopes = this.#parts.keeper
      .all()
      .flatMap(({ retired, shown }) => (retired || shown === undefined ? [] : [shown]));
    let view: PlantView | undefined;
    try {
      view = await this.#parts.reader.refresh(envelopes);
      this.linkProblem = undefined;
    } catch (error) {
      this.linkProblem = messageOf(error);
    }
    const step = this.#parts.reader.takeClockStep();
    for (const kept of this.#parts.keeper.all()) {
      if (step !== undefined && kept.arming.armed) this.#parts.stop(kept, step);
      if (view !== undefined) this.#seeTakeover(kept, view);
    }
    return view;
  }

  /** Finds what forbids writing now: a hold, while it is armed, or the end of the arm. */
  judge(kept: KeptEnvelope): void {
    const nowMs = monotonicMs();
    const before = kept.arming.state(nowMs).hold !== null;
    kept.arming.causesAre(this.#causesOf(kept, nowMs), nowMs);
    const { hold } = kept.arming.state(nowMs);
    if ((hold !== null) !== before) {
      this.#parts.audit.append(hold === null ? "resume" : "hold", {
        envelope: kept.id,
        causes: hold?.causes ?? [],
      });
    }
    const ended = kept.arming.tick(nowMs);
    if (ended === undefined) return;
    this.#parts.audit.append("disarm", { envelope: kept.id, cause: ended });
    kept.release();
  }

  #seeTakeover(kept: KeptEnvelope, view: PlantView): void {
    for (const [address, { value, sinceMs }] of kept.inForce) {
      const seen = view.targets.get(address);
      if (seen === undefined || !seen.setpoint.good || address === this.#parts.writing()) continue;
      if (view.askedAtMs <= sinceMs) continue;
      const apart = Math.abs(seen.setpoint.value - value);
      if (apart <= this.#parts.settings.readBackTolerance + RESOLUTION) continue;
      kept.inForce.delete(address);
      const fellBack = seen.result.value === REQUEST_RESULT.timedOut;
      const now = seen.setpoint.value;
      this.#parts.audit.append(fellBack ? "fell-back" : "taken-over", {
        envelope: kept.id,
        target: address,
        value,
        now,
      });
      if (fellBack) continue;
      kept.takenOver.set(address, monotonicMs() + this.#parts.settings.takeoverMs);
    }
  }

  #causesOf(kept: KeptEnvelope, nowMs: number): string[] {
    const nowUs = this.#parts.reader.nowUs();
    const envelope = kept.shown;
    const causes = [
      this.linkProblem && `the plant is not read: ${this.linkProblem}`,
      this.#parts.host.silence(nowMs),
      envelope && this.#parts.host.rowFour(envelope.twin),
    ];
    for (const [address, until] of kept.takenOver) {
      if (until <= nowMs) kept.takenOver.delete(address);
      else causes.push(`${address}: taken over by an operator`);
    }
    if (this.linkProblem === undefined) {
      for (const target of envelope?.targets ?? []) {
        causes.push(plantRefusal(target, { view: this.#parts.reader.view, nowUs })?.reason);
      }
    }
    return causes.filter((cause) => cause !== undefined && cause !== "") as string[];
  }
}
