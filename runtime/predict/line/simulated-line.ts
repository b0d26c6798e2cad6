import type { LineModel } from "../../model/line/line-model.ts";
import type { BlockResult, LineResult } from "../../model/line/line-result.ts";
import type { LineMessage } from "./line-message.ts";
import { buffersOf } from "./line-session.ts";
import type { StationState } from "./station-time.ts";

/** A simulation as a screen shows it. @param madeAtUs of the answer */
export function simulatedLine(
  model: LineModel,
  result: LineResult,
  twin: string,
  madeAtUs: number,
): LineMessage {
  const ofBlock = new Map(result.perBlock.map((block) => [block.id, block]));
  const stations = model.blocks
    .filter(({ kind }) => kind === "station" || kind === "assembly" || kind === "disassembly")
    .map(({ id }) => ({ id, shares: sharesOf(ofBlock.get(id)!), stretches: [] }));
  const [most] = result.bottleneck.shifting;
  const fills = result.perBlock.flatMap(({ id, content }) =>
    content === undefined ? [] : [[id, content.mean] as const],
  );
  return {
    kind: "line",
    twin,
    name: model.name,
    madeAtUs,
    of: "simulation",
    stations,
    buffers: buffersOf(model, fills),
    throughputPerHour: result.throughputPerHour,
    ...(most === undefined
      ? {}
      : {
          bottleneck: {
            id: most.id,
            why: `the shifting one for ${Math.round(100 * most.share)} % of the time`,
          },
        }),
  };
}

/** Shares of the planned time: what is off shift is left out, and the rest is 1 together. */
function sharesOf(block: BlockResult): Partial<Record<StationState, number>> {
  const parts: [StationState, number][] = [
    ["busy", block.busy?.mean ?? 0],
    ["setup", block.setup?.mean ?? 0],
    ["waiting for operator", block.waitingOperator?.mean ?? 0],
    ["down", block.down?.mean ?? 0],
    ["blocked", block.blocked?.mean ?? 0],
    ["starved", block.starved?.mean ?? 0],
  ];
  const all = parts.reduce((sum, [, share]) => sum + share, 0);
  return all > 0 ? Object.fromEntries(parts.map(([state, share]) => [state, share / all])) : {};
}
