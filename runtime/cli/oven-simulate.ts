import { RungError } from "../core/errors.ts";
import { ovenConfig } from "../model/oven/oven-config.ts";
import { type Ride, ride } from "../model/oven/ride.ts";
import { readConfigFile } from "./oven-config-file.ts";

export const usage = `rung oven simulate <config.json> [--json]

  Sends one body through the oven of the configuration and prints, per node, the temperature at the end of each zone,
  E170 (equivalent minutes at 170 °C), degree of cure and peak, and the energy for the body.`;

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
  const result = ride(ovenConfig(readConfigFile(file)));
  process.stdout.write(args.includes("--json") ? `${JSON.stringify(result, null, 2)}\n` : table(result));
  return 0;
}

function table(result: Ride): string {
  const head = [
    "node",
    "tau s",
    ...result.zoneTimesS.map((_, z) => `zone ${z + 1} °C`),
    "E170 min",
    "cure",
    "peak °C",
  ];
  const rows = result.nodes.map((node) => [
    node.name,
    node.timeConstantS.toFixed(2),
    ...node.zoneEndC.map((c) => c.toFixed(3)),
    node.e170Min.toFixed(3) + (node.cured ? "" : " !"),
    node.degreeOfCure.toFixed(5),
    node.peakC.toFixed(2),
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  ");
  const { energy } = result;
  const part = (name: string, kWh: number): string => `${name} ${kWh.toFixed(2)}`;
  return `${[
    `${result.oven}: ${(result.residenceS / 60).toFixed(1)} min`,
    line(head),
    ...rows.map(line),
    `energy per body kWh: ${part("total", energy.totalKWh)} = (${part("body", energy.bodyKWh)} + ${part("skid", energy.skidKWh)} + ${part("exhaust", energy.exhaustKWh)} + ${part("walls", energy.wallsKWh)}) / efficiency + ${part("fans", energy.fansKWh)}`,
    ...(result.nodes.every((node) => node.cured) ? [] : ["! below the cure criterion"]),
  ].join("\n")}\n`;
}
