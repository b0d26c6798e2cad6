import { RungError } from "../../core/errors.ts";
import { type Evidence, restingOn } from "../../core/evidence.ts";
import type { Frame } from "../../core/frame.ts";
import type { MaintenanceEvent } from "../../core/maintenance-event.ts";
import type { TimeUs } from "../../core/time.ts";
import { CycleGatherer } from "./cycle-gatherer.ts";
import { type LifeEstimate, LifeEstimator } from "./life-estimator.ts";
import { lifeEvidence, TrainedRange } from "./life-evidence.ts";
import type { LifeMessage } from "./life-message.ts";
import type { LifeModel } from "./life-model.ts";
import { lifeReason } from "./life-words.ts";
import { ForetoldTrail, type MetLife, metLife, metScore } from "./met-life.ts";
import { Level } from "./running-measures.ts";

export interface LifeSessionParts {
  readonly node: string;
  readonly model: LifeModel;
  /** Digest of the model, by which the ends of lives are known that it foretold. */
  readonly modelId: string;
  /** Path of the counter of use below the twin: it rises by one or more with each cycle. */
  readonly cyclePath: string;
  /** Paths below the twin of signals that are not called there as in the model. */
  readonly paths: Readonly<Record<string, string>>;
  /** Which component of a maintenance plan wears here; any of the asset if left out. */
  readonly component?: string;
  /** Lives that ended before, as they were kept. */
  readonly met?: readonly MetLife[];
  /** Gets what is to be kept of a life that ended; once more where it turns out later that the counter was set back. */
  readonly onMet?: (life: MetLife) => void;
}

/** What is judged when a life ends. */
interface Life {
  readonly trail: ForetoldTrail;
  readonly lastCounter: number;
  readonly lastCycle: number;
}

interface Asset {
  readonly twin: string;
  readonly gatherer: CycleGatherer;
  estimator: LifeEstimator;
  range: TrainedRange;
  /** µs of the plant's time per cycle of use, of late. */
  pace: Level;
  trail: ForetoldTrail;
  unit: number;
  /** What the counter of use said when this life began. */
  bornAt: number;
  lastCounter: number;
  lastCycle: number;
  lastEndUs: TimeUs;
  /** The life before, which the counter ended and nobody has signed off. */
  before: Life | undefined;
  message: LifeMessage | undefined;
}

/** Weight per cycle of the pace of use. */
const PACE = 0.1;
/** An estimate this near to the cap says "so many or more", cycles. */
const AT_CAP_CYCLES = 10;

/**
 * Follows assets, one per twin, by their own use: an estimate after every complete cycle. A counter that falls, or a
 * sign-off that renews, begins a new life: what was known of the old one says nothing of the new. How a life ended judges
 * what was foretold of it.
 */
export class LifeSession {
  readonly #parts: LifeSessionParts;
  readonly #assets = new Map<string, Asset>();
  /** By order, of this model. */
  readonly #met = new Map<string, MetLife>();
  /** By twin, the newest life that ended with a renewal, whatever model foretold it. */
  readonly #renewals = new Map<string, MetLife>();

  /** @throws RungError `life-paths` where a path is of a signal the model does not know */
  constructor(parts: LifeSessionParts) {
    const unknown = Object.keys(parts.paths).filter(
      (name) => !parts.model.signals.some((signal) => signal.name === name),
    );
    if (unknown.length > 0 || parts.cyclePath === "") {
      throw new RungError({
        code: "life-paths",
        where: "remaining life",
        what:
          unknown.length > 0
            ? `the model does not listen to ${unknown.join(", ")}`
            : "no counter of use is named",
        advice:
          unknown.length > 0
            ? `it listens to ${parts.model.signals.map(({ name }) => name).join(", ")}`
            : "write its path below the twin, for instance cycles",
      });
    }
    this.#parts = parts;
    for (const life of parts.met ?? []) if (this.#isOurs(life)) this.#know(life);
  }

  /** The newest message of each asset that has one. */
  get messages(): LifeMessage[] {
    return Array.from(this.#assets.values(), ({ message }) => message).filter(
      (message) => message !== undefined,
    );
  }

  /** @returns the newest estimate where a cycle of the twin was completed by this frame */
  consume(twin: string, frame: Frame): LifeMessage | undefined {
    const asset = this.#assetOf(twin);
    let estimate: LifeEstimate | undefined;
    asset.gatherer.consume(frame, (counter, endUs, row) => {
      if (counter <= asset.lastCounter || counter < asset.bornAt) {
        // Many set the counter back first, and sign off what they did afterwards.
        if (!Number.isNaN(asset.lastCycle)) asset.before = lifeOf(asset);
        const renewal = this.#renewals.get(twin);
        if (renewal !== undefined && renewal.nextFrom !== 0) this.#keep({ ...renewal, nextFrom: 0 });
        this.#renew(asset, 0);
      }
      const cycle = counter - asset.bornAt;
      if (!Number.isNaN(asset.lastCycle))
        asset.pace.add((endUs - asset.lastEndUs) / (cycle - asset.lastCycle), cycle - asset.lastCycle);
      estimate = asset.estimator.push(cycle, row);
      asset.trail.add(estimate);
      asset.range.add(row);
      asset.lastCounter = counter;
      asset.lastCycle = cycle;
      asset.lastEndUs = endUs;
    });
    if (estimate === undefined) return undefined;
    asset.message = this.#tell(asset, estimate);
    return asset.message;
  }

  /**
   * A person signed off the work that ended a life: what was foretold of it is judged, and a renewed part begins anew.
   * One that is of nothing that is followed here, was told before, or ends no life, changes nothing.
   */
  signOff(event: MaintenanceEvent): void {
    const asset = this.#assets.get(event.asset);
    const endsLife = event.isRenewed || event.condition === "failed";
    if (asset === undefined || !endsLife || !this.#isOurs(event) || this.#met.has(event.order)) return;
    const before = asset.trail.isShort ? asset.before : undefined;
    const { trail, lastCounter, lastCycle: cycle } = before ?? lifeOf(asset);
    if (Number.isNaN(cycle)) return;
    const bornAt = before === undefined ? lastCounter : 0;
    const nextFrom = event.isRenewed ? bornAt : null;
    this.#keep(metLife(event, { model: this.#parts.modelId, twin: asset.twin, cycle, nextFrom, trail }));
    if (event.isRenewed && before === undefined) this.#renew(asset, bornAt);
    asset.before = undefined;
  }

  #keep(life: MetLife): void {
    this.#know(life);
    this.#parts.onMet?.(life);
  }

  #know(life: MetLife): void {
    if (life.model === this.#parts.modelId) this.#met.set(life.order, life);
    if (life.nextFrom !== null) this.#renewals.set(life.twin, life);
  }

  #isOurs({ component }: { readonly component: string }): boolean {
    return this.#parts.component === undefined || this.#parts.component === component;
  }

  /** Row 3 of every twin that is followed. @param nowUs a twin's time on its link's clock, where it is known */
  evidence(nowUs: (twin: string) => TimeUs | undefined): Evidence[] {
    const { node, model } = this.#parts;
    const met = metScore([...this.#met.values()]);
    return [...this.#assets.values()].flatMap(({ twin, gatherer, range }) => {
      const resting = restingOn(gatherer.newestUs, gatherer.periodUs);
      const records = lifeEvidence({
        twin,
        node,
        model,
        range,
        met,
        nowUs: nowUs(twin) ?? gatherer.newestUs,
      });
      return records.map((record) => ({ ...record, ...resting }));
    });
  }

  #assetOf(twin: string): Asset {
    let asset = this.#assets.get(twin);
    if (asset === undefined) {
      const { model, cyclePath, paths } = this.#parts;
      const addresses = model.signals.map(({ name }) => `${twin}/${paths[name] ?? name}`);
      asset = {
        twin,
        gatherer: new CycleGatherer(`${twin}/${cyclePath}`, addresses),
        ...this.#fresh(),
        unit: 1,
        bornAt: this.#renewals.get(twin)?.nextFrom ?? 0,
        before: undefined,
        message: undefined,
      };
      this.#assets.set(twin, asset);
    }
    return asset;
  }

  #fresh() {
    const { model } = this.#parts;
    return {
      estimator: new LifeEstimator(model),
      range: new TrainedRange(model.signals),
      pace: new Level(PACE),
      trail: new ForetoldTrail(model.capCycles),
      lastCounter: Number.NaN,
      lastCycle: Number.NaN,
      lastEndUs: Number.NaN,
    };
  }

  #renew(asset: Asset, bornAt: number): void {
    // A counter that is set back after a sign-off is of the life that has begun already.
    if (!Number.isNaN(asset.lastCycle)) asset.unit++;
    Object.assign(asset, this.#fresh(), { bornAt });
  }

  #tell({ twin, estimator, pace, unit, lastEndUs }: Asset, estimate: LifeEstimate): LifeMessage {
    const { cycle, rul, low, high, health } = estimate;
    const isAtLeast = rul >= this.#parts.model.capCycles - AT_CAP_CYCLES;
    const { component } = this.#parts;
    const drivers = estimator.drivers();
    const similar = estimator.similar();
    return {
      kind: "life",
      twin,
      ...(component !== undefined && { component }),
      madeAtUs: lastEndUs,
      ...{ unit, cycle, rul, isAtLeast, low, high },
      ...(pace.count > 0 && { dueUs: Math.round(lastEndUs + rul * pace.value) }),
      ...{ health, drivers, similar },
      reason: lifeReason(estimate, drivers, similar, isAtLeast),
    };
  }
}

const lifeOf = ({ trail, lastCounter, lastCycle }: Asset): Life => ({ trail, lastCounter, lastCycle });
