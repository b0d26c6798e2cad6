/** Puts the piece a twin lacks on the canvas and wires it: one step that undo takes back. */

const TYPE_OF_ROLE = {
  source: "rung-opcua-source",
  history: "rung-history",
  detect: "rung-detect",
  forecast: "rung-forecast",
  optimise: "rung-optimise",
  envelope: "rung-envelope",
  actuate: "rung-actuate",
};
const BESIDE = 200;
const BELOW = 60;

/** The node type that fills a role, where the palette has it; undefined where it must be done by hand. */
export function typeFor(role) {
  const type = TYPE_OF_ROLE[role];
  return type !== undefined && RED.nodes.getType(type) ? type : undefined;
}

/** The node a piece is wired to: what it comes after, or the state a source comes before. */
export function anchorOf(twin, piece) {
  return RED.nodes.node(piece.after ?? twin.states[0]);
}

/** @returns the new node, or undefined where there is nothing to wire it to */
export function addPiece(twin, piece) {
  const type = typeFor(piece.role);
  const anchor = anchorOf(twin, piece);
  if (type === undefined || !anchor) return undefined;
  const isBefore = piece.after === null;
  const spot = freeSpot(anchor, isBefore ? -BESIDE : BESIDE);
  const wasDirty = RED.nodes.dirty();
  const made = RED.view.createNode(type, spot.x, spot.y, anchor.z);
  nameTheOnly(made.node, "link");
  if (made.node._def.defaults?.twin) made.node.twin = twin.node;
  const node = RED.nodes.add(made.node);
  const link = isBefore
    ? { source: node, sourcePort: 0, target: anchor }
    : { source: anchor, sourcePort: 0, target: node };
  RED.nodes.addLink(link);
  RED.history.push({ ...made.historyEvent, links: [link], dirty: wasDirty });
  RED.editor.validateNode(node);
  RED.nodes.dirty(true);
  RED.view.select({ nodes: [node] });
  RED.view.redraw(true);
  RED.view.reveal(node.id, true);
  return node;
}

/** The nearest place beside a node, going down, where nothing stands. */
function freeSpot(anchor, dx) {
  const x = Math.max(90, anchor.x + dx);
  const taken = RED.nodes.filterNodes({ z: anchor.z });
  let y = anchor.y;
  while (taken.some((other) => Math.abs(other.x - x) < 150 && Math.abs(other.y - y) < BELOW - 10)) y += BELOW;
  return { x, y };
}

/** Where the flow has one configuration node of the wanted type, it is the one that is meant. */
function nameTheOnly(node, field) {
  const type = node._def.defaults?.[field]?.type;
  if (type === undefined) return;
  const found = [];
  RED.nodes.eachConfig((config) => {
    if (config.type === type) found.push(config.id);
    return true;
  });
  if (found.length === 1) node[field] = found[0];
}
