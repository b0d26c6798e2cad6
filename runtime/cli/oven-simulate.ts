import { RungError } from "../core/errors.ts";
import type { Kinetics } from "../model/oven/cure-config.ts";
import type { BodyCo2, BodyEnergy } from "../model/oven/energy.ts";
import { type OvenConfig, ovenConfig } from "../model/oven/oven-config.ts";
import type { NodeRide } from "../model/oven/ride.ts";
import { type Simulation, simulate, type TypeRide } from "../model/oven/simulation.ts";
import { readJsonInput } from "./json-file.ts";
import { alignedTable } from "./oven-table.ts";

export const usage = `rung oven simulate <config.json> [--json]

  Sends one body of each type through the oven of the configuration and prints, per node, the temperature at the end of
  each zone, E170 (equivalent minutes at 170 °C), degree of cure and peak; and the energy and CO2 for the body.`;

/** @param args what follows `rung oven simulate` */
export async function run(args: readonly string[]): Promise<number> {
  const [file, ...rest] = args.filter((arg) => arg !== "--json");
  if (file === undefined || rest.length > 0) {
    throw new RungError({
      code: "usage",
      where: "rung oven simulate",
      what: "expected one configuration",
      advice: usage,
    });
  }
  const config = ovenConfig(readJsonInput(file, "examples/oven.config.json"));
  const result = simulate(config);
  process.stdout.write(
    args.includes("--json") ? `${JSON.stringify(result, null, 2)}\n` : text(config, result),
  );
  return 0;
}

function text(config: OvenConfig, result: Simulation): string {
  const cured = result.bodyTypes.every((type) => type.nodes.every((node) => node.cured));
  const several = result.bodyTypes.length > 1;
  return `${[
    `${result.oven}: ${(result.residenceS / 60).toFixed(1)} min, ${result.bodiesPerHour.toFixed(1)} bodies/h`,
    ...conveyorWords(config),
    `cure by ${kineticsWords(config.cure.kinetics)}, criterion ${criterionWords(config)}`,
    ...result.bodyTypes.flatMap((type) => [
      ...(several ? ["", `${type.bodyType} (${(100 * type.share).toFixed(0)} % of the bodies)`] : []),
      ...nodeTable(config, type),
      energyWords("energy per body", type.energy),
      co2Words(type.co2),
    ]),
    ...(several ? ["", energyWords("mean of the mix", result.mixEnergy), co2Words(result.mixCo2)] : []),
    ...(cured ? [] : ["! below the cure criterion"]),
  ].join("\n")}\n`;
}

function conveyorWords({ conveyor }: OvenConfig): string[] {
  const stops = conveyor.stops.map((stop) => `${stop.durationS} s after ${stop.atS} s`).join(", ");
  const gaps = conveyor.gaps
    .map((gap) => `${gap.emptyPlaces} empty after every ${gap.everyBodies} bodies`)
    .join(", ");
  return [...(stops === "" ? [] : [`stops: ${stops}`]), ...(gaps === "" ? [] : [`gaps: ${gaps}`])];
}

function kineticsWords(kinetics: Kinetics): string {
  if (kinetics.kind === "first-order") return "first order";
  return kinetics.kind === "nth-order" ? `order ${kinetics.order}` : "Kamal-Sourour";
}

function criterionWords({ cure }: OvenConfig): string {
  return cure.kinetics.kind === "kamal-sourour"
    ? `degree ${cure.kinetics.criterionDegree}`
    : `${cure.criterionMin} min at 170 °C`;
}

function nodeTable(config: OvenConfig, type: TypeRide): string[] {
  const pyrometer = config.pyrometer !== undefined;
  const head = [
    "node",
    "tau s",
    ...type.zoneTimesS.map((_, z) => `zone ${z + 1} °C`),
    "E170 min",
    "cure",
    "peak °C",
    ...(pyrometer ? ["pyrometer °C"] : []),
  ];
  const row = (node: NodeRide): string[] => [
    node.name,
    node.timeConstantS.toFixed(2),
    ...node.zoneEndC.map((c) => c.toFixed(3)),
    node.e170Min.toFixed(3) + (node.cured ? "" : " !"),
    node.degreeOfCure.toFixed(5),
    node.peakC.toFixed(2),
    ...(pyrometer ? [node.pyrometerC!.toFixed(2)] : []),
  ];
  return alignedTable(head, type.nodes.map(row));
}

function energyWords(title: string, energy: BodyEnergy): string {
  const part = (name: string, kWh: number): string => `${name} ${kWh.toFixed(2)}`;
  const heat = ["body", "skid", "exhaust", "walls"] as const;
  const heats = heat.map((name) => part(name, energy[`${name}KWh`])).join(" + ");
  const electric = energy.emittersKWh > 0;
  const emitters = part("emitters", energy.emittersKWh);
  return [
    `${title} kWh: ${part("total", energy.totalKWh)} = ${part("gas", energy.gasKWh)} + ${part("electricity", energy.electricityKWh)}`,
    `gas = (${heats}${electric ? ` - ${emitters}` : ""}) / efficiency`,
    `electricity = ${part("fans", energy.fansKWh)}${electric ? ` + ${emitters}` : ""}`,
  ].join(", ");
}

function co2Words({ gasKg, electricityKg, totalKg }: BodyCo2): string {
  if (totalKg === null)
    return `CO2 kg: gas ${gasKg.toFixed(2)}; of electricity unknown (energy.electricityCo2KgPerKWh)`;
  return `CO2 kg: total ${totalKg.toFixed(2)} = gas ${gasKg.toFixed(2)} + electricity ${electricityKg!.toFixed(2)}`;
}
