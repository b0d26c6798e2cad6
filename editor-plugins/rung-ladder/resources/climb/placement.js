/** Distance between two rungs of a flow, and between a node and the next of its rung, px. */
const BAND = 80;
const COLUMN = 220;
/** Room around a node: its status stands below it. */
const GAP = { x: 30, y: 50 };
const LEFT = 110;
const TOP = 40;

/** Where a twin's first state goes, so that five rungs fit above it and nothing stands in their way. */
export function spotOfState(tab) {
  const lowest = nodesOn(tab).reduce((most, { y }) => Math.max(most, y + BAND), 0);
  return { x: LEFT + COLUMN + 30, y: Math.max(TOP, lowest) + 4 * BAND };
}

/**
 * Where a new node goes: a source at the left of its state, everything else at the right in the band of its rung, which
 * lies above those of the rungs below it; beneath them where there is no room above.
 * @param anchor the twin's state, or what the node comes after on another tab
 */
export function spotOf(node, anchor) {
  const taken = nodesOn(anchor.z);
  const isFree = (x, y) =>
    taken.every(
      (other) =>
        Math.abs(other.x - x) >= (widthOf(other) + widthOf(node)) / 2 + GAP.x ||
        Math.abs(other.y - y) >= GAP.y,
    );
  if (node.inputs === 0) {
    const x = Math.max(LEFT, anchor.x - COLUMN);
    let y = anchor.y;
    while (!isFree(x, y)) y += GAP.y + 10;
    return { x, y };
  }
  const upwards = anchor.y - 4 * BAND >= TOP ? -1 : 1;
  const y = anchor.y + upwards * (rungOf(node) - 1) * BAND;
  let x = anchor.x + COLUMN;
  while (!isFree(x, y)) x += 20;
  return { x, y };
}

const nodesOn = (tab) => RED.nodes.filterNodes({ z: tab });

/** The rung of a node is that of its shelf in the palette. */
const rungOf = ({ _def }) => Number(/^[0-5]/.exec(_def.category)?.[0] ?? 1);

const widthOf = (node) =>
  node.resize === false && node.w ? node.w : RED.view.calculateNodeDimensions(node)[0];
