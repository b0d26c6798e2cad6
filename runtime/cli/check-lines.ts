import type { IgnoredRole } from "../ladder/declared-roles.ts";
import { NodeNames } from "../ladder/difference/node-names.ts";
import { oneLine } from "../ladder/difference/one-line.ts";
import { readFlow } from "../ladder/flow-nodes.ts";
import { pieceWords } from "../ladder/piece-words.ts";
import { rungInWords } from "../ladder/rung-words.ts";
import type { MissingPiece, WiredTwin, Wiring } from "../ladder/wiring.ts";
import { isEnough, type Shortfall } from "./wanted-rungs.ts";

type NameOf = (runtimeId: string) => string;

/** The verdict of `rung check` as a person reads it: a table, what to look at, and what falls short. */
export function checkLines(
  flow: unknown,
  wiring: Wiring,
  shortfalls: readonly Shortfall[],
  ignored: readonly IgnoredRole[],
): string[] {
  const { nodes } = readFlow(flow);
  const names = new NodeNames(nodes, nodes);
  const nameOf: NameOf = (id) => names.atRuntime(id, nodes);
  const lines: string[] = [];
  if (wiring.twins.length === 0) lines.push("no twin in this flow");
  else lines.push(...table(wiring.twins, nameOf));
  for (const { address, warnings } of wiring.twins)
    for (const { code, node, text } of warnings)
      lines.push(`warning  ${oneLine(address, 120)}  ${nameOf(node)}: ${text} [${code}]`);
  for (const { node, type } of wiring.unguardedOutputs)
    lines.push(`unguarded output  ${nameOf(node)} (${oneLine(type)})`);
  for (const { node, reason } of wiring.notAnalysable)
    lines.push(`not analysable  ${nameOf(node)}: ${reason}`);
  for (const { by, type, why } of ignored)
    lines.push(`declared role ignored  ${oneLine(`${by}, ${type || "all types"}: ${why}`, 200)}`);
  const byAddress = new Map(wiring.twins.map((twin) => [twin.address, twin]));
  for (const { twin, wired, wanted } of shortfalls) {
    const [next] = byAddress.get(twin)!.missing.filter(({ row }) => row <= wanted);
    const why = next === undefined ? "" : `: ${needs(next, nameOf)}`;
    lines.push(`${oneLine(twin, 120)} is wired for ${wired}, wanted ${wanted}${why}`);
  }
  return lines;
}

function table(twins: readonly WiredTwin[], nameOf: NameOf): string[] {
  const head = ["twin", "class", "wired", "reality", "next"];
  const rows = asTree(twins).map(({ twin, depth }) => [
    `${"  ".repeat(Math.min(depth, 10))}${oneLine(twin.address, 120)}${twin.needed ? "" : " (not needed)"}`,
    twin.class,
    rungInWords(twin.wired, twin.capabilities),
    twin.reality ?? "-",
    next(twin, nameOf),
  ]);
  const widths = head.map((_, column) =>
    [head, ...rows].reduce((widest, row) => Math.max(widest, row[column]!.length), 0),
  );
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}

/** Every twin below its parent, otherwise in the flow's order. */
function asTree(twins: readonly WiredTwin[]): { twin: WiredTwin; depth: number }[] {
  const children = new Map<string | null, WiredTwin[]>();
  for (const twin of twins) {
    const list = children.get(twin.parent);
    if (list === undefined) children.set(twin.parent, [twin]);
    else list.push(twin);
  }
  const tree: { twin: WiredTwin; depth: number }[] = [];
  const left = (children.get(null) ?? []).map((twin) => ({ twin, depth: 0 })).reverse();
  for (let top = left.pop(); top !== undefined; top = left.pop()) {
    tree.push(top);
    const { depth } = top;
    const parts = (children.get(top.twin.address) ?? []).map((twin) => ({ twin, depth: depth + 1 }));
    for (const part of parts.reverse()) left.push(part);
  }
  return tree;
}

function next(twin: WiredTwin, nameOf: NameOf): string {
  if (isEnough(twin)) return `enough for ${oneLine(twin.objective) || "its objective"}`;
  const [piece] = twin.missing;
  if (piece !== undefined) return `${piece.row} ${needs(piece, nameOf)}`;
  return twin.target === null ? "" : `below its target ${twin.target}, see the warnings`;
}

/** `needs a detector after state oven 1`. */
function needs({ role, after }: MissingPiece, nameOf: NameOf): string {
  const piece = pieceWords(role);
  if (role === "state") return `needs ${piece}`;
  if (after === null) return `needs ${piece} before the state`;
  return role === "measurement"
    ? `needs a measurement affected by what ${nameOf(after)} writes`
    : `needs ${piece} after ${nameOf(after)}`;
}
