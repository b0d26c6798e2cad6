import { RungError } from "../../core/errors.ts";
import { type Evidence, restingOn } from "../../core/evidence.ts";
import type { Frame } from "../../core/frame.ts";
import type { MaintenanceEvent } from "../../core/maintenance-event.ts";
import type { TimeUs } from "../../core/time.ts";
import { pastFrames } from "../past-frames.ts";
import { CycleGatherer, firstToldUs } from "./cycle-gatherer.ts";
import { lifeBegin, type UseHistory } from "./life-begin.ts";
import { type LifeEstimate, LifeEstimator } from "./life-estimator.ts";
import { lifeEvidence, TrainedRange } from "./life-evidence.ts";
import type { LifeMessage } from "./life-message.ts";
import type { LifeModel } from "./life-model.ts";
import { lifeReason } from "./life-words.ts";
import { ForetoldTrail, type MetLife, metLife, SHORT_LIFE_CYCLES } from "./met-life.ts";
import { MetLives, type MetLivesParts } from "./met-lives.ts";
import { Level } from "./running-measures.ts";

export interface LifeSessionParts extends MetLivesParts {
  readonly node: string;
  readonly model: LifeModel;
  /** Path of the counter of use below the twin: it rises by one or more with each cycle. */
  readonly cyclePath: string;
  /** Paths below the twin of signals that are not called there as in the model. */
  readonly paths: Readonly<Record<string, string>>;
}

/** What is judged when a life ends. */
interface Life {
  readonly trail: ForetoldTrail;
  readonly lastCounter: number;
  readonly lastCycle: number;
  readonly lastEndUs: TimeUs;
  /** What was foretold of it is judged once. */
  readonly isJudged: boolean;
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
  isJudged: boolean;
  /** The cycle that history ends in, until the next is complete: how far the counter went on unseen is not known. */
  atHand: number;
  /** Where history tells that the counter fell; undefined where the life began live. */
  fellUs: TimeUs | undefined;
  /** The life before, which the counter ended and nobody has signed off. */
  before: Life | undefined;
  message: LifeMessage | undefined;
}

/** Weight per cycle of the pace of use. */
const PACE = 0.1;
/** Sign-offs that wait for the first cycle of their asset; the oldest goes. */
const MOST_EARLY = 1000;
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
  readonly #met: MetLives;
  /** Sign-offs of assets that have told no complete cycle yet, by asset. */
  readonly #early = new Map<string, MaintenanceEvent>();

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
    this.#met = new MetLives(parts);
  }

  /** The newest message of each asset that has one. */
  get messages(): LifeMessage[] {
    return Array.from(this.#assets.values(), ({ message }) => message).filter(
      (message) => message !== undefined,
    );
  }

  /** Whether anything of the twin was taken in. */
  follows(twin: string): boolean {
    return this.#assets.has(twin);
  }

  /** @returns the newest estimate where a cycle of the twin was completed by this frame */
  consume(twin: string, frame: Frame): LifeMessage | undefined {
    const asset = this.#assetOf(twin);
    let estimate: LifeEstimate | undefined;
    asset.gatherer.consume(frame, (counter, endUs, row) => {
      if (counter <= asset.lastCounter || counter < asset.bornAt) this.#setBack(asset);
      if (counter !== asset.atHand) this.#signOffEarly(asset, counter);
      estimate = this.#push(asset, counter, endUs, row);
      asset.trail.add(estimate);
    });
    return estimate && this.#told(asset, estimate);
  }

  /**
   * Takes in what history knows of the present life of a twin that nothing was taken in of, as if it had been followed
   * since: but what would have been foretold then was told to nobody, and is not judged.
   * @param untilUs before this time
   * @returns the newest estimate; undefined where history knows no complete cycle
   * @throws RungError `past-too-much`; what the historian throws; the reason of the signal: the twin is then followed
   * anew, with the next frame
   */
  async recall(
    twin: string,
    history: UseHistory,
    untilUs: TimeUs,
    signal?: AbortSignal,
  ): Promise<LifeMessage | undefined> {
    const asset = this.#newAsset(twin);
    const counter = this.#counterOf(twin);
    const { beganUs, isFall } = await lifeBegin(history, counter, this.#met.renewal(twin), untilUs);
    if (isFall) Object.assign(asset, { bornAt: 0, fellUs: beganUs });
    let estimate: LifeEstimate | undefined;
    for await (const frame of pastFrames(history, [counter, ...this.#signalsOf(twin)], beganUs, untilUs)) {
      signal?.throwIfAborted();
      asset.gatherer.consume(frame, (count, endUs, row) => {
        estimate = this.#push(asset, count, endUs, row);
      });
    }
    if (isFall) this.#met.setBack(twin);
    asset.gatherer.passOver(untilUs);
    asset.atHand = asset.gatherer.counter;
    this.#assets.set(twin, asset);
    return estimate && this.#told(asset, estimate);
  }

  /** When a frame first tells the counter of a twin; undefined where it does not. */
  firstCountUs(twin: string, frame: Frame): TimeUs | undefined {
    return firstToldUs(frame, this.#counterOf(twin));
  }

  #push(asset: Asset, counter: number, endUs: TimeUs, row: Float64Array): LifeEstimate {
    const cycle = counter - asset.bornAt;
    if (!Number.isNaN(asset.lastCycle))
      asset.pace.add((endUs - asset.lastEndUs) / (cycle - asset.lastCycle), cycle - asset.lastCycle);
    const estimate = asset.estimator.push(cycle, row);
    asset.range.add(row);
    asset.lastCounter = counter;
    asset.lastCycle = cycle;
    asset.lastEndUs = endUs;
    return estimate;
  }

  #told(asset: Asset, estimate: LifeEstimate): LifeMessage {
    asset.message = this.#tell(asset, estimate);
    return asset.message;
  }

  /**
   * A person signed off the work that ended a life: what was foretold of it is judged, and a renewed part begins anew.
   * One that is of nothing that is followed here, was told before, or ends no life, changes nothing.
   */
  signOff(event: MaintenanceEvent): void {
    if (!this.#met.isNews(event)) return;
    const asset = this.#assets.get(event.asset);
    if (asset?.fellUs !== undefined && asset.before === undefined && event.begunUs < asset.fellUs) {
      // Of the life before the one that history tells, of which no more is known.
      this.#met.keep(this.#metLife(event, null, event.isRenewed ? 0 : null, undefined));
      return;
    }
    const isUnknown = asset !== undefined && Number.isNaN(asset.lastCycle) && asset.before === undefined;
    if (asset === undefined || isUnknown || !Number.isNaN(asset.atHand)) {
      this.#early.delete(event.asset);
      this.#early.set(event.asset, event);
      if (this.#early.size > MOST_EARLY) this.#early.delete(this.#early.keys().next().value!);
      return;
    }
    const { before, trail } = asset;
    const isBefore = before !== undefined && (trail.isShort || event.begunUs <= before.lastEndUs);
    // Of two lives that nobody has signed off it may be either, until the new one is longer than anything foretold.
    const isDoubtful = before !== undefined && !isBefore && trail.cycles < this.#parts.model.capCycles;
    const life: Life = isBefore ? before : asset;
    const nextFrom = event.isRenewed ? (isBefore ? 0 : asset.lastCounter) : null;
    const met = this.#metLife(
      event,
      life.lastCycle,
      nextFrom,
      life.isJudged || isDoubtful ? undefined : life.trail,
    );
    asset.before = undefined;
    if (!isBefore && event.isRenewed) this.#renew(asset, asset.lastCounter);
    else if (!isBefore) asset.isJudged = true;
    this.#met.keep(met);
  }

  /** A part that was renewed before its asset told a complete cycle, since a restart too, is as old as that cycle. */
  #signOffEarly(asset: Asset, counter: number): void {
    asset.atHand = Number.NaN;
    const event = this.#early.get(asset.twin);
    if (event === undefined) return;
    this.#early.delete(asset.twin);
    const nextFrom = event.isRenewed ? counter - 1 : null;
    const cycle = Number.isNaN(asset.lastCycle) ? null : asset.lastCycle;
    if (nextFrom !== null) this.#renew(asset, nextFrom);
    this.#met.keep(this.#metLife(event, cycle, nextFrom, undefined));
  }

  #setBack(asset: Asset): void {
    // After a sign-off that renewed, it is the same new life; otherwise many set it back first, and sign off afterwards.
    const isSame = asset.bornAt > 0 && asset.estimator.cycles < SHORT_LIFE_CYCLES;
    if (!isSame && !Number.isNaN(asset.lastCycle)) {
      const { trail, lastCounter, lastCycle, lastEndUs, isJudged } = asset;
      asset.before = { trail, lastCounter, lastCycle, lastEndUs, isJudged };
    }
    this.#renew(asset, 0, isSame);
    this.#met.setBack(asset.twin);
  }

  #metLife(
    event: MaintenanceEvent,
    cycle: number | null,
    nextFrom: number | null,
    trail: ForetoldTrail | undefined,
  ): MetLife {
    const { modelId: model, cyclePath: counter } = this.#parts;
    return metLife(event, { model, twin: event.asset, counter, cycle, nextFrom, trail });
  }

  /** Row 3 of every twin that is followed. @param nowUs a twin's time on its link's clock, where it is known */
  evidence(nowUs: (twin: string) => TimeUs | undefined): Evidence[] {
    const { node, model } = this.#parts;
    const met = this.#met.score();
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
      asset = this.#newAsset(twin);
      this.#assets.set(twin, asset);
    }
    return asset;
  }

  #newAsset(twin: string): Asset {
    return {
      twin,
      gatherer: new CycleGatherer(this.#counterOf(twin), this.#signalsOf(twin)),
      ...this.#fresh(),
      unit: 1,
      bornAt: this.#met.renewal(twin)?.nextFrom ?? 0,
      before: undefined,
      message: undefined,
    };
  }

  #counterOf(twin: string): string {
    return `${twin}/${this.#parts.cyclePath}`;
  }

  #signalsOf(twin: string): string[] {
    const { model, paths } = this.#parts;
    return model.signals.map(({ name }) => `${twin}/${paths[name] ?? name}`);
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
      isJudged: false,
      atHand: Number.NaN,
      fellUs: undefined,
    };
  }

  #renew(asset: Asset, bornAt: number, isSame = Number.isNaN(asset.lastCycle)): void {
    if (!isSame) asset.unit++;
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
      reason: lifeReason(estimate, drivers, similar, { isAtLeast, seen: estimator.cycles }),
    };
  }
}
