import { callInBackground } from "../../../core/background-call.ts";
import { siblingModule } from "../../../core/sibling-module.ts";
import type { PlanAnswer, PlanOrder } from "./maintenance-thread.ts";

/**
 * Plans in a thread of its own, which ends with the answer: seventeen activities take half a second of a core.
 * @throws RungError `maintenance-no-window`, `background-failed` where it was stopped
 */
export const planInBackground = (order: PlanOrder, signal?: AbortSignal): Promise<PlanAnswer> =>
  callInBackground<PlanAnswer>(
    siblingModule(import.meta.url, "./maintenance-thread"),
    "run",
    [order],
    signal,
  );
