import type { NodeMessage } from "node-red";
import { RungError } from "../runtime/core/errors.ts";
import { Frame } from "../runtime/core/frame.ts";
import { describePayload } from "../runtime/describe/twin-state.ts";

/**
 * The frame of a message that a state node sent, and the twin it is of; undefined for a historical frame, whose rows
 * are for who stores them: whoever detects, estimates or foretells has gone on since.
 * @throws RungError `not-a-frame`, `no-twin`
 */
export function frameOf(
  message: NodeMessage,
  where: string,
): { readonly twin: string; readonly frame: Frame } | undefined {
  if (!Frame.is(message.payload)) {
    throw new RungError({
      code: "not-a-frame",
      where,
      what: `expected a frame from a state node, got ${describePayload(message.payload)}`,
      advice: "wire a state node before it",
    });
  }
  if (message.payload.historical) return undefined;
  if (typeof message.topic !== "string" || message.topic === "") {
    throw new RungError({
      code: "no-twin",
      where,
      what: "the frame does not say which twin it is of",
      advice: "wire a state node before it, and leave msg.topic as it is",
    });
  }
  return { twin: message.topic, frame: message.payload };
}
