import { RungError } from "../core/errors.ts";
import type { Evidence } from "../core/evidence.ts";
import type { Frame } from "../core/frame.ts";
import type { TimeUs } from "../core/time.ts";
import type { Finding } from "../diagnose/finding.ts";
import type { OvenConfig } from "../model/oven/oven-config.ts";
import { type CureLimits, type CureRecord, cureRecord } from "./cure-record.ts";
import { ovenAddresses } from "./oven-addresses.ts";
import { trackingEvidence } from "./oven-evidence.ts";
import type { OvenSituation } from "./oven-situation.ts";
import { OvenTracker, type RideOutcome, type TrackedExit } from "./oven-tracker.ts";
import { framesOfPast, type PastSamples } from "./past-frames.ts";
import type { TrackerOptions } from "./tracker-options.ts";
import { statementWords, type ZoneStatement, ZoneWatch } from "./zone-watch.ts";

/** Stored frames wait here at most while history is learnt; beyond it the oldest go, and the gap shows as one. */
const MOST_WAITING = 5000;
/** Plant time between two looks at the zones, µs: a window of the burners. */
const LOOK_US = 30e6;

/**
 * One oven followed in a running process: learns from history first, then goes on live, with what came meanwhile
 * taken in order.
 */
export class OvenSession {
  readonly tracker: OvenTracker;
  readonly #node: string;
  #waiting: Frame[] | undefined;
  #problem: string | undefined;
  readonly #watch: ZoneWatch;
  #lookedUs: TimeUs = Number.NEGATIVE_INFINITY;
  readonly #findingListeners = new Set<(finding: Finding) => void>();

  /**
   * @param history where stored normal operation is found; undefined to learn live
   * @param fromUs, toUs range of it, plant time
   */
  constructor(
    config: OvenConfig,
    twin: string,
    node: string,
    history: { readonly store: PastSamples; readonly fromUs: TimeUs; readonly toUs: TimeUs } | undefined,
    options: Partial<TrackerOptions> = {},
  ) {
    this.tracker = new OvenTracker(config, twin, options);
    this.#node = node;
    this.#watch = new ZoneWatch(twin);
    if (history === undefined) return;
    this.#waiting = [];
    const addresses = ovenAddresses(
      twin,
      config.zones.map((zone) => zone.name),
      config.nodes.map((entry) => entry.name),
    );
    void framesOfPast(history.store, Object.values(addresses).flat(), history.fromUs, history.toUs)
      .then((frames) => this.tracker.primeGently(frames))
      .catch((fault: unknown) => {
        this.#problem = fault instanceof Error ? fault.message : String(fault);
      })
      .finally(() => this.#goLive());
  }

  /** What went wrong with the history; the session learns live then. */
  get problem(): string | undefined {
    return this.#problem;
  }

  get learningHistory(): boolean {
    return this.#waiting !== undefined;
  }

  /**
   * The oven as it is now, for a sibling.
   * @throws RungError `not-tracking` while history is learnt, of whose hours the tracker tells then, and those of
   * `OvenTracker.situation`
   */
  situation(): OvenSituation {
    if (!this.learningHistory) return this.tracker.situation();
    throw new RungError({
      code: "not-tracking",
      where: this.tracker.twin,
      what: "still learning from history",
      advice: "wait until the estimate's status tells of bodies",
    });
  }

  /**
   * Told of each body that leaves from now on, with the record of its cure; not of those in the history that is learnt
   * from. @returns a function that ends it
   */
  onExit(limits: CureLimits, listener: (exit: TrackedExit, cure: CureRecord) => void): () => void {
    const { tracker } = this;
    return tracker.onExit((exit) => {
      if (this.learningHistory) return;
      listener(exit, cureRecord(exit, tracker.twin, tracker.config, limits, tracker.modelVersion));
    });
  }

  /** Told of each ride of the logger that ends from now on. @returns a function that ends it */
  onRide(listener: (outcome: RideOutcome) => void): () => void {
    return this.tracker.onRide((outcome) => {
      if (!this.learningHistory) listener(outcome);
    });
  }

  /** Told of each zone in which something changes. @returns a function that ends it */
  onFinding(listener: (finding: Finding) => void): () => void {
    this.#findingListeners.add(listener);
    return () => this.#findingListeners.delete(listener);
  }

  /** What is told of zones now, the surest first. */
  get statements(): readonly ZoneStatement[] {
    return this.#watch.statements;
  }

  accept(frame: Frame): void {
    if (this.#waiting === undefined) {
      this.tracker.accept(frame);
      this.#lookAtZones();
      return;
    }
    this.#waiting.push(frame);
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
  }

  evidence(): Evidence[] {
    const records = trackingEvidence(this.tracker, this.#node);
    if (!this.learningHistory) return records;
    // Of the past nothing follows for now: what it shows is judged once the session is live.
    const { bodies: n, capacity: of } = this.tracker.residuals;
    return records.map(({ newestSampleUs: _, validUntilUs: __, cause: ___, ...record }) => ({
      ...record,
      verdict: "collecting",
      progress: { n, of },
    }));
  }

  /** "RMSE 1.4 K · 20 bodies", and a mark where a person should look. */
  words(): { readonly text: string; readonly mark?: "attention" | "fault" } {
    const { tracker } = this;
    if (this.learningHistory) return { text: "learning from history" };
    if (tracker.phase === "waiting") return { text: "waiting for frames" };
    const { n, of } = tracker.learning;
    if (tracker.phase === "learning") return { text: `learning · ${n} of ${of} bodies` };
    const { residuals } = tracker;
    if (residuals.bodies === 0)
      return { text: `${tracker.passage.bodies.length} bodies inside · none out yet` };
    const [statement] = this.statements;
    const text = `RMSE ${residuals.rmseK.toFixed(1)} K · ${residuals.bodies} bodies`;
    if (statement !== undefined) return { text: `${statementWords(statement)} · ${text}`, mark: "attention" };
    const fails = this.evidence().some((record) => record.verdict === "fails");
    return fails ? { text, mark: "attention" } : { text };
  }

  #lookAtZones(): void {
    const { tracker } = this;
    if (!(tracker.timeUs - this.#lookedUs >= LOOK_US)) return;
    this.#lookedUs = tracker.timeUs;
    const findings =
      tracker.phase === "tracking"
        ? this.#watch.look(tracker.zoneChanges, tracker.timeUs)
        : this.#watch.endAll(tracker.timeUs);
    for (const finding of findings) for (const listener of this.#findingListeners) listener(finding);
  }

  #goLive(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const frame of waiting) this.tracker.accept(frame);
  }
}
