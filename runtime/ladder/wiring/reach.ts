import type { DataPathGraph } from "../graph.ts";

/** Edges looked at over one analysis; beyond it the rest counts as not reached, and an error says so. */
export const MAX_STEPS = 5_000_000;

/** What one search found, and the edges it looked at. */
export interface Search {
  readonly found: readonly number[];
  readonly steps: number;
}

/**
 * Reachability on a data-path graph where paths stop at states. All searches of one analysis share one budget and
 * one array of marks, so that many twins in one large flow stay cheap.
 */
export class Reach {
  readonly #graph: DataPathGraph;
  /** By vertex, the last search that met it. */
  readonly #mark: number[] = [];
  #round = 0;
  #firstRound = 0;
  #steps = 0;
  #visited = 0;
  /** Asked for once per row of the same twin. */
  #inside:
    | { readonly among: readonly number[]; readonly before: ReadonlyMap<number, readonly number[]> }
    | undefined;

  constructor(graph: DataPathGraph) {
    this.#graph = graph;
  }

  /** Edges looked at since `restart`. */
  get steps(): number {
    return this.#steps;
  }

  /** Vertices that any search has met since `restart`. */
  get visited(): number {
    return this.#visited;
  }

  get exhausted(): boolean {
    return this.#steps > MAX_STEPS;
  }

  /** Gives the searches to come a budget, and a count, of their own. */
  restart(): void {
    this.#firstRound = this.#round + 1;
    this.#steps = 0;
    this.#visited = 0;
  }

  isState(vertex: number): boolean {
    return this.#graph.vertices[vertex]!.role === "state";
  }

  /** Counts work; false once the budget is spent. */
  step(): boolean {
    return ++this.#steps <= MAX_STEPS;
  }

  /** Counts a vertex that was met outside the searches here. */
  meet(vertex: number): void {
    if (!((this.#mark[vertex] ?? -1) >= this.#firstRound)) this.#visited++;
    this.#mark[vertex] = Math.max(this.#mark[vertex] ?? 0, this.#firstRound);
  }

  /** What data from `starts` reaches, starts first, nearest first. States are not entered. */
  downstream(starts: readonly number[]): number[] {
    return this.#search(
      starts,
      (vertex) => this.#graph.successors(vertex),
      (vertex) => this.isState(vertex),
    );
  }

  /** What data at `starts` can come from, starts first, nearest first. Neither states nor `isOrigin` are passed. */
  upstream(starts: readonly number[], isOrigin: (vertex: number) => boolean): number[] {
    return this.#search(
      starts,
      (vertex) => this.#graph.predecessors(vertex),
      (vertex) => this.isState(vertex),
      isOrigin,
    );
  }

  /** Members of `among` that lead to one of `goals` inside `among`, in the order of `among`. */
  leadingTo(goals: readonly number[], among: readonly number[]): number[] {
    const before = this.#edgesInside(among);
    const found = new Set(goals.filter((goal) => before.has(goal)));
    for (const vertex of found) for (const from of before.get(vertex)!) found.add(from);
    return among.filter((vertex) => found.has(vertex));
  }

  /**
   * What leads to each of these from another of them, found by going forward: what else leads there, such as to a
   * screen that all twins share, is no concern of theirs.
   */
  #edgesInside(among: readonly number[]): ReadonlyMap<number, readonly number[]> {
    if (this.#inside?.among === among) return this.#inside.before;
    const before = new Map<number, number[]>(among.map((vertex) => [vertex, []]));
    for (const vertex of among) {
      for (const next of this.#graph.successors(vertex)) {
        if (!this.step()) return before;
        before.get(next)?.push(vertex);
      }
    }
    this.#inside = { among, before };
    return before;
  }

  #search(
    starts: readonly number[],
    edges: (vertex: number) => readonly number[],
    isClosed: (vertex: number) => boolean,
    isLast: (vertex: number) => boolean = () => false,
  ): number[] {
    const round = ++this.#round;
    const order: number[] = [];
    for (const start of starts) {
      if (this.#mark[start] === round) continue;
      this.#meetIn(round, start);
      order.push(start);
    }
    for (let i = 0; i < order.length; i++) {
      const vertex = order[i]!;
      if (isLast(vertex)) continue;
      for (const next of edges(vertex)) {
        if (!this.step()) return order;
        if (this.#mark[next] === round || isClosed(next)) continue;
        this.#meetIn(round, next);
        order.push(next);
      }
    }
    return order;
  }

  #meetIn(round: number, vertex: number): void {
    this.meet(vertex);
    this.#mark[vertex] = round;
  }
}
