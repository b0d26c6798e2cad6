import type { FlowNode } from "../flow-nodes.ts";
import { oneLine } from "./one-line.ts";
import { idsOf } from "./runtime-ids.ts";

/** What the palette calls a type, where that is not its name without `rung-`. */
export const PALETTE_NAMES: Readonly<Record<string, string>> = {
  "rung-cell": "robot cell",
  "rung-life": "remaining life",
  "rung-opcua-link": "opc ua link",
  "rung-opcua-source": "opc ua source",
  "rung-reach": "reach study",
  "rung-variant": "variant check",
  "rung-whatif": "what-if",
  "ui-rung-balance": "balance board",
  "ui-rung-band": "state band",
  "ui-rung-cell": "robot cell",
  "ui-rung-energy": "energy screen",
  "ui-rung-line": "line screen",
  "ui-rung-list": "alarms",
  "ui-rung-tile": "values",
};

const INSTANCE = "subflow:";

/** The place a node stands in: a tab or subflow by its id, or what all tabs share. */
export const SHARED = "";

/** What the nodes of a difference are called. Where a name is missing or taken twice, the id stands beside it. */
export class NodeNames {
  readonly #before: ReadonlyMap<string, FlowNode>;
  readonly #after: ReadonlyMap<string, FlowNode>;
  /** How many nodes of one place go by the same words. */
  readonly #counts = new Map<string, number>();

  constructor(before: ReadonlyMap<string, FlowNode>, after: ReadonlyMap<string, FlowNode>) {
    this.#before = before;
    this.#after = after;
    for (const id of new Set([...before.keys(), ...after.keys()])) {
      const key = this.#key(this.#node(id)!);
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    }
  }

  #node(id: string): FlowNode | undefined {
    return this.#after.get(id) ?? this.#before.get(id);
  }

  #key(node: FlowNode): string {
    return JSON.stringify([this.placeOf(node), this.type(node), nameOf(node)]);
  }

  /** A node of this id as it is now, or as it was last: `forecast exhaust ahead`. */
  of(id: string): string {
    const node = this.#node(id);
    return node === undefined ? oneLine(id) : this.describe(node);
  }

  /** What runs under this id: `detect fans`, or inside a subflow `detect fans in subflow clean kiln`. */
  atRuntime(runtimeId: string, nodes: ReadonlyMap<string, FlowNode>): string {
    const ids = idsOf(runtimeId, nodes);
    return ids.length === 0
      ? oneLine(runtimeId)
      : ids
          .reverse()
          .map((id) => this.of(id))
          .join(" in ");
  }

  /** One of two versions of a node. */
  describe(node: FlowNode): string {
    const words = [this.type(node), nameOf(node)].filter((part) => part !== "").join(" ");
    return (this.#counts.get(this.#key(node)) ?? 0) > 1 ? `${words} (${oneLine(node.id)})` : words;
  }

  /** What a field calls the configuration node it means: its name alone, where that is enough. */
  reference(node: FlowNode): string {
    const name = nameOf(node);
    const words = this.describe(node);
    return name !== "" && words.endsWith(name) ? name : words;
  }

  /** `opc ua source`; of an instance the name of its subflow. */
  type({ type }: FlowNode): string {
    if (type.startsWith(INSTANCE)) {
      const definition = this.#node(type.slice(INSTANCE.length));
      return `subflow ${(definition && nameOf(definition)) || oneLine(type.slice(INSTANCE.length))}`;
    }
    return typeInWords(type);
  }

  /** The id of the tab or subflow a node stands in; a tab stands in itself. */
  placeOf({ id, type, z, isConfig }: FlowNode): string {
    if (type === "tab" || type === "subflow") return id;
    return z === "" && isConfig ? SHARED : z;
  }

  /** `tab paint`, `subflow dose`, `shared configuration`. */
  place(id: string): string {
    if (id === SHARED) return "shared configuration";
    const node = this.#node(id);
    return node === undefined ? `tab ${oneLine(id)}, which is not there` : this.describe(node);
  }
}

/** A node's own name, cleaned; empty where it has none. */
export function nameOf({ raw }: FlowNode): string {
  const name = [raw.name, raw.label].find((entry) => typeof entry === "string" && entry.trim() !== "");
  return typeof name === "string" ? oneLine(name) : "";
}

export function typeInWords(type: string): string {
  if (Object.hasOwn(PALETTE_NAMES, type)) return PALETTE_NAMES[type]!;
  return oneLine(type.replace(/^(ui-)?rung-/, "").replaceAll("-", " "));
}
