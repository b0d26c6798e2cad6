import type { Compute } from "../compute/compute.ts";
import { RungError } from "../core/errors.ts";
import type { TimeUs } from "../core/time.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import { type CureWindow, cureWindow } from "./cure-window.ts";
import type { ParetoOptions, ParetoPlan } from "./pareto-front.ts";
import { PARETO_KERNEL } from "./pareto-kernel.ts";
import { ROBUST_KERNEL } from "./robust-kernel.ts";
import type { RobustOptions, RobustResult } from "./robust-setpoints.ts";

/**
 * What setpoints could come to, as far as the model reaches. Travels as `msg.payload`. It is no recommendation: it
 * proposes no step from here to there, and an envelope refuses it.
 */
export interface SetpointStudy extends Pick<RobustResult, "base" | "nominal" | "robust" | "window"> {
  readonly kind: "setpoint-study";
  readonly twin: string;
  readonly madeAtUs: TimeUs;
  readonly modelVersion: string;
  /** Plans of energy, risk and throughput, where they were asked for. */
  readonly front?: readonly ParetoPlan[];
}

/** What is asked of a study. */
export interface StudyOptions extends Partial<RobustOptions> {
  readonly pareto?: boolean | Partial<Pick<ParetoOptions, "speedFactors" | "underCureShares">>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, of: number) => void;
}

const DEADLINE_MS = 1_800_000;
const KEYS = ["study", "runs", "seed", "speedFactors", "underCureShares"];

/** @throws RungError those of the search, and of the compute process */
export async function studySetpoints(
  compute: Compute,
  situation: OvenSituation,
  limits: Partial<CureWindow>,
  options: StudyOptions = {},
): Promise<SetpointStudy> {
  const { pareto = false, signal, onProgress, ...search } = options;
  const window = cureWindow(limits);
  const request = {
    deadlineMs: DEADLINE_MS,
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
  const { base, nominal, robust } = await compute.submit({
    kernel: ROBUST_KERNEL,
    input: { situation, window, options: search },
    ...request,
  });
  const study = {
    kind: "setpoint-study",
    twin: situation.twin,
    madeAtUs: situation.timeUs,
    modelVersion: situation.modelVersion,
    window,
    base,
    nominal,
    robust,
  } as const;
  if (pareto === false) return study;
  const front = await compute.submit({
    kernel: PARETO_KERNEL,
    input: { situation, window, options: { ...search, ...(pareto === true ? {} : pareto) } },
    ...request,
  });
  return { ...study, front };
}

/**
 * What a message asks: `{study: "robust" | "pareto", runs?, seed?, speedFactors?, underCureShares?}`.
 * @returns undefined where it asks for no study
 * @throws RungError `setpoint-study`
 */
export function studyOptions(payload: unknown, where: string): StudyOptions | undefined {
  if (typeof payload !== "object" || payload === null || !("study" in payload)) return undefined;
  const asked = payload as Record<string, unknown>;
  const refuse = (what: string): never => {
    const advice = 'ask {"study": "robust"} or {"study": "pareto"}';
    throw new RungError({ code: "setpoint-study", where, what, advice });
  };
  const unknown = Object.keys(asked).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) return refuse(`${unknown} is no part of a study`);
  const { study, runs, seed, ...lists } = asked;
  if (study !== "robust" && study !== "pareto")
    return refuse(`study must be robust or pareto, got ${JSON.stringify(study)}`);
  const [stray] = Object.keys(lists);
  if (study === "robust" && stray !== undefined) return refuse(`${stray} is asked of a pareto study only`);
  for (const [key, value] of Object.entries({ runs, seed }))
    if (value !== undefined && typeof value !== "number") return refuse(`${key} must be a number`);
  return {
    pareto: study === "pareto" && lists,
    ...(runs === undefined ? {} : { certifyRuns: runs as number }),
    ...(seed === undefined ? {} : { seed: seed as number }),
  };
}
