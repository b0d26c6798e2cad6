import { type Environment, environment, filledIn } from "./environment.ts";
import { type FlowNode, type FlowProblem, isRecord, type ReadFlow } from "./flow-nodes.ts";

/** Where a node stands at run time: on a tab, or inside one instance of a subflow. */
interface Scope {
  /** "" on a tab; `<instance>-` inside a subflow, as Node-RED makes the ids of a subflow's nodes. */
  readonly prefix: string;
  readonly outer?: Scope;
}

/** A node as it runs: subflows are unfolded, so that one node of a subflow stands once per instance. */
export interface PlacedNode {
  /** Id at run time. */
  readonly id: string;
  readonly node: FlowNode;
  readonly scope: Scope;
  /** What `${NAME}` means in its fields. */
  readonly environment: Environment;
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
  /** Links to what is not in the flow: an export of one tab has them, and Node-RED drops them. */
  readonly openLinks: readonly { readonly node: string; readonly reason: string }[];
  /** Configuration nodes that run, by id at run time. */
  readonly configs: ReadonlyMap<string, PlacedNode>;
  /** Whether the flow has a node of this id, running or disabled. */
  has(id: string): boolean;
}

/** More running nodes than this are not analysed: nested subflows multiply. */
export const MAX_PLACED = 200_000;
/** Groups that stand in each other in a circle, which only a broken file has, end here. */
const MAX_GROUP_DEPTH = 64;

const STANDS_NOWHERE = new Set(["tab", "subflow", "group", "comment", "global-config"]);
const INSTANCE = "subflow:";

/** A field of the node's configuration, with what the environment says put in. */
export function field(placed: PlacedNode, name: string): unknown {
  return filledIn(placed.node.raw[name], placed.environment);
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
  readonly openLinks: { node: string; reason: string }[] = [];
  readonly #nodes: ReadonlyMap<string, FlowNode>;
  readonly #childrenOf = new Map<string, FlowNode[]>();
  /** Link ins by link out, gathered from both ends as Node-RED does. */
  readonly #links = new Map<string, Set<string>>();
  readonly #told = new Set<string>();
  readonly #senders = new Map<string, ReadonlySet<PlacedNode>>();
  readonly #global: Environment;
  #full = false;

  constructor(nodes: ReadonlyMap<string, FlowNode>, problems: FlowProblem[]) {
    this.#nodes = nodes;
    this.problems = problems;
    const everywhere = [...nodes.values()].filter(
      ({ type, disabled }) => type === "global-config" && !disabled,
    );
    this.#global = environment(everywhere.map(({ raw }) => raw.env));
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
    const top: Scope = { prefix: "" };
    for (const z of this.#childrenOf.keys()) {
      const container = this.#nodes.get(z);
      if (container?.type === "subflow" || container?.disabled) continue;
      this.#place(z, top, environment([container?.raw.env], this.#global), z, []);
    }
  }

  #place(z: string, scope: Scope, here: Environment, tab: string, around: readonly string[]): void {
    const groups = new Map<string, Environment>();
    for (const node of this.#childrenOf.get(z) ?? []) {
      if (node.disabled) continue;
      if (this.placed.length >= MAX_PLACED) {
        if (!this.#full) this.#problem("too-large", node, "", `unfolds to more than ${MAX_PLACED} nodes`);
        this.#full = true;
        return;
      }
      const placed: PlacedNode = {
        id: scope.prefix + node.id,
        node,
        scope,
        environment: this.#groupEnvironment(node, here, groups, 0),
        tab,
        successors: [],
      };
      if (this.indexOf.has(placed.id) || this.configs.has(placed.id)) {
        this.#problem(
          "duplicate-id",
          node,
          "/id",
          `runs as ${placed.id}, as another node does; one is taken`,
        );
        continue;
      }
      if (node.isConfig) {
        this.configs.set(placed.id, placed);
        continue;
      }
      this.indexOf.set(placed.id, this.placed.length);
      this.placed.push(placed);
      if (node.type.startsWith(INSTANCE)) this.#placeInstance(placed, around);
    }
  }

  /** What a node's groups say, from the inside out, before what its tab or subflow says. */
  #groupEnvironment(
    node: FlowNode,
    here: Environment,
    known: Map<string, Environment>,
    depth: number,
  ): Environment {
    const { g } = node.raw;
    const group = typeof g === "string" ? this.#nodes.get(g) : undefined;
    if (group?.type !== "group" || group.z !== node.z || depth > MAX_GROUP_DEPTH) return here;
    const found =
      known.get(group.id) ??
      environment([group.raw.env], this.#groupEnvironment(group, here, known, depth + 1));
    known.set(group.id, found);
    return found;
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
    const inside = environment([definition.raw.env, instance.node.raw.env], instance.environment);
    const scope: Scope = { prefix: `${instance.id}-`, outer: instance.scope };
    this.#place(id, scope, inside, instance.tab, [...around, id]);
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
    const inner: Scope = { prefix: `${instance.id}-`, outer: instance.scope };
    for (const { wires } of portsOf(definition.raw.in)) {
      for (const { id } of wires)
        if (id !== definition.id) this.#wire(instance, instance, id, "/in", inner, definition);
    }
    for (const [port, targets] of instance.node.wires.entries()) {
      for (const sender of this.#sendersOf(instance, port)) {
        for (const [i, target] of targets.entries())
          this.#wire(sender, instance, target, `/wires/${port}/${i}`, instance.scope);
      }
    }
  }

  /** The nodes whose messages leave an instance by this output; those of a nested instance are its own nodes. */
  #sendersOf(instance: PlacedNode, port: number): ReadonlySet<PlacedNode> {
    const key = `${port} ${instance.id}`;
    const known = this.#senders.get(key);
    if (known !== undefined) return known;
    const senders = new Set<PlacedNode>();
    this.#senders.set(key, senders);
    const definition = this.#nodes.get(instance.node.type.slice(INSTANCE.length));
    const wires = definition?.type === "subflow" ? (portsOf(definition.raw.out)[port]?.wires ?? []) : [];
    for (const { id, port: from } of wires) {
      const inner = this.#at(`${instance.id}-${id}`);
      if (id === definition!.id) senders.add(instance);
      else if (inner?.node.type.startsWith(INSTANCE))
        for (const sender of this.#sendersOf(inner, from)) senders.add(sender);
      else if (inner !== undefined) senders.add(inner);
      else if (!this.#nodes.has(id))
        this.#problem("wire-to-nowhere", definition!, "/out", `leads from ${id}`);
    }
    return senders;
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
    // A wire inside a subflow stays inside: Node-RED cuts it where it leads out (Subflow.js, remapSubflowNodes).
    const index = this.indexOf.get(scope.prefix + target);
    if (index !== undefined) {
      from.successors.push(index);
      return;
    }
    // A wire to something disabled is no path; only one to something that is not there is an error.
    if (this.#nodes.has(target)) return;
    if (at === "/links")
      this.openLinks.push({ node: from.id, reason: `a link to ${target}, which is not in this flow` });
    else this.#problem("wire-to-nowhere", told, at, `leads to ${target}`);
  }

  #problem(code: string, node: FlowNode, at: string, what: string): void {
    const path = `/${node.index}${at}`;
    if (this.#told.has(`${code} ${path}`)) return;
    this.#told.add(`${code} ${path}`);
    const missing = code === "wire-to-nowhere" ? ", which is not there" : "";
    this.problems.push({ code, node: node.id, path, message: `${node.id}: ${what}${missing}` });
  }
}

interface PortWire {
  readonly id: string;
  readonly port: number;
}

function portsOf(ports: unknown): { wires: PortWire[] }[] {
  if (!Array.isArray(ports)) return [];
  return ports.map((port) => {
    const wires = isRecord(port) && Array.isArray(port.wires) ? port.wires.filter(isRecord) : [];
    return {
      wires: wires.flatMap(({ id, port: from }) =>
        typeof id === "string" ? [{ id, port: typeof from === "number" ? from : 0 }] : [],
      ),
    };
  });
}
