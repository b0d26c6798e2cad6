/**
 * Nodes of the editor as they would be exported, one at a time. RED.nodes.createCompleteNodeSet() looks through every
 * wire of the flow for every node; here a node's wires are asked for.
 */

const OUTPUTS = 0;
const INPUTS = 1;

/** The thing on the canvas, in the list of configurations or among the tabs that has this id. */
export function thingOf(id) {
  return (
    RED.nodes.node(id) ??
    RED.nodes.junction(id) ??
    RED.nodes.group(id) ??
    RED.nodes.subflow(id) ??
    RED.nodes.workspace(id)
  );
}

/** Every such thing, in the order of an export. */
export function everyThing() {
  const things = [];
  const add = (thing) => {
    things.push(thing);
  };
  RED.nodes.eachWorkspace((workspace) => {
    if (workspace.type === "tab") add(workspace);
  });
  RED.nodes.eachSubflow(add);
  RED.nodes.eachGroup(add);
  RED.nodes.eachJunction(add);
  RED.nodes.eachConfig(add);
  RED.nodes.eachNode(add);
  return things;
}

/** @returns the node as RED.nodes.createCompleteNodeSet() has it, without credentials and without how it looks */
export function exported(thing) {
  if (thing.type === "subflow") return exportedSubflow(thing);
  const node = { id: thing.id, type: thing.type };
  if (thing.z) node.z = thing.z;
  if (thing.d === true) node.d = true;
  if (thing.g) node.g = thing.g;
  if (thing.type === "unknown") Object.assign(node, copied(thing._orig));
  // What a group holds are the nodes themselves, with their open forms.
  else
    for (const field of Object.keys(thing._def?.defaults ?? {}))
      if (!(thing.type === "group" && field === "nodes")) node[field] = copied(thing[field]);
  if (thing.type === "tab" || thing.type === "group") return node;
  if (thing._def.category === "config" && thing.type !== "junction") return node;
  node.x = thing.x;
  node.y = thing.y;
  node.wires = Array.from({ length: thing.outputs ?? 0 }, () => []);
  for (const { sourcePort, target } of RED.nodes.getNodeLinks(thing.id, OUTPUTS))
    if (target.type !== "subflow") node.wires[sourcePort]?.push(target.id);
  return node;
}

function exportedSubflow(subflow) {
  const { id, type, name } = subflow;
  return {
    id,
    type,
    name,
    env: copied(subflow.env),
    in: subflow.in.map((port) => ({
      wires: RED.nodes
        .getNodeLinks(port.id, OUTPUTS)
        .filter(({ target }) => target.type !== "subflow")
        .map(({ target }) => ({ id: target.id })),
    })),
    out: subflow.out.map((port) => ({
      wires: RED.nodes
        .getNodeLinks(port.id, INPUTS)
        .map(({ source, sourcePort }) =>
          source.type === "subflow" ? { id, port: 0 } : { id: source.id, port: sourcePort },
        ),
    })),
  };
}

/** The editor changes its own objects in place; what is kept of them must not change with them. */
const copied = (value) =>
  typeof value === "object" && value !== null ? JSON.parse(JSON.stringify(value)) : value;
