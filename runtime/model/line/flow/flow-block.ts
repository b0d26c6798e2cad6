import type { BlockState } from "../line-state.ts";
import type { Part } from "./part.ts";

/** Who waits at a block with a part for which there is no room: see `Outlet`. */
export interface Waiting {
  readonly name: string;
  /** What waits. */
  readonly part: Part | undefined;
  /** Hands the part to the block, which has room for it now. */
  handTo(block: FlowBlock): void;
}

/**
 * A block as parts meet it. Parts are pushed: who has one hands it on if there is room, and else waits in a line at the
 * block, which calls the first of them as soon as it has room.
 */
export abstract class FlowBlock {
  readonly id: string;
  /** Who waits for room here, first come first. */
  readonly waiting: Waiting[] = [];
  /** Parts that left it. */
  parts = 0;

  constructor(id: string) {
    this.id = id;
  }

  abstract hasRoom(part: Part): boolean;

  /** Takes a part for which there is room. */
  abstract take(part: Part): void;

  /** Parts in it: an integral over time, part seconds, up to now. Undefined where it is not counted. */
  contentPartS(): number | undefined {
    return undefined;
  }

  /** Takes back what a state says it has, before anybody begins. */
  restore(_state: BlockState): void {
    // Who shares nothing with others can do so when it begins.
  }

  /** Begins, all blocks being there. @param state where it stands; left out: empty */
  begin(_state: BlockState | undefined): void {
    // Who has no parts and does nothing by itself has nothing to begin.
  }

  /** Where it stands now. */
  abstract state(): BlockState;

  /** It stands still outside its shifts. */
  onShift(_isOn: boolean): void {
    // Who does nothing by itself knows no shifts.
  }

  /** Calls those who wait as long as there is room for one of them. */
  roomFreed(): void {
    const { waiting } = this;
    let i = 0;
    while (i < waiting.length) {
      const outlet = waiting[i]!;
      if (this.hasRoom(outlet.part!)) {
        // Nearly always the first; `splice` would make an array of what it takes out.
        if (i === 0) waiting.shift();
        else waiting.splice(i, 1);
        outlet.handTo(this);
        // Anything may have changed meanwhile.
        i = 0;
      } else i++;
    }
  }
}
