import type { AssemblyBlock, DisassemblyBlock } from "../line-model.ts";
import type { BlockState } from "../line-state.ts";
import type { ActivePeriods } from "./active-periods.ts";
import type { FlowSetting } from "./flow-setting.ts";
import type { Part } from "./part.ts";
import { partOf, stateOf } from "./part-state.ts";
import { type MakeServer, Station } from "./station.ts";

/** Gathers a kit while it works on the one before. */
export class Assembly extends Station {
  readonly #block: AssemblyBlock;
  #kit: Part[] = [];

  constructor(
    block: AssemblyBlock,
    setting: FlowSetting,
    makeServer: MakeServer,
    periods: ActivePeriods | undefined,
  ) {
    super({ ...block, kind: "station" }, setting, makeServer, periods);
    this.#block = block;
  }

  override hasRoom(part: Part): boolean {
    const wanted = this.#block.kit.find(({ kind }) => kind === part.kind)?.quantity ?? 0;
    return this.#kit.filter(({ kind }) => kind === part.kind).length < wanted;
  }

  override take(part: Part): void {
    this.#kit.push(part);
    this.#start();
  }

  override freed(): void {
    this.idle++;
    this.parts++;
    this.#start();
  }

  override begin(state: BlockState | undefined): void {
    this.#kit = (state?.kit ?? []).map((part) => partOf(part, this.setting));
    super.begin(state);
    this.#start();
  }

  override state(): BlockState {
    return { ...super.state(), kit: this.#kit.map(stateOf) };
  }

  #start(): void {
    const wanted = this.#block.kit.reduce((sum, { quantity }) => sum + quantity, 0);
    if (this.idle === 0 || this.#kit.length < wanted) return;
    const { kind } = this.#block.kit[0]!;
    const main = this.#kit.find((part) => part.kind === kind)!;
    for (const part of this.#kit) if (part !== main) this.setting.tally.partJoined(part, this.id);
    this.#kit = [];
    if (this.#block.makes !== undefined) main.kind = this.#block.makes;
    super.take(main);
    if (this.waiting.length > 0) this.roomFreed();
  }
}

/** Takes a part apart. The first of what it becomes keeps its number. */
export class Disassembly extends Station {
  readonly #makes: DisassemblyBlock["makes"];

  constructor(
    block: DisassemblyBlock,
    setting: FlowSetting,
    makeServer: MakeServer,
    periods: ActivePeriods | undefined,
  ) {
    const { makes, ...rest } = block;
    super({ ...rest, kind: "station" }, setting, makeServer, periods);
    this.#makes = makes;
  }

  override outputs(part: Part): Part[] {
    const kinds = this.#makes.flatMap(({ kind, quantity }) => new Array<string>(quantity).fill(kind));
    const { tally } = this.setting;
    const parts = kinds.map((kind, i) => {
      if (i === 0) {
        part.kind = kind;
        return part;
      }
      const made = tally.newPart(kind, part.order, part.enteredS);
      tally.partMade(made, this.id);
      return made;
    });
    return parts.reverse();
  }
}
