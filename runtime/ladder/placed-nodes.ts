import { type FlowNode, type FlowProblem, isRecord, type ReadFlow } from "./flow-nodes.ts";

/** Where a node stands at run time: on a tab, or inside one instance of a subflow. */
interface Scope {
  /** "" on a tab; `<instance>-` inside a subflow, as Node-RED makes the ids of a subflow's nodes. */
  readonly prefix: string;
  /** Values of `${NAME}` inside the instance. */
  readonly env: ReadonlyMap<string, unknown>;
  readonly outer?: Scope;
}

/** A node as it runs: subflows are unfolded, so that one node of a subflow stands once per instance. */
export interface PlacedNode {
  /** Id at run time. */
  readonly id: string;
  readonly node: FlowNode;
  readonly scope: Scope;
  /** Tab on whose canvas it, or the outermost instance around it, stands. */
  readonly tab: string;
  /** Index of every placed node that gets what this one sends. */
  readonly successors: number[];
}

export interface PlacedFlow {
  readonly placed: readonly PlacedNode[];
  /** Index by id at run time. */
  readonly indexOf: ReadonlyMap<string, number>;
  readonly problems: FlowProblem[];
  /** Configuration nodes that run, by id at run time. */
  readonly configs: ReadonlyMap<string, PlacedNode>;
  /** Whether the flow has a node of this id, running or disabled. */
  has(id: string): boolean;
}

/** More running nodes than this are not analysed: nested subflows multiply. */
export const MAX_PLACED = 200_000;

const STANDS_NOWHERE = new Set(["tab", "subflow", "group", "comment", "global-config"]);
const INSTANCE = "subflow:";

/** A configuration field; inside a subflow `${NAME}` is the instance's value. */
export function field(placed: PlacedNode, name: string): unknown {
  const value = placed.node.raw[name];
  if (typeof value !== "string") return value;
  const variable = /^\$\{([^}]+)\}$/.exec(value)?.[1];
  if (variable === undefined) return value;
  for (let scope: Scope | undefined = placed.scope; scope !== undefined; scope = scope.outer) {
    if (scope.env.has(variable)) return scope.env.get(variable);
  }
  return undefined;
}

/** The configuration node that a field names; undefined where it names none, or one that is disabled or missing. */
export function configOf(
  configs: ReadonlyMap<string, PlacedNode>,
  placed: PlacedNode,
  name: string,
): PlacedNode | undefined {
  const id = field(placed, name);
  if (typeof id !== "string" || id === "") return undefined;
  for (let scope: Scope | undefined = placed.scope; scope !== undefined; scope = scope.outer) {
    const found = configs.get(scope.prefix + id);
    if (found !== undefined) return found;
  }
  return configs.get(id);
}

/** Unfolds subflows, drops what is disabled, and resolves every wire and link that Node-RED follows. */
export function placeNodes({ nodes, problems }: ReadFlow): PlacedFlow {
  const placement = new Placement(nodes, problems);
  placement.placeTabs();
  placement.connect();
  return placement;
}

class Placement implements PlacedFlow {
  readonly placed: PlacedNode[] = [];
  readonly indexOf = new Map<string, number>();
  readonly configs = new Map<string, PlacedNode>();
  readonly problems: FlowProblem[];
  readonly #nodes: ReadonlyMap<string, FlowNode>;
  readonly #childrenOf = new Map<string, FlowNode[]>();
  /** Link ins by link out, gathered from both ends as Node-RED does. */
  readonly #links = new Map<string, Set<string>>();
  readonly #told = new Set<string>();
  #full = false;

  constructor(nodes: ReadonlyMap<string, FlowNode>, problems: FlowProblem[]) {
    this.#nodes = nodes;
    this.problems = problems;
    for (const node of nodes.values()) {
      if (STANDS_NOWHERE.has(node.type)) continue;
      const list = this.#childrenOf.get(node.z);
      if (list === undefined) this.#childrenOf.set(node.z, [node]);
      else list.push(node);
      if (!Array.isArray(node.raw.links)) continue;
      for (const other of node.raw.links) {
        if (typeof other !== "string") continue;
        if (node.type === "link out") this.#link(node.id, other);
        if (node.type === "link in") this.#link(other, node.id);
      }
    }
  }

  #link(out: string, into: string): void {
    const list = this.#links.get(out) ?? new Set();
    this.#links.set(out, list.add(into));
  }

  has(id: string): boolean {
    return this.#nodes.has(id);
  }

  placeTabs(): void {
    const top: Scope = { prefix: "", env: new Map() };
    for (const z of this.#childrenOf.keys()) {
      const container = this.#nodes.get(z);
      if (container?.type === "subflow" || container?.disabled) continue;
      this.#place(z, top, z, []);
    }
  }

  #place(z: string, scope: Scope, tab: string, around: readonly string[]): void {
    for (const node of this.#childrenOf.get(z) ?? []) {
      if (node.disabled) continue;
      if (this.placed.length >= MAX_PLACED) {
        if (!this.#full) this.#problem("too-large", node, "", `unfolds to more than ${MAX_PLACED} nodes`);
        this.#full = true;
        return;
      }
      const placed: PlacedNode = { id: scope.prefix + node.id, node, scope, tab, successors: [] };
      if (node.isConfig) {
        this.configs.set(placed.id, placed);
        continue;
      }
      this.indexOf.set(placed.id, this.placed.length);
      this.placed.push(placed);
      if (node.type.startsWith(INSTANCE)) this.#placeInstance(placed, around);
    }
  }

  #placeInstance(instance: PlacedNode, around: readonly string[]): void {
    const id = instance.node.type.slice(INSTANCE.length);
    const definition = this.#nodes.get(id);
    if (definition?.type !== "subflow") {
      this.#problem("unknown-subflow", instance.node, "/type", `is an instance of ${id}, which is not there`);
      return;
    }
    if (around.includes(id)) {
      this.#problem("subflow-cycle", instance.node, "/type", `subflow ${id} contains itself`);
      return;
    }
    const env = new Map([...envOf(definition), ...envOf(instance.node)]);
    this.#place(id, { prefix: `${instance.id}-`, env, outer: instance.scope }, instance.tab, [...around, id]);
  }

  connect(): void {
    for (const from of this.placed) {
      if (from.node.type.startsWith(INSTANCE)) this.#connectInstance(from);
      else if (from.node.type === "link out") this.#connectLink(from);
      else {
        for (const [port, targets] of from.node.wires.entries()) {
          for (const [i, target] of targets.entries())
            this.#wire(from, from, target, `/wires/${port}/${i}`, from.scope);
        }
      }
    }
  }

  #connectLink(from: PlacedNode): void {
    if (from.node.raw.mode === "return") return;
    for (const target of this.#links.get(from.node.id) ?? [])
      this.#wire(from, from, target, "/links", from.scope);
  }

  /** An instance hands its input to the wires of the definition's input, and every inner output to its own wires. */
  #connectInstance(instance: PlacedNode): void {
    const definition = this.#nodes.get(instance.node.type.slice(INSTANCE.length));
    if (definition?.type !== "subflow") return;
    const inner: Scope = { prefix: `${instance.id}-`, env: new Map(), outer: instance.scope };
    for (const { wires } of portsOf(definition.raw.in)) {
      for (const { id } of wires)
        if (id !== definition.id) this.#wire(instance, instance, id, "/in", inner, definition);
    }
    for (const [port, { wires }] of portsOf(definition.raw.out).entries()) {
      for (const { id } of wires) {
        const sender = id === definition.id ? instance : this.#at(inner.prefix + id);
        if (sender === undefined) {
          if (!this.#nodes.has(id)) this.#problem("wire-to-nowhere", definition, "/out", `leads from ${id}`);
          continue;
        }
        const targets = instance.node.wires[port] ?? [];
        for (const [i, target] of targets.entries())
          this.#wire(sender, instance, target, `/wires/${port}/${i}`, instance.scope);
      }
    }
  }

  #at(id: string): PlacedNode | undefined {
    const index = this.indexOf.get(id);
    return index === undefined ? undefined : this.placed[index];
  }

  #wire(
    from: PlacedNode,
    owner: PlacedNode,
    target: string,
    at: string,
    scope: Scope,
    told: FlowNode = owner.node,
  ): void {
    const index = this.indexOf.get(scope.prefix + target) ?? this.indexOf.get(target);
    if (index !== undefined) {
      from.successors.push(index);
      return;
    }
    // A wire to something disabled is no path; only one to something that is not there is an error.
    if (!this.#nodes.has(target)) this.#problem("wire-to-nowhere", told, at, `leads to ${target}`);
  }

  #problem(code: string, node: FlowNode, at: string, what: string): void {
    const path = `/${node.index}${at}`;
    if (this.#told.has(`${code} ${path}`)) return;
    this.#told.add(`${code} ${path}`);
    const missing = code === "wire-to-nowhere" ? ", which is not there" : "";
    this.problems.push({ code, node: node.id, path, message: `${node.id}: ${what}${missing}` });
  }
}

function envOf(node: FlowNode): [string, unknown][] {
  const list = Array.isArray(node.raw.env) ? node.raw.env : [];
  return list
    .filter(isRecord)
    .filter((entry) => typeof entry.name === "string")
    .map((entry) => [entry.name as string, entry.value]);
}

function portsOf(ports: unknown): { wires: { id: string }[] }[] {
  if (!Array.isArray(ports)) return [];
  return ports.map((port) => ({
    wires:
      isRecord(port) && Array.isArray(port.wires)
        ? port.wires.filter(isRecord).filter((wire): wire is { id: string } => typeof wire.id === "string")
        : [],
  }));
}
