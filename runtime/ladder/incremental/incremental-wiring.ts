import { editedFlow, type FlowEdit } from "../flow-index.ts";
import { WiringAnalysis } from "../wiring/wiring-analysis.ts";
import type { AnalyseOptions, Wiring } from "../wiring.ts";

/** Reads of one flow that are remembered, some 100 bytes each. Past it every edit is answered by a whole analysis. */
export const MAX_REMEMBERED = 3_000_000;

/** What the last edit cost. */
export interface EditWork {
  /** Vertices that a search met: nodes that run, seen from one chain of link calls. */
  readonly visited: number;
  /** True where the whole flow was read anew. */
  readonly isWhole: boolean;
}

/**
 * The wiring of a flow that is being edited: after every edit the same as `analyse` of the whole flow, but only what
 * read something of the edited nodes is looked at again. Whole again is read where a node's id comes back as another
 * type, where ids stand twice, and where a bound of the analysis is met.
 */
export class IncrementalWiring {
  readonly #options: AnalyseOptions;
  #analysis: WiringAnalysis;
  #wiring: Wiring;
  #work: EditWork;
  #restarts = 0;

  /** @param flow the nodes of all tabs, as Node-RED exports them */
  constructor(flow: unknown, options: AnalyseOptions = {}) {
    this.#options = options;
    this.#analysis = this.#read(flow);
    this.#wiring = this.#analysis.wiring();
    this.#work = { visited: this.#analysis.visited, isWhole: true };
  }

  /** The same object until something in it changes; twins that stay as they are stay the same objects too. */
  get wiring(): Wiring {
    return this.#wiring;
  }

  get work(): EditWork {
    return this.#work;
  }

  /** How often the whole flow was read anew since the first time. */
  get restarts(): number {
    return this.#restarts;
  }

  /** The flow as it stands now. */
  flow(): unknown[] {
    return this.#analysis.flow();
  }

  edit(edit: FlowEdit): Wiring {
    const isTaken = this.#analysis.takes(edit);
    const isFollowed = isTaken && this.#analysis.edit(edit);
    if (!isFollowed) {
      this.#restarts++;
      this.#analysis = this.#read(isTaken ? this.flow() : editedFlow(this.flow(), edit));
    }
    this.#wiring = this.#analysis.wiring();
    this.#work = { visited: this.#analysis.visited, isWhole: !isFollowed };
    return this.#wiring;
  }

  #read(flow: unknown): WiringAnalysis {
    return WiringAnalysis.of(flow, { ...this.#options, remembered: MAX_REMEMBERED });
  }
}
