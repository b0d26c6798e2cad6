import { SKEW_BLOCK_US } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import { monotonicMs } from "../core/time.ts";
import type { Approvals } from "./approvals.ts";
import type { AuditLog } from "./audit/audit-log.ts";
import { plantRefusal, RESOLUTION } from "./decide.ts";
import type { EffectWatch } from "./effect-watch.ts";
import type { EnvelopeKeeper, KeptEnvelope } from "./envelope-keeper.ts";
import type { HostWatch } from "./host-watch.ts";
import type { ActuatorSettings } from "./plant/actuator-settings.ts";
import type { PlantReader } from "./plant/plant-reader.ts";
import { type PlantView, REQUEST_RESULT } from "./plant-view.ts";
import { seconds } from "./refusal.ts";
import { validityProblem } from "./validity.ts";

/** What the watch works with; all of it is the actuator's own. */
export interface PlantWatchParts {
  readonly keeper: EnvelopeKeeper;
  readonly reader: PlantReader;
  readonly host: HostWatch;
  readonly audit: AuditLog;
  /** None outlives the arm it was given under. */
  readonly approvals: Approvals;
  readonly settings: Pick<ActuatorSettings, "readBackTolerance" | "takeoverMs">;
  /** Address being written now: what is read of it meanwhile proves nothing. */
  readonly writing: () => string | undefined;
  /** A disarm that a person must look at. */
  readonly stop: (kept: KeptEnvelope, cause: string) => void;
  readonly effects: EffectWatch;
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
    if (view !== undefined) {
      const targets = envelopes.flatMap((envelope) => envelope.targets);
      this.#parts.effects.see(view, targets, this.#parts.reader.nowUs());
    }
    return view;
  }

  /** Finds what forbids writing now: a hold, while it is armed, or the end of the arm. */
  judge(kept: KeptEnvelope): void {
    const nowMs = monotonicMs();
    const ending = kept.arming.armed ? this.#endingOf(kept) : undefined;
    if (ending !== undefined) this.#parts.stop(kept, ending);
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
    kept.release();
    this.#parts.approvals.drop(new Set(kept.addresses));
    this.#parts.audit.append("disarm", { envelope: kept.id, cause: ended });
  }

  #seeTakeover(kept: KeptEnvelope, view: PlantView): void {
    for (const [address, { value, safe, sinceMs }] of kept.inForce) {
      const seen = view.targets.get(address);
      if (seen === undefined || address === this.#parts.writing() || view.askedAtMs <= sinceMs) continue;
      // The key on local ends it at the PLC, which keeps the value: no heartbeat speaks for a person's setpoint.
      if (seen.local.good && seen.local.value !== 0) kept.inForce.delete(address);
      const isStopped = seen.result?.value === REQUEST_RESULT.emergencyStop;
      const hasEnded = isStopped || seen.result?.value === REQUEST_RESULT.timedOut;
      const stopIfTold = (): void => {
        if (isStopped) this.#parts.stop(kept, `${address}: the PLC tells of an emergency stop`);
      };
      if (!seen.setpoint.good) {
        stopIfTold();
        continue;
      }
      const now = seen.setpoint.value;
      const isAt = (setpoint: number): boolean =>
        Math.abs(now - setpoint) <= this.#parts.settings.readBackTolerance + RESOLUTION;
      // What it falls back to may be what was in force.
      if (!hasEnded && isAt(value)) continue;
      kept.inForce.delete(address);
      // The answer stands until the next request: whoever set something else since then is not told of by it.
      const fellBack = hasEnded && isAt(safe);
      this.#parts.audit.append(fellBack ? "fell-back" : "taken-over", {
        envelope: kept.id,
        target: address,
        value,
        now,
      });
      stopIfTold();
      if (fellBack) continue;
      kept.takenOver.set(address, monotonicMs() + this.#parts.settings.takeoverMs);
    }
  }

  /** What ends the arm at once; a person must look at it. */
  #endingOf({ shown }: KeptEnvelope): string | undefined {
    if (shown === undefined) return undefined;
    const drift = this.#parts.host.drift(shown.twin);
    if (drift !== undefined) return `drift: ${drift}`;
    const view = this.#parts.reader.view;
    for (const { address } of shown.targets) {
      const stopped = view?.targets.get(address)?.emergencyStop;
      if (stopped?.good && stopped.value !== 0) return `${address}: emergency stop is active`;
    }
    return undefined;
  }

  #causesOf(kept: KeptEnvelope, nowMs: number): string[] {
    const nowUs = this.#parts.reader.nowUs();
    const envelope = kept.shown;
    const causes = [
      this.linkProblem && `the plant is not read: ${this.linkProblem}`,
      this.#parts.host.silence(nowMs),
      envelope && this.#parts.host.rowFour(envelope.twin),
      envelope && validityProblem(envelope, nowUs),
      Math.abs(this.#parts.reader.skewUs) > SKEW_BLOCK_US &&
        `the plant's clock and this machine's are ${seconds(Math.abs(this.#parts.reader.skewUs))} apart`,
    ];
    for (const [address, until] of kept.takenOver) {
      if (until <= nowMs) kept.takenOver.delete(address);
      else causes.push(`${address}: taken over by an operator`);
    }
    if (this.linkProblem === undefined) {
      const { view } = this.#parts.reader;
      for (const target of envelope?.targets ?? []) {
        causes.push(plantRefusal(target, { view, nowUs })?.reason);
        const effect = target.effect && view?.targets.get(target.address)?.effect;
        if (effect === undefined) continue;
        if (!effect.good || !Number.isFinite(effect.value)) {
          causes.push(`${target.address}: quality of ${target.effect!.nodeId}, its effect, is not good`);
        } else if (this.#parts.effects.before(target) === undefined) {
          causes.push(
            `${target.address}: ${target.effect!.nodeId}, its effect, has no time that can be used`,
          );
        }
      }
      causes.push(...this.#parts.effects.overdue(kept, nowUs));
    }
    return causes.filter((cause) => typeof cause === "string" && cause !== "") as string[];
  }
}
