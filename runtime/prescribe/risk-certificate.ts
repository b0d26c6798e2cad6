import type { Compute } from "../compute/compute.ts";
import { PRIORITIES } from "../compute/priorities.ts";
import { RungError } from "../core/errors.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import { CERTIFICATE_KERNEL } from "./certificate-kernel.ts";
import type { CureWindow } from "./cure-window.ts";
import type { RiskCertificate } from "./recommendation.ts";
import type { BodyRisks } from "./risk.ts";

/**
 * Counts the risk of setpoints over scenarios that nothing else is made of: the moment is part of their seed.
 * @returns undefined where it is not done within the time
 * @throws RungError `compute-lost`
 */
export async function freshRisks(
  compute: Compute,
  situation: OvenSituation,
  window: CureWindow,
  setpointC: readonly number[],
  options: { readonly runs: number; readonly seed: number; readonly deadlineMs: number },
): Promise<BodyRisks | undefined> {
  const { runs, deadlineMs } = options;
  const seed = (Math.trunc(situation.timeUs / 1e6) + options.seed) % 2 ** 31;
  try {
    return await compute.submit({
      kernel: CERTIFICATE_KERNEL,
      // Those inside have their share of the search; a certificate is of bodies to come.
      input: { situation: { ...situation, bodies: [] }, window, setpointC, runs, seed },
      // Below the search of setpoints, above studies.
      priority: PRIORITIES.awaited,
      deadlineMs,
    });
  } catch (fault) {
    if (fault instanceof RungError && fault.code === "compute-deadline") return undefined;
    throw fault;
  }
}

/**
 * What risks come to, in words.
 * @param isFresh counted over scenarios of its own; others bound a risk and certify nothing
 */
export function certificateOf(risks: BodyRisks, window: CureWindow, isFresh: boolean): RiskCertificate {
  const { underCure, overBake } = risks;
  const certified =
    isFresh && underCure.upper <= window.underCureShare && overBake.upper <= window.overBakeShare;
  const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;
  const by = `${certified ? "certified" : "bounded"} by ${underCure.runs.toLocaleString("en")}${isFresh ? " fresh" : ""} runs`;
  const words = `${by}: at most ${percent(underCure.upper)} under-cured, ${percent(overBake.upper)} over-baked`;
  return { ...risks, certified, words };
}
