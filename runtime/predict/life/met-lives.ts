import type { MaintenanceEvent } from "../../core/maintenance-event.ts";
import type { Renewal } from "./life-begin.ts";
import { type MetLife, type MetScore, metScore } from "./met-life.ts";

export interface MetLivesParts {
  /** Digest of the model, by which the lives are known that it foretold. */
  readonly modelId: string;
  /** Path of the counter of use: only by the same one is it known when a part began anew. */
  readonly cyclePath: string;
  /** Which component of a maintenance plan wears here; any of the asset if left out. */
  readonly component?: string;
  /** Lives that ended before, as they were kept. */
  readonly met?: readonly MetLife[];
  /** Gets what is to be kept of a life that ended; once more where it turns out later that the counter was set back. */
  readonly onMet?: (life: MetLife) => void;
}

/** The lives that ended, each order once, whatever has become of the model since. */
export class MetLives {
  readonly #parts: MetLivesParts;
  readonly #byOrder = new Map<string, MetLife>();
  /** By twin, the newest that ended with a renewal. */
  readonly #renewals = new Map<string, MetLife>();

  constructor(parts: MetLivesParts) {
    this.#parts = parts;
    for (const life of parts.met ?? []) if (this.#isOurs(life.component)) this.#know(life);
  }

  /** Whether a sign-off ends a life here that is not known yet. */
  isNews({ component, order, isRenewed, condition }: MaintenanceEvent): boolean {
    const endsLife = isRenewed || condition === "failed";
    return endsLife && this.#isOurs(component) && !this.#byOrder.has(order);
  }

  /** When the twin's present part began; undefined where nobody signed it off. */
  renewal(twin: string): Renewal | undefined {
    const life = this.#renewals.get(twin);
    return life && { nextFrom: life.nextFrom!, timeUs: life.timeUs };
  }

  keep(life: MetLife): void {
    this.#know(life);
    this.#parts.onMet?.(life);
  }

  /** The counter was set back, so that it counts from the present part's beginning. */
  setBack(twin: string): void {
    const renewal = this.#renewals.get(twin);
    if (renewal !== undefined && renewal.nextFrom !== 0) this.keep({ ...renewal, nextFrom: 0 });
  }

  /** Of this model. */
  score(): MetScore | undefined {
    return metScore([...this.#byOrder.values()].filter(({ model }) => model === this.#parts.modelId));
  }

  #isOurs(component: string): boolean {
    return this.#parts.component === undefined || this.#parts.component === component;
  }

  #know(life: MetLife): void {
    this.#byOrder.set(life.order, life);
    if (life.nextFrom !== null && life.counter === this.#parts.cyclePath) this.#renewals.set(life.twin, life);
  }
}
