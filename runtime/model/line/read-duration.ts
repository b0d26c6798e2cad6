import type { Field } from "../cell/cell-document.ts";
import type { Duration } from "./duration.ts";
import { whole } from "./line-fields.ts";

/** Keys of each law in the file, all of them times but those that stand in `PLAIN`. */
const LAWS = {
  fixed: ["value"],
  exponential: ["mean"],
  geometric: ["mean", "step"],
  uniform: ["low", "high"],
  triangular: ["low", "mode", "high"],
  normal: ["mean", "sd"],
  lognormal: ["mean", "sd"],
  weibull: ["scale", "shape"],
  gamma: ["scale", "shape"],
  erlang: ["mean", "stages"],
  empirical: ["values"],
} as const;
const PLAIN: readonly string[] = ["shape", "stages"];

/** A law of times; a number stands for a fixed one. @param seconds of the file's unit of time */
export function readDuration(field: Field, seconds: number): Duration {
  if (typeof field.value === "number") return { kind: "fixed", valueS: timeS(field, seconds) };
  if (typeof field.value !== "object" || field.value === null) {
    field.fault(
      `must be a time or a law, got ${JSON.stringify(field.value) ?? "nothing"}`,
      "for example 60, or { kind: exponential, mean: 60 }",
    );
    return { kind: "fixed", valueS: 0 };
  }
  const kind = field.at("kind").choice(Object.keys(LAWS) as (keyof typeof LAWS)[]);
  field.keys(["kind", ...LAWS[kind], ...(kind === "lognormal" || kind === "normal" ? ["cv"] : [])]);
  const law: Record<string, unknown> = { kind };
  for (const key of LAWS[kind]) {
    const value = field.at(key);
    if (key === "values") {
      const values = value.list();
      if (values.length === 0) value.fault("must be a list of times", "write at least one");
      law.valuesS = values.map((one) => timeS(one, seconds));
    } else if (key === "sd" && !value.isThere) {
      // Relative to the mean, as time studies tell it.
      law.sdS = field.at("cv").number({ least: 0 }) * Number(law.meanS);
    } else if (PLAIN.includes(key)) {
      law[key] = key === "stages" ? whole(value, 1) : value.number({ above: 0 });
    } else {
      const isPositive = kind !== "fixed" && ["mean", "scale", "step"].includes(key);
      law[`${key}S`] = timeS(value, seconds, isPositive);
    }
  }
  const ordered = ["lowS", "modeS", "highS"].flatMap((key) => (key in law ? [Number(law[key])] : []));
  if (ordered.some((value, i) => i > 0 && value < ordered[i - 1]!)) {
    field.fault(
      `low, mode and high must rise, got ${LAWS[kind].map((key) => field.at(key).value).join(", ")}`,
      "put them in order",
    );
  }
  if (kind === "geometric" && Number(law.meanS) < Number(law.stepS)) {
    field.at("mean").fault("must be at least one step", "make the step shorter");
  }
  return law as unknown as Duration;
}

/** @returns a time that is not negative, s */
export function timeS(field: Field, seconds: number, isPositive = false): number {
  return field.number(isPositive ? { above: 0 } : { least: 0 }) * seconds;
}
