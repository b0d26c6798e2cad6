import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import { CellEngine } from "../model/cell/cell-engine.ts";
import { type Cell, readCell } from "../model/cell/cell-model.ts";
import { type CheckedPoint, checkPrograms } from "../model/cell/check-programs.ts";
import { checkedPointJson, POINT_HEAD, pointRows } from "./cell-check-rows.ts";
import { readArguments } from "./read-arguments.ts";
import { textTable } from "./text-table.ts";

export const usage = `rung cell check <cell.yaml> [--variant <name>] [--json]

  Checks the import of every robot and mesh, and every point of every program: reach, contacts and how far they clip,
  clearances against the limits of the cell. Without --variant every variant of the cell. The other robots stand at
  home; the ways between the points are studied by rung cell study.`;

/** @param args what follows `rung cell check` */
export async function run(args: readonly string[]): Promise<number> {
  const { file, variant, json } = readArguments(() => parsed(args), wrong);
  const cell = await readCell(file);
  const checked: CheckedVariant[] = [];
  for (const name of variantsOf(cell, variant)) {
    const engine = await CellEngine.create(cell, name);
    checked.push({ variant: name, points: checkPrograms(engine) });
  }
  process.stdout.write(json ? `${JSON.stringify(asJson(cell, checked), null, 2)}\n` : text(cell, checked));
  return checked.some(({ points }) => points.some(({ result }) => result !== "clear")) ? 1 : 0;
}

interface CheckedVariant {
  /** Absent of a cell without variants. */
  readonly variant: string | undefined;
  readonly points: readonly CheckedPoint[];
}

function variantsOf(cell: Cell, wanted: string | undefined): (string | undefined)[] {
  if (wanted !== undefined) return [wanted];
  return cell.variants.length === 0 ? [undefined] : cell.variants.map(({ name }) => name);
}

function parsed(args: readonly string[]): { file: string; variant: string | undefined; json: boolean } {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { variant: { type: "string" }, json: { type: "boolean", default: false } },
  });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new Error("expected one cell file");
  return { file, variant: values.variant, json: values.json };
}

function wrong(what: string): RungError {
  return new RungError({ code: "usage", where: "rung cell check", what, advice: usage });
}

function text(cell: Cell, checked: readonly CheckedVariant[]): string {
  const bodies = cell.robots.reduce((sum, { bodies: own }) => sum + own.length, 0);
  const lines = [
    `${cell.name}: ${cell.robots.length} robots of ${bodies} bodies, ${cell.fixtures.length} fixtures`,
    ...cell.warnings.map((warning) => `! ${warning}`),
  ];
  for (const { variant, points } of checked) {
    const bad = points.filter(({ result }) => result !== "clear");
    const count = (result: string): number => points.filter((point) => point.result === result).length;
    lines.push(
      "",
      `${variant ?? "no variant"}: ${points.length} points, ${count("clear")} clear, ${count("contact")} in contact, ${count("near")} too near, ${count("unreachable")} out of reach`,
      ...(bad.length > 0 ? textTable(POINT_HEAD, bad.flatMap(pointRows), 4) : []),
    );
  }
  return `${lines.join("\n")}\n`;
}

function asJson(cell: Cell, checked: readonly CheckedVariant[]): object {
  const bodies = [
    ...cell.robots.flatMap((robot) => robot.bodies.map((body) => ({ owner: robot.name, body }))),
    ...cell.fixtures.map((body) => ({ owner: "", body })),
    ...cell.variants.flatMap(({ name, parts }) => parts.map((body) => ({ owner: name, body }))),
  ];
  return {
    cell: cell.name,
    warnings: cell.warnings,
    meshes: bodies.map(({ owner, body }) => ({
      ...(owner !== "" && { of: owner }),
      name: body.name,
      file: body.source,
      ...body.report,
    })),
    variants: checked.map(({ variant, points }) => ({
      variant: variant ?? null,
      points: points.map(checkedPointJson),
    })),
  };
}
