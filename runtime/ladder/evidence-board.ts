import type { Evidence } from "../core/evidence.ts";

type Listener = (evidence: Evidence, before: Evidence | undefined) => void;

/**
 * Where every engine pins what it measured. A record replaces the one with the same id; the ladder reads them all.
 */
export class EvidenceBoard {
  readonly #byId = new Map<string, Evidence>();
  readonly #listeners = new Set<Listener>();

  put(evidence: Evidence): void {
    const before = this.#byId.get(evidence.id);
    this.#byId.set(evidence.id, evidence);
    for (const listener of this.#listeners) listener(evidence, before);
  }

  /** Everything known about one twin, in the order in which the statements first came. */
  of(twin: string): Evidence[] {
    return [...this.#byId.values()].filter((evidence) => evidence.twin === twin);
  }

  get(id: string): Evidence | undefined {
    return this.#byId.get(id);
  }

  /** Takes down what a node measured, when the node closes: what is not there does not hold. */
  retract(node: string): void {
    for (const [id, evidence] of this.#byId) if (evidence.node === node) this.#byId.delete(id);
  }

  /** @returns a function that ends the subscription */
  onPut(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
