import { RUNGS, type Rung } from "../../core/evidence.ts";
import { type FlowProblem, isRecord, stringsOf } from "../flow-nodes.ts";
import type { DataPathGraph } from "../graph.ts";
import { field, type PlacedNode } from "../placed-nodes.ts";

/** A property's address and the addresses whose change moves it. */
export interface AffectedProperty {
  readonly address: string;
  readonly affectedBy: readonly string[];
}

/** A twin as its configuration node declares it. */
export interface DeclaredTwin {
  readonly node: string;
  readonly placed: PlacedNode;
  readonly address: string;
  readonly name: string;
  readonly scope: string;
  /** Id or address of the parent as it is written. */
  readonly parent: string;
  readonly needed: boolean;
  readonly neededReason: string;
  readonly objective: string;
  readonly target: Rung | null;
  readonly properties: readonly AffectedProperty[];
}

const text = (placed: PlacedNode, name: string): string => {
  const value = field(placed, name);
  return typeof value === "string" ? value.trim() : "";
};

export const trimAddress = (address: string): string => address.trim().replace(/^\/+|\/+$/g, "");

/** The whole address of a path below the twin's; what begins with `/` or the twin's enterprise is whole already. */
export function addressOf(path: string, twin: string): string {
  const trimmed = trimAddress(path);
  const [enterprise] = twin.split("/");
  const isWhole = path.trim().startsWith("/") || trimmed === twin || trimmed.startsWith(`${enterprise}/`);
  return isWhole ? trimmed : `${twin}/${trimmed}`;
}

/** Rows of a table field with a path (or address) and what it is affected by; rows without either are skipped. */
export function affectedProperties(rows: unknown, twin: string): AffectedProperty[] {
  if (!Array.isArray(rows)) return [];
  return rows.filter(isRecord).flatMap((row) => {
    const path = [row.path, row.address].find(
      (entry): entry is string => typeof entry === "string" && entry !== "",
    );
    if (path === undefined) return [];
    const affectedBy = stringsOf(row.affectedBy)
      .flatMap((entry) => entry.split(/[,\s]+/))
      .filter((entry) => entry !== "")
      .map((entry) => addressOf(entry, twin));
    return [{ address: addressOf(path, twin), affectedBy }];
  });
}

/** What a twin's configuration node says; the address is empty where it has none. */
export function declaredTwin(graph: DataPathGraph, placed: PlacedNode): DeclaredTwin {
  const address = trimAddress(text(placed, "address"));
  const target = Number(field(placed, "targetRung"));
  return {
    node: placed.id,
    placed,
    address,
    name: text(placed, "name") || (address.split("/").at(-1) ?? address),
    scope: text(placed, "scope"),
    parent: graph.flow.configOf(placed, "parent")?.id ?? text(placed, "parent"),
    needed: field(placed, "needed") !== false && field(placed, "needed") !== "false",
    neededReason: text(placed, "neededReason"),
    objective: text(placed, "objective"),
    target:
      field(placed, "targetRung") === undefined || field(placed, "targetRung") === ""
        ? null
        : (RUNGS.find((rung) => rung === target) ?? null),
    properties: affectedProperties(field(placed, "properties"), address),
  };
}

/** Those that count, in the flow's order. Two of one address, or one without, are errors. */
export function declaredTwins(declared: readonly DeclaredTwin[], problems: FlowProblem[]): DeclaredTwin[] {
  const byAddress = new Map<string, DeclaredTwin>();
  for (const twin of declared) {
    const { node, placed, address } = twin;
    const first = byAddress.get(address);
    if (address !== "" && first === undefined) {
      byAddress.set(address, twin);
      continue;
    }
    problems.push({
      code: address === "" ? "twin-without-address" : "duplicate-address",
      node,
      path: `/${placed.node.index}/address`,
      message:
        address === ""
          ? `${node}: the twin has no address`
          : `${address}: is the address of ${first!.node} and of ${node}`,
    });
  }
  return [...byAddress.values()];
}

/** States (as vertices) by id of their twin's configuration node. A state that names no twin is an error. */
export function statesByTwin(
  graph: DataPathGraph,
  twins: readonly DeclaredTwin[],
  problems: FlowProblem[],
): Map<string, number[]> {
  const states = new Map(twins.map((twin) => [twin.node, [] as number[]]));
  const told = new Set<string>();
  for (const vertex of graph.withRole("state")) {
    const { id, placed } = graph.vertices[vertex]!;
    const twin = graph.flow.configOf(placed, "twin");
    const list = twin === undefined ? undefined : states.get(twin.id);
    if (list !== undefined) list.push(vertex);
    else if (!told.has(id)) {
      told.add(id);
      problems.push({
        code: "state-without-twin",
        node: id,
        path: `/${placed.node.index}/twin`,
        message: `${id}: the state names no twin that is there`,
      });
    }
  }
  return states;
}
