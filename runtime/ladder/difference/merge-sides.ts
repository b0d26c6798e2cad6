import { RungError } from "../../core/errors.ts";
import { isRecord } from "../flow-nodes.ts";
import { canonical, contentOf, type RawNode } from "./merge-content.ts";

export type Side = "mine" | "theirs";
export const SIDES: readonly Side[] = ["mine", "theirs"];
export const otherOf = (side: Side): Side => (side === "mine" ? "theirs" : "mine");

/** One node as it was and as each side has it; undefined where it does not stand. */
export interface SidesOfNode {
  readonly id: string;
  readonly base: RawNode | undefined;
  readonly mine: RawNode | undefined;
  readonly theirs: RawNode | undefined;
  /** Tabs, subflows and shared configuration it stands in: more than one where a side moved it. */
  readonly places: readonly string[];
  /** Which side changed what it does. */
  readonly changed: Readonly<Record<Side, boolean>>;
  /** Which side entered credentials: an editor sends them only then. */
  readonly entered: Readonly<Record<Side, boolean>>;
  /** Both sides have the same, whatever was there before. */
  readonly isAgreed: boolean;
}

/** The nodes of a flow by id, in their order. */
export type NodesById = ReadonlyMap<string, RawNode>;

/**
 * @param flow the array of a flow file, or `{flows: [...]}` as Node-RED's admin API gives it
 * @throws RungError `not-mergeable`: what cannot be read could be lost unseen
 */
export function nodesById(flow: unknown, whose: string): NodesById {
  const refuse = (where: string, what: string): never => {
    throw new RungError({
      code: "not-mergeable",
      where,
      what,
      advice: "compare the flows node by node instead",
    });
  };
  const list: unknown = isRecord(flow) ? flow.flows : flow;
  if (!Array.isArray(list)) return refuse(whose, "a flow is an array of nodes");
  const nodes = new Map<string, RawNode>();
  for (const [index, raw] of list.entries()) {
    if (!isRecord(raw) || typeof raw.id !== "string" || raw.id === "" || typeof raw.type !== "string")
      return refuse(`${whose}/${index}`, "a node needs an id and a type");
    if (nodes.has(raw.id)) return refuse(`${whose}/${index}`, `${raw.id} stands twice`);
    nodes.set(raw.id, raw as RawNode);
  }
  return nodes;
}

/** Every node that stands in one of the three flows. */
export function sidesOf(base: NodesById, mine: NodesById, theirs: NodesById): Map<string, SidesOfNode> {
  const flows = [base, mine, theirs];
  const isCanvas = (id: string) =>
    flows.some((flow) => flow.get(id)?.type === "tab" || flow.get(id)?.type === "subflow");
  const placeOf = (raw: RawNode): string =>
    typeof raw.z === "string" && raw.z !== raw.id && isCanvas(raw.z) ? raw.z : raw.id;
  const sides = new Map<string, SidesOfNode>();
  for (const id of new Set(flows.flatMap((flow) => [...flow.keys()]))) {
    const versions = flows.map((flow) => flow.get(id));
    const [was, my, their] = versions.map((raw) => raw && contentOf(raw));
    sides.set(id, {
      id,
      base: versions[0],
      mine: versions[1],
      theirs: versions[2],
      places: [...new Set(versions.flatMap((raw) => (raw === undefined ? [] : placeOf(raw))))],
      changed: { mine: my !== was, theirs: their !== was },
      entered: { mine: hasEntered(versions[1], versions[0]), theirs: hasEntered(versions[2], versions[0]) },
      isAgreed: my === their,
    });
  }
  return sides;
}

function hasEntered(raw: RawNode | undefined, base: RawNode | undefined): boolean {
  return (
    raw?.credentials !== undefined && canonical(raw.credentials) !== canonical(base?.credentials ?? null)
  );
}
