import { canonicalHash } from "../../core/canonical-json.ts";
import { isRecord } from "../flow-nodes.ts";
import { field, type PlacedNode } from "../placed-nodes.ts";

/** How a node is drawn. What it does stays the same when these change. */
const DRAWING: ReadonlySet<string> = new Set(["x", "y", "w", "h", "l"]);
/** Passwords are part of no flow file and of no hash. */
const SECRET = "credentials";
/** Where a node stands, what it is called and whom it sends to, beside how it is drawn. */
const PLACE: ReadonlySet<string> = new Set([
  ...DRAWING,
  SECRET,
  "id",
  "z",
  "g",
  "d",
  "wires",
  "name",
  "info",
]);

/**
 * SHA-256 of what a flow does: all its nodes in the order of their ids, without how they are drawn and without
 * secrets. Moving a node changes nothing; a parameter, a wire or a name does.
 */
export function flowHash(flow: unknown): string {
  const list = isRecord(flow) ? flow.flows : flow;
  const nodes = (Array.isArray(list) ? list : []).filter(isRecord).map(withoutDrawing);
  const id = (node: Record<string, unknown>) => String(node.id ?? "");
  return canonicalHash(nodes.sort((a, b) => (id(a) < id(b) ? -1 : 1)));
}

/** A node, and of a subflow's ports what they are wired to. */
function withoutDrawing(node: Record<string, unknown>): Record<string, unknown> {
  const kept = drop(node, (key) => DRAWING.has(key) || key === SECRET);
  if (node.type !== "subflow") return kept;
  const port = (thing: unknown): unknown =>
    Array.isArray(thing) ? thing.map(port) : isRecord(thing) ? drop(thing, (key) => DRAWING.has(key)) : thing;
  const ports = Object.keys(kept).filter((key) => key === "in" || key === "out" || key === "status");
  return { ...kept, ...Object.fromEntries(ports.map((key) => [key, port(kept[key])])) };
}

function drop(node: Record<string, unknown>, unwanted: (key: string) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(node).filter(([key]) => !unwanted(key)));
}

/** SHA-256 of a node's type and parameters, inside a subflow with the instance's values. */
export function configurationHash(placed: PlacedNode): string {
  const keys = Object.keys(placed.node.raw).filter((key) => !PLACE.has(key));
  return canonicalHash(Object.fromEntries(keys.map((key) => [key, field(placed, key) ?? null])));
}
