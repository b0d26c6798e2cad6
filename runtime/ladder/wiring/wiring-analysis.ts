import { type FlowEdit, FlowIndex } from "../flow-index.ts";
import type { FlowProblem } from "../flow-nodes.ts";
import { type Checked, DataPathGraph, MAX_CALLED } from "../graph.ts";
import { type Cell, Cells, sameData } from "../incremental/cells.ts";
import type { DeclaredRole } from "../roles.ts";
import { MAX_STEPS, Reach } from "./reach.ts";
import type { Wiring } from "./wired-twin.ts";
import { type WiringCells, wiringCells } from "./wiring-cells.ts";

export interface WiringAnalysisOptions {
  readonly declaredRoles?: Readonly<Record<string, DeclaredRole>>;
  /** How many reads are remembered, so that an edit leaves the rest as it is; 0 for a flow that is read once. */
  readonly remembered?: number;
}

/** One flow under analysis: asked once, it is the whole analysis; after an edit, what the edit can reach. */
export class WiringAnalysis {
  readonly #index: FlowIndex;
  readonly #cells: Cells;
  readonly #graph: DataPathGraph;
  readonly #reach: Reach;
  readonly #wiring: WiringCells;
  readonly #running: Cell<ReadonlySet<string>>;
  readonly #checks = new Map<string, Cell<Checked>>();
  /** Nodes whose wires are to be looked at again. */
  readonly #unchecked = new Set<string>();
  /** What was found by looking, by node. */
  readonly #found = new Map<string, Checked>();
  #last: Wiring | undefined;

  /** @param followsCalls false where link calls were found to multiply past all bounds */
  constructor(flow: unknown, options: WiringAnalysisOptions = {}, followsCalls = true) {
    const { declaredRoles = {}, remembered = 0 } = options;
    this.#cells = new Cells(remembered);
    this.#index = new FlowIndex(flow, this.#cells, declaredRoles);
    this.#graph = new DataPathGraph(this.#index, this.#cells, followsCalls);
    this.#reach = new Reach(this.#graph);
    const isWhole = () => !this.#reach.exhausted && !this.#graph.isCut;
    this.#wiring = wiringCells(this.#cells, this.#graph, this.#reach, declaredRoles, isWhole);
    this.#running = this.#cells.cell<ReadonlySet<string>>(() => this.#graph.flow.runningIds());
    for (const id of this.#index.ids()) this.#unchecked.add(id);
    this.#index.onAdd = (id) => this.#unchecked.add(id);
  }

  static of(flow: unknown, options: WiringAnalysisOptions = {}): WiringAnalysis {
    const analysis = new WiringAnalysis(flow, options);
    return analysis.#graph.hasTooManyCalls ? new WiringAnalysis(flow, options, false) : analysis;
  }

  /** The flow as it stands now. */
  flow(): unknown[] {
    return this.#index.flow();
  }

  /** False where only reading the flow as edited anew gives its wiring. */
  takes(edit: FlowEdit): boolean {
    const isBounded = !this.#reach.exhausted && !this.#graph.isCut;
    return this.#cells.remembers && isBounded && this.#index.takes(edit);
  }

  /** Makes an edit that is taken. @returns false where the flow has grown past a bound and must be read anew */
  edit(edit: FlowEdit): boolean {
    this.#reach.restart();
    this.#index.edit(edit);
    return !this.#graph.hasTooManyCalls && !this.#graph.isCut && this.#wiring.steps() <= MAX_STEPS;
  }

  /** Edges looked at since the last edit. */
  get steps(): number {
    return this.#reach.steps;
  }

  /** Vertices met by searches since the last edit. */
  get visited(): number {
    return this.#reach.visited;
  }

  /** The same object until something in it changes. */
  wiring(): Wiring {
    // Whether a bound is met is known only after all searches.
    this.#wiring.steps();
    const last = this.#last;
    const twins = this.#wiring.twins();
    const unguardedOutputs = this.#wiring.outputs();
    this.#look();
    const notAnalysable = [
      ...this.#foundInOrder().flatMap((found) => found.openLinks),
      ...this.#graph.notAnalysable,
      ...this.#wiring.notAnalysable(),
    ];
    const nodes = this.#running.get();
    const errors = this.#errors();
    if (
      last !== undefined &&
      last.twins === twins &&
      last.unguardedOutputs === unguardedOutputs &&
      last.nodes === nodes &&
      sameData([last.notAnalysable, last.errors], [notAnalysable, errors])
    )
      return last;
    this.#last = { twins, unguardedOutputs, notAnalysable, errors, nodes };
    return this.#last;
  }

  /** Looks at the wires of every node whose wires, or what they lead to, changed. */
  #look(): void {
    for (const id of this.#unchecked) {
      const checked = this.#checked(id);
      if (checked.problems.length + checked.openLinks.length > 0) this.#found.set(id, checked);
      else this.#found.delete(id);
    }
    this.#unchecked.clear();
  }

  #errors(): FlowProblem[] {
    const tell = (code: string, message: string): FlowProblem => ({ code, node: "", path: "", message });
    const problems = [
      ...this.#index.problems(),
      ...this.#graph.flow.problems(),
      ...this.#foundInOrder().flatMap((found) => found.problems),
    ];
    if (!this.#graph.followsCalls)
      problems.push(
        tell("too-large", `link calls run through more than ${MAX_CALLED} nodes: none is followed`),
      );
    problems.push(...this.#wiring.problems());
    if (this.#reach.exhausted)
      problems.push(
        tell(
          "too-much-work",
          "the flow is too entangled to be analysed whole; what was not reached counts as not wired",
        ),
      );
    return problems.map((problem) => this.#index.placed(problem));
  }

  #foundInOrder(): Checked[] {
    return this.#index.inOrder(this.#found.keys()).map((id) => this.#found.get(id)!);
  }

  #checked(id: string): Checked {
    if (!this.#cells.remembers) return this.#graph.checked(id);
    let cell = this.#checks.get(id);
    if (cell === undefined) {
      cell = this.#cells.cell(() => this.#graph.checked(id));
      cell.onDoubt = () => this.#unchecked.add(id);
      this.#checks.set(id, cell);
    }
    return cell.get();
  }
}
