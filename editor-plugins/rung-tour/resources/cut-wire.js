/**
 * A wire that a tour takes away in this editor and puts back. Nothing of it is deployed, nor left in the history of
 * undo, and a canvas without edits is one without edits again.
 */
export class CutWire {
  #link;
  #wasDirty = false;

  constructor(link) {
    this.#link = link;
  }

  cut() {
    this.#wasDirty = RED.nodes.dirty();
    RED.nodes.removeLink(this.#link);
    this.#redraw();
  }

  /** Also where it was never cut, or is back by a person's hand. */
  mend() {
    const { source, sourcePort, target } = this.#link;
    const isThere = RED.nodes.filterLinks({ source, sourcePort, target }).length > 0;
    if (isThere || RED.nodes.node(source.id) === null || RED.nodes.node(target.id) === null) return;
    RED.nodes.addLink(this.#link);
    RED.nodes.dirty(this.#wasDirty);
    this.#redraw();
  }

  #redraw() {
    this.#link.source.dirty = true;
    this.#link.target.dirty = true;
    RED.view.redraw(true);
  }
}
