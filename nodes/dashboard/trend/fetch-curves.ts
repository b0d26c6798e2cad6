import type { TrendStretch, TrendView } from "./trend-view.ts";
import type { ShownWindow } from "./window.ts";

/** The whole of a trend. @throws Error with why it did not come */
export const fetchWhole = (address: string): Promise<TrendView> => fetchJson<TrendView>(address);

/** A stretch at the width of the screen. @throws Error with what history said */
export function fetchStretch(
  address: string,
  { fromS, toS }: ShownWindow,
  columns: number,
  signal: AbortSignal,
): Promise<TrendStretch> {
  const query = new URLSearchParams({ from: String(fromS), to: String(toS), columns: String(columns) });
  return fetchJson<TrendStretch>(`${address}?${query}`, signal);
}

async function fetchJson<Value>(address: string, signal?: AbortSignal): Promise<Value> {
  const response = await fetch(address, { credentials: "same-origin", ...(signal ? { signal } : {}) });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as Value;
  const { error } = (body ?? {}) as { error?: string };
  throw new Error(error ?? `status ${response.status}`);
}
