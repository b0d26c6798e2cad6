import type { Side } from "./balance-problem.ts";

/** One thing that is wrong with a balance. Stations are counted from 0. */
export type Breach =
  | { readonly kind: "unassigned"; readonly task: string }
  | { readonly kind: "precedence"; readonly before: string; readonly task: string }
  | {
      readonly kind: "overload";
      readonly station: number;
      readonly loadS: number;
      readonly capacityS: number;
      /** Of a line whose every model must fit. */
      readonly model?: string;
    }
  | { readonly kind: "together"; readonly tasks: readonly [string, string] }
  | { readonly kind: "apart"; readonly station: number; readonly tasks: readonly [string, string] }
  | { readonly kind: "zone"; readonly station: number; readonly zones: readonly string[] }
  | {
      readonly kind: "equipment";
      readonly task: string;
      readonly station: number;
      readonly missing: readonly string[];
    }
  | { readonly kind: "side"; readonly task: string; readonly station: number; readonly wants: Side }
  | { readonly kind: "ergonomics"; readonly station: number; readonly points: number; readonly most: number };

/** A breach in a sentence for a person, who counts stations from 1. */
export function breachText(breach: Breach): string {
  switch (breach.kind) {
    case "unassigned":
      return `task ${breach.task} is at no station`;
    case "precedence":
      return `task ${breach.before} must come before ${breach.task}, and is at a later station`;
    case "overload": {
      const of = breach.model === undefined ? "" : ` for ${breach.model}`;
      return `station ${breach.station + 1} has ${breach.loadS} s of work${of} in ${breach.capacityS} s`;
    }
    case "together":
      return `tasks ${breach.tasks.join(" and ")} belong at one station`;
    case "apart":
      return `tasks ${breach.tasks.join(" and ")} may not share station ${breach.station + 1}`;
    case "zone":
      return `station ${breach.station + 1} works in zones ${breach.zones.join(" and ")}`;
    case "equipment":
      return `station ${breach.station + 1} lacks ${breach.missing.join(", ")} for task ${breach.task}`;
    case "side":
      return `station ${breach.station + 1} has not the ${breach.wants === "both" ? "two sides" : `${breach.wants} side`} of task ${breach.task}`;
    case "ergonomics":
      return `station ${breach.station + 1} has ${breach.points} ergonomic points, more than ${breach.most}`;
  }
}
