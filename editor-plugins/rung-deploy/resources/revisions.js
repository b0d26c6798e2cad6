/** Older ones are forgotten; a deploy on top of one of them gets Node-RED's own dialog. */
const KEPT = 12;

const withoutCredentials = (flow) => flow.map(({ credentials: _secret, ...node }) => node);

/**
 * The flow as the runtime had it, by revision: what both sides of a merge were made from. Node-RED keeps only the
 * flow it loaded last, and takes a merged or undone one for it, which would make a change look like none.
 */
export class Revisions {
  /** Of each revision the flow as it was read, and as this editor writes it. */
  #flows = new Map();

  /** Keeps what the editor shows, which is what the runtime has: after loading and after a deploy. */
  keepShown() {
    const rev = RED.nodes.version();
    const loaded = RED.nodes.originalFlow();
    if (!rev || !Array.isArray(loaded)) return;
    const isUnchanged = !RED.nodes.dirty();
    const written = isUnchanged ? RED.nodes.createCompleteNodeSet({ credentials: false }) : loaded;
    this.#keep(rev, structuredClone(loaded), structuredClone(written));
  }

  /**
   * Keeps what the runtime said it has.
   * @param written the same as this editor would write it, as far as that is known
   */
  keepRead(rev, flow, written = flow) {
    if (!this.#flows.has(rev)) this.#keep(rev, flow, written);
  }

  /** `{loaded, written}` of the revision the editor goes out from, undefined where it is forgotten. */
  base() {
    return this.#flows.get(RED.nodes.version());
  }

  /** Lets Node-RED's own comparison go out from the right flow, too. */
  tellNodeRed() {
    const base = this.base();
    if (base !== undefined) RED.nodes.originalFlow(structuredClone(base.loaded));
  }

  #keep(rev, loaded, written) {
    this.#flows.delete(rev);
    this.#flows.set(rev, { loaded: withoutCredentials(loaded), written: withoutCredentials(written) });
    const [oldest] = this.#flows.keys();
    if (this.#flows.size > KEPT) this.#flows.delete(oldest);
  }
}
