import type { Random } from "../../../core/random.ts";
import type { GateBlock } from "../line-model.ts";
import type { BlockState } from "../line-state.ts";
import { FlowBlock } from "./flow-block.ts";
import type { FlowSetting } from "./flow-setting.ts";
import type { Outlet } from "./outlet.ts";
import type { Part } from "./part.ts";
import { partOf, stateOf } from "./part-state.ts";

/** Tests a part and sends it on or elsewhere. It holds the one for which there is no room, so that none is tested twice. */
export class Gate extends FlowBlock {
  readonly #block: GateBlock;
  readonly #setting: FlowSetting;
  readonly #random: Random;
  readonly #passes: Outlet;
  readonly #rejects: readonly Outlet[];
  #held: Part | undefined;

  constructor(block: GateBlock, setting: FlowSetting) {
    super(block.id);
    this.#block = block;
    this.#setting = setting;
    this.#random = setting.random(block.id, "test");
    const delivered = (): void => {
      this.#gone();
      this.roomFreed();
    };
    this.#passes = setting.outlet(block.id, block.id, delivered);
    this.#rejects = block.rejects.map(({ to }) =>
      setting.outlet(block.id, `${block.id}>${to}`, delivered, undefined, [{ from: block.id, to }]),
    );
  }

  override hasRoom(): boolean {
    return this.#held === undefined;
  }

  override take(part: Part): void {
    this.#held = part;
    if (!this.#outletFor(part).send(part)) return;
    this.#gone();
    if (this.waiting.length > 0) this.roomFreed();
  }

  override begin(state: BlockState | undefined): void {
    const [one] = state?.parts ?? [];
    if (one === undefined) return;
    const part = partOf(one, this.#setting);
    this.#held = part;
    if ([this.#passes, ...this.#rejects].some((outlet) => this.#setting.waitsAgain(outlet, part))) return;
    if (this.#outletFor(part).send(part)) this.#gone();
  }

  override state(): BlockState {
    return { id: this.id, parts: this.#held === undefined ? [] : [stateOf(this.#held)] };
  }

  #outletFor(part: Part): Outlet {
    let draw = this.#random.uniform();
    for (const [i, { share, kinds }] of this.#block.rejects.entries()) {
      if (kinds !== undefined && (part.kind === undefined || !kinds.includes(part.kind))) continue;
      draw -= share;
      if (draw < 0) return this.#rejects[i]!;
    }
    return this.#passes;
  }

  #gone(): void {
    this.#held = undefined;
    this.parts++;
  }
}
