import { isAddress, isWithin } from "../core/address.ts";
import type { LinkClock } from "../core/clock.ts";
import { Dictionary } from "../core/dictionary.ts";
import { RungError } from "../core/errors.ts";
import { SIGN_OF_LIFE_MS } from "../core/evidence.ts";
import { Frame, type Reality } from "../core/frame.ts";
import type { Property } from "../core/property.ts";
import { hasOverflow, isGood, UNCERTAIN_LAST_USABLE } from "../core/quality.ts";
import { type TimeUs, wallTimeUs } from "../core/time.ts";
import { type FilledGap, type Interval, without } from "./missing-intervals.ts";
import { SampleWindow, STALE_PERIODS } from "./sample-window.ts";
import { SequenceSet } from "./sequence-set.ts";
import { SiblingState } from "./sibling-state.ts";
import type { LastSample, Snapshot } from "./snapshot.ts";
import type { Gap } from "./source-signal.ts";

/** received = accepted + deduplicated + the sum of dropped. `late`, `bad` and `historical` are among the accepted. */
export interface StateCounts {
  readonly received: number;
  readonly accepted: number;
  readonly deduplicated: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly late: number;
  readonly bad: number;
  /** Rows of the past that were filled in later. */
  readonly historical: number;
}

/** What is known about one source of the twin. */
export interface SourceOfState {
  readonly name: string;
  readonly reality: Reality;
  /** On its link's clock; when something last came from it, a sample or an empty frame. */
  readonly lastSignUs: TimeUs;
  /** Sequence numbers of the newest epoch that never came. */
  readonly missing: number;
  /** When a hole in the sequence was last seen to open, on its link's clock; -Infinity for never. */
  readonly lastHoleUs: TimeUs;
  /** Samples that the source marked as preceded by an overflow of its queue. */
  readonly overflows: number;
  readonly lastOverflowUs: TimeUs;
}

interface Source {
  readonly name: string;
  reality: Reality;
  readonly epochs: Map<number, SequenceSet>;
  lastSignUs: TimeUs;
  lastHoleUs: TimeUs;
  overflows: number;
  lastOverflowUs: TimeUs;
  /** Source time of that sample. */
  overflowSampleUs: TimeUs;
  newestEpoch: number;
}

/** Whoever keeps up with a twin's samples as they are accepted, not only with the newest at times. */
export interface StateFollower {
  /** Rows the state has accepted; those of a historical frame are of the past. Must not throw. */
  accepted(frame: Frame): void;
  /** A replay starts over. */
  rewound?(source: string): void;
}

const EPOCHS_KEPT = 16;
const GAPS_KEPT = 1000;
const WEAKEST_FIRST: readonly Reality[] = ["recorded", "virtual", "live"];

/**
 * The state of one twin: the newest sample of every property, what the last 200 periods were like, and how many
 * samples came and where they went.
 *
 * A frame of another twin, or no frame at all, is refused with an error and changes nothing else. A frame without
 * rows is a sign of life of its source. Ages are told on the clock of the link a property comes from.
 */
export class TwinState {
  readonly address: string;
  readonly window: SampleWindow;
  readonly #clockOf: (source: string) => LinkClock | undefined;
  readonly #lifePeriodMs: number;
  #dictionary = new Dictionary([], 0);
  #value = new Float64Array(16);
  #sourceTimeUs = new Float64Array(16).fill(Number.NaN);
  #receiveTimeUs = new Float64Array(16);
  #quality = new Uint32Array(16);
  #sourceOf = new Uint16Array(16);
  #lateOf = new Uint32Array(16);
  #changed = new Uint8Array(16);
  readonly #other = new Map<number, unknown>();
  readonly #indexOf = new WeakMap<Dictionary, Int32Array>();
  #sources: Source[] = [];
  readonly #sourceIndex = new Map<string, number>();
  readonly #gaps: Gap[] = [];
  readonly #filled: FilledGap[] = [];
  readonly #followers = new Set<StateFollower>();
  #received = 0;
  #accepted = 0;
  #deduplicated = 0;
  #otherTwin = 0;
  #late = 0;
  #bad = 0;
  #historical = 0;
  #isTouched = false;
  #onTouch: (() => void) | undefined;

  /**
   * @param address of the twin; it accepts what lies below
   * @param options.clockOf the clock of a source, usually `clocks.get` of the services; without one, wall time counts
   * @param options.windowPeriods looked back over, 200 by default
   * @param options.lifePeriodMs wall time within which a source of onChange properties shows a sign of life
   * @throws RungError `bad-address`
   */
  constructor(
    address: string,
    options: {
      clockOf?: (source: string) => LinkClock | undefined;
      windowPeriods?: number;
      lifePeriodMs?: number;
    } = {},
  ) {
    if (!isAddress(address)) {
      throw new RungError({
        code: "bad-address",
        where: JSON.stringify(address),
        what: "is no address of a twin",
        advice: "write enterprise/site/area/line",
      });
    }
    this.address = address;
    this.window = new SampleWindow(options.windowPeriods);
    this.window.grow(16);
    this.#clockOf = options.clockOf ?? (() => undefined);
    this.#lifePeriodMs = options.lifePeriodMs ?? SIGN_OF_LIFE_MS;
  }

  get dictionary(): Dictionary {
    return this.#dictionary;
  }

  get counts(): StateCounts {
    return {
      received: this.#received,
      accepted: this.#accepted,
      deduplicated: this.#deduplicated,
      dropped: this.#otherTwin === 0 ? {} : { "other-twin": this.#otherTwin },
      late: this.#late,
      bad: this.#bad,
      historical: this.#historical,
    };
  }

  /** The weakest among the sources; undefined before the first frame. */
  get reality(): Reality | undefined {
    return WEAKEST_FIRST.find((reality) => this.#sources.some((source) => source.reality === reality));
  }

  get sources(): SourceOfState[] {
    return this.#sources.map(({ epochs, newestEpoch, overflowSampleUs, ...source }) => ({
      ...source,
      missing: epochs.get(newestEpoch)?.missing ?? 0,
    }));
  }

  get gaps(): readonly Gap[] {
    return this.#gaps;
  }

  /**
   * Takes a frame in. Exact repetitions by (source, epoch, sequence) and rows of other twins are left out, each
   * counted; late samples are counted and kept, but do not replace a newer one. Historical frames are passed on and
   * change nothing of what the state says about now.
   * @returns the accepted rows as a frame; the same frame where all are accepted
   * @throws RungError `not-a-frame`; `other-twin` where its source has no property of this twin
   */
  accept(payload: unknown): Frame {
    if (!Frame.is(payload)) {
      throw new RungError({
        code: "not-a-frame",
        where: this.address,
        what: `expected a frame from a source node, got ${describePayload(payload)}`,
        advice: "wire a source or an ingest node before it",
      });
    }
    const frame = payload;
    const indices = this.#indicesOf(frame.dictionary);
    if (frame.length === 0) {
      this.signOfLife(frame.source);
      return frame;
    }
    if (indices.every((index) => index < 0)) {
      this.#received += frame.length;
      this.#otherTwin += frame.length;
      throw new RungError({
        code: "other-twin",
        where: this.address,
        what: `the source ${frame.source} has no property of this twin, its first is ${frame.addressAt(0)}`,
        advice: "wire it to that twin's state node, or correct the addresses in its table",
      });
    }
    const source = this.#sourceFor(frame);
    // What a server tells of the past is no sign that it samples now.
    const arrivalUs = frame.historical ? this.#nowOf(source) : this.#signOfLife(source);
    const seen = this.#epochOf(source, frame.epoch);
    const sourceIndex = this.#sourceIndex.get(frame.source)!;
    const intervals = seen.intervals;
    let refused: Uint8Array | undefined;
    let others = 0;
    let repeated = 0;
    for (let row = 0; row < frame.length; row++) {
      const index = indices[frame.indexAt(row)]!;
      if (index < 0) {
        others++;
        refused ??= new Uint8Array(frame.length);
        refused[row] = 1;
      } else if (!seen.add(frame.sequenceAt(row))) {
        repeated++;
        refused ??= new Uint8Array(frame.length);
        refused[row] = 1;
      } else if (frame.historical) {
        this.#historical++;
      } else {
        this.#store(index, frame, row, sourceIndex, source, arrivalUs);
      }
    }
    if (seen.intervals > intervals) source.lastHoleUs = arrivalUs;
    this.#received += frame.length;
    this.#otherTwin += others;
    this.#deduplicated += repeated;
    this.#accepted += frame.length - others - repeated;
    if (!frame.historical) this.#touch();
    const accepted = refused === undefined ? frame : frame.filter((row) => refused[row] === 0);
    if (accepted.length > 0) for (const follower of this.#followers) follower.accepted(accepted);
    return accepted;
  }

  /** @returns a function that ends it */
  follow(follower: StateFollower): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /**
   * A replay starts over: what its source sent before is no repetition and no newer value. The historian, which
   * keeps its own marks, still stores it once.
   */
  rewind(source: string): void {
    const index = this.#sourceIndex.get(source);
    if (index === undefined) return;
    for (const follower of this.#followers) follower.rewound?.(source);
    this.#sources[index]!.epochs.clear();
    for (let i = 0; i < this.#dictionary.size; i++) {
      if (this.#sourceOf[i] !== index) continue;
      this.#sourceTimeUs[i] = Number.NaN;
      this.window.forget(i);
    }
  }

  hasSource(source: string): boolean {
    return this.#sourceIndex.has(source);
  }

  /** A source shows that it is there without sending a sample: a keep-alive, a heartbeat. */
  signOfLife(source: string): void {
    const index = this.#sourceIndex.get(source);
    if (index !== undefined) this.#signOfLife(this.#sources[index]!);
  }

  /** Takes down an interval in which samples of a source may be missing, as the source tells it. */
  noteGap(gap: Gap): void {
    this.#gaps.push(gap);
    if (this.#gaps.length > GAPS_KEPT) this.#gaps.shift();
  }

  /** Takes down that everything a source has of an interval is stored now. */
  noteFilled(filled: FilledGap): void {
    this.#filled.push(filled);
    if (this.#filled.length > GAPS_KEPT) this.#filled.shift();
    for (const source of this.#sources) {
      if (source.name !== filled.source) continue;
      const { overflowSampleUs } = source;
      if (overflowSampleUs > filled.fromUs && overflowSampleUs <= filled.toUs) {
        source.lastOverflowUs = Number.NEGATIVE_INFINITY;
      }
    }
  }

  /** True where nothing of an interval of a source was left out when its gaps were filled in. */
  isFilled(source: string, interval: Interval): boolean {
    const parts = this.#filled.filter((filled) => filled.source === source);
    return parts.length > 0 && without(interval, parts).length === 0;
  }

  /** The newest sample; undefined where none came or the address is unknown. */
  last(address: string): LastSample | undefined {
    const index = this.#dictionary.indexOf(address);
    return index < 0 || Number.isNaN(this.#sourceTimeUs[index]!) ? undefined : this.#lastAt(index);
  }

  /** The newest sample. @throws RungError `unknown-address` */
  require(address: string): LastSample {
    const last = this.last(address);
    if (last !== undefined) return last;
    throw new RungError({
      code: "unknown-address",
      where: address,
      what: `no sample has come for it in the twin ${this.address}`,
      advice: "bind it in a source that is wired to the state node, or correct the address",
    });
  }

  /** Since the last sample (cyclic) or the last sign of life of its source (onChange); Infinity where none came. */
  ageUs(address: string): number {
    const index = this.#dictionary.indexOf(address);
    return index < 0 ? Number.POSITIVE_INFINITY : this.ageUsAt(index);
  }

  isStale(address: string): boolean {
    const index = this.#dictionary.indexOf(address);
    return index < 0 || this.isStaleAt(index);
  }

  /** As `ageUs`, by index into the dictionary; `nowUs` for a source without a clock. */
  ageUsAt(index: number, nowUs?: TimeUs): number {
    if (Number.isNaN(this.#sourceTimeUs[index]!)) return Number.POSITIVE_INFINITY;
    const since =
      this.#dictionary.properties[index]!.update.mode === "cyclic"
        ? this.#sourceTimeUs[index]!
        : Math.max(this.#sources[this.#sourceOf[index]!]!.lastSignUs, this.#sourceTimeUs[index]!);
    return Math.max(0, this.nowUsAt(index, nowUs) - since);
  }

  isStaleAt(index: number, nowUs?: TimeUs): boolean {
    return this.ageUsAt(index, nowUs) > this.staleAfterUsAt(index);
  }

  /** Age beyond which the property is stale: three periods, or three times the sign-of-life period of its source. */
  staleAfterUsAt(index: number): number {
    const { update } = this.#dictionary.properties[index]!;
    if (update.mode === "cyclic") return STALE_PERIODS * update.periodMs * 1000;
    const source = this.#sources[this.#sourceOf[index]!];
    const speed = source === undefined ? 1 : (this.#clockOf(source.name)?.speed ?? 1);
    return STALE_PERIODS * this.#lifePeriodMs * 1000 * (Number.isFinite(speed) ? speed : 1);
  }

  /** Now on the clock of the link a property comes from. */
  nowUsAt(index: number, nowUs?: TimeUs): TimeUs {
    const source = this.#sources[this.#sourceOf[index]!];
    const clock = source === undefined ? undefined : this.#clockOf(source.name);
    return clock?.nowUs() ?? nowUs ?? wallTimeUs();
  }

  /** Now on the clock of the first source whose link is open; wall time where none is. */
  nowUs(): TimeUs {
    return this.clock()?.nowUs() ?? wallTimeUs();
  }

  /** The clock of the first source whose link is open; where none is, nothing tells how old anything is. */
  clock(): LinkClock | undefined {
    for (const { name } of this.#sources) {
      const clock = this.#clockOf(name);
      if (clock !== undefined) return clock;
    }
    return undefined;
  }

  /** Late samples of a property so far. */
  lateOf(address: string): number {
    return this.#lateOf[this.#dictionary.require(address)]!;
  }

  sourceAt(index: number): string {
    return this.#sources[this.#sourceOf[index]!]!.name;
  }

  /** True where the source's link is open in this process, so that it has a clock. */
  isOpenSource(source: string): boolean {
    return this.#clockOf(source) !== undefined;
  }

  /** Everything at once, frozen. */
  snapshot(): Snapshot {
    const values: Record<string, LastSample> = {};
    for (const [index, property] of this.#dictionary.properties.entries()) {
      if (!Number.isNaN(this.#sourceTimeUs[index]!))
        values[property.address] = Object.freeze(this.#lastAt(index));
    }
    return Object.freeze({
      twin: this.address,
      timeUs: this.nowUs(),
      reality: this.reality,
      values: Object.freeze(values),
    });
  }

  /** A sibling: a copy that may be changed at will, has no link and cannot touch the plant. */
  fork(): SiblingState {
    return new SiblingState(this.snapshot(), this.#dictionary);
  }

  /** Addresses that changed since the last call. */
  takeChanged(): string[] {
    const addresses: string[] = [];
    if (!this.#isTouched) return addresses;
    this.#isTouched = false;
    for (const [index, property] of this.#dictionary.properties.entries()) {
      if (this.#changed[index] === 1) addresses.push(property.address);
      this.#changed[index] = 0;
    }
    return addresses;
  }

  /** Called at the first acceptance after each `takeChanged`; for the registry. */
  whenTouched(listener: (() => void) | undefined): void {
    this.#onTouch = listener;
  }

  #touch(): void {
    if (this.#isTouched) return;
    this.#isTouched = true;
    this.#onTouch?.();
  }

  #store(
    index: number,
    frame: Frame,
    row: number,
    sourceIndex: number,
    source: Source,
    arrivalUs: TimeUs,
  ): void {
    const timeUs = frame.sourceTimeUsAt(row);
    const quality = frame.qualityAt(row);
    const good = isGood(quality);
    if (!good) this.#bad++;
    if (hasOverflow(quality)) {
      source.overflows++;
      source.lastOverflowUs = arrivalUs;
      source.overflowSampleUs = timeUs;
    }
    // A replay's cursor stands at each row when it is read, whatever the batch.
    this.window.push(index, timeUs, frame.reality === "recorded" ? timeUs : arrivalUs, good);
    if (timeUs < this.#sourceTimeUs[index]!) {
      this.#late++;
      this.#lateOf[index]! += 1;
      return;
    }
    this.#value[index] = frame.valueAt(row);
    this.#sourceTimeUs[index] = timeUs;
    this.#receiveTimeUs[index] = frame.receiveTimeUs;
    this.#quality[index] = quality;
    this.#sourceOf[index] = sourceIndex;
    this.#changed[index] = 1;
    const other = frame.otherAt(row);
    if (other !== undefined) this.#other.set(index, other);
    else if (this.#other.size > 0) this.#other.delete(index);
  }

  #lastAt(index: number): LastSample {
    const property = this.#dictionary.properties[index]!;
    const quality = this.#quality[index]!;
    const ageUs = this.ageUsAt(index);
    const stale = ageUs > this.staleAfterUsAt(index);
    const other = this.#other.get(index);
    return {
      address: property.address,
      value: this.#value[index]!,
      ...(other === undefined ? {} : { other }),
      ...(property.unit === undefined ? {} : { unit: property.unit }),
      quality: stale && isGood(quality) ? UNCERTAIN_LAST_USABLE : quality,
      sourceTimeUs: this.#sourceTimeUs[index]!,
      receiveTimeUs: this.#receiveTimeUs[index]!,
      ageUs,
      stale,
    };
  }

  #sourceFor(frame: Frame): Source {
    const index = this.#sourceIndex.get(frame.source);
    if (index !== undefined) {
      const known = this.#sources[index]!;
      known.reality = frame.reality;
      return known;
    }
    const source: Source = {
      name: frame.source,
      reality: frame.reality,
      epochs: new Map(),
      lastSignUs: 0,
      lastHoleUs: Number.NEGATIVE_INFINITY,
      overflows: 0,
      lastOverflowUs: Number.NEGATIVE_INFINITY,
      overflowSampleUs: Number.NEGATIVE_INFINITY,
      newestEpoch: frame.epoch,
    };
    this.#sourceIndex.set(frame.source, this.#sources.length);
    this.#sources.push(source);
    return source;
  }

  #signOfLife(source: Source): TimeUs {
    source.lastSignUs = this.#nowOf(source);
    return source.lastSignUs;
  }

  #nowOf(source: Source): TimeUs {
    return this.#clockOf(source.name)?.nowUs() ?? wallTimeUs();
  }

  #epochOf(source: Source, epoch: number): SequenceSet {
    let seen = source.epochs.get(epoch);
    if (seen === undefined) {
      seen = new SequenceSet();
      source.epochs.set(epoch, seen);
      source.newestEpoch = Math.max(source.newestEpoch, epoch);
      if (source.epochs.size > EPOCHS_KEPT) source.epochs.delete(source.epochs.keys().next().value!);
    }
    return seen;
  }

  /** Index of each entry of a source's dictionary in the twin's own; -1 for properties of other twins. */
  #indicesOf(dictionary: Dictionary): Int32Array {
    const known = this.#indexOf.get(dictionary);
    if (known !== undefined) return known;
    const own = dictionary.properties.filter(
      (property) => isWithin(property.address, this.address) && property.address !== this.address,
    );
    this.#learn(own);
    const indices = Int32Array.from(dictionary.properties, (p) => this.#dictionary.indexOf(p.address));
    this.#indexOf.set(dictionary, indices);
    return indices;
  }

  /** Adds properties; one that is known by another description, after a source was bound anew, takes the new one. */
  #learn(properties: readonly Property[]): void {
    const fresh = new Map(properties.map((property) => [property.address, property]));
    const isSame = this.#dictionary.properties.every((old) => {
      const now = fresh.get(old.address);
      return now === undefined || now === old || JSON.stringify(now) === JSON.stringify(old);
    });
    this.#dictionary = (
      isSame
        ? this.#dictionary
        : new Dictionary(
            this.#dictionary.properties.map((old) => fresh.get(old.address) ?? old),
            this.#dictionary.version + 1,
          )
    ).extend(properties);
    this.window.grow(this.#dictionary.size);
    if (this.#dictionary.size <= this.#value.length) return;
    const size = 2 ** Math.ceil(Math.log2(this.#dictionary.size));
    const larger = <T extends { set(from: T): void }>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.#value = larger(new Float64Array(size), this.#value);
    this.#sourceTimeUs = larger(new Float64Array(size).fill(Number.NaN), this.#sourceTimeUs);
    this.#receiveTimeUs = larger(new Float64Array(size), this.#receiveTimeUs);
    this.#quality = larger(new Uint32Array(size), this.#quality);
    this.#sourceOf = larger(new Uint16Array(size), this.#sourceOf);
    this.#lateOf = larger(new Uint32Array(size), this.#lateOf);
    this.#changed = larger(new Uint8Array(size), this.#changed);
  }
}

/** What a payload is, in the few words an error has room for. */
export function describePayload(payload: unknown): string {
  if (payload === null) return "null";
  if (payload === undefined) return "nothing";
  if (typeof payload === "object") {
    const kind = (payload as { kind?: unknown }).kind;
    if (typeof kind === "string") return `a ${kind}`;
    if (Array.isArray(payload)) return `an array of ${payload.length}`;
    return `an object of ${payload.constructor?.name ?? "no class"}`;
  }
  return `${typeof payload === "string" ? "the text" : `the ${typeof payload}`} ${JSON.stringify(String(payload).slice(0, 40))}`;
}
