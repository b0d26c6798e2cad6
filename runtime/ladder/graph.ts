import type { FlowIndex, ListedType } from "./flow-index.ts";
import type { FlowProblem } from "./flow-nodes.ts";
import { type Cell, type Cells, sameList } from "./incremental/cells.ts";
import { PlacedFlow, type PlacedNode } from "./placed-nodes.ts";
import { ROLE_FACTS, type Role } from "./roles.ts";
import { calledBy, isReturn, Wires } from "./wires.ts";

/** A chain of link calls: who called, and from which chain. A called part stands once per chain. */
interface Chain {
  readonly caller: PlacedNode;
  readonly outer: Chain | undefined;
  readonly depth: number;
  readonly inner: Map<PlacedNode, Chain>;
  readonly vertices: Map<PlacedNode, number>;
  readonly part: Cell<CalledPart>;
}

/** What a link call runs through. */
interface CalledPart {
  readonly reached: ReadonlySet<PlacedNode>;
  readonly returns: readonly PlacedNode[];
}

/** A vertex: a running node, seen from one chain of link calls (a called node stands once per caller). */
export interface Vertex {
  /** Id of the node at run time. */
  readonly id: string;
  readonly placed: PlacedNode;
  readonly role: Role | undefined;
  readonly chain: Chain | undefined;
}

/** What is found by looking at one node's wires. */
export interface Checked {
  readonly problems: readonly FlowProblem[];
  readonly openLinks: readonly { readonly node: string; readonly reason: string }[];
}

interface LinkCalls {
  /** Vertices of called parts, seen from their callers. */
  readonly vertices: readonly number[];
  readonly notAnalysable: readonly { readonly node: string; readonly reason: string }[];
}

/** Beyond this many the parts that link calls run through are not followed: calls inside calls multiply. */
export const MAX_CALLED = 300_000;
const MAX_CALL_DEPTH = 16;

/**
 * Which way data can go, as Node-RED moves messages. A link call is followed into the called part and back to its own
 * caller only, so the called part is seen once per chain of callers. Vertices are numbers; which of them exist, and
 * their edges, are found when they are asked for.
 */
export class DataPathGraph {
  /** By number, in the order in which they were met; some may run no more. */
  readonly vertices: Vertex[] = [];
  readonly flow: PlacedFlow;
  readonly #wires: Wires;
  readonly #cells: Cells;
  readonly followsCalls: boolean;
  readonly #uncalled = new Map<PlacedNode, number>();
  readonly #chains = new Map<PlacedNode, Chain>();
  readonly successors: (vertex: number) => readonly number[];
  readonly predecessors: (vertex: number) => readonly number[];
  /** Every vertex of a role, in the flow's order, then as link calls come upon them. */
  readonly withRole: (role: Role) => readonly number[];
  readonly ofType: (type: ListedType) => readonly number[];
  readonly #calls: Cell<LinkCalls>;
  #explored = 0;

  /** @param followsCalls false where following them was found to be too much */
  constructor(index: FlowIndex, cells: Cells, followsCalls = true) {
    this.flow = new PlacedFlow(index, cells);
    this.#wires = new Wires(this.flow);
    this.#cells = cells;
    this.followsCalls = followsCalls;
    this.#calls = cells.cell(() => this.#findCalls());
    this.successors = cells.by((vertex) => this.#after(this.vertices[vertex]!), sameList);
    this.predecessors = cells.by((vertex) => this.#before(this.vertices[vertex]!), sameList);
    this.withRole = cells.by(
      (role) => this.#verticesOf(index.withRole(role), (vertex) => vertex.role === role),
      sameList,
    );
    this.ofType = cells.by(
      (type) => this.#verticesOf(index.ofType(type), (vertex) => vertex.placed.type === type),
      sameList,
    );
  }

  /** True where link calls multiply past all bounds: a graph that does not follow them must be made instead. */
  get hasTooManyCalls(): boolean {
    this.#explored = 0;
    const { vertices } = this.#calls.get();
    return this.#explored > MAX_CALLED || vertices.length > MAX_CALLED;
  }

  /** True where part of the flow is left out, so that nobody may be granted what needs the whole of it. */
  get isCut(): boolean {
    return !this.followsCalls || this.flow.isCut;
  }

  get notAnalysable(): readonly { readonly node: string; readonly reason: string }[] {
    return this.#calls.get().notAnalysable;
  }

  /** What is wrong with a node's wires and ports, and which links leave the flow. */
  checked(id: string): Checked {
    return { problems: this.#wires.problemsOf(id), openLinks: this.#wires.openLinksOf(id) };
  }

  #verticesOf(ids: readonly string[], isMeant: (vertex: Vertex) => boolean): number[] {
    const placed = ids.flatMap((id) => this.flow.placesOf(id, "canvas"));
    const called = this.#calls.get().vertices.filter((vertex) => isMeant(this.vertices[vertex]!));
    return [...placed.map((node) => this.#vertex(node, undefined)), ...called];
  }

  #vertex(placed: PlacedNode, chain: Chain | undefined): number {
    const known = chain?.vertices ?? this.#uncalled;
    const before = known.get(placed);
    if (before !== undefined) return before;
    known.set(placed, this.vertices.length);
    return this.vertices.push({ id: placed.id, placed, role: placed.role, chain }) - 1;
  }

  #after({ placed, chain }: Vertex): number[] {
    if (isSilent(placed)) return [];
    if (placed.type === "link call") {
      const inner = this.#chainOf(placed, chain);
      const target = this.#target(placed);
      return inner === undefined || target === undefined ? [] : [this.#vertex(target, inner)];
    }
    if (isReturn(placed.node)) {
      if (chain === undefined) return [];
      return this.#wires.after(chain.caller).map((next) => this.#vertex(next, chain.outer));
    }
    return this.#wires.after(placed).map((next) => this.#vertex(next, chain));
  }

  #before({ placed, chain }: Vertex): number[] {
    const part = chain?.part.get();
    const found: number[] = [];
    for (const from of this.#wires.before(placed)) {
      if (isSilent(from) || (part !== undefined && !part.reached.has(from))) continue;
      if (from.type !== "link call") found.push(this.#vertex(from, chain));
      else {
        const inner = this.#chainOf(from, chain);
        if (inner !== undefined)
          for (const at of inner.part.get().returns) found.push(this.#vertex(at, inner));
      }
    }
    if (chain !== undefined && this.#target(chain.caller) === placed)
      found.push(this.#vertex(chain.caller, chain.outer));
    return found;
  }

  /** The link in that a link call calls, where it runs; Node-RED calls nothing else. */
  #target(call: PlacedNode): PlacedNode | undefined {
    const id = calledBy(call);
    if (id === undefined) return undefined;
    const target = this.flow.at(id, call.scope) ?? this.flow.at(id, this.flow.top);
    return target?.type === "link in" ? target : undefined;
  }

  /** The chain a link call opens; undefined where it is not followed. */
  #chainOf(call: PlacedNode, outer: Chain | undefined): Chain | undefined {
    if (!this.followsCalls || this.#whyNot(call, outer) !== undefined) return undefined;
    if (this.#target(call) === undefined) return undefined;
    const chains = outer?.inner ?? this.#chains;
    const known = chains.get(call);
    if (known !== undefined) return known;
    const chain: Chain = {
      caller: call,
      outer,
      depth: (outer?.depth ?? 0) + 1,
      inner: new Map(),
      vertices: new Map(),
      part: this.#cells.cell<CalledPart>(() => this.#explore(chain)),
    };
    chains.set(call, chain);
    return chain;
  }

  #whyNot(call: PlacedNode, outer: Chain | undefined): string | undefined {
    if (call.node.raw.linkType === "dynamic") return "a link call whose target each message chooses";
    if (this.#target(call) === undefined) return undefined;
    for (let at = outer; at !== undefined; at = at.outer)
      if (at.caller === call) return "a link call that calls itself";
    if ((outer?.depth ?? 0) >= MAX_CALL_DEPTH) return `link calls more than ${MAX_CALL_DEPTH} deep`;
    return undefined;
  }

  /** Goes through the part that a chain's last call runs through. */
  #explore(chain: Chain): CalledPart {
    const reached = new Set<PlacedNode>();
    const returns: PlacedNode[] = [];
    const entry = this.#target(chain.caller);
    if (entry !== undefined) reached.add(entry);
    for (const placed of reached) {
      if (++this.#explored > MAX_CALLED) break;
      if (isSilent(placed)) continue;
      if (isReturn(placed.node)) {
        returns.push(placed);
        continue;
      }
      if (placed.type === "link call") {
        const inner = this.#chainOf(placed, chain);
        if (inner === undefined || inner.part.get().returns.length === 0) continue;
      }
      for (const next of this.#wires.after(placed)) reached.add(next);
    }
    return { reached, returns };
  }

  #findCalls(): LinkCalls {
    const vertices: number[] = [];
    const notAnalysable = new Map<string, { node: string; reason: string }>();
    const work = this.flow.index
      .ofType("link call")
      .flatMap((id) => this.flow.placesOf(id, "canvas"))
      .map((call) => ({ call, outer: undefined as Chain | undefined }));
    for (const { call, outer } of work) {
      const reason = this.#whyNot(call, outer);
      if (reason !== undefined) notAnalysable.set(`${call.id}\n${reason}`, { node: call.id, reason });
      const chain = this.#chainOf(call, outer);
      if (chain === undefined) continue;
      for (const placed of chain.part.get().reached) {
        vertices.push(this.#vertex(placed, chain));
        if (placed.type === "link call") work.push({ call: placed, outer: chain });
      }
      if (vertices.length > MAX_CALLED) break;
    }
    return { vertices, notAnalysable: [...notAnalysable.values()] };
  }
}

const isSilent = ({ role }: PlacedNode): boolean => role !== undefined && ROLE_FACTS[role].noData === true;
