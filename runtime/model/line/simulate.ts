import { RungError } from "../../core/errors.ts";
import { checkLine } from "./check-line.ts";
import { checkState } from "./check-state.ts";
import type { LineModel } from "./line-model.ts";
import { type LineResult, lineResult } from "./line-result.ts";
import type { LineRun } from "./line-run.ts";
import type { LineState } from "./line-state.ts";
import { type LineEngine, replicate, warmUpOf } from "./replicate.ts";
import type { Totals } from "./results/totals.ts";
import { asSerialLine } from "./serial/as-serial-line.ts";

export type { BlockResult, Estimate, LineResult } from "./line-result.ts";
export type { LineRun, TraceEvent } from "./line-run.ts";
export type { LineState };

const REPLICATIONS = 10;

/**
 * Simulates a line, all replications one after another. Pure: the same model, run and seed give the same result.
 * @throws RungError `line-network` as `checkLine`; `line-run` for a run that cannot be; `line-standstill`
 */
export function simulateLine(model: LineModel, run: LineRun): LineResult {
  const { replications, engine } = checkRun(model, run);
  const all: Totals[] = [];
  for (let i = 0; i < replications; i++) all.push(replicate(model, run, i, engine));
  return lineResult(model, engine, warmUpOf(run), all);
}

/**
 * Where the first replication of a run ends; another can begin there.
 * @throws RungError as `simulateLine`
 */
export function endOf(model: LineModel, run: LineRun): LineState {
  const { engine } = checkRun(model, { ...run, replications: 1 });
  return replicate(model, run, 0, engine === "recursion" ? "callbacks" : engine).end!;
}

/**
 * What a run that is asked for amounts to.
 * @throws RungError `line-network`, `line-run`
 */
export function checkRun(
  model: LineModel,
  run: LineRun,
): { readonly replications: number; readonly engine: LineEngine } {
  checkLine(model, model.name);
  const wrong = (what: string, advice: string): RungError =>
    new RungError({ code: "line-run", where: model.name, what, advice });
  const { lengthS, seed, replications = REPLICATIONS, engine = "auto" } = run;
  if (!(lengthS > 0 && Number.isFinite(lengthS))) {
    throw wrong(`the length must be > 0 s, got ${lengthS}`, "say how long to run");
  }
  const warmUpS = warmUpOf(run);
  if (warmUpS !== "auto" && !(warmUpS >= 0 && warmUpS < lengthS)) {
    throw wrong(`the warm-up must be >= 0 s and shorter than the run, got ${warmUpS}`, "shorten it");
  }
  if (!Number.isInteger(seed)) throw wrong(`the seed must be a whole number, got ${seed}`, "give 1");
  if (!(Number.isInteger(replications) && replications >= 1 && replications <= 100_000)) {
    throw wrong(`replications must be 1 to 100000, got ${replications}`, "give 10");
  }
  if (run.initial !== undefined) checkState(model, run.initial);
  if (engine !== "auto" && engine !== "recursion") return { replications, engine };
  const obstacle = noRecursion(model, run);
  if (engine === "recursion" && obstacle !== undefined)
    throw wrong(`the recursion cannot run it: ${obstacle}`, "leave the engine to auto");
  return { replications, engine: obstacle === undefined ? "recursion" : "callbacks" };
}

/** Why the recursion cannot do a run; undefined where it can. */
function noRecursion(model: LineModel, run: LineRun): string | undefined {
  if (asSerialLine(model) === undefined) return "the line is not serial";
  if (run.initial !== undefined) return "it begins with an empty line, not with a state";
  if (warmUpOf(run) === "auto") return "the warm-up must be given";
  return run.onTrace === undefined ? undefined : "it has no trace";
}
