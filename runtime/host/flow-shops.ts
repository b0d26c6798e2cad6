import { isEverywhere, mayTouch, type Scoped } from "../core/scopes.ts";
import type { FlowNode } from "./flow-files.ts";

const TWIN = "rung-twin";
const INSTANCE = "subflow:";
/** Fields in which no node names another: where it stands, and what is written for people. */
const NAMELESS: ReadonlySet<string> = new Set(["id", "type", "z", "g", "name", "label", "info"]);

/**
 * Which part of the plant each part of a flow belongs to, read off the addresses of its twins:
 *
 * - a tab, and all that stands on it, belongs to every twin that anything on it names, be it by the twin's node, in the
 *   environment of a subflow's instance, or by an address below the twin's;
 * - a twin's configuration belongs to its own address;
 * - what several tabs may share (subflows, links, historians, groups and pages of the dashboard) belongs to all tabs
 *   that use it;
 * - what names no twin and is used by no tab that does, belongs to nobody: only who is bound to nothing may touch it.
 */
export class FlowShops {
  readonly #nodes: ReadonlyMap<string, FlowNode>;
  readonly #twinOfAddress = new Map<string, string>();
  /** Ids of nodes by the tab or subflow they stand in. */
  readonly #standingIn = new Map<string, string[]>();
  /** Ids of nodes by what they name, for what is used by naming it. */
  readonly #usersOf = new Map<string, string[]>();
  readonly #named = new Map<string, ReadonlySet<string>>();
  readonly #containers = new Map<string, ReadonlySet<string>>();

  constructor(nodes: readonly FlowNode[]) {
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
    for (const { id, type, z, address } of nodes) {
      if (type === TWIN && typeof address === "string") this.#twinOfAddress.set(address, id);
      if (z) push(this.#standingIn, z, id);
    }
    for (const node of nodes) {
      const named = this.#namedBy(node);
      this.#named.set(node.id, named);
      for (const id of named) push(this.#usersOf, id, node.id);
    }
  }

  /** Addresses a node belongs to; none where it belongs to nobody, or is not in the flow. */
  addressesOf(id: string): ReadonlySet<string> {
    const node = this.#nodes.get(id);
    if (node === undefined) return new Set();
    if (node.type === "tab") return this.#addressesIn(id);
    if (node.type === "subflow") return this.#addressesOfSubflow(id);
    const container = node.z ? this.#nodes.get(node.z) : undefined;
    if (container !== undefined) return this.addressesOf(container.id);
    return node.type === TWIN ? addressOf(node) : this.#addressesOfUsers(id);
  }

  /** Whether all that a node belongs to lies within somebody's scopes. */
  isWithin(person: Scoped, id: string): boolean {
    if (isEverywhere(person)) return true;
    const addresses = this.addressesOf(id);
    return addresses.size > 0 && [...addresses].every((address) => mayTouch(person, address));
  }

  /** As `isWithin`, of a node as it runs: inside an instance of a subflow its id begins with the instance's. */
  isRunningWithin(person: Scoped, id: string): boolean {
    if (isEverywhere(person)) return true;
    for (let at = id.length; at > 0; at = id.lastIndexOf("-", at - 1)) {
      const node = this.#nodes.get(id.slice(0, at));
      if (node !== undefined && (at === id.length || node.type.startsWith(INSTANCE)))
        return this.isWithin(person, node.id);
    }
    return false;
  }

  has(id: string): boolean {
    return this.#nodes.has(id);
  }

  /** Ids of nodes of this flow that a node names anywhere in its fields. */
  namedBy(id: string): ReadonlySet<string> {
    return this.#named.get(id) ?? new Set();
  }

  /** True for what stands on a tab or in a subflow; false for what can be shared. */
  standsSomewhere(id: string): boolean {
    return Boolean(this.#nodes.get(id)?.z);
  }

  /** A node in words: `tab "paint"`, or `rung-opcua-link "virtual plant"`. */
  nameOf(id: string): string {
    const node = this.#nodes.get(id);
    if (node === undefined) return id;
    if (node.z) return this.nameOf(node.z);
    const name = node.type === "tab" ? node.label : node.name;
    return `${node.type} ${JSON.stringify(typeof name === "string" && name !== "" ? name : id)}`;
  }

  #namedBy(node: FlowNode): ReadonlySet<string> {
    const named = new Set<string>();
    for (const [field, value] of Object.entries(node)) {
      if (NAMELESS.has(field)) continue;
      for (const text of textsIn(value)) {
        if (this.#nodes.has(text) && text !== node.id) named.add(text);
        const twin = this.#twinAround(text);
        if (twin !== undefined && node.type !== TWIN) named.add(twin);
      }
    }
    const subflow = node.type.startsWith(INSTANCE) ? node.type.slice(INSTANCE.length) : "";
    if (this.#nodes.has(subflow)) named.add(subflow);
    return named;
  }

  /** The twin whose address is this text, or begins it. */
  #twinAround(text: string): string | undefined {
    if (!text.includes("/")) return undefined;
    for (let at = text.length; at > 0; at = text.lastIndexOf("/", at - 1)) {
      const twin = this.#twinOfAddress.get(text.slice(0, at));
      if (twin !== undefined) return twin;
    }
    return undefined;
  }

  /** Addresses of all twins that a tab or subflow, and the subflows on it, name. */
  #addressesIn(container: string): ReadonlySet<string> {
    const known = this.#containers.get(container);
    if (known !== undefined) return known;
    const found = new Set<string>();
    const containers = new Set([container]);
    // A set grows while it is walked: subflows on the tab, and those on them, each once.
    for (const inside of containers) {
      for (const id of [inside, ...(this.#standingIn.get(inside) ?? [])]) {
        for (const name of [id, ...this.namedBy(id)]) {
          const node = this.#nodes.get(name)!;
          if (node.type === TWIN) for (const address of addressOf(node)) found.add(address);
          else if (node.type === "subflow") containers.add(name);
        }
      }
    }
    this.#containers.set(container, found);
    return found;
  }

  #addressesOfSubflow(id: string): ReadonlySet<string> {
    return new Set([...this.#addressesIn(id), ...this.#addressesOfUsers(id)]);
  }

  /** What is used belongs to all who use it, directly or through other shared things. */
  #addressesOfUsers(id: string): ReadonlySet<string> {
    const found = new Set<string>();
    const seen = new Set([id]);
    const work = [id];
    for (let used = work.pop(); used !== undefined; used = work.pop()) {
      for (const user of this.#usersOf.get(used) ?? []) {
        const node = this.#nodes.get(user)!;
        const container = node.z ? this.#nodes.get(node.z) : undefined;
        const above = container?.type === "subflow" ? container.id : user;
        if (node.type === "tab" || container?.type === "tab")
          for (const address of this.#addressesIn(container?.id ?? user)) found.add(address);
        else if (node.type === TWIN) for (const address of addressOf(node)) found.add(address);
        else if (!seen.has(above)) {
          seen.add(above);
          work.push(above);
        }
      }
    }
    return found;
  }
}

const addressOf = (twin: FlowNode): ReadonlySet<string> =>
  new Set(typeof twin.address === "string" && twin.address !== "" ? [twin.address] : []);

function push(lists: Map<string, string[]>, key: string, entry: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [entry]);
  else list.push(entry);
}

/** Every text in a value, however deep, without the names of its fields. */
function* textsIn(value: unknown): Iterable<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null)
    for (const inner of Object.values(value)) yield* textsIn(inner);
}
