import type { BlockState } from "../line-state.ts";
import { FlowBlock } from "./flow-block.ts";
import type { FlowSetting } from "./flow-setting.ts";
import type { Outlet } from "./outlet.ts";
import { type Part, PartQueue } from "./part.ts";
import { partOf, stateOf } from "./part-state.ts";

/** First in, first out, without any time. */
export class Buffer extends FlowBlock {
  readonly #setting: FlowSetting;
  readonly #places: number;
  readonly #queue = new PartQueue();
  readonly #outlet: Outlet;
  #isPassing = false;
  #partS = 0;
  #sinceS: number;

  constructor(id: string, places: number, setting: FlowSetting) {
    super(id);
    this.#setting = setting;
    this.#places = places;
    this.#sinceS = setting.calendar.nowS;
    this.#outlet = setting.outlet(id, id, () => {
      this.#gone();
      this.#pass();
      this.roomFreed();
    });
  }

  override hasRoom(): boolean {
    return this.#queue.length < this.#places;
  }

  override take(part: Part): void {
    this.#count();
    this.#queue.push(part);
    if (this.#outlet.part === undefined && !this.#isPassing) {
      this.#pass();
      if (this.waiting.length > 0) this.roomFreed();
    }
  }

  override contentPartS(): number {
    this.#count();
    return this.#partS;
  }

  override begin(state: BlockState | undefined): void {
    for (const part of state?.parts ?? []) this.#queue.push(partOf(part, this.#setting));
    if (this.#setting.waitsAgain(this.#outlet, this.#queue.first)) return;
    if (this.#queue.length > 0) this.#pass();
  }

  override state(): BlockState {
    return { id: this.id, parts: this.#queue.toArray().map(stateOf) };
  }

  #pass(): void {
    this.#isPassing = true;
    while (this.#queue.length > 0 && this.#outlet.send(this.#queue.first!)) this.#gone();
    this.#isPassing = false;
  }

  #gone(): void {
    this.#count();
    this.#queue.shift();
    this.parts++;
  }

  #count(): void {
    const nowS = this.#setting.calendar.nowS;
    this.#partS += this.#queue.length * (nowS - this.#sinceS);
    this.#sinceS = nowS;
  }
}
