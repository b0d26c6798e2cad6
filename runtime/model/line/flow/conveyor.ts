import { Process, type ProcessBody } from "../events/process.ts";
import type { Timer } from "../events/timer.ts";
import type { ConveyorBlock } from "../line-model.ts";
import type { BlockState } from "../line-state.ts";
import { FlowBlock } from "./flow-block.ts";
import type { FlowSetting } from "./flow-setting.ts";
import type { Outlet } from "./outlet.ts";
import { type Part, PartQueue } from "./part.ts";
import { partOf, stateOf } from "./part-state.ts";
import { OFF_SHIFT } from "./source.ts";

const STOPPED = 2;

/**
 * A belt. Its first part reaches the end after `lengthM / speed` on the running belt; where parts close up, the next one
 * is there a pitch after the first has left. A part gets on when the last one has moved a pitch.
 */
export abstract class Conveyor extends FlowBlock {
  protected readonly outlet: Outlet;
  /** Until the first part reaches the end. */
  protected readonly end: Timer;
  /** Until the last part has moved a pitch. */
  readonly #gap: Timer;
  readonly #setting: FlowSetting;
  readonly #block: ConveyorBlock;
  readonly #places: number;
  readonly #travelS: number;
  readonly #pitchS: number;
  readonly #queue = new PartQueue();
  /** Belt time at which each of them came on. */
  readonly #cameS: number[] = [];
  #beltS = 0;
  #beltSinceS: number;
  #held = 0;
  #partS = 0;
  #countedS: number;

  constructor(block: ConveyorBlock, setting: FlowSetting) {
    super(block.id);
    this.#block = block;
    this.#setting = setting;
    this.#places = Math.floor(block.lengthM / block.pitchM + 1e-9);
    this.#travelS = block.lengthM / block.speedMPerS;
    this.#pitchS = block.pitchM / block.speedMPerS;
    this.#beltSinceS = setting.calendar.nowS;
    this.#countedS = setting.calendar.nowS;
    this.end = setting.timer(`${block.id}/end`, () => this.atEnd());
    this.#gap = setting.timer(`${block.id}/gap`, () => this.roomFreed());
    this.outlet = setting.outlet(block.id, block.id, () => this.delivered());
  }

  override hasRoom(): boolean {
    return this.#queue.length < this.#places && !this.#gap.isOn;
  }

  override take(part: Part): void {
    this.#count();
    this.#queue.push(part);
    this.#cameS.push(this.#nowOnBeltS());
    this.#gap.start(this.#pitchS);
    if (this.#queue.length === 1) this.#start(this.#travelS);
  }

  override contentPartS(): number {
    this.#count();
    return this.#partS;
  }

  override onShift(isOn: boolean): void {
    if (isOn) this.#run(OFF_SHIFT);
    else this.#stop(OFF_SHIFT);
  }

  override begin(state: BlockState | undefined): void {
    const parts = state?.parts ?? [];
    for (const [i, part] of parts.entries()) {
      this.#queue.push(partOf(part, this.#setting));
      // Nothing known: they stand close behind the end.
      const onBeltS = state?.onBeltS?.[i] ?? this.#travelS - i * this.#pitchS;
      this.#cameS.push(this.#nowOnBeltS() - onBeltS);
    }
    const lastMovedS = this.#nowOnBeltS() - (this.#cameS.at(-1) ?? Number.NEGATIVE_INFINITY);
    const gapS = state?.gapInS ?? this.#pitchS - lastMovedS;
    if (gapS > 0 || state?.gapInS !== undefined) this.#gap.start(gapS);
    const isWaiting = this.#setting.waitsAgain(this.outlet, this.#queue.first);
    if (isWaiting) this.waitsAtEnd();
    else if (parts.length > 0) {
      this.#start(state?.endInS ?? Math.max(0, this.#travelS - (this.#nowOnBeltS() - this.#cameS[0]!)));
    }
    this.live(isWaiting);
  }

  override state(): BlockState {
    const nowS = this.#nowOnBeltS();
    return {
      id: this.id,
      parts: this.#queue.toArray().map(stateOf),
      onBeltS: this.#cameS.map((cameS) => nowS - cameS),
      ...(this.end.isOn ? { endInS: this.end.leftS } : {}),
      ...(this.#gap.isOn ? { gapInS: this.#gap.leftS } : {}),
    };
  }

  /** @param isWaiting the first part waits at the end */
  protected live(_isWaiting: boolean): void {
    // What happens event by event is under way already.
  }

  /** The first part is at the end. */
  protected abstract atEnd(): void;

  /** The first part is gone after it had to wait. */
  protected abstract delivered(): void;

  protected get first(): Part {
    return this.#queue.first!;
  }

  protected waitsAtEnd(): void {
    if (!this.#block.accumulating) this.#stop(STOPPED);
  }

  /** The first part is gone. @returns whether another comes */
  protected gone(): boolean {
    this.#count();
    this.#queue.shift();
    this.#cameS.shift();
    this.parts++;
    if (this.#held !== 0) this.#run(STOPPED);
    const [nextS] = this.#cameS;
    if (nextS !== undefined) {
      const leftS = this.#travelS - (this.#nowOnBeltS() - nextS);
      this.#start(this.#block.accumulating ? Math.max(leftS, this.#pitchS) : leftS);
    }
    this.roomFreed();
    return nextS !== undefined;
  }

  #start(inS: number): void {
    this.end.start(inS);
  }

  #nowOnBeltS(): number {
    return this.#held === 0 ? this.#beltS + this.#setting.calendar.nowS - this.#beltSinceS : this.#beltS;
  }

  #stop(reason: number): void {
    this.#beltS = this.#nowOnBeltS();
    this.#held |= reason;
    this.end.hold(reason);
    this.#gap.hold(reason);
  }

  #run(reason: number): void {
    if ((this.#held & reason) === 0) return;
    this.#held &= ~reason;
    if (this.#held === 0) this.#beltSinceS = this.#setting.calendar.nowS;
    this.end.letGo(reason);
    this.#gap.letGo(reason);
  }

  #count(): void {
    const nowS = this.#setting.calendar.nowS;
    this.#partS += this.#queue.length * (nowS - this.#countedS);
    this.#countedS = nowS;
  }
}

/** Event by event. */
export class CallbackConveyor extends Conveyor {
  protected override atEnd(): void {
    if (this.outlet.send(this.first)) this.gone();
    else this.waitsAtEnd();
  }

  protected override delivered(): void {
    this.gone();
  }
}

/** As a process. */
export class GeneratorConveyor extends Conveyor {
  readonly #calendar: FlowSetting["calendar"];
  #process: Process | undefined;

  constructor(block: ConveyorBlock, setting: FlowSetting) {
    super(block, setting);
    this.#calendar = setting.calendar;
  }

  protected override live(isWaiting: boolean): void {
    this.#process = new Process(this.#calendar, () => this.#life(isWaiting), "now");
  }

  protected override atEnd(): void {
    this.#process!.resume();
  }

  protected override delivered(): void {
    this.#process!.resume();
  }

  *#life(isWaiting: boolean): ProcessBody {
    if (isWaiting) {
      yield;
      this.gone();
    }
    for (;;) {
      yield; // until the first part is at the end
      if (!this.outlet.send(this.first)) {
        this.waitsAtEnd();
        yield;
      }
      this.gone();
    }
  }
}
