import { messageOf } from "../core/errors.ts";
import type { Evidence } from "../core/evidence.ts";

type Listener = (evidence: Evidence, before: Evidence | undefined) => void;

/**
 * Where every engine pins what it measured. A record replaces the one with the same id; the ladder reads them all.
 */
export class EvidenceBoard {
  readonly #byId = new Map<string, Evidence>();
  readonly #listeners = new Set<Listener>();
  /** By node. */
  readonly #engines = new Map<string, () => Iterable<Evidence>>();
  readonly #failing = new Set<string>();

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

  /**
   * Asks an engine for its records before every evaluation, so that a verdict rests on what is known by then.
   * @param node id of the Node-RED node that measures
   * @returns a function that ends it and takes the node's records down
   */
  measuredBy(node: string, measure: () => Iterable<Evidence>): () => void {
    this.#engines.set(node, measure);
    return () => {
      if (this.#engines.get(node) === measure) this.#engines.delete(node);
      this.#failing.delete(node);
      this.retract(node);
    };
  }

  /** Lets every engine say what it knows now. One that fails has its records fail: they say nothing about now. */
  measure(): void {
    for (const [node, measure] of this.#engines) {
      try {
        for (const record of measure()) this.put(record);
        this.#failing.delete(node);
      } catch (thrown) {
        const cause = `its engine failed: ${messageOf(thrown)}`;
        const records = [...this.#byId.values()].filter((record) => record.node === node);
        for (const record of records) this.put({ ...record, verdict: "fails", cause });
        if (!this.#failing.has(node)) process.emitWarning(`evidence of ${node}: ${messageOf(thrown)}`);
        this.#failing.add(node);
      }
    }
  }

  /** @returns a function that ends the subscription */
  onPut(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
