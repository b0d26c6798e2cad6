import { callInBackground } from "../../core/background-call.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import type { BalanceAnswer, BalanceProgress } from "./balance-answer.ts";
import type { BalanceOrder } from "./balance-line.ts";

export interface BalanceControl {
  /** Ends the search, without an answer. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BalanceProgress) => void;
}

const PROGRESS_MS = 250;

/**
 * Balances a line in a thread of its own, which ends with the answer.
 * @throws RungError those of `balanceLine`, `background-failed` where it was cancelled
 */
export async function balanceInBackground(
  order: BalanceOrder,
  { signal, onProgress }: BalanceControl = {},
): Promise<BalanceAnswer> {
  // Best and bound; two numbers may be of different moments, which a progress line can bear.
  const shared = new Float64Array(new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT));
  const timer = setInterval(() => {
    if (shared[1]! > 0) onProgress?.({ best: shared[0]!, bound: shared[1]! });
  }, PROGRESS_MS);
  try {
    const module = siblingModule(import.meta.url, "./balance-thread");
    return await callInBackground<BalanceAnswer>(module, "run", [order, shared], signal);
  } finally {
    clearInterval(timer);
  }
}
