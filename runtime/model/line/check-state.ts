import { RungError } from "../../core/errors.ts";
import type { LineModel } from "./line-model.ts";
import type { LineState } from "./line-state.ts";

/**
 * Whether a line can stand as a state says.
 * @throws RungError `line-run` with the block and the reason
 */
export function checkState(model: LineModel, state: LineState): void {
  const wrong = (block: string, what: string, advice: string): RungError =>
    new RungError({ code: "line-run", where: `${model.name}, state of ${block}`, what, advice });
  for (const one of state.blocks) {
    const block = model.blocks.find(({ id }) => id === one.id);
    if (block === undefined) throw wrong(one.id, "is no block of this line", "use the ids of the model");
    for (const [key, value] of Object.entries(one)) {
      const isTime = key.endsWith("S") && typeof value === "number";
      if (isTime && !(value >= 0)) throw wrong(one.id, `${key} must be >= 0, got ${value}`, "correct it");
    }
    if (!("process" in block)) continue;
    const places = block.servers ?? 1;
    const told = one.servers?.length ?? one.parts?.length ?? 0;
    if (told > places) {
      throw wrong(
        one.id,
        `${told} parts are at work, and there are ${places} servers`,
        "put the others into the buffer before it",
      );
    }
  }
}
