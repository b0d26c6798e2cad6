/**
 * Puts a merged flow into the editor on top of what runs: one step that undo takes back. Where Node-RED cannot take
 * it, the editor shows what it showed before.
 * @param merged the nodes
 * @param rev the revision they were merged with
 * @param isDeployed whether the runtime has just that already
 */
export function putInEditor(merged, rev, isDeployed) {
  const before = {
    t: "replace",
    complete: true,
    config: RED.nodes.createCompleteNodeSet(),
    changed: flagged("changed"),
    moved: flagged("moved"),
    dirty: RED.nodes.dirty(),
    rev: RED.nodes.version(),
  };
  const tab = RED.workspaces.active();
  try {
    replaceAll(merged);
  } catch (thrown) {
    replaceAll(before.config);
    markAsEdited(before);
    RED.nodes.dirty(before.dirty);
    redraw(tab);
    throw thrown;
  }
  RED.history.push(before);
  RED.nodes.version(rev);
  if (!isDeployed) markAsEdited(before);
  RED.nodes.dirty(!isDeployed);
  redraw(tab);
}

function replaceAll(nodes) {
  RED.nodes.clear();
  RED.nodes.import(structuredClone(nodes));
  // An import marks what it brings; what is marked here is what a person changed.
  RED.nodes.dirty(false);
}

function redraw(tab) {
  RED.view.redraw(true);
  RED.palette.refresh();
  RED.workspaces.refresh();
  if (RED.workspaces.contains(tab)) RED.workspaces.show(tab, true);
  RED.sidebar.config.refresh();
}

/** The marks of before the import; what stands on a locked tab cannot be marked. */
function markAsEdited(before) {
  for (const mark of ["changed", "moved"]) {
    for (const id of Object.keys(before[mark])) {
      const node = RED.nodes.node(id) ?? RED.nodes.group(id) ?? RED.nodes.junction(id);
      if (!node || RED.nodes.workspace(node.z)?.locked) continue;
      node[mark] = true;
      node.dirty = true;
    }
  }
}

/** Which nodes carry one of the editor's marks, by id. */
function flagged(mark) {
  const found = {};
  const look = (node) => {
    if (node[mark]) found[node.id] = true;
  };
  RED.nodes.eachNode(look);
  RED.nodes.eachConfig(look);
  RED.nodes.eachGroup(look);
  RED.nodes.eachJunction(look);
  return found;
}
