import { RungError } from "../../core/errors.ts";
import { encodePayload } from "./payload.ts";
import { type EdgeNodeId, formatTopic, parseTopic } from "./topic.ts";
import { readWire } from "./wire-format.ts";

/** The one metric that every edge node takes as a command (tck-id-topics-nbirth-rebirth-metric). */
export const REBIRTH_METRIC = "Node Control/Rebirth";

/** Asks an edge node for all its births (tck-id-operational-behavior-data-commands-ncmd-rebirth-verb). */
export function rebirthRequest(id: EdgeNodeId, timestampMs: number): { topic: string; payload: Uint8Array } {
  return {
    topic: formatTopic({ kind: "NCMD", group: id.group, node: id.node }),
    payload: encodePayload({
      timestampMs,
      metrics: [{ name: REBIRTH_METRIC, timestampMs, type: "Boolean", value: true }],
    }),
  };
}

/** True for a message that asks for a rebirth and for nothing else. */
export function isRebirthRequest(topic: string, payload: Uint8Array): boolean {
  try {
    if (parseTopic(topic)?.kind !== "NCMD") return false;
    const { metrics = [] } = readWire(payload).payload;
    return metrics.length === 1 && metrics[0]!.name === REBIRTH_METRIC && metrics[0]!.booleanValue === true;
  } catch (thrown) {
    if (thrown instanceof RungError) return false;
    throw thrown;
  }
}
