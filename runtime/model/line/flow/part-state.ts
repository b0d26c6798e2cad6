import type { PartState } from "../line-state.ts";
import type { FlowSetting } from "./flow-setting.ts";
import type { Part } from "./part.ts";

/** A part as a state tells it. */
export function stateOf({ kind, order, enteredS }: Part): PartState {
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(order === undefined ? {} : { order }),
    enteredS,
  };
}

/** Puts a part of a state into the line. */
export function partOf({ kind, order, enteredS }: PartState, { calendar, tally }: FlowSetting): Part {
  tally.partWasIn();
  return tally.newPart(kind, order, enteredS ?? calendar.nowS);
}
