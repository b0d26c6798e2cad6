import { RungError } from "../../core/errors.ts";
import { type Evidence, restingOn } from "../../core/evidence.ts";
import type { Frame } from "../../core/frame.ts";
import type { TimeUs } from "../../core/time.ts";
import { CycleGatherer } from "./cycle-gatherer.ts";
import { type LifeEstimate, LifeEstimator } from "./life-estimator.ts";
import { lifeEvidence, TrainedRange } from "./life-evidence.ts";
import type { LifeMessage } from "./life-message.ts";
import type { LifeModel } from "./life-model.ts";
import { lifeReason } from "./life-words.ts";
import { Level } from "./running-measures.ts";

export interface LifeSessionParts {
  readonly node: string;
  readonly model: LifeModel;
  /** Path of the counter of use below the twin: it rises by one or more with each cycle. */
  readonly cyclePath: string;
  /** Paths below the twin of signals that are not called there as in the model. */
  readonly paths: Readonly<Record<string, string>>;
}

interface Asset {
  readonly twin: string;
  readonly gatherer: CycleGatherer;
  estimator: LifeEstimator;
  range: TrainedRange;
  /** µs of the plant's time per cycle of use, of late. */
  pace: Level;
  unit: number;
  lastCycle: number;
  lastEndUs: TimeUs;
  message: LifeMessage | undefined;
}

/** Weight per cycle of the pace of use. */
const PACE = 0.1;
/** An estimate this near to the cap says "so many or more", cycles. */
const AT_CAP_CYCLES = 10;

/**
 * Follows assets, one per twin, by their own use: an estimate after every complete cycle. A counter that falls begins a new
 * life: the asset was replaced or overhauled, and what was known of the old one says nothing of the new.
 */
export class LifeSession {
  readonly #parts: LifeSessionParts;
  readonly #assets = new Map<string, Asset>();

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
    asset.gatherer.consume(frame, (cycle, endUs, row) => {
      if (cycle <= asset.lastCycle) this.#renew(asset);
      else if (!Number.isNaN(asset.lastCycle))
        asset.pace.add((endUs - asset.lastEndUs) / (cycle - asset.lastCycle), cycle - asset.lastCycle);
      estimate = asset.estimator.push(cycle, row);
      asset.range.add(row);
      asset.lastCycle = cycle;
      asset.lastEndUs = endUs;
    });
    if (estimate === undefined) return undefined;
    asset.message = this.#tell(asset, estimate);
    return asset.message;
  }

  /** Row 3 of every twin that is followed. @param nowUs a twin's time on its link's clock, where it is known */
  evidence(nowUs: (twin: string) => TimeUs | undefined): Evidence[] {
    const { node, model } = this.#parts;
    return [...this.#assets.values()].flatMap(({ twin, gatherer, range }) => {
      const resting = restingOn(gatherer.newestUs, gatherer.periodUs);
      const records = lifeEvidence({ twin, node, model, range, nowUs: nowUs(twin) ?? gatherer.newestUs });
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
      lastCycle: Number.NaN,
      lastEndUs: Number.NaN,
    };
  }

  #renew(asset: Asset): void {
    Object.assign(asset, this.#fresh());
    asset.unit++;
  }

  #tell({ twin, estimator, pace, unit, lastEndUs }: Asset, estimate: LifeEstimate): LifeMessage {
    const { cycle, rul, low, high, health } = estimate;
    const isAtLeast = rul >= this.#parts.model.capCycles - AT_CAP_CYCLES;
    const drivers = estimator.drivers();
    const similar = estimator.similar();
    return {
      kind: "life",
      twin,
      madeAtUs: lastEndUs,
      ...{ unit, cycle, rul, isAtLeast, low, high },
      ...(pace.count > 0 && { dueUs: Math.round(lastEndUs + rul * pace.value) }),
      ...{ health, drivers, similar },
      reason: lifeReason(estimate, drivers, similar, isAtLeast),
    };
  }
}
