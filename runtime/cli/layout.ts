import { parseArgs } from "node:util";
import { messageOf, RungError } from "../core/errors.ts";
import { readLayoutFile } from "../model/layout/layout-file.ts";
import { PART_KINDS, type PlantLayout } from "../model/layout/plant-layout.ts";
import { tellingTwins, untoldParts } from "../model/layout/told-parts.ts";
import { errorLine, type InputError, readFlows } from "./flow-input.ts";

export const summary = "check a plant's layout for its 3D picture";
export const usage = `rung layout <layout> [--flows <flows>] [--json]

Reads a layout as the plant 3D widget does: JSON or YAML, or glTF or GLB whose nodes are named by addresses, and counts its
parts. With --flows (a folder or a file) it names the parts that no twin of those flows tells of.
What stands in a layout: docs/plant3d.md

Exit: 0 as wanted, 1 a part has no twin, 2 a fault of the input.`;

/**
 * @param args what follows `rung layout`
 * @returns the exit code
 */
export async function run(args: readonly string[]): Promise<number> {
  const json = args.includes("--json");
  try {
    const { file, flows } = wantedOf(args);
    const { layout, glb } = await readLayoutFile(file);
    const untold = flows === undefined ? [] : untoldParts(layout, twinsIn(flows));
    const counts = Object.fromEntries(
      PART_KINDS.map((kind) => [kind, layout.parts.filter((part) => part.kind === kind).length]),
    );
    const answer = {
      name: layout.name,
      parts: counts,
      cells: layout.cells.map((cell) => cell.file),
      ...(glb === undefined ? {} : { shapesBytes: glb.byteLength }),
      withoutTwin: untold.map(({ id, address }) => ({ id, address })),
    };
    process.stdout.write(json ? `${JSON.stringify(answer, null, 2)}\n` : lines(layout, counts, untold));
    return untold.length === 0 ? 0 : 1;
  } catch (fault) {
    if (!(fault instanceof RungError)) throw fault;
    if (json) process.stdout.write(`${JSON.stringify({ errors: [fault.toJSON()] }, null, 2)}\n`);
    else process.stderr.write(`${fault.message}\n`);
    return 2;
  }
}

function wantedOf(args: readonly string[]): { file: string; flows: string | undefined } {
  const fault = (what: string) =>
    new RungError({ code: "bad-arguments", where: "rung layout", what, advice: "rung help layout" });
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { flows: { type: "string" }, json: { type: "boolean" } },
    });
    if (positionals.length !== 1) throw fault("name one layout file");
    return { file: positionals[0]!, flows: values.flows };
  } catch (thrown) {
    throw thrown instanceof RungError ? thrown : fault(messageOf(thrown));
  }
}

/** Addresses of the twins of flows. @throws RungError `bad-flows` */
function twinsIn(path: string): string[] {
  const errors: InputError[] = [];
  const { flow } = readFlows([path], errors);
  if (errors.length > 0) {
    const what = errors.map(errorLine).join("\n");
    throw new RungError({ code: "bad-flows", where: path, what, advice: "name a folder or a file of flows" });
  }
  return tellingTwins(flow);
}

function lines(
  { name, cells }: PlantLayout,
  counts: Readonly<Record<string, number>>,
  untold: PlantLayout["parts"],
): string {
  const kinds = Object.entries(counts).filter(([, count]) => count > 0);
  const told = kinds.map(([kind, count]) => `${count} ${kind}${count === 1 ? "" : "s"}`).join(", ");
  const cellText =
    cells.length === 0 ? "" : `, robots of ${cells.length === 1 ? "1 cell" : `${cells.length} cells`}`;
  const missing = untold.map(({ id, address }) => `${id}: no twin tells of ${address}`);
  return `${[`${name}: ${told}${cellText}`, ...missing].join("\n")}\n`;
}
