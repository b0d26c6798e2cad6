import type { FlowNode } from "../flow-nodes.ts";

/** The nodes behind an id at run time: inside subflows the instances, outermost first, and the node itself. */
export function idsOf(runtimeId: string, nodes: ReadonlyMap<string, FlowNode>): string[] {
  if (nodes.has(runtimeId)) return [runtimeId];
  for (let dash = runtimeId.indexOf("-"); dash >= 0; dash = runtimeId.indexOf("-", dash + 1)) {
    const instance = runtimeId.slice(0, dash);
    if (!nodes.get(instance)?.type.startsWith("subflow:")) continue;
    const inner = idsOf(runtimeId.slice(dash + 1), nodes);
    if (inner.length > 0) return [instance, ...inner];
  }
  return [];
}
