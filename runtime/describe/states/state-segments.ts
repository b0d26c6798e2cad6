import type { TimeUs } from "../../core/time.ts";
import type { StateRun } from "./state-runs.ts";

interface Span {
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
}

/** A piece of a band. `code` NaN: nobody knows; undefined: several short states, `changes` of them. */
export interface StateSegment extends Span {
  readonly code: number | undefined;
  readonly changes: number;
}

/** A state and the time it stood, µs; NaN for the time in which nobody knows. */
export type StateShare = readonly [code: number, us: number];

interface Piece extends Span {
  readonly code: number;
}

/** What stood from `fromUs` to `toUs`; NaN before the first sample and in the spans that are unknown. */
function piecesOf(runs: readonly StateRun[], unknown: readonly Span[], { fromUs, toUs }: Span): Piece[] {
  const pieces: Piece[] = [];
  const put = (from: TimeUs, to: TimeUs, code: number) => {
    if (!(to > from)) return;
    const last = pieces.at(-1);
    if (last !== undefined && Object.is(last.code, code)) pieces[pieces.length - 1] = { ...last, toUs: to };
    else pieces.push({ fromUs: from, toUs: to, code });
  };
  const blind = [...unknown].sort((a, b) => a.fromUs - b.fromUs);
  const stand = (from: TimeUs, to: TimeUs, code: number) => {
    let atUs = from;
    for (const span of blind) {
      const begin = Math.max(atUs, span.fromUs);
      const end = Math.min(to, span.toUs);
      if (!(end > begin)) continue;
      put(atUs, begin, code);
      put(begin, end, Number.NaN);
      atUs = end;
    }
    put(atUs, to, code);
  };
  const first = runs[0]?.fromUs ?? toUs;
  if (first > fromUs) put(fromUs, Math.min(first, toUs), Number.NaN);
  for (const [i, run] of runs.entries()) {
    const from = Math.max(fromUs, run.fromUs);
    const to = Math.min(toUs, runs[i + 1]?.fromUs ?? toUs);
    if (to > from) stand(from, to, run.code);
  }
  return pieces;
}

/**
 * The band of one machine over a window: its segments, and the time of each state. States shorter than `leastUs` beside
 * each other are one segment that says how many they are, so that a band has at most two segments per `leastUs` and no
 * short stop is lost; the times are of the states themselves.
 * @param runs in order of time
 * @param unknown spans in which nothing was heard
 */
export function bandOf(
  runs: readonly StateRun[],
  unknown: readonly Span[],
  window: Span,
  leastUs: number,
): { readonly segments: readonly StateSegment[]; readonly shares: readonly StateShare[] } {
  const times = new Map<number, number>();
  const segments: StateSegment[] = [];
  let short: Piece[] = [];
  const flush = () => {
    const [only] = short;
    if (only === undefined) return;
    const code = short.length === 1 ? only.code : undefined;
    segments.push({ fromUs: only.fromUs, toUs: short.at(-1)!.toUs, code, changes: short.length });
    short = [];
  };
  for (const piece of piecesOf(runs, unknown, window)) {
    const us = piece.toUs - piece.fromUs;
    times.set(piece.code, (times.get(piece.code) ?? 0) + us);
    if (us >= leastUs) {
      flush();
      segments.push({ ...piece, changes: 1 });
      continue;
    }
    short.push(piece);
    if (piece.toUs - short[0]!.fromUs >= leastUs) flush();
  }
  flush();
  return { segments, shares: [...times].sort((a, b) => b[1] - a[1]) };
}
