import { type Environment, environment, filledIn } from "./environment.ts";
import { type FlowIndex, INSTANCE, STANDS_NOWHERE } from "./flow-index.ts";
import type { FlowNode, FlowProblem } from "./flow-nodes.ts";
import { type Cell, type Cells, sameData, sameList } from "./incremental/cells.ts";
import type { Role } from "./roles.ts";

/** Where nodes run: on the tabs, or inside one instance of a subflow. */
export class Scope {
  /** "" on the tabs; `<instance>-` inside a subflow, as Node-RED makes the ids of a subflow's nodes. */
  readonly prefix: string;
  /** Id of the subflow, and the instance of it; undefined on the tabs. */
  readonly subflow: string | undefined;
  readonly instance: PlacedNode | undefined;
  readonly depth: number;
  readonly #flow: PlacedFlow;
  readonly #nodes = new Map<string, PlacedNode>();
  readonly #inner = new Map<string, Scope>();

  constructor(flow: PlacedFlow, instance?: PlacedNode) {
    this.#flow = flow;
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
    const placed = new PlacedNode(this.#flow, this, id);
    this.#nodes.set(id, placed);
    return placed;
  }

  /** The inside of an instance that stands here; always the same object. */
  inside(instance: string): Scope {
    const known = this.#inner.get(instance);
    if (known !== undefined) return known;
    const inner = new Scope(this.#flow, this.place(instance));
    this.#inner.set(instance, inner);
    return inner;
  }

  isInside(subflow: string): boolean {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.outer)
      if (scope.subflow === subflow) return true;
    return false;
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
  readonly #flow: PlacedFlow;

  constructor(flow: PlacedFlow, scope: Scope, nodeId: string) {
    this.#flow = flow;
    this.scope = scope;
    this.nodeId = nodeId;
    this.id = scope.prefix + nodeId;
    this.type = flow.index.typeOf(nodeId);
    this.role = flow.index.roleOf(nodeId);
  }

  /** Its entry in the flow. */
  get node(): FlowNode {
    return this.#flow.index.node(this.nodeId)!;
  }

  /** Tab on whose canvas it, or the outermost instance around it, stands. */
  get tab(): string {
    let outermost: PlacedNode = this;
    while (outermost.scope.instance !== undefined) outermost = outermost.scope.instance;
    return this.#flow.index.standing(outermost.nodeId)!.z;
  }

  /** What `${NAME}` means in its fields. */
  get environment(): Environment {
    return this.#flow.environmentOf(this);
  }

  get isInstance(): boolean {
    return this.type.startsWith(INSTANCE);
  }
}

/** More running nodes than this inside subflows are not analysed: nested subflows multiply. */
export const MAX_PLACED = 200_000;
const MAX_DEPTH = 100;

/** Groups that stand in each other in a circle, which only a broken file has, end here. */
const MAX_GROUP_DEPTH = 64;

/** A field of the node's configuration, with what the environment says put in. */
export function field(placed: PlacedNode, name: string): unknown {
  return filledIn(placed.node.raw[name], placed.environment);
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
  readonly top: Scope;
  readonly #unfolding: Cell<Unfolding>;
  readonly #isUnfolded: (scope: Scope) => boolean;
  /** Nodes that would run under the id of a node inside a subflow. */
  readonly #doubles: Cell<ReadonlySet<PlacedNode>>;
  readonly #isDouble: (placed: PlacedNode) => boolean;
  readonly #global: Cell<Environment>;
  readonly #environmentOnTab: (tab: string) => Environment;
  readonly #environmentInside: (instance: PlacedNode) => Environment;
  readonly #environmentInGroup: (group: PlacedNode) => Environment;

  constructor(index: FlowIndex, cells: Cells) {
    this.index = index;
    this.top = new Scope(this);
    this.#unfolding = cells.cell(() => this.#unfold());
    this.#doubles = cells.cell<ReadonlySet<PlacedNode>>(() => this.#findDoubles());
    this.#isDouble = cells.by((placed) => this.#doubles.get().has(placed));
    this.#isUnfolded = cells.by((scope) => this.#unfolding.get().all.has(scope));
    this.scopesOf = cells.by((container) => {
      const standing = index.standing(container);
      if (standing?.type === "subflow") return this.#unfolding.get().scopes.get(container) ?? [];
      return standing?.disabled ? [] : [this.top];
    }, sameList);
    const envOf = (id: string) => index.node(id)?.raw.env;
    this.#global = cells.cell(() => {
      const running = index.ofType("global-config").filter((id) => !index.standing(id)!.disabled);
      return environment(running.map(envOf));
    }, sameEnvironment);
    this.#environmentOnTab = cells.by(
      (tab) => environment([envOf(tab)], this.#global.get()),
      sameEnvironment,
    );
    this.#environmentInside = cells.by((instance) => {
      const subflow = instance.type.slice(INSTANCE.length);
      return environment([envOf(subflow), envOf(instance.nodeId)], instance.environment);
    }, sameEnvironment);
    this.#environmentInGroup = cells.by((group) => {
      const { scope, nodeId } = group;
      const groups = this.#groupsRound(nodeId);
      const around = this.#environmentIn(index.standing(nodeId)!.z, scope);
      return [...groups, nodeId].reduce((outer, id) => environment([envOf(id)], outer), around);
    }, sameEnvironment);
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
    const places = this.scopesOf(standing.z).map((scope) => scope.place(id));
    return id.includes("-") ? places.filter((placed) => !this.#isDouble(placed)) : places;
  }

  /** The node of this id in `scope`; undefined where it is missing, disabled or stands elsewhere. */
  at(id: string, scope: Scope, kind: "canvas" | "config" = "canvas"): PlacedNode | undefined {
    const standing = this.index.standing(id);
    if (standing === undefined || standing.disabled || STANDS_NOWHERE.has(standing.type)) return undefined;
    if (standing.isConfig !== (kind === "config")) return undefined;
    // A wire inside a subflow stays inside: Node-RED cuts it where it leads out (Subflow.js, remapSubflowNodes).
    const runs = scope === this.top ? this.scopesOf(standing.z)[0] === scope : standing.z === scope.subflow;
    if (!runs || (id.includes("-") && this.#isDouble(scope.place(id)))) return undefined;
    return scope.place(id);
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

  /** What a node's groups say, from the inside out, before what its tab or subflow says. */
  environmentOf({ nodeId, scope }: PlacedNode): Environment {
    const group = this.#groupsRound(nodeId).at(-1);
    if (group !== undefined) return this.#environmentInGroup(scope.place(group));
    return this.#environmentIn(this.index.standing(nodeId)!.z, scope);
  }

  #environmentIn(container: string, scope: Scope): Environment {
    return scope.instance === undefined
      ? this.#environmentOnTab(container)
      : this.#environmentInside(scope.instance);
  }

  /** Ids of the groups round a node, outermost first. */
  #groupsRound(id: string): string[] {
    const groups: string[] = [];
    const container = this.index.standing(id)!.z;
    for (let at = this.index.groupOf(id); at !== undefined; at = this.index.groupOf(at)) {
      const group = this.index.standing(at);
      if (group?.type !== "group" || group.z !== container || groups.length > MAX_GROUP_DEPTH) break;
      groups.unshift(at);
    }
    return groups;
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
    for (const double of this.#doubles.get()) {
      const what = `runs as ${double.id}, as another node does; one is taken`;
      problems.push(told("duplicate-id", double.nodeId, "/id", what));
    }
    if (stoppedAt !== undefined) {
      const what = `unfolds to more than ${MAX_PLACED} nodes, or more than ${MAX_DEPTH} deep`;
      problems.push(told("too-large", stoppedAt, "", what));
    }
    return problems;
  }

  #findDoubles(): Set<PlacedNode> {
    const { index } = this;
    const doubles = new Set<PlacedNode>();
    const dashed = index.dashed();
    if (dashed.length === 0) return doubles;
    const byPrefix = new Map([...this.#unfolding.get().all].map((scope) => [scope.prefix, scope]));
    for (const id of dashed) {
      const { z, disabled, type } = index.standing(id)!;
      if (disabled || STANDS_NOWHERE.has(type)) continue;
      for (const scope of this.scopesOf(z)) {
        const placed = scope.place(id);
        for (let at = placed.id.indexOf("-"); at >= 0; at = placed.id.indexOf("-", at + 1)) {
          const other = byPrefix.get(placed.id.slice(0, at + 1));
          if (other === undefined || other === scope) continue;
          const inner = index.standing(placed.id.slice(at + 1));
          if (inner?.z === other.subflow && !inner?.disabled && other.depth > scope.depth)
            doubles.add(placed);
        }
      }
    }
    return doubles;
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
    const work = roots.map((id) => ({ id, scope: this.top })).reverse();
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

const sameEnvironment = (a: Environment, b: Environment): boolean =>
  a.outer === b.outer && sameData([...a.own], [...b.own]);
