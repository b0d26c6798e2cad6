/** The node on a canvas that an id of the running flow stands for: inside a subflow, the instance around it. */
export function onCanvas(id) {
  const node = RED.nodes.node(id) ?? RED.nodes.junction(id);
  if (node) return node;
  const at = id.lastIndexOf("-");
  return at > 0 ? onCanvas(id.slice(0, at)) : undefined;
}
