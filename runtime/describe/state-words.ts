import type { TwinState } from "./twin-state.ts";

/** A status line and how it is marked. */
export interface StateWords {
  readonly text: string;
  readonly mark: "ok" | "attention";
}

/** "0.2 s", "42 s", "7 min". */
export function ageWords(ageUs: number): string {
  const s = ageUs / 1e6;
  if (s < 9.95) return `${Math.max(0, s).toFixed(1)} s`;
  if (s < 599.5) return `${Math.round(s)} s`;
  return s < 36_000 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3600)} h`;
}

/** What a state node says: "in step, 427 values · age 0.2 s", or how many values are stale. */
export function stateWords(state: TwinState): StateWords {
  let values = 0;
  let stale = 0;
  let youngestUs = Number.POSITIVE_INFINITY;
  for (let index = 0; index < state.dictionary.size; index++) {
    const ageUs = state.ageUsAt(index);
    if (!Number.isFinite(ageUs)) continue;
    values++;
    if (ageUs > state.staleAfterUsAt(index)) stale++;
    youngestUs = Math.min(youngestUs, ageUs);
  }
  if (values === 0) return { text: "no sample yet", mark: "attention" };
  const count = values.toLocaleString("en");
  const age = `age ${ageWords(youngestUs)}`;
  if (stale === 0) return { text: `in step, ${count} values · ${age}`, mark: "ok" };
  return { text: `${stale.toLocaleString("en")} of ${count} values stale · ${age}`, mark: "attention" };
}
