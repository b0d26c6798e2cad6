import { type FlowNode, type FlowProblem, isRecord, MAX_NODES, readNode, stringsOf } from "./flow-nodes.ts";
import { type Cells, Source } from "./incremental/cells.ts";
import { type DeclaredRole, type Role, roleOfNode } from "./roles.ts";

export const INSTANCE = "subflow:";

/** Neither on a path nor a configuration. */
export const STANDS_NOWHERE: ReadonlySet<string> = new Set([
  "tab",
  "subflow",
  "group",
  "comment",
  "global-config",
]);

/** Where and how a node looks: no verdict reads these. Its group has a kind of reading of its own. */
const LOOKS = new Set(["x", "y", "w", "h", "g", "l", "info", "icon", "inputLabels", "outputLabels"]);
const LOOKS_OF_GROUP = new Set(["nodes", "style"]);

/** Nodes to put in, or in the place of those of their ids, after those of some ids are taken out. */
export interface FlowEdit {
  /** Whole nodes as they are exported; objects of their own, that nobody changes later. */
  readonly set?: readonly unknown[];
  readonly removed?: readonly string[];
}

/** The flow after an edit. */
export function editedFlow(flow: readonly unknown[], { set = [], removed = [] }: FlowEdit): unknown[] {
  const idOf = (raw: unknown) => (isRecord(raw) ? raw.id : undefined);
  const gone = new Set<unknown>(removed);
  const nodes = flow.filter((raw) => !gone.has(idOf(raw) ?? gone));
  for (const raw of set) {
    const id = idOf(raw);
    const at = id === undefined ? -1 : nodes.findIndex((other) => idOf(other) === id);
    if (at < 0) nodes.push(raw);
    else nodes[at] = raw;
  }
  return nodes;
}

/** What of a node decides whether a wire can lead to it. */
export type Standing = Pick<FlowNode, "type" | "z" | "disabled" | "isConfig">;

/** What can be read of the index: of one id, of a container, role or type, or as a whole. */
type Kind =
  | "node"
  | "standing"
  | "group"
  | "referrers"
  | "container"
  | "role"
  | "type"
  | "instances"
  | "dashed"
  | "standings";

/** Types of which all nodes are asked for. */
const LISTED_TYPES = ["link call", "global-config", "function", "change", "inject"] as const;
export type ListedType = (typeof LISTED_TYPES)[number];

/** A list that a node is found by, and as what it is read. */
interface Listing {
  readonly list: Set<string>;
  readonly kind: Kind;
  readonly key: string;
}

/** Stands where a node was taken out. */
const GONE = Symbol("gone");

/**
 * The nodes of a flow, findable by what others want to know of them, and open to edits. Whoever reads a node from
 * inside a cell is computed again when that node, or that list, changes.
 */
export class FlowIndex {
  /** Entries of the flow that are no node, or stand twice. */
  readonly #entryProblems: FlowProblem[] = [];
  readonly #wireProblems = new Map<string, FlowProblem[]>();
  readonly #slots: unknown[] = [];
  readonly #nodes = new Map<string, FlowNode>();
  readonly #twice = new Set<string>();
  readonly #ofContainer = new Map<string, Set<string>>();
  readonly #ofType = new Map<string, Set<string>>();
  readonly #ofRole = new Map<Role, Set<string>>();
  readonly #instances = new Set<string>();
  readonly #dashed = new Set<string>();
  readonly #referrers = new Map<string, Set<string>>();
  /** Types and roles by id, kept for good: where an id gets another one, everything is read anew. */
  readonly #types = new Map<string, string>();
  readonly #roles = new Map<string, Role | undefined>();
  readonly #sources: Readonly<Record<Kind, Map<string, Source>>> = {
    node: new Map(),
    standing: new Map(),
    group: new Map(),
    referrers: new Map(),
    container: new Map(),
    role: new Map(),
    type: new Map(),
    instances: new Map(),
    dashed: new Map(),
    standings: new Map(),
  };
  readonly #cells: Cells;
  readonly #declared: Readonly<Record<string, DeclaredRole>>;
  #gone = 0;
  #isUnread = false;
  /** Called with the id of every node that is added. */
  onAdd: ((id: string) => void) | undefined;

  /** @param flow the array of a flow file, or `{flows: [...]}` as Node-RED's admin API gives it */
  constructor(flow: unknown, cells: Cells, declared: Readonly<Record<string, DeclaredRole>> = {}) {
    this.#cells = cells;
    this.#declared = declared;
    const list = isRecord(flow) ? flow.flows : flow;
    if (!Array.isArray(list)) {
      this.#isUnread = true;
      this.#tell("not-a-flow", "", "", "a flow is an array of nodes");
      return;
    }
    for (const raw of list) this.#slots.push(raw);
    if (list.length > MAX_NODES) {
      this.#isUnread = true;
      this.#tell("too-large", "", "", `${list.length} nodes, at most ${MAX_NODES} are analysed`);
      return;
    }
    for (const [slot, raw] of list.entries()) {
      const wireProblems: FlowProblem[] = [];
      const node = readNode(raw, slot, (code, id, path, message) => {
        if (code === "bad-wires") wireProblems.push({ code, node: id, path, message });
        else this.#tell(code, id, path, message);
      });
      if (node === undefined) continue;
      if (this.#nodes.has(node.id)) {
        this.#twice.add(node.id);
        this.#tell("duplicate-id", node.id, `/${slot}/id`, `${node.id} stands twice; the first one is taken`);
        continue;
      }
      if (wireProblems.length > 0) this.#wireProblems.set(node.id, wireProblems);
      this.#enter(node);
    }
  }

  #tell(code: string, node: string, path: string, message: string): void {
    this.#entryProblems.push({ code, node, path, message });
  }

  /** The flow as it stands now. */
  flow(): unknown[] {
    return this.#slots.filter((raw) => raw !== GONE);
  }

  /** What was wrong with entries as such, in the flow's order; paths count the slots. */
  problems(): FlowProblem[] {
    const wires = [...this.#wireProblems].sort(([a], [b]) => this.#order(a) - this.#order(b));
    const all = [...this.#entryProblems, ...wires.flatMap(([, problems]) => problems)];
    return all.sort((a, b) => slotOf(a) - slotOf(b));
  }

  /** The problem with its path counted in the flow as it stands now. */
  placed(problem: FlowProblem): FlowProblem {
    if (this.#gone === 0 || problem.path === "") return problem;
    const slot = slotOf(problem);
    const place = this.#slots.slice(0, slot).reduce<number>((sum, raw) => sum + (raw === GONE ? 0 : 1), 0);
    return { ...problem, path: problem.path.replace(/^\/\d+/, `/${place}`) };
  }

  /** False where an edit is too unusual to be taken: then the flow as edited must be read anew. */
  takes({ set = [], removed = [] }: FlowEdit): boolean {
    if (this.#isUnread || this.#slots.length - this.#gone + set.length > MAX_NODES) return false;
    if (removed.some((id) => this.#twice.has(id))) return false;
    return set.every((raw) => {
      const node = readNode(raw, 0, () => undefined);
      return (
        node !== undefined &&
        !this.#twice.has(node.id) &&
        (!this.#types.has(node.id) ||
          (this.#types.get(node.id) === node.type && this.#roles.get(node.id) === this.#roleFor(node)))
      );
    });
  }

  /** Makes an edit that is taken. */
  edit({ set = [], removed = [] }: FlowEdit): void {
    for (const id of removed) this.#delete(id);
    for (const raw of set) this.#set(raw);
  }

  #set(raw: unknown): void {
    const before = this.#nodes.get((raw as { id: string }).id);
    const problems: FlowProblem[] = [];
    const node = readNode(raw, before?.index ?? this.#slots.length, (code, about, path, message) =>
      problems.push({ code, node: about, path, message }),
    )!;
    this.#slots[node.index] = raw;
    if (before !== undefined && before.raw.g !== node.raw.g) this.#changed("group", node.id);
    if (before !== undefined && isSameButLooks(before, node)) {
      this.#nodes.set(node.id, node);
      return;
    }
    if (before !== undefined) this.#leave(before, node);
    this.#wireProblems.delete(node.id);
    if (problems.length > 0) this.#wireProblems.set(node.id, problems);
    this.#enter(node, before);
  }

  #delete(id: string): void {
    const node = this.#nodes.get(id);
    if (node === undefined) return;
    this.#slots[node.index] = GONE;
    this.#gone++;
    this.#nodes.delete(id);
    this.#wireProblems.delete(id);
    this.#leave(node);
  }

  #enter(node: FlowNode, before?: FlowNode): void {
    this.#nodes.set(node.id, node);
    this.#types.set(node.id, node.type);
    this.#roles.set(node.id, this.#roleFor(node));
    for (const { list, kind, key } of this.#lists(node)) {
      if (list.has(node.id)) continue;
      list.add(node.id);
      this.#changed(kind, key);
    }
    if (before !== undefined) return;
    this.#standingChanged(node.id);
    this.onAdd?.(node.id);
  }

  /** Takes a node out of what it is found by, but what its successor is found by too. */
  #leave(node: FlowNode, after?: FlowNode): void {
    const kept = new Set(after === undefined ? [] : this.#lists(after).map(({ list }) => list));
    for (const { list, kind, key } of this.#lists(node)) {
      if (kept.has(list)) continue;
      list.delete(node.id);
      this.#changed(kind, key);
    }
    this.#changed("node", node.id);
    const stands =
      after !== undefined &&
      after.z === node.z &&
      after.disabled === node.disabled &&
      after.isConfig === node.isConfig;
    if (!stands) this.#standingChanged(node.id);
  }

  #standingChanged(id: string): void {
    this.#changed("standing", id);
    this.#changed("group", id);
    this.#changed("node", id);
    this.#changed("standings", "");
    if (this.#types.get(id)?.startsWith(INSTANCE)) this.#changed("instances", "");
  }

  /** Everything a node is found by. */
  #lists(node: FlowNode): Listing[] {
    const lists: Listing[] = referencesOf(node).map((id) => ({
      list: listIn(this.#referrers, id),
      kind: "referrers",
      key: id,
    }));
    lists.push({ list: listIn(this.#ofContainer, node.z), kind: "container", key: node.z });
    if (LISTED_TYPES.some((type) => type === node.type))
      lists.push({ list: listIn(this.#ofType, node.type), kind: "type", key: node.type });
    if (node.type.startsWith(INSTANCE)) lists.push({ list: this.#instances, kind: "instances", key: "" });
    if (node.id.includes("-")) lists.push({ list: this.#dashed, kind: "dashed", key: "" });
    const role = this.#roles.get(node.id);
    if (role !== undefined) lists.push({ list: listIn(this.#ofRole, role), kind: "role", key: role });
    return lists;
  }

  #changed(kind: Kind, key: string): void {
    if (!this.#cells.remembers) return;
    const source = this.#sources[kind].get(key);
    if (source !== undefined) this.#cells.changed(source);
  }

  #read(kind: Kind, key: string): void {
    if (!this.#cells.remembers) return;
    const sources = this.#sources[kind];
    let source = sources.get(key);
    if (source === undefined) {
      source = new Source();
      sources.set(key, source);
    }
    this.#cells.read(source);
  }

  /** Never changes for an id. */
  typeOf(id: string): string {
    return this.#types.get(id) ?? "";
  }

  /** Never changes for an id. */
  roleOf(id: string): Role | undefined {
    return this.#roles.get(id);
  }

  #roleFor({ type, raw }: FlowNode): Role | undefined {
    return roleOfNode(type, raw, this.#declared);
  }

  node(id: string): FlowNode | undefined {
    this.#read("node", id);
    return this.#nodes.get(id);
  }

  standing(id: string): Standing | undefined {
    this.#read("standing", id);
    return this.#nodes.get(id);
  }

  /** Id of the group a node stands in. */
  groupOf(id: string): string | undefined {
    this.#read("group", id);
    const group = this.#nodes.get(id)?.raw.g;
    return typeof group === "string" ? group : undefined;
  }

  /** Ids of the nodes with a wire, link or port to this one, in the flow's order. */
  referrers(id: string): string[] {
    this.#read("referrers", id);
    return this.#sorted(this.#referrers.get(id));
  }

  withRole(role: Role): string[] {
    this.#read("role", role);
    return this.#sorted(this.#ofRole.get(role));
  }

  ofType(type: ListedType): string[] {
    this.#read("type", type);
    return this.#sorted(this.#ofType.get(type));
  }

  /** Instances of any subflow. */
  instances(): string[] {
    this.#read("instances", "");
    return this.#sorted(this.#instances);
  }

  /** Nodes with a dash in their id: such an id may be one that a node inside a subflow gets. */
  dashed(): string[] {
    this.#read("dashed", "");
    return this.#sorted(this.#dashed);
  }

  /** How many nodes stand in a tab or subflow. */
  sizeOf(container: string): number {
    this.#read("container", container);
    return this.#ofContainer.get(container)?.size ?? 0;
  }

  /** Ids of all nodes; read anew when any is added, taken out, moved to another tab or disabled. */
  ids(): Iterable<string> {
    this.#read("standings", "");
    return this.#nodes.keys();
  }

  /** These ids in the flow's order. */
  inOrder(ids: Iterable<string>): string[] {
    return [...ids].sort((a, b) => this.#order(a) - this.#order(b));
  }

  #order(id: string): number {
    return this.#nodes.get(id)?.index ?? 0;
  }

  #sorted(ids: ReadonlySet<string> | undefined): string[] {
    return ids === undefined ? [] : this.inOrder(ids);
  }
}

const slotOf = ({ path }: FlowProblem): number => Number(/^\/(\d+)/.exec(path)?.[1] ?? -1);

function listIn<K>(lists: Map<K, Set<string>>, key: K): Set<string> {
  const known = lists.get(key);
  if (known !== undefined) return known;
  const list = new Set<string>();
  lists.set(key, list);
  return list;
}

/** Ids that a node leads to or, as a subflow, has at its ports. */
function referencesOf({ type, raw, wires }: FlowNode): string[] {
  const ids = new Set(wires.flat());
  if (type === "link out" || type === "link in")
    for (const id of Array.isArray(raw.links) ? stringsOf(raw.links) : []) ids.add(id);
  if (type === "subflow")
    for (const port of [...portsOf(raw.in), ...portsOf(raw.out)])
      for (const wire of port.wires) ids.add(wire.id);
  return [...ids];
}

/** What a subflow's inputs lead to, or its outputs come from. */
export function portsOf(ports: unknown): { wires: { id: string; port: number }[] }[] {
  if (!Array.isArray(ports)) return [];
  return ports.map((port) => ({
    wires: (isRecord(port) && Array.isArray(port.wires) ? port.wires : [])
      .filter(isRecord)
      .filter((wire): wire is { id: string } => typeof wire.id === "string")
      .map((wire: Record<string, unknown>) => ({
        id: wire.id as string,
        port: typeof wire.port === "number" ? wire.port : 0,
      })),
  }));
}

function isSameButLooks(a: FlowNode, b: FlowNode): boolean {
  if (a.isConfig !== b.isConfig) return false;
  const names = new Set([...Object.keys(a.raw), ...Object.keys(b.raw)]);
  for (const name of names) {
    if (LOOKS.has(name) || a.raw[name] === b.raw[name]) continue;
    if (a.type === "group" && LOOKS_OF_GROUP.has(name)) continue;
    if (JSON.stringify(a.raw[name]) !== JSON.stringify(b.raw[name])) return false;
  }
  return true;
}
