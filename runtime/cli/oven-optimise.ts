import { parseArgs } from "node:util";
import { Compute } from "../compute/compute.ts";
import type { ComputeRequest } from "../compute/compute-options.ts";
import { RungError } from "../core/errors.ts";
import { withDefaultBody } from "../model/oven/calibrated-config.ts";
import { bodyTypesOf, type OvenConfig, ovenConfig } from "../model/oven/oven-config.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import { type BalanceProblem, type BalanceResult, balanceConveyor } from "../prescribe/conveyor-balance.ts";
import { type CureWindow, cureWindow, DEFAULT_WINDOW } from "../prescribe/cure-window.ts";
import { designSituation } from "../prescribe/design-situation.ts";
import type { ParetoPlan } from "../prescribe/pareto-front.ts";
import { PARETO_KERNEL } from "../prescribe/pareto-kernel.ts";
import { ROBUST_KERNEL } from "../prescribe/robust-kernel.ts";
import type { RobustOptions, RobustResult } from "../prescribe/robust-setpoints.ts";
import { readJsonInput } from "./json-file.ts";
import { balanceTable, paretoTable, robustTable } from "./oven-optimise-table.ts";
import { readArguments } from "./read-arguments.ts";

export const usage = `rung oven optimise <config.json> [--window <key>=<number>,...] [--spread <share>] [--spread-air <K>]
          [--body <type>] [--runs <n>] [--seed <n>] [--pareto | --buffers <file>] [--json]

  Setpoints of least gas for a body to come: nominal, which takes the model for the truth, beside robust, which keeps
  P(under-cured) within its limit by scenarios. Robust is certified by fresh scenarios: the exact upper 95 % bound of
  the share (Clopper and Pearson) keeps the limit; where that cannot be reached it says so and exits with 1.

  --window   limits that replace the defaults: e170LeastMin, e170MostMin, peakMostC, underCureShare, overBakeShare,
             zoneLowC, zoneHighC, neighbourStepK
  --spread   standard deviation of the heat transfer of each node, and of each zone: default 0.05
  --spread-air
             standard deviation of a zone's air against its setpoint, K: default 0
  --body     body type to come; the default one if left out
  --runs     fresh scenarios of each certification: default 100,000
  --seed     default 1
  --pareto   plans of energy, risk and throughput: five conveyor speeds, each for three allowed shares
  --buffers  the conveyor over a shift, {"slotMin", "bodiesPerSlot", "arrivals", "takes", "before", "after",
             "mostStep"}: keeps the booth's takt with least gas and no buffer empty or full`;

const parse = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      window: { type: "string", default: "" },
      spread: { type: "string", default: "0.05" },
      "spread-air": { type: "string", default: "0" },
      body: { type: "string" },
      runs: { type: "string", default: "100000" },
      seed: { type: "string", default: "1" },
      pareto: { type: "boolean", default: false },
      buffers: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });

/** Conveyor settings that are searched for one balance. */
const MOST_SETTINGS = 9;
/** Far beyond what any of these takes. */
const DEADLINE_MS = 3_600_000;

/** @param args what follows `rung oven optimise` @returns 1 where a plan is not certified @throws RungError */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(() => parse([...args]), fault);
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw fault("expected one configuration");
  if (values.pareto && values.buffers !== undefined) throw fault("--pareto and --buffers exclude each other");
  const spread = number(values.spread, "--spread");
  const situation = designSituation(
    ofBody(ovenConfig(readJsonInput(file, "examples/oven.config.json")), values.body),
    {
      nodeLn: spread,
      zoneLn: spread,
      airK: number(values["spread-air"], "--spread-air"),
    },
  );
  const certifyRuns = number(values.runs, "--runs");
  const job: Job = {
    situation,
    window: windowOf(values.window),
    options: { certifyRuns, seed: number(values.seed, "--seed") },
  };
  const compute = new Compute();
  try {
    const asked =
      values.buffers === undefined
        ? await (values.pareto ? front(compute, job) : robust(compute, job))
        : await balance(compute, job, readJsonInput(values.buffers, "examples/oven.config.json"));
    process.stdout.write(values.json ? `${JSON.stringify(asked.answer, null, 2)}\n` : asked.table);
    return asked.isCertified ? 0 : 1;
  } finally {
    await compute.close();
  }
}

/** @throws RungError `usage` */
function ofBody(config: OvenConfig, type: string | undefined): OvenConfig {
  const known = bodyTypesOf(config).map((body) => body.name);
  if (type === undefined) return config;
  if (!known.includes(type)) throw fault(`--body ${type} is none of ${known.join(", ")}`);
  return withDefaultBody(config, type);
}

interface Job {
  readonly situation: OvenSituation;
  readonly window: CureWindow;
  readonly options: Partial<RobustOptions>;
}

interface Asked {
  readonly answer: unknown;
  readonly table: string;
  readonly isCertified: boolean;
}

async function robust(compute: Compute, job: Job): Promise<Asked> {
  const answer: RobustResult = await compute.submit({ kernel: ROBUST_KERNEL, input: job, ...told() });
  return { answer, table: robustTable(job.situation, answer), isCertified: answer.robust.certified };
}

async function front(compute: Compute, job: Job): Promise<Asked> {
  const answer = await compute.submit({ kernel: PARETO_KERNEL, input: job, ...told() });
  return { answer, table: paretoTable(job.situation, answer), isCertified: answer.some(isGood) };
}

const isGood = (plan: ParetoPlan): boolean => plan.certified && plan.nonDominated;

/** What `--buffers` reads. */
type BufferFile = Omit<BalanceProblem, "rates"> & {
  readonly slotMin: number;
  /** Settings of the conveyor: whole numbers of bodies per slot. */
  readonly bodiesPerSlot: readonly number[];
};

async function balance(compute: Compute, job: Job, input: unknown): Promise<Asked> {
  const file = (input ?? {}) as BufferFile;
  const perSlot = file.bodiesPerSlot;
  const isUsable =
    file.slotMin > 0 &&
    Array.isArray(perSlot) &&
    perSlot.length >= 1 &&
    perSlot.length <= MOST_SETTINGS &&
    new Set(perSlot).size === perSlot.length &&
    perSlot.every((n) => Number.isInteger(n) && n > 0);
  if (!isUsable)
    throw fault(
      `--buffers: slotMin must be > 0, bodiesPerSlot 1 to ${MOST_SETTINGS} different whole numbers > 0`,
    );
  const { arrivals = [], takes = [], before, after, mostStep = 1 } = file;
  const end = file.afterAtEnd === undefined ? {} : { afterAtEnd: file.afterAtEnd };
  const balanceOf = (rates: BalanceProblem["rates"]): BalanceResult | undefined =>
    balanceConveyor({ arrivals, takes, before, after, rates, mostStep, ...end });
  // Wrong buffers are told before the settings are searched, which takes minutes.
  balanceOf([...perSlot].sort((a, b) => a - b).map((bodies) => ({ bodies, kWh: 0 })));
  const bodiesOf = ({ bodiesPerHour }: { bodiesPerHour: number }): number =>
    Math.round((bodiesPerHour * file.slotMin) / 60);
  const speedFactors = perSlot.map(
    (bodies) => (bodies * 60) / file.slotMin / job.situation.energy.bodiesPerHour,
  );
  const plans = await compute.submit({
    kernel: PARETO_KERNEL,
    input: {
      ...job,
      options: { ...job.options, speedFactors, underCureShares: [job.window.underCureShare] },
    },
    ...told(),
  });
  const certified = plans.filter((plan) => plan.certified).sort((a, b) => a.bodiesPerHour - b.bodiesPerHour);
  const rates = certified.map((plan) => ({ bodies: bodiesOf(plan), kWh: plan.gasKWh * bodiesOf(plan) }));
  const found = rates.length === 0 ? undefined : balanceOf(rates);
  return {
    answer: { plans, balance: found ?? null },
    table: paretoTable(job.situation, plans) + balanceTable(found),
    isCertified: found !== undefined,
  };
}

/** Says on a terminal how far it is. */
function told(): Pick<ComputeRequest<never, never>, "deadlineMs" | "onProgress"> {
  if (!process.stderr.isTTY) return { deadlineMs: DEADLINE_MS };
  const onProgress = (done: number, of: number): void => {
    process.stderr.write(done < of ? `\r${done} of ${of} ` : "\r");
  };
  return { deadlineMs: DEADLINE_MS, onProgress };
}

/** @throws RungError `usage`, `cure-window` */
function windowOf(text: string): CureWindow {
  const given: Record<string, number> = {};
  for (const part of text.split(",").filter((each) => each.trim() !== "")) {
    const [key = "", value = ""] = part.split("=").map((each) => each.trim());
    if (!Object.hasOwn(DEFAULT_WINDOW, key))
      throw fault(`--window: ${key} is no limit, known are ${Object.keys(DEFAULT_WINDOW).join(", ")}`);
    given[key] = number(value, `--window ${key}`);
  }
  // A configuration is valid everywhere: how far a proposal may go matters only beside a running plant.
  return cureWindow({ learntReachK: 500, maxStepK: 500, ...given }, "rung oven optimise");
}

function number(text: string, option: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw fault(`${option} must be a number, got ${text}`);
  return value;
}

function fault(what: string): RungError {
  return new RungError({ code: "usage", where: "rung oven optimise", what, advice: usage });
}
