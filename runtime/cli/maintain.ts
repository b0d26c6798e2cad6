import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import {
  type MaintenanceInstance,
  readMaintenanceInstance,
} from "../prescribe/maintain/maintenance-instance.ts";
import { type MaintenancePlan, planMaintenance } from "../prescribe/maintain/maintenance-plan.ts";
import { readJsonInput } from "./json-file.ts";
import { ordersUsage, tellOrders } from "./maintain-orders.ts";
import { readArguments } from "./read-arguments.ts";
import { textTable } from "./text-table.ts";

export const summary = "group maintenance so that the line stops least";
export const usage = `rung maintain <instance.json> [--repairers <n>] [--setup-cost <c>] [--downtime-rate <c per h>] [--json]

Says which activities of the instance are done together in one stop of the line, and when: what stops and downtime that
saves, less what doing work early or late costs. Up to 17 activities the plan is proved the best of all; of more it is the
best in the order of due times, polished by chance with a seed.
The options take the place of the instance's figures. The form of the file: docs/maintenance.md

${ordersUsage}

Exit: 0 done, 2 a fault of the input.`;

interface Wanted {
  readonly file: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** The instance's own name of each option. */
const FIGURES = {
  repairers: "repairmen",
  "setup-cost": "setup_cost",
  "downtime-rate": "downtime_cost_rate",
} as const;

/**
 * @param args what follows `rung maintain`
 * @returns the exit code
 */
export async function run(args: readonly string[]): Promise<number> {
  const json = args.includes("--json");
  try {
    if (args[0] === "orders") {
      process.stdout.write(tellOrders(args.slice(1)));
      return 0;
    }
    const { file, figures } = wantedOf(args);
    const raw = readJsonInput(file, "docs/maintenance.md");
    const isObject = typeof raw === "object" && raw !== null && !Array.isArray(raw);
    const instance = readMaintenanceInstance(isObject ? { ...raw, ...figures } : raw, file);
    const plan = planMaintenance(instance);
    process.stdout.write(
      json ? `${JSON.stringify(asJson(instance, plan), null, 2)}\n` : table(instance, plan),
    );
    return 0;
  } catch (fault) {
    if (!(fault instanceof RungError)) throw fault;
    if (json) process.stdout.write(`${JSON.stringify({ errors: [fault.toJSON()] }, null, 2)}\n`);
    else process.stderr.write(`${fault.message}\n`);
    return 2;
  }
}

function wantedOf(args: readonly string[]): Wanted {
  const fault = (what: string) =>
    new RungError({ code: "usage", where: "rung maintain", what, advice: usage });
  const { positionals, values } = readArguments(
    () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: {
          json: { type: "boolean" },
          repairers: { type: "string" },
          "setup-cost": { type: "string" },
          "downtime-rate": { type: "string" },
        },
      }),
    fault,
  );
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw fault("expected one instance");
  const figures: Record<string, number> = {};
  for (const [option, name] of Object.entries(FIGURES)) {
    const text = values[option as keyof typeof FIGURES];
    if (text === undefined) continue;
    if (text.trim() === "" || !Number.isFinite(Number(text)))
      throw fault(`--${option} must be a number, got ${text}`);
    figures[name] = Number(text);
  }
  return { file, figures };
}

function asJson(instance: MaintenanceInstance, { groups, value, saved, proven }: MaintenancePlan) {
  return {
    name: instance.name,
    value,
    saved,
    proven,
    repairmen: instance.repairers,
    groups: groups.map((group) => ({
      activities: group.activities.map(({ id }) => id),
      time_h: group.timeH,
      makespan_h: group.makespanH,
      value: group.value,
    })),
  };
}

function table(
  { name, activities }: MaintenanceInstance,
  { groups, saved, proven }: MaintenancePlan,
): string {
  const rows = groups.map((group) => [
    group.activities.map(({ id, component }) => `${id} (${component})`).join(", "),
    group.timeH.toFixed(1),
    group.makespanH.toFixed(2),
    group.value.toFixed(2),
  ]);
  return [
    `${name}: ${activities.length} activities in ${groups.length} ${groups.length === 1 ? "stop" : "stops"} save ${saved.toFixed(2)}, ${proven ? "proved the most" : "not proved the most"}`,
    "",
    ...textTable(["activities (component)", "from h", "takes h", "worth"], rows, 1),
    "",
  ].join("\n");
}
