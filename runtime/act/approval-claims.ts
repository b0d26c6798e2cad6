import { RungError } from "../core/errors.ts";
import type { Comparison, Constraint, Interval } from "../prescribe/recommendation.ts";

/** What whoever asks for an approval says of its effect: shown to the approver, recorded, and never what permits. */
export interface ApprovalClaims {
  /** A measurement after a while, with the change and, where it was reckoned, without. */
  readonly projected?: {
    readonly address: string;
    readonly unit: string;
    readonly interval: Interval;
    readonly baseline?: Interval;
    readonly afterUs: number;
  };
  readonly comparisons: readonly Comparison[];
  readonly constraints: readonly Constraint[];
}

const MOST = 32;
const LONGEST = 200;
const VERDICTS = ["free", "at limit", "violated"];

/**
 * Reads untrusted claims. @returns undefined where there are none
 * @throws RungError `bad-approval` where they are broken: half a claim shown would mislead
 */
export function readApprovalClaims(thing: unknown): ApprovalClaims | undefined {
  if (thing === undefined || thing === null) return undefined;
  const { projected, comparisons = [], constraints = [] } = thing as Record<string, unknown>;
  const claims = {
    comparisons: list(comparisons, "comparisons").map(comparison),
    constraints: list(constraints, "constraints").map(constraint),
  };
  return projected === undefined || projected === null
    ? claims
    : { projected: projection(projected), ...claims };
}

function projection(thing: unknown): NonNullable<ApprovalClaims["projected"]> {
  const { address, unit, interval: given, baseline, afterUs } = record(thing, "projected");
  return {
    address: text(address, "projected.address"),
    unit: text(unit, "projected.unit"),
    interval: interval(given, "projected.interval"),
    ...(baseline === undefined || baseline === null
      ? {}
      : { baseline: interval(baseline, "projected.baseline") }),
    afterUs: number(afterUs, "projected.afterUs"),
  };
}

function comparison(thing: unknown, i: number): Comparison {
  const where = `comparisons[${i}]`;
  const { what, unit, baseline, scenario, difference } = record(thing, where);
  return {
    what: text(what, `${where}.what`),
    unit: text(unit, `${where}.unit`),
    baseline: interval(baseline, `${where}.baseline`),
    scenario: interval(scenario, `${where}.scenario`),
    difference: interval(difference, `${where}.difference`),
  };
}

function constraint(thing: unknown, i: number): Constraint {
  const where = `constraints[${i}]`;
  const { name, value, limit, unit, verdict, hard } = record(thing, where);
  if (!VERDICTS.includes(verdict as string))
    throw bad(`${where}.verdict`, `is one of ${VERDICTS.join(", ")}`);
  return {
    name: text(name, `${where}.name`),
    value: number(value, `${where}.value`),
    limit: number(limit, `${where}.limit`),
    unit: text(unit, `${where}.unit`),
    verdict: verdict as Constraint["verdict"],
    hard: hard === true,
  };
}

function interval(thing: unknown, where: string): Interval {
  const { value, low, high } = record(thing, where);
  return {
    value: number(value, `${where}.value`),
    low: number(low, `${where}.low`),
    high: number(high, `${where}.high`),
  };
}

function list(thing: unknown, where: string): unknown[] {
  if (Array.isArray(thing) && thing.length <= MOST) return thing;
  throw bad(where, `is a list of at most ${MOST}`);
}

function record(thing: unknown, where: string): Record<string, unknown> {
  if (thing !== null && typeof thing === "object") return thing as Record<string, unknown>;
  throw bad(where, "is missing");
}

function text(thing: unknown, where: string): string {
  if (typeof thing === "string" && thing.length <= LONGEST) return thing;
  throw bad(where, `is a text of at most ${LONGEST} characters`);
}

function number(thing: unknown, where: string): number {
  if (typeof thing === "number" && Number.isFinite(thing)) return thing;
  throw bad(where, "is a finite number");
}

function bad(where: string, what: string): RungError {
  return new RungError({ code: "bad-approval", where: `approval.claims.${where}`, what });
}
