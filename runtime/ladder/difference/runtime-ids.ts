import type { FlowNode } from "../flow-nodes.ts";

const INSTANCE = "subflow:";

/**
 * The nodes behind an id at run time: inside subflows the instances, outermost first, and the node itself.
 * @param inside the subflow that the id is looked up in; none at the top
 */
export function idsOf(runtimeId: string, nodes: ReadonlyMap<string, FlowNode>, inside?: string): string[] {
  const itself = nodes.get(runtimeId);
  if (itself !== undefined && (inside === undefined || itself.z === inside)) return [runtimeId];
  for (let dash = runtimeId.indexOf("-"); dash >= 0; dash = runtimeId.indexOf("-", dash + 1)) {
    const instance = nodes.get(runtimeId.slice(0, dash));
    if (!instance?.type.startsWith(INSTANCE) || (inside !== undefined && instance.z !== inside)) continue;
    const inner = idsOf(runtimeId.slice(dash + 1), nodes, instance.type.slice(INSTANCE.length));
    if (inner.length > 0) return [instance.id, ...inner];
  }
  return [];
}
