import { sampler } from "../duration.ts";
import type { Timer } from "../events/timer.ts";
import type { LineOrder, SourceBlock } from "../line-model.ts";
import type { BlockState, PartState } from "../line-state.ts";
import { FlowBlock } from "./flow-block.ts";
import type { FlowSetting } from "./flow-setting.ts";
import type { Outlet } from "./outlet.ts";
import type { Part } from "./part.ts";
import { Supply } from "./supply.ts";

export const OFF_SHIFT = 1;

/** What both engines' sources have in common; what they do one after another stands below. */
export abstract class Source extends FlowBlock {
  protected readonly outlet: Outlet;
  protected readonly interarrivalS: (() => number) | undefined;
  protected readonly timer: Timer;
  readonly #setting: FlowSetting;
  readonly #supply: Supply;
  #outside: Part | undefined;

  constructor(block: SourceBlock, orders: readonly LineOrder[], setting: FlowSetting) {
    super(block.id);
    this.#setting = setting;
    this.#supply = new Supply(block, orders, setting.random(block.id, "kind"));
    this.interarrivalS =
      block.interarrival && sampler(block.interarrival, setting.random(block.id, "arrival"));
    this.timer = setting.timer(`${block.id}/arrival`, () => this.wake());
    this.outlet = setting.outlet(
      block.id,
      block.id,
      () => this.wake(),
      (part) => {
        this.#outside = undefined;
        this.parts++;
        setting.tally.partIn(part, block.id);
      },
    );
  }

  override hasRoom(): boolean {
    return false;
  }

  override take(): void {
    throw new Error(`${this.id} is a source: it takes no part`);
  }

  override begin(state: BlockState | undefined): void {
    if (state !== undefined) this.#supply.goOnAt(state);
    const [outside] = state?.parts ?? [];
    if (outside === undefined) {
      this.live(state?.nextInS);
      return;
    }
    const part = this.#arrived(outside);
    this.live(0, part, this.#setting.waitsAgain(this.outlet, part));
  }

  override state(): BlockState {
    const outside = this.#outside;
    return {
      id: this.id,
      ...this.#supply.state(),
      ...(outside === undefined
        ? {}
        : { parts: [{ kind: outside.kind, order: outside.order } as PartState] }),
      ...(this.timer.isOn ? { nextInS: this.timer.leftS } : {}),
    };
  }

  override onShift(isOn: boolean): void {
    if (isOn) this.timer.letGo(OFF_SHIFT);
    else this.timer.hold(OFF_SHIFT);
  }

  /** A part that stands before the line; undefined where no more come. */
  protected arrival(): Part | undefined {
    const next = this.#supply.next();
    return next && this.#arrived(next);
  }

  #arrived({ kind, order }: { kind?: string | undefined; order?: string | undefined }): Part {
    this.#outside = this.#setting.tally.newPart(kind, order, this.#setting.calendar.nowS);
    return this.#outside;
  }

  /**
   * Begins to let parts in.
   * @param firstInS until the first arrival; left out: drawn
   * @param part one that has arrived already, and `isWaiting` for room
   */
  protected abstract live(firstInS: number | undefined, part?: Part, isWaiting?: boolean): void;

  /** The timer ran out, or the part that waited is in. */
  protected abstract wake(): void;
}

/** Event by event. */
export class CallbackSource extends Source {
  #isWaiting = false;

  protected override live(firstInS: number | undefined, part?: Part, isWaiting = false): void {
    this.#isWaiting = isWaiting;
    if (isWaiting) return;
    if (part !== undefined) {
      if (this.#letIn(part)) this.#next();
    } else if (this.interarrivalS === undefined) this.#next();
    else this.timer.start(firstInS ?? this.interarrivalS());
  }

  protected override wake(): void {
    if (this.#isWaiting) {
      this.#isWaiting = false;
      this.#next();
      return;
    }
    const part = this.arrival();
    if (part !== undefined && this.#letIn(part)) this.#next();
  }

  #next(): void {
    if (this.interarrivalS !== undefined) {
      this.timer.start(this.interarrivalS());
      return;
    }
    for (;;) {
      const part = this.arrival();
      if (part === undefined || !this.#letIn(part)) return;
    }
  }

  #letIn(part: Part): boolean {
    this.#isWaiting = !this.outlet.send(part);
    return !this.#isWaiting;
  }
}
