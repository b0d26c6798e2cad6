import type { NodeAPI } from "node-red";
import { addressOf, type BindingRow } from "../../../runtime/describe/binding-table.ts";
import { services } from "../../../runtime/host/services.ts";

/** Fields in which sources keep their tables of properties. */
const TABLES = ["bindings", "mapping"];

/**
 * The unit that a property is declared in: by a source of the flow, which may be made after the node that asks, or
 * else as its twin's state knows it. "" is declared without a unit, undefined not declared at all.
 */
export function declaredUnits(RED: NodeAPI): (address: string) => string | undefined {
  let declared: ReadonlyMap<string, string> | undefined;
  return (address) => {
    declared ??= unitsOfFlow(RED);
    const unit = declared.get(address);
    if (unit !== undefined) return unit;
    const dictionary = services().twins.ownerOf(address)?.dictionary;
    const index = dictionary?.indexOf(address) ?? -1;
    return index < 0 ? undefined : (dictionary!.properties[index]!.unit ?? "");
  };
}

/** Units by address, as the tables of all sources say. */
function unitsOfFlow(RED: NodeAPI): ReadonlyMap<string, string> {
  const saved: Record<string, unknown>[] = [];
  RED.nodes.eachNode((node) => saved.push(node as unknown as Record<string, unknown>));
  const twins = new Map(saved.map((node) => [node.id, String(node.address ?? "").trim()]));
  const units = new Map<string, string>();
  for (const node of saved) {
    if (node.d === true) continue;
    for (const row of TABLES.flatMap((table) => rowsOf(node[table])))
      if (typeof row.path === "string")
        units.set(addressOf(twins.get(node.twin) ?? "", row.path), row.unit ?? "");
  }
  return units;
}

/** Tables were saved as text once. A table that cannot be read is told by the node it belongs to. */
function rowsOf(table: unknown): Partial<BindingRow>[] {
  if (Array.isArray(table)) return table.filter((row) => typeof row === "object" && row !== null);
  if (typeof table !== "string" || !table.startsWith("[")) return [];
  try {
    return rowsOf(JSON.parse(table));
  } catch {
    return [];
  }
}
