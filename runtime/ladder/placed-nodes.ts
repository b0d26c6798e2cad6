import { type FlowIndex, INSTANCE, STANDS_NOWHERE } from "./flow-index.ts";
import { type FlowNode, type FlowProblem, isRecord } from "./flow-nodes.ts";
import { type Cell, type Cells, sameList } from "./incremental/cells.ts";
import type { Role } from "./roles.ts";

/** Where nodes run: on the tabs, or inside one instance of a subflow. */
export class Scope {
  /** "" on the tabs; `<instance>-` inside a subflow, as Node-RED makes the ids of a subflow's nodes. */
  readonly prefix: string;
  /** Id of the subflow, and the instance of it; undefined on the tabs. */
  readonly subflow: string | undefined;
  readonly instance: PlacedNode | undefined;
  readonly depth: number;
  readonly #index: FlowIndex;
  readonly #nodes = new Map<string, PlacedNode>();
  readonly #inner = new Map<string, Scope>();

  constructor(index: FlowIndex, instance?: PlacedNode) {
    this.#index = index;
    this.instance = instance;
    this.prefix = instance === undefined ? "" : `${instance.id}-`;
    this.subflow = instance?.type.slice(INSTANCE.length);
    this.depth = instance === undefined ? 0 : instance.scope.depth + 1;
  }

  get outer(): Scope | undefined {
    return this.instance?.scope;
  }

  /** The node as it runs here; always the same object. */
  place(id: string): PlacedNode {
    const known = this.#nodes.get(id);
    if (known !== undefined) return known;
    const placed = new PlacedNode(this.#index, this, id);
    this.#nodes.set(id, placed);
    return placed;
  }

  /** The inside of an instance that stands here; always the same object. */
  inside(instance: string): Scope {
    const known = this.#inner.get(instance);
    if (known !== undefined) return known;
    const inner = new Scope(this.#index, this.place(instance));
    this.#inner.set(instance, inner);
    return inner;
  }

  isInside(subflow: string): boolean {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.outer)
      if (scope.subflow === subflow) return true;
    return false;
  }

  /** The value of `${NAME}`: the innermost instance that gives one, before its subflow's own. */
  variable(name: string): unknown {
    for (let scope: Scope = this; scope.instance !== undefined; scope = scope.instance.scope) {
      for (const node of [scope.instance.node, this.#index.node(scope.subflow!)]) {
        const list = Array.isArray(node?.raw.env) ? node.raw.env : [];
        const entry = list.findLast((given) => isRecord(given) && given.name === name);
        if (entry !== undefined) return (entry as { value?: unknown }).value;
      }
    }
    return undefined;
  }
}

/** A node as it runs: subflows are unfolded, so that one node of a subflow stands once per instance. */
export class PlacedNode {
  /** Id at run time. */
  readonly id: string;
  /** Id in the flow. */
  readonly nodeId: string;
  readonly scope: Scope;
  readonly type: string;
  readonly role: Role | undefined;
  readonly #index: FlowIndex;

  constructor(index: FlowIndex, scope: Scope, nodeId: string) {
    this.#index = index;
    this.scope = scope;
    this.nodeId = nodeId;
    this.id = scope.prefix + nodeId;
    this.type = index.typeOf(nodeId);
    this.role = index.roleOfType(this.type);
  }

  /** Its entry in the flow. */
  get node(): FlowNode {
    return this.#index.node(this.nodeId)!;
  }

  /** Tab on whose canvas it, or the outermost instance around it, stands. */
  get tab(): string {
    let outermost: PlacedNode = this;
    while (outermost.scope.instance !== undefined) outermost = outermost.scope.instance;
    return this.#index.standing(outermost.nodeId)!.z;
  }

  get isInstance(): boolean {
    return this.type.startsWith(INSTANCE);
  }
}

/** More running nodes than this inside subflows are not analysed: nested subflows multiply. */
export const MAX_PLACED = 200_000;
const MAX_DEPTH = 100;

/** A configuration field; inside a subflow `${NAME}` is the instance's value. */
export function field(placed: PlacedNode, name: string): unknown {
  const value = placed.node.raw[name];
  if (typeof value !== "string") return value;
  const variable = /^\$\{([^}]+)\}$/.exec(value)?.[1];
  return variable === undefined ? value : placed.scope.variable(variable);
}

/** Every place where subflows are unfolded. */
interface Unfolding {
  readonly scopes: ReadonlyMap<string, readonly Scope[]>;
  readonly all: ReadonlySet<Scope>;
  /** Ids of instances that stand inside the subflow they are of. */
  readonly circles: ReadonlySet<string>;
  /** The instance at which unfolding stopped. */
  readonly stoppedAt: string | undefined;
}

/** Which nodes run, and where: subflows are unfolded, what is disabled is left out. */
export class PlacedFlow {
  readonly index: FlowIndex;
  /** Where what stands in a tab or subflow runs, in the flow's order. */
  readonly scopesOf: (container: string) => readonly Scope[];
  readonly #top: Scope;
  readonly #unfolding: Cell<Unfolding>;
  readonly #isUnfolded: (scope: Scope) => boolean;

  constructor(index: FlowIndex, cells: Cells) {
    this.index = index;
    this.#top = new Scope(index);
    this.#unfolding = cells.cell(() => this.#unfold());
    this.#isUnfolded = cells.by((scope) => this.#unfolding.get().all.has(scope));
    this.scopesOf = cells.by((container) => {
      const standing = index.standing(container);
      if (standing?.type === "subflow") return this.#unfolding.get().scopes.get(container) ?? [];
      return standing?.disabled ? [] : [this.#top];
    }, sameList);
  }

  /** True where some subflows are left folded. */
  get isCut(): boolean {
    return this.#unfolding.get().stoppedAt !== undefined;
  }

  /** Every place of a node that runs, on a canvas or as a configuration. */
  placesOf(id: string, kind: "canvas" | "config"): PlacedNode[] {
    const standing = this.index.standing(id);
    if (standing === undefined || standing.disabled || STANDS_NOWHERE.has(standing.type)) return [];
    if (standing.isConfig !== (kind === "config")) return [];
    return this.scopesOf(standing.z).map((scope) => scope.place(id));
  }

  /** The node that a wire inside `scope` leads to; undefined where it is missing, disabled or inside another subflow. */
  at(id: string, scope: Scope, kind: "canvas" | "config" = "canvas"): PlacedNode | undefined {
    const standing = this.index.standing(id);
    if (standing === undefined || standing.disabled || STANDS_NOWHERE.has(standing.type)) return undefined;
    if (standing.isConfig !== (kind === "config")) return undefined;
    if (scope.subflow !== undefined && standing.z === scope.subflow) return scope.place(id);
    return this.scopesOf(standing.z)[0] === this.#top ? this.#top.place(id) : undefined;
  }

  /** The inside of an instance; undefined where its subflow is missing, or contains itself. */
  inside(instance: PlacedNode): Scope | undefined {
    const inner = instance.scope.inside(instance.nodeId);
    return this.#isUnfolded(inner) ? inner : undefined;
  }

  /** The configuration node that a field names; undefined where it names none, or one that is disabled or missing. */
  configOf(placed: PlacedNode, name: string): PlacedNode | undefined {
    const id = field(placed, name);
    if (typeof id !== "string" || id === "") return undefined;
    for (let scope: Scope | undefined = placed.scope; scope !== undefined; scope = scope.outer) {
      const found = this.at(id, scope, "config");
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Whether the flow has a node of this id, running or disabled. */
  has(id: string): boolean {
    return this.index.standing(id) !== undefined;
  }

  /** Ids of everything that stands on a canvas and runs. */
  runningIds(): Set<string> {
    const ids = new Set<string>();
    for (const id of this.index.ids()) for (const placed of this.placesOf(id, "canvas")) ids.add(placed.id);
    return ids;
  }

  /** What keeps instances from being unfolded. */
  problems(): FlowProblem[] {
    const { circles, stoppedAt } = this.#unfolding.get();
    const told = (code: string, id: string, at: string, what: string): FlowProblem => ({
      code,
      node: id,
      path: `/${this.index.node(id)!.index}${at}`,
      message: `${id}: ${what}`,
    });
    const subflowOf = (id: string) => this.index.typeOf(id).slice(INSTANCE.length);
    const problems = [...circles].map((id) =>
      told("subflow-cycle", id, "/type", `subflow ${subflowOf(id)} contains itself`),
    );
    if (stoppedAt !== undefined) {
      const what = `unfolds to more than ${MAX_PLACED} nodes, or more than ${MAX_DEPTH} deep`;
      problems.push(told("too-large", stoppedAt, "", what));
    }
    return problems;
  }

  #unfold(): Unfolding {
    const { index } = this;
    const instancesIn = new Map<string, string[]>();
    const roots: string[] = [];
    for (const id of index.instances()) {
      const { z, disabled, isConfig } = index.standing(id)!;
      if (disabled || isConfig) continue;
      if (index.standing(z)?.type !== "subflow") {
        if (!index.standing(z)?.disabled) roots.push(id);
        continue;
      }
      const list = instancesIn.get(z);
      if (list === undefined) instancesIn.set(z, [id]);
      else list.push(id);
    }
    const scopes = new Map<string, Scope[]>();
    const all = new Set<Scope>();
    const circles = new Set<string>();
    let size = 0;
    const work = roots.map((id) => ({ id, scope: this.#top })).reverse();
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      const { id, scope } = next;
      const subflow = index.typeOf(id).slice(INSTANCE.length);
      if (index.standing(subflow)?.type !== "subflow") continue;
      if (scope.isInside(subflow)) {
        circles.add(id);
        continue;
      }
      size += index.sizeOf(subflow);
      if (size > MAX_PLACED || scope.depth >= MAX_DEPTH)
        return { scopes, all, circles: new Set(), stoppedAt: id };
      const inner = scope.inside(id);
      all.add(inner);
      const list = scopes.get(subflow);
      if (list === undefined) scopes.set(subflow, [inner]);
      else list.push(inner);
      for (const within of (instancesIn.get(subflow) ?? []).toReversed())
        work.push({ id: within, scope: inner });
    }
    return { scopes, all, circles, stoppedAt: undefined };
  }
}
