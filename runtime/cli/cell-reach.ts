import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import {
  type Cell,
  type CellRobot,
  readCell,
  type Variant,
  type WeldPoint,
} from "../model/cell/cell-model.ts";
import { ELECTRODES } from "../model/cell/weld-point.ts";
import { ReachJudge, type WeldReach } from "../model/robot/reach.ts";
import { reachJson, reachWords } from "./cell-check-rows.ts";
import { readArguments } from "./read-arguments.ts";
import { textTable } from "./text-table.ts";

export const usage = `rung cell reach <cell.yaml> [--variant <name>] [--robot <name>] [--json]

  Says of every weld of a variant (the last of the file unless --variant names one) whether the robot it is given to
  reaches it: as it is, turned about the electrodes, or short by how much and how far the base must move. A weld that
  nobody has is told for each robot. --robot asks one robot about every weld. Contacts are not looked at here.`;

interface WeldLine {
  readonly weld: string;
  readonly robot: string;
  readonly reach: WeldReach;
}

/** @param args what follows `rung cell reach` */
export async function run(args: readonly string[]): Promise<number> {
  const { file, variant: wanted, robot, json } = readArguments(() => parsed(args), wrong);
  const cell = await readCell(file);
  const variant = variantOf(cell, wanted);
  if (robot !== undefined && !cell.robots.some(({ name }) => name === robot)) {
    const advice = `it has ${cell.robots.map(({ name }) => name).join(", ")}`;
    throw new RungError({
      code: "unknown-robot",
      where: file,
      what: `${robot} is no robot of this cell`,
      advice,
    });
  }
  const judges = new Map<string, ReachJudge>();
  const judgeOf = (one: CellRobot): ReachJudge => {
    const judge =
      judges.get(one.name) ??
      new ReachJudge(one.arm, { freeAboutElectrode: true, electrodeAxis: ELECTRODES });
    judges.set(one.name, judge);
    return judge;
  };
  const lines = variant.welds.flatMap((weld) =>
    robotsFor(cell, weld, robot).map((one) => ({
      weld: weld.name,
      robot: one.name,
      reach: judgeOf(one).of(weld.pose12),
    })),
  );
  process.stdout.write(
    json ? `${JSON.stringify(asJson(cell, variant, lines), null, 2)}\n` : text(cell, variant, lines),
  );
  return lines.every(({ reach }) => isReached(reach)) ? 0 : 1;
}

const isReached = ({ kind }: WeldReach): boolean => kind === "reachable" || kind === "fixable";

function robotsFor(cell: Cell, weld: WeldPoint, asked: string | undefined): readonly CellRobot[] {
  const wanted = asked ?? weld.robot;
  return wanted === undefined ? cell.robots : cell.robots.filter(({ name }) => name === wanted);
}

function variantOf(cell: Cell, wanted: string | undefined): Variant {
  const found =
    wanted === undefined ? cell.variants.at(-1) : cell.variants.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  throw new RungError({
    code: "unknown-variant",
    where: cell.file,
    what: wanted === undefined ? "has no variant, so no welds" : `${wanted} is no variant of this cell`,
    advice: `it has ${cell.variants.map(({ name }) => name).join(", ") || "none"}`,
  });
}

function parsed(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      variant: { type: "string" },
      robot: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new Error("expected one cell file");
  return { file, ...values };
}

function wrong(what: string): RungError {
  return new RungError({ code: "usage", where: "rung cell reach", what, advice: usage });
}

function text(cell: Cell, variant: Variant, lines: readonly WeldLine[]): string {
  const reached = lines.filter(({ reach }) => isReached(reach)).length;
  return `${[
    `${cell.name}, ${variant.name}: ${variant.welds.length} welds, ${reached} of ${lines.length} reached`,
    ...textTable(
      ["weld", "robot", "reach"],
      lines.map(({ weld, robot, reach }) => [weld, robot, reachWords(reach)]),
      3,
    ),
  ].join("\n")}\n`;
}

function asJson(cell: Cell, variant: Variant, lines: readonly WeldLine[]): object {
  return {
    cell: cell.name,
    variant: variant.name,
    welds: lines.map(({ weld, robot, reach }) => ({ weld, robot, ...reachJson(reach) })),
  };
}
