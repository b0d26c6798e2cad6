import { pathBelow } from "../../core/address.ts";
import type { Evidence, Verdict } from "../../core/evidence.ts";
import type { TimeUs } from "../../core/time.ts";
import { durationWords } from "../../diagnose/duration-words.ts";
import type { ForecastTask } from "./forecast-fit.ts";
import type { Skill } from "./skill.ts";

const COVERAGE = 0.9;
const rounded = (value: number): number => (Number.isFinite(value) ? Math.round(value * 1000) / 1000 : 999);
const percent = (share: number): number => Math.round(share * 1000) / 10;

/**
 * The two records of a forecast: skill and coverage at the declared horizon. Skill holds where the MASE against the
 * best baseline has a 95 % upper bound below 1 or, where no forecast of the mean beats it, the interval score's ratio
 * has. Coverage holds where 90 % lies in its exact 95 % interval.
 * @param parts.needed scored forecasts before either is judged
 */
export function forecastEvidence(parts: {
  readonly twin: string;
  readonly node: string;
  readonly address: string;
  readonly task: ForecastTask;
  readonly skill: Skill | undefined;
  readonly needed: number;
  readonly nowUs: TimeUs;
}): Evidence[] {
  const { twin, node, address, task, skill, needed, nowUs } = parts;
  const what = `${pathBelow(address, twin)} ${durationWords(task.horizon * task.stepUs)} ahead`;
  const base = { twin, rung: 3 as const, node, timeUs: nowUs };
  const skillBase = { ...base, id: `${twin}/3/skill/${node}` };
  const coverageBase = {
    ...base,
    id: `${twin}/3/coverage/${node}`,
    what: `coverage of the 90 % interval, ${what}`,
    unit: "%",
  };
  if (skill === undefined || skill.n < needed) {
    const n = skill?.n ?? 0;
    const collecting = {
      value: null,
      verdict: "collecting" as const,
      progress: { n, of: needed },
      cause: `${n} of ${needed} forecasts scored`,
    };
    return [
      {
        ...skillBase,
        what: `error over the best naive forecast (MASE), ${what}`,
        limit: "95 % upper bound < 1",
        ...collecting,
      },
      { ...coverageBase, limit: "90 % within its binomial 95 % band", ...collecting },
    ];
  }
  return [skillRecord(skillBase, what, skill), coverageRecord(coverageBase, skill)];
}

/** Skill as a record: of a forecast, and of the baseline of a what-if. @param what the property and how far ahead */
export function skillRecord(
  base: Omit<Evidence, "what" | "value" | "limit" | "verdict">,
  what: string,
  skill: Skill,
): Evidence {
  const byError = skill.maseUpper95 < 1;
  const byScore = !byError && skill.scoreRatioUpper95 < 1;
  const limit = "95 % upper bound < 1";
  if (byScore) {
    return {
      ...base,
      what: `interval score over that of the best naive forecast, ${what}`,
      value: rounded(skill.scoreRatioUpper95),
      limit,
      verdict: "holds",
    };
  }
  return {
    ...base,
    what: `error over the best naive forecast (MASE), ${what}`,
    value: rounded(skill.maseUpper95),
    limit,
    verdict: byError ? "holds" : "fails",
    ...(!byError && {
      cause: `not shown to beat "${skill.bestBaseline}": MASE ${rounded(skill.mase)}, interval score ratio ${rounded(skill.scoreRatio)} over ${skill.n} forecasts`,
    }),
  };
}

/** Coverage of the 90 % interval as a record. */
export function coverageRecord(base: Omit<Evidence, "value" | "limit" | "verdict">, skill: Skill): Evidence {
  const holds = skill.coverageLow <= COVERAGE && COVERAGE <= skill.coverageHigh;
  const verdict: Verdict = holds ? "holds" : "fails";
  const band = `${percent(skill.coverageLow)} to ${percent(skill.coverageHigh)} %`;
  return {
    ...base,
    value: percent(skill.coverage90),
    limit: `90 % within its binomial 95 % band (${Math.round(skill.effectiveN)} independent of ${skill.n})`,
    verdict,
    ...(!holds && {
      cause: `the 90 % interval covers ${band}; the errors have changed since they were learned`,
    }),
  };
}
