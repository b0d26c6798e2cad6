import { RungError } from "../core/errors.ts";
import { bodyTypesOf, type OvenConfig } from "../model/oven/oven-config.ts";
import { timeConstantS } from "../model/oven/ride.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import type { PlanBody } from "./oven-plan.ts";

/** How a body differs from the one that runs now. What is left out stays as it is. */
export interface BodyEdit {
  readonly name?: string;
  /**
   * Time constants of its nodes against the present ones: 1.2 for a panel of 1.2 times the thickness, or of so much
   * less heat transfer. What was learnt of a node's heat transfer goes on to hold.
   */
  readonly timeConstantFactor?: Readonly<Record<string, number>>;
  readonly bodyKg?: number;
  readonly skidKg?: number;
  /** Metal at the entry, °C. */
  readonly startC?: number;
}

const NUMBERS = { bodyKg: [0, 5000], skidKg: [0, 5000], startC: [-50, 200] } as const;
const FACTORS = [0.1, 10] as const;

/** @throws RungError `scenario` */
export function checkBody(input: unknown, where: string): asserts input is BodyEdit {
  const refuse = (what: string): never => {
    const advice = "known are name, timeConstantFactor, bodyKg, skidKg, startC";
    throw new RungError({ code: "scenario", where, what, advice });
  };
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject(input)) return refuse(`body is an object, got ${JSON.stringify(input)}`);
  const inside = (key: string, value: unknown, [low, high]: readonly [number, number]): void => {
    if (typeof value === "number" && value >= low && value <= high) return;
    refuse(`${key} must be a number from ${low} to ${high}, got ${JSON.stringify(value)}`);
  };
  for (const [key, value] of Object.entries(input)) {
    if (key === "name") {
      if (typeof value !== "string") refuse("name must be a text");
    } else if (key === "timeConstantFactor") {
      if (!isObject(value)) return refuse('timeConstantFactor must be like {"rocker": 1.2}');
      for (const [node, factor] of Object.entries(value)) inside(node, factor, FACTORS);
    } else if (Object.hasOwn(NUMBERS, key)) inside(key, value, NUMBERS[key as keyof typeof NUMBERS]);
    else refuse(`${key} is no part of a body`);
  }
}

/** @throws RungError `scenario` where a node is not one of the oven's */
export function bodyOf(situation: OvenSituation, edit: BodyEdit): PlanBody {
  const factors = edit.timeConstantFactor ?? {};
  const unknown = Object.keys(factors).find((name) => !situation.nodeNames.includes(name));
  if (unknown !== undefined) {
    throw new RungError({
      code: "scenario",
      where: `${situation.twin}/what-if`,
      what: `${unknown} is no node, known are ${situation.nodeNames.join(", ")}`,
      advice: "parameter timeConstantFactor",
    });
  }
  return {
    timeConstantS: situation.timeConstantS.map((tau, n) => tau * (factors[situation.nodeNames[n]!] ?? 1)),
    startC: edit.startC ?? situation.bodyStartC,
    bodyKg: edit.bodyKg ?? situation.energy.bodyKg,
    skidKg: edit.skidKg ?? situation.energy.skidKg,
  };
}

/**
 * A body type of the oven's model against its default one, node by node.
 * @throws RungError `scenario` where it is none, or has other nodes: nothing is believed of those
 */
export function bodyOfType(situation: OvenSituation, name: string, model: OvenConfig | undefined): PlanBody {
  const where = `${situation.twin}/what-if`;
  const refuse = (what: string, advice: string): never => {
    throw new RungError({ code: "scenario", where, what, advice });
  };
  if (model === undefined)
    return refuse(`body ${name}: the oven has no model here`, "give the body's figures");
  const types = bodyTypesOf(model);
  const type = types.find((known) => known.name === name);
  if (type === undefined)
    return refuse(`${name} is no body type`, `known are ${types.map((known) => known.name).join(", ")}`);
  const own = types[0]!;
  const isAlike =
    type.nodes.length === own.nodes.length && type.nodes.every((node, n) => node.name === own.nodes[n]!.name);
  if (!isAlike)
    return refuse(
      `body ${name} has other nodes than ${own.name}`,
      "scenarios know the nodes that the oven is followed with",
    );
  const factors = type.nodes.map((node, n) => timeConstantS(node) / timeConstantS(own.nodes[n]!));
  const { bodyKg, skidKg, startC, nodes, couplings } = type;
  return {
    timeConstantS: situation.timeConstantS.map((tauS, n) => tauS * factors[n]!),
    bodyKg,
    skidKg,
    startC,
    type: { nodes, couplings },
  };
}
