import { isRecord } from "../flow-nodes.ts";
import type { DataPathGraph } from "../graph.ts";
import { field, type PlacedNode } from "../placed-nodes.ts";
import { ROLE_FACTS, type Role } from "../roles.ts";
import { type DeclaredTwin, trimAddress } from "./declared-twins.ts";

/** Roles that raise a row above the model's. */
const PIECES = (Object.keys(ROLE_FACTS) as Role[]).filter((role) =>
  ROLE_FACTS[role].rows.some((row) => row > 0),
);

/** Among more twins than this on one tab, a piece without wires is meant for nobody in particular. */
const FEW = 8;

/**
 * Whom a loose piece is probably meant for, so that its warning finds a reader: the twin it names, else the twins
 * whose states stand on its tab, else the only twin there is. A hint never raises a rung.
 */
export class TwinHints {
  readonly #graph: DataPathGraph;
  readonly #twins: readonly DeclaredTwin[];
  readonly #byAddress: ReadonlyMap<string, string>;
  readonly #byTab = new Map<string, Set<string>>();

  constructor(
    graph: DataPathGraph,
    twins: readonly DeclaredTwin[],
    states: ReadonlyMap<string, readonly number[]>,
  ) {
    this.#graph = graph;
    this.#twins = twins;
    this.#byAddress = new Map(twins.map(({ address, node }) => [address, node]));
    for (const [twin, vertices] of states) {
      for (const vertex of vertices) {
        const { tab } = graph.vertices[vertex]!.placed;
        this.#byTab.set(tab, (this.#byTab.get(tab) ?? new Set()).add(twin));
      }
    }
  }

  /** True where the flow declares one twin only. */
  get isAlone(): boolean {
    return this.#twins.length === 1;
  }

  /** Ids of the twins' configuration nodes. */
  of(vertex: number): string[] {
    const { placed } = this.#graph.vertices[vertex]!;
    const named = this.#graph.flow.configOf(placed, "twin");
    if (named !== undefined) return [named.id];
    const near = this.#byTab.get(placed.tab);
    if (near !== undefined) return near.size <= FEW ? [...near] : [];
    return this.isAlone ? [this.#twins[0]!.node] : [];
  }

  /** Pieces of the ladder on no twin's path, by the twins they stand near. */
  loose(members: ReadonlySet<string>): Map<string, number[]> {
    const loose = new Map<string, number[]>();
    for (const vertex of PIECES.flatMap((role) => this.#graph.withRole(role))) {
      if (members.has(this.#graph.vertices[vertex]!.id)) continue;
      for (const twin of this.of(vertex)) {
        const list = loose.get(twin);
        if (list === undefined) loose.set(twin, [vertex]);
        else list.push(vertex);
      }
    }
    return loose;
  }

  /** Ids of the twins that an envelope or actuate names, itself or in its table by a property of theirs. */
  meant(placed: PlacedNode): string[] {
    const named = this.#graph.flow.configOf(placed, "twin");
    const rows = field(placed, "targets");
    const targets = Array.isArray(rows) ? rows.map((row) => (isRecord(row) ? row.target : row)) : [];
    const meant = new Set(named === undefined ? [] : [named.id]);
    for (const target of targets) {
      if (typeof target !== "string") continue;
      const parts = trimAddress(target).split("/");
      for (let length = parts.length - 1; length > 0; length--) {
        const twin = this.#byAddress.get(parts.slice(0, length).join("/"));
        if (twin !== undefined) meant.add(twin);
      }
    }
    return [...meant];
  }
}
