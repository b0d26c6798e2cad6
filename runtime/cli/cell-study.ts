import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import { changeOrders, changeOrdersCsv } from "../prescribe/cell/change-orders.ts";
import { studyInBackground } from "../prescribe/cell/study-order.ts";
import { studyTable } from "./cell-study-table.ts";
import { readArguments } from "./read-arguments.ts";

export const usage = `rung cell study <cell> [--variant <name>] [--reach] [--robots <a,b>] [--place] [--rebalance]
          [--no-fixes] [--seed <n>] [--json | --csv | --orders]

  Every program against a variant: poses and whole ways, clearances, welds out of reach, cycle times, and what two robots
  want at once. For what it finds it looks for changes, and shows those that the same engine finds clear.

  --variant    of the cell file; the only one may be left out
  --reach      the welds only: reachable, fixable by rotation about the electrode, or short, and by how much
  --robots     look at these only
  --place      the best place of each base over x, y and yaw
  --rebalance  welds moved between robots by reach and cycle time
  --no-fixes   look for no changes
  --seed       of ways that are searched by chance: default 1
  --json       the whole study
  --csv        change orders, a line each
  --orders     change orders as JSON`;

const parse = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      variant: { type: "string" },
      reach: { type: "boolean", default: false },
      robots: { type: "string" },
      place: { type: "boolean", default: false },
      rebalance: { type: "boolean", default: false },
      "no-fixes": { type: "boolean", default: false },
      seed: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
      csv: { type: "boolean", default: false },
      orders: { type: "boolean", default: false },
    },
  });

/**
 * @param args what follows `rung cell study`
 * @returns 1 where a finding is left that metal or a weld depends on and that no change mends
 * @throws RungError `usage`, and those of the cell file
 */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(() => parse([...args]), fault);
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw fault("expected one cell file");
  if ([values.json, values.csv, values.orders].filter(Boolean).length > 1)
    throw fault("--json, --csv and --orders exclude each other");
  const seed = Number(values.seed);
  if (!Number.isInteger(seed)) throw fault(`--seed must be a whole number, got ${values.seed}`);
  const study = await studyInBackground(
    {
      study: values.reach ? "reach" : "variant",
      file,
      ...(values.variant === undefined ? {} : { variant: values.variant }),
      ...(values.robots === undefined ? {} : { robots: values.robots.split(",").map((name) => name.trim()) }),
      fixes: !values["no-fixes"],
      placement: values.place,
      rebalance: values.rebalance,
      seed,
      computedAt: new Date().toISOString(),
    },
    process.stderr.isTTY ? { onProgress: told } : {},
  );
  const orders = () => changeOrders(study);
  if (values.json) process.stdout.write(`${JSON.stringify(study, null, 2)}\n`);
  else if (values.csv) process.stdout.write(changeOrdersCsv(orders()));
  else if (values.orders) process.stdout.write(`${JSON.stringify(orders(), null, 2)}\n`);
  else process.stdout.write(studyTable(study, !values["no-fixes"]));
  return study.findings.some(({ priority, fix }) => priority < 3 && fix === undefined) ? 1 : 0;
}

/** On a terminal, how far it is. */
function told(done: number, of: number): void {
  process.stderr.write(done < of ? `\r${done} of ${of} ` : "\r");
}

function fault(what: string): RungError {
  return new RungError({ code: "usage", where: "rung cell study", what, advice: usage });
}
