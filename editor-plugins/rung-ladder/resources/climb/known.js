/** What stands on the canvas already, deployed or not, and so need not be asked. */

/** Node types that read a plant, by the type of the link they read it through. */
export const SOURCE_OF_LINK = {
  "rung-opcua-link": "rung-opcua-source",
  "rung-mqtt-link": "rung-mqtt-source",
};

export const nameOf = (node) => RED.utils.getNodeLabel(node, node.type);

export function configsOf(type) {
  const found = [];
  RED.nodes.eachConfig((config) => {
    if (config.type === type) found.push(config);
    return true;
  });
  return found;
}

export const links = () => Object.keys(SOURCE_OF_LINK).flatMap(configsOf);

/** Every source on the canvas with a table of what it reads. */
export function boundSources() {
  const types = Object.values(SOURCE_OF_LINK);
  return RED.nodes
    .filterNodes({})
    .filter(({ type, bindings }) => types.includes(type) && Array.isArray(bindings) && bindings.length > 0);
}

/** Rows of the sources that stand on a twin's path and name it, one a property. */
export function bindingsOf(twin) {
  const rows = boundSources()
    .filter((source) => source.twin === twin.node && twin.members.includes(source.id))
    .flatMap(({ bindings }) => bindings)
    .filter(({ path }) => typeof path === "string" && path !== "");
  return [...new Map(rows.map((row) => [row.path, row])).values()];
}

/** Nodes of a type on a twin's path. */
export const membersOf = (twin, type) =>
  twin.members.map((id) => RED.nodes.node(id)).filter((node) => node?.type === type);

/**
 * The configuration nodes that a piece of a twin may name in a field: the one another piece of the twin names, where
 * there is such a one, otherwise all of the field's type.
 */
export function fitFor(twin, field, type) {
  const all = configsOf(type);
  const named = new Set(twin.members.map((id) => RED.nodes.node(id)?.[field]));
  const own = all.filter(({ id }) => named.has(id));
  return own.length === 1 ? own : all;
}
