import { isRecord } from "../flow-nodes.ts";
import { canonical, type RawNode } from "./merge-content.ts";

/**
 * An editor writes some nodes otherwise than it read them: properties it added, sizes it measured. So that this does
 * not pass for a change, their nodes that still stand as both loaded them are given as this editor writes them.
 * @param loaded the flow as the editor read it
 * @param written the same flow as the editor gave it back, before anybody changed it
 */
export function asWritten(
  loaded: readonly RawNode[],
  written: readonly RawNode[],
  theirs: readonly RawNode[],
): RawNode[] {
  const wasLoaded = new Map(loaded.filter(isRecord).map((node) => [node.id, node]));
  const wasWritten = new Map(written.filter(isRecord).map((node) => [node.id, node]));
  return theirs.map((node) => {
    const before = wasLoaded.get(node?.id);
    const after = wasWritten.get(node?.id);
    return before !== undefined && after !== undefined && canonical(before) === canonical(node)
      ? after
      : node;
  });
}
