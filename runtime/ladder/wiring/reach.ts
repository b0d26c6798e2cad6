import type { DataPathGraph } from "../graph.ts";

/** Edges looked at over one analysis; beyond it the rest counts as not reached, and an error says so. */
export const MAX_STEPS = 5_000_000;

/**
 * Reachability on a data-path graph where paths stop at states. All searches of one analysis share one budget and
 * one array of marks, so that many twins in one large flow stay cheap.
 */
export class Reach {
  readonly #graph: DataPathGraph;
  readonly #mark: Int32Array;
  #round = 0;
  #steps = 0;

  constructor(graph: DataPathGraph) {
    this.#graph = graph;
    this.#mark = new Int32Array(graph.vertices.length);
  }

  get exhausted(): boolean {
    return this.#steps > MAX_STEPS;
  }

  isState(vertex: number): boolean {
    return this.#graph.vertices[vertex]!.role === "state";
  }

  /** Counts work; false once the budget is spent. */
  step(): boolean {
    return ++this.#steps <= MAX_STEPS;
  }

  /** What data from `starts` reaches, starts first, nearest first. States are not entered. */
  downstream(starts: readonly number[]): number[] {
    return this.#search(starts, this.#graph.successors, (vertex) => this.isState(vertex));
  }

  /** What data at `starts` can come from, starts first, nearest first. Neither states nor `isOrigin` are passed. */
  upstream(starts: readonly number[], isOrigin: (vertex: number) => boolean): number[] {
    return this.#search(starts, this.#graph.predecessors, (vertex) => this.isState(vertex), isOrigin);
  }

  /** Members of `among` that lead to one of `goals` inside `among`, in the order of `among`. */
  leadingTo(goals: readonly number[], among: readonly number[]): number[] {
    const inside = new Set(among);
    const found = new Set(
      this.#search(
        goals.filter((goal) => inside.has(goal)),
        this.#graph.predecessors,
        (vertex) => !inside.has(vertex),
      ),
    );
    return among.filter((vertex) => found.has(vertex));
  }

  #search(
    starts: readonly number[],
    edges: readonly (readonly number[])[],
    isClosed: (vertex: number) => boolean,
    isLast: (vertex: number) => boolean = () => false,
  ): number[] {
    const round = ++this.#round;
    const order: number[] = [];
    for (const start of starts) {
      if (this.#mark[start] === round) continue;
      this.#mark[start] = round;
      order.push(start);
    }
    for (let i = 0; i < order.length; i++) {
      const vertex = order[i]!;
      if (isLast(vertex)) continue;
      for (const next of edges[vertex]!) {
        if (!this.step()) return order;
        if (this.#mark[next] === round || isClosed(next)) continue;
        this.#mark[next] = round;
        order.push(next);
      }
    }
    return order;
  }
}
