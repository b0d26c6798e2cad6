import type { EventEmitter } from "node:events";
import type { FlowNode } from "./flow-files.ts";
import { FlowShops } from "./flow-shops.ts";

/** The flow that runs. Until one has started it is empty, so that nothing gets past a scope. */
export class RunningFlow {
  #nodes: readonly FlowNode[] = [];
  #types: ReadonlySet<string> = new Set();
  #shops: FlowShops | undefined;

  constructor(events: EventEmitter) {
    // Before any of its nodes exists, so that none of them sends unseen.
    events.on("flows:starting", (event: { config?: { flows?: readonly FlowNode[] } }) => {
      this.#nodes = event.config?.flows ?? [];
      this.#types = new Set(this.#nodes.map(({ type }) => type));
      this.#shops = undefined;
    });
  }

  /** Made when it is first asked for: where nobody has a scope, nobody asks. */
  get shops(): FlowShops {
    this.#shops ??= new FlowShops(this.#nodes);
    return this.#shops;
  }

  /** Whether any node, also a disabled one, is of this type. */
  uses(type: string): boolean {
    return this.#types.has(type);
  }
}
