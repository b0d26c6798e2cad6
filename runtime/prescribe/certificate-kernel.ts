import type { Kernel } from "../compute/kernel.ts";
import { siblingModule } from "../core/sibling-module.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import type { CureWindow } from "./cure-window.ts";
import type { BodyRisks } from "./risk.ts";
import type { RunControl } from "./run-control.ts";
import { bodyRisks } from "./run-figures.ts";
import { freshRuns } from "./tightening.ts";

export interface CertificateInput {
  readonly situation: OvenSituation;
  readonly window: CureWindow;
  readonly setpointC: readonly number[];
  readonly runs: number;
  readonly seed: number;
}

/** Counts what bodies to come risk under given setpoints, in the compute child. */
export const CERTIFICATE_KERNEL: Kernel<CertificateInput, BodyRisks> = {
  name: "oven certificate",
  module: siblingModule(import.meta.url, "./certificate-kernel").href,
};

export async function run(input: CertificateInput, control: RunControl): Promise<BodyRisks> {
  const { situation, window, setpointC, runs, seed } = input;
  return bodyRisks(window, await freshRuns(situation, setpointC, runs, seed, control));
}
