import type { Order, OrderSegment, OrderState } from "./order.ts";

/** What a response tells; the plan stays the request's. */
const TOLD_BY_RESPONSE = [
  "responseId",
  "actualStartUs",
  "actualEndUs",
  "producedQuantity",
  "state",
] as const satisfies readonly (keyof Order)[];
const TOLD_BY_SEGMENT = [
  "actualStartUs",
  "actualEndUs",
  "state",
  "actualMaterials",
  "values",
] as const satisfies readonly (keyof OrderSegment)[];
/** A cancelled order is cancelled, unless it was over before that was known. */
const ENDED: ReadonlySet<OrderState | undefined> = new Set(["completed", "aborted", "closed"]);
/** What a response says only where the request did not. */
const FILLED_IN = ["product", "equipment", "description"] as const satisfies readonly (keyof Order)[];

/**
 * An order with what a response tells of it: its actual times, amounts, states and materials replace what was known
 * of them, bodies are added, the plan stays. Merging the same response twice changes nothing.
 */
export function mergeResponse(order: Order, response: Order): Order {
  const bodies = [...new Set([...(order.bodies ?? []), ...(response.bodies ?? [])])];
  const segments = mergeSegments(order.segments ?? [], response.segments ?? []);
  return {
    ...pick(response, FILLED_IN),
    ...order,
    ...pick(response, TOLD_BY_RESPONSE),
    ...(order.state === "cancelled" && !ENDED.has(response.state) ? { state: "cancelled" as const } : {}),
    ...(bodies.length === 0 ? {} : { bodies }),
    ...(segments.length === 0 ? {} : { segments }),
  };
}

/** Segments go together by id, or by the process segment they both name. */
function mergeSegments(planned: readonly OrderSegment[], done: readonly OrderSegment[]): OrderSegment[] {
  const merged = [...planned];
  for (const segment of done) {
    const at = merged.findIndex(
      ({ id, processSegment }) =>
        id === segment.id || (processSegment !== undefined && processSegment === segment.processSegment),
    );
    if (at < 0) merged.push(segment);
    else merged[at] = { ...segment, ...merged[at]!, ...pick(segment, TOLD_BY_SEGMENT) };
  }
  return merged;
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Partial<Pick<T, K>> {
  return Object.fromEntries(
    keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]),
  ) as Partial<Pick<T, K>>;
}
