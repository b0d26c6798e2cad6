import { spotOf } from "./placement.js";

/** True while some form is open: the flow is not to change behind it. */
export const isFormOpen = () => document.querySelector("#red-ui-editor-stack .red-ui-tray") !== null;

/**
 * Puts the pieces of a step on the canvas and wires them, as one change that undo takes back. A piece that cannot work
 * yet, because it lacks what only a person knows, opens its form: what she fills in belongs to the step, and Cancel
 * takes back all of it.
 * @param step `pieces: {id, type, fields, at?}` in the order they are placed, configuration nodes among them;
 *   `wires: [from, to]` by ids; `tab`, and `anchor`, the node they are placed by
 * @param done called with true once the step stands, with false where it was cancelled
 */
export function insert({ tab, anchor, pieces, wires }, done) {
  const dirty = RED.nodes.dirty();
  let subflow;
  const nodes = pieces.map((piece) => {
    if (RED.nodes.getType(piece.type).category === "config") return RED.nodes.add(configNode(piece));
    const { node, historyEvent } = RED.view.createNode(piece.type, 0, 0, tab);
    subflow ??= historyEvent.subflow;
    Object.assign(node, { id: piece.id }, piece.fields);
    Object.assign(node, piece.at ?? spotOf(node, anchor));
    return RED.nodes.add(node);
  });
  const links = wires.map(([from, to]) => ({
    source: RED.nodes.node(from),
    sourcePort: 0,
    target: RED.nodes.node(to),
  }));
  for (const link of links) RED.nodes.addLink(link);
  const event = { t: "add", nodes: pieces.map(({ id }) => id), links, dirty };
  if (subflow !== undefined) event.subflow = subflow;
  for (const node of nodes) RED.editor.validateNode(node);
  RED.nodes.dirty(true);
  RED.view.select({ nodes: nodes.filter(({ z }) => z) });
  RED.view.redraw(true);
  RED.view.reveal(nodes.findLast(({ z }) => z).id, true);
  const incomplete = nodes.find(({ z, valid }) => z && valid === false);
  if (incomplete === undefined) {
    RED.history.push(event);
    done(true);
  } else {
    completeInForm(incomplete, event, done);
  }
}

function configNode({ id, type, fields }) {
  const definition = RED.nodes.getType(type);
  const values = Object.entries(definition.defaults).map(([field, { value }]) => [
    field,
    structuredClone(value),
  ]);
  return { id, type, _def: definition, users: [], changed: true, ...Object.fromEntries(values), ...fields };
}

function completeInForm(node, event, done) {
  const before = RED.history.peek();
  let isSaved = false;
  const saved = ({ id }) => {
    isSaved ||= id === node.id;
  };
  const closed = () => {
    RED.events.off("editor:save", saved);
    RED.events.off("editor:close", closed);
    const last = RED.history.peek();
    const isDeleted = !RED.nodes.node(node.id);
    if (!isSaved && !isDeleted) takeBack(event);
    else if (last === before) RED.history.push(event);
    // What the form has put on the history and the step before it become one.
    else RED.history.replace({ t: "multi", events: [event, last], dirty: event.dirty });
    done(isSaved);
  };
  RED.events.on("editor:save", saved);
  RED.events.on("editor:close", closed);
  RED.editor.edit(node);
}

/** As undo would, without leaving something to redo. */
function takeBack({ nodes, dirty }) {
  for (const id of nodes) RED.nodes.remove(id);
  RED.nodes.dirty(dirty);
  RED.view.select(null);
  RED.view.redraw(true);
}
