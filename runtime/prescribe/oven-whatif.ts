import type { Compute } from "../compute/compute.ts";
import { PRIORITIES } from "../compute/priorities.ts";
import { RungError } from "../core/errors.ts";
import type { OvenConfig } from "../model/oven/oven-config.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import { type BodyEdit, bodyOf, bodyOfType, checkBody } from "./body-edit.ts";
import { type CureWindow, cureWindow } from "./cure-window.ts";
import type { OvenPlan } from "./oven-plan.ts";
import type { ScenarioResult } from "./recommendation.ts";
import { SCENARIO_KERNEL } from "./scenario-kernel.ts";

/** What is changed in the sibling. */
export interface ScenarioEdit {
  readonly title?: string;
  /** New setpoints by zone name, °C. */
  readonly setpointC?: Readonly<Record<string, number>>;
  /** Zones switched off: their air stands at hall temperature. */
  readonly off?: readonly string[];
  readonly speedMPerMin?: number;
  /** A standstill that meets a body somewhere on its ride, minutes. */
  readonly stopMin?: number;
  /** Another body than the one that runs now: one of the model's body types by name, or how it differs. */
  readonly body?: BodyEdit | string;
}

export interface WhatIfOptions {
  /** From 20 to 1,000,000. */
  readonly runs: number;
  readonly seed: number;
  /** Longest wall time, ms; left out, 20 s and 0.3 s per thousand runs, 100 s where they are rides of the model. */
  readonly deadlineMs?: number;
  readonly window: Partial<CureWindow>;
  /** Where a body is looked up by its name. */
  readonly model?: OvenConfig | undefined;
  /** Of `PRIORITIES`; a long one lets a short one of higher priority in between. */
  readonly priority: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, of: number) => void;
}

export const WHATIF_DEFAULTS: WhatIfOptions = { runs: 1000, seed: 1, window: {}, priority: PRIORITIES.study };

const MOST_RUNS = 1_000_000;
/** What a request may take in the compute child: both plans' runs, and what is made of them until it is collected. */
const MEMORY_MIB = 512;
const BYTES_PER_RUN = 400;

/**
 * Forks a sibling of the oven and compares it with the oven as it is. The sibling is made of plain data (an
 * OvenSituation): it holds no link, so no scenario can reach the plant.
 * @throws RungError `scenario` that names the wrong entry; those of the compute process
 */
export async function whatIf(
  compute: Compute,
  situation: OvenSituation,
  edit: ScenarioEdit,
  options: Partial<WhatIfOptions> = {},
): Promise<ScenarioResult> {
  const { runs, seed, window, priority, signal, onProgress } = { ...WHATIF_DEFAULTS, ...options };
  if (!(Number.isInteger(runs) && runs >= 20 && runs <= MOST_RUNS)) {
    const most = MOST_RUNS.toLocaleString("en");
    throw scenarioFault(situation, `runs must be a whole number from 20 to ${most}, got ${runs}`, "runs");
  }
  const limits = cureWindow(window, "what-if");
  const baseline: OvenPlan = {
    setpointC: situation.setpointC,
    speedMPerMin: situation.speedMPerMin,
    stopMin: 0,
  };
  const scenario = planOf(situation, edit, options.model);
  const isCoupled = (scenario.body?.type?.couplings.length ?? 0) > 0;
  const model = situation.model ?? (isCoupled ? options.model : undefined);
  const figures = await compute.submit({
    kernel: SCENARIO_KERNEL,
    input: {
      situation: model === undefined ? situation : { ...situation, model },
      window: limits,
      plans: [baseline, scenario],
      runs,
      seed,
    },
    priority,
    deadlineMs: options.deadlineMs ?? 20_000 + (model === undefined ? 0.3 : 100) * runs,
    memoryMiB: MEMORY_MIB + Math.ceil((runs * BYTES_PER_RUN) / 2 ** 20),
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  return {
    kind: "scenario",
    twin: situation.twin,
    title: edit.title || titleOf(edit),
    madeAtUs: situation.timeUs,
    modelVersion: situation.modelVersion,
    ...figures,
    runs,
    seed,
  };
}

const EDIT_KEYS = ["title", "setpointC", "off", "speedMPerMin", "stopMin", "body"];

/**
 * Checks a scenario as it stands in a form or a message.
 * @throws RungError `scenario`
 */
export function scenarioEdit(input: unknown, where: string): ScenarioEdit {
  const refuse = (what: string): never => {
    throw new RungError({ code: "scenario", where, what, advice: `known are ${EDIT_KEYS.join(", ")}` });
  };
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    return refuse(`a scenario is an object, got ${JSON.stringify(input)}`);
  }
  const edit = input as Record<string, unknown>;
  for (const key of Object.keys(edit))
    if (!EDIT_KEYS.includes(key)) refuse(`${key} is no part of a scenario`);
  for (const key of ["speedMPerMin", "stopMin"]) {
    if (edit[key] !== undefined && typeof edit[key] !== "number") refuse(`${key} must be a number`);
  }
  if (edit.off !== undefined && !Array.isArray(edit.off)) refuse("off must be a list of zones");
  if (edit.setpointC !== undefined && (typeof edit.setpointC !== "object" || edit.setpointC === null)) {
    refuse('setpointC must be like {"zone3": 185}');
  }
  if (edit.body !== undefined && typeof edit.body !== "string") checkBody(edit.body, where);
  return edit as ScenarioEdit;
}

/** The plan of an edited sibling. @throws RungError `scenario` */
export function planOf(situation: OvenSituation, edit: ScenarioEdit, model?: OvenConfig): OvenPlan {
  const setpointC = [...situation.setpointC];
  const zoneOf = (name: string): number => {
    const z = situation.zoneNames.indexOf(name);
    if (z >= 0) return z;
    throw scenarioFault(
      situation,
      `${name} is no zone, known are ${situation.zoneNames.join(", ")}`,
      "setpointC",
    );
  };
  for (const [name, c] of Object.entries(edit.setpointC ?? {})) {
    if (!(Number.isFinite(c) && c >= 0 && c <= 400)) {
      throw scenarioFault(
        situation,
        `${name}: setpoint must lie between 0 and 400 °C, got ${c}`,
        "setpointC",
      );
    }
    setpointC[zoneOf(name)] = c;
  }
  const off = setpointC.map(() => false);
  for (const name of edit.off ?? []) {
    off[zoneOf(name)] = true;
    setpointC[zoneOf(name)] = situation.energy.hallC;
  }
  const speedMPerMin = edit.speedMPerMin ?? situation.speedMPerMin;
  if (!(speedMPerMin > 0)) {
    throw scenarioFault(situation, `conveyor speed must be > 0 m/min, got ${speedMPerMin}`, "speedMPerMin");
  }
  const stopMin = edit.stopMin ?? 0;
  if (!(stopMin >= 0 && stopMin <= 600)) {
    throw scenarioFault(situation, `stop must lie between 0 and 600 min, got ${stopMin}`, "stopMin");
  }
  const plan = { setpointC, off, speedMPerMin, stopMin };
  if (edit.body === undefined) return plan;
  const { body } = edit;
  const of = typeof body === "string" ? bodyOfType(situation, body, model) : bodyOf(situation, body);
  return { ...plan, body: of };
}

function titleOf(edit: ScenarioEdit): string {
  const parts = Object.entries(edit.setpointC ?? {}).map(([zone, c]) => `${zone} ${c} °C`);
  for (const zone of edit.off ?? []) parts.push(`${zone} off`);
  if (edit.speedMPerMin !== undefined) parts.push(`conveyor ${edit.speedMPerMin} m/min`);
  if (edit.stopMin !== undefined && edit.stopMin > 0) parts.push(`stop of ${edit.stopMin} min`);
  if (edit.body !== undefined)
    parts.push(`body ${typeof edit.body === "string" ? edit.body : (edit.body.name ?? "changed")}`);
  return parts.length === 0 ? "as it is" : parts.join(", ");
}

function scenarioFault(situation: OvenSituation, what: string, parameter: string): RungError {
  return new RungError({
    code: "scenario",
    where: `${situation.twin}/what-if`,
    what,
    advice: `parameter ${parameter}`,
  });
}
