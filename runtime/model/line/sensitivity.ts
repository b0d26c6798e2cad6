import { scaled } from "./duration.ts";
import type { LineModel } from "./line-model.ts";
import type { Sensitivity } from "./line-result.ts";
import type { LineRun } from "./line-run.ts";
import { replicate } from "./replicate.ts";
import { estimate } from "./results/estimate.ts";
import { AT_S, DONE, rowLength } from "./results/totals.ts";
import { checkRun } from "./simulate.ts";

/** By how much a station's work is shortened. */
const SHORTER = 0.05;

/**
 * What the line gains where one station works a little faster: each replication is run again for each station, with the
 * same random numbers (a stream per block and purpose), so that the pairs differ by that station alone.
 * @param run with its warm-up given, of two replications or more
 * @returns stations, the one that matters most first
 * @throws RungError `line-network`, `line-run`, `line-standstill`
 */
export function sensitivities(
  model: LineModel,
  run: LineRun & { readonly warmUpS: number },
): readonly Sensitivity[] {
  const { replications, engine } = checkRun(model, run);
  const { onTrace: _, ...quiet } = run;
  const throughputs = (changed: LineModel): number[] =>
    Array.from({ length: replications }, (_unused, i) => {
      const { rows, blocks } = replicate(changed, { ...quiet, bottleneck: false }, i, engine);
      const end = rows.subarray(rows.length - rowLength(blocks));
      return (end[DONE]! - rows[DONE]!) / (end[AT_S]! - rows[AT_S]!);
    });
  const base = throughputs(model);
  return model.blocks
    .filter((block) => "process" in block)
    .map(({ id }) => {
      const changed = throughputs(faster(model, id));
      return { id, gain: estimate(base.map((value, i) => (changed[i]! / value - 1) / SHORTER)) };
    })
    .sort((a, b) => b.gain.mean - a.gain.mean);
}

function faster(model: LineModel, id: string): LineModel {
  return {
    ...model,
    blocks: model.blocks.map((block) =>
      block.id === id && "process" in block
        ? { ...block, process: scaled(block.process, 1 - SHORTER) }
        : block,
    ),
  };
}
