import { pathBelow } from "../core/address.ts";
import type { Evidence, Verdict } from "../core/evidence.ts";
import { isoFromUs, type TimeUs } from "../core/time.ts";
import { STALE_PERIODS } from "./sample-window.ts";
import type { GapCause } from "./source-signal.ts";
import type { TwinState } from "./twin-state.ts";

/** Limits of rung 1. docs/ladder.md, Limits. */
const LEAST_COMPLETENESS = 0.99;
const LEAST_GOOD = 0.99;
const MOST_STALE_TIME = 0.01;
/** Causes after which nobody asks why samples are missing; the others say only that they are. */
const EXPLAINED: ReadonlySet<GapCause> = new Set([
  "connection-lost",
  "subscription-recreated",
  "session-restored",
]);

/** What one walk over the twin's properties found; the worst property of each kind decides. */
interface Findings {
  cyclic: number;
  onChange: number;
  collected: number;
  staleNow: { index: number; ageUs: number } | undefined;
  oldest: { index: number; staleShare: number; periodUs: number; nowUs: TimeUs } | undefined;
  leastComplete: { index: number; share: number; samples: number; expected: number } | undefined;
  leastGood: { index: number; share: number; samples: number } | undefined;
  gap: { index: number; fromUs: TimeUs; lengthUs: number } | undefined;
  gaps: number;
  /** The longest window of any property: what lies further back no longer counts. */
  windowUs: number;
}

const seconds = (us: number): string => {
  const s = us / 1e6;
  return s < 10 ? `${Number(s.toFixed(1))} s` : s < 600 ? `${Math.round(s)} s` : `${Math.round(s / 60)} min`;
};
const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`;

/**
 * Row 1 of a twin's ladder as records: age, completeness, quality, gaps and sources, each with the property that
 * decides it. Until every cyclic property has been due 200 times the records are collecting; a property that is
 * stale now fails at once.
 * @param nowUs time of the records; ages use the clock of each property's link where it has one
 * @param node id of the Node-RED node that measures
 * @param pathSources names of the sources wired to the state, where the caller knows them
 */
export function describeEvidence(
  state: TwinState,
  nowUs: TimeUs,
  node: string,
  pathSources?: ReadonlySet<string>,
): Evidence[] {
  const found = walk(state, nowUs);
  const periods = state.window.periods;
  const name = (index: number): string =>
    pathBelow(state.dictionary.properties[index]!.address, state.address);
  const record = (
    id: string,
    parts: Omit<Evidence, "id" | "twin" | "rung" | "node" | "timeUs">,
  ): Evidence => ({
    id: `${state.address}/1/${id}`,
    twin: state.address,
    rung: 1,
    node,
    timeUs: nowUs,
    ...parts,
  });
  const isCollecting = found.cyclic > 0 && found.collected < periods;
  const judged = (holds: boolean): { verdict: Verdict; progress?: { n: number; of: number } } => {
    if (!isCollecting) return { verdict: holds ? "holds" : "fails" };
    return { verdict: "collecting", progress: { n: found.collected, of: periods } };
  };
  const known = found.cyclic + found.onChange;
  if (known === 0) {
    const nothing = { value: null, limit: "at least one property", verdict: "fails" as const };
    return [record("age", { what: "properties", ...nothing, cause: "no sample has come yet" })];
  }
  return [
    record("age", ageRecord(state, found, name, judged)),
    record("completeness", completenessRecord(state, found, name, judged)),
    record("quality", qualityRecord(state, found, name, judged)),
    record("gaps", gapRecord(state, found, name, judged, nowUs)),
    record("sources", sourceRecord(state, found, pathSources)),
  ];
}

/** Of a property on change: the time within which its source shows a sign of life. */
const periodUsOf = (state: TwinState, index: number): number => state.staleAfterUsAt(index) / STALE_PERIODS;

/** What concerns a whole source counts for as long as a gap of its slowest property does. */
const longestPeriodUs = (state: TwinState, { windowUs }: Findings): number => windowUs / state.window.periods;

type Judge = (holds: boolean) => { verdict: Verdict; progress?: { n: number; of: number } };
type Statement = Omit<Evidence, "id" | "twin" | "rung" | "node" | "timeUs">;

function ageRecord(state: TwinState, found: Findings, name: (i: number) => string, judged: Judge): Statement {
  const stale = found.staleNow;
  const worst = found.oldest;
  const p99Us = worst && state.window.ageP99Us(worst.index, worst.nowUs, worst.periodUs);
  const limitUs = worst && STALE_PERIODS * worst.periodUs;
  const base = {
    what: worst ? `age p99 of ${name(worst.index)}` : "sign of life",
    value: p99Us === undefined ? (stale?.ageUs ?? 0) / 1e6 : p99Us / 1e6,
    unit: "s",
    limit: limitUs === undefined ? "a sign of life from every source" : `< ${seconds(limitUs)}`,
    periodUs: worst === undefined ? longestPeriodUs(state, found) : worst.periodUs,
  };
  if (stale !== undefined) {
    const { update } = state.dictionary.properties[stale.index]!;
    const cause =
      update.mode === "cyclic"
        ? `no sample of ${name(stale.index)} for ${seconds(stale.ageUs)}`
        : `no sign of life of the source of ${name(stale.index)} for ${seconds(stale.ageUs)}`;
    const periodUs = periodUsOf(state, stale.index);
    return { ...base, value: stale.ageUs / 1e6, verdict: "fails", cause, periodUs };
  }
  if (worst === undefined || worst.staleShare <= MOST_STALE_TIME) return { ...base, ...judged(true) };
  const cause = `${name(worst.index)} was older than ${seconds(limitUs!)} in ${percent(worst.staleShare)} of the last ${state.window.periods} periods`;
  return { ...base, ...judged(false), cause };
}

function completenessRecord(
  state: TwinState,
  found: Findings,
  name: (i: number) => string,
  judged: Judge,
): Statement {
  const worst = found.leastComplete;
  const base = { what: "completeness", unit: "%", limit: `>= ${percent(LEAST_COMPLETENESS)}` };
  if (worst === undefined) {
    return { ...base, what: "completeness (no cyclic property)", value: null, verdict: "holds" };
  }
  const holds = worst.share >= LEAST_COMPLETENESS;
  const periodUs = periodUsOf(state, worst.index);
  const statement = { ...base, value: 100 * worst.share, ...judged(holds), periodUs };
  if (holds) return statement;
  return {
    ...statement,
    cause: `${name(worst.index)} sent ${worst.samples} of ${worst.expected} samples due (${percent(worst.share)})`,
  };
}

function qualityRecord(
  state: TwinState,
  found: Findings,
  name: (i: number) => string,
  judged: Judge,
): Statement {
  const worst = found.leastGood;
  const base = { what: "good quality", unit: "%", limit: `>= ${percent(LEAST_GOOD)}` };
  if (worst === undefined) return { ...base, value: null, ...judged(true) };
  const holds = worst.share >= LEAST_GOOD;
  const periodUs = periodUsOf(state, worst.index);
  const statement = { ...base, value: 100 * worst.share, ...judged(holds), periodUs };
  if (holds) return statement;
  const good = Math.round(worst.share * worst.samples);
  return {
    ...statement,
    cause: `${name(worst.index)} was good in ${good} of its last ${worst.samples} samples`,
  };
}

function gapRecord(
  state: TwinState,
  found: Findings,
  name: (i: number) => string,
  judged: Judge,
  nowUs: TimeUs,
): Statement {
  const fromUs = nowUs - found.windowUs;
  const missing = state.sources.find((source) => source.missing > 0 && source.lastHoleUs > fromUs);
  const overflow = state.sources.find((source) => source.lastOverflowUs > fromUs);
  const told = state.gaps.filter(
    (gap) => gap.toUs > fromUs && !EXPLAINED.has(gap.cause) && !state.isFilled(gap.source, gap),
  );
  const count = found.gaps + told.length + (missing ? 1 : 0) + (overflow ? 1 : 0);
  const periodUs =
    found.gap === undefined ? longestPeriodUs(state, found) : periodUsOf(state, found.gap.index);
  const base = { what: "unexplained gaps", value: count, limit: "none", periodUs };
  if (count === 0) return { ...base, ...judged(true) };
  return { ...base, verdict: "fails", cause: causeOfGap() };

  function causeOfGap(): string {
    const { gap } = found;
    if (gap !== undefined) return gapWords(name(gap.index), gap.lengthUs, gap.fromUs);
    if (missing !== undefined) return `${missing.missing} samples of ${missing.name} never came`;
    if (overflow !== undefined) return `the queue of ${overflow.name} overflowed`;
    const { source, cause, fromUs: begin, toUs } = told[0]!;
    return `${gapWords(source, toUs - begin, begin)} (${cause})`;
  }
}

const gapWords = (what: string, lengthUs: number, fromUs: TimeUs): string =>
  `${what} has a gap of ${seconds(lengthUs)} from ${isoFromUs(fromUs)}`;

function sourceRecord(
  state: TwinState,
  found: Findings,
  pathSources: ReadonlySet<string> | undefined,
): Statement {
  const { sources } = state;
  const strange = sources.find(
    ({ name }) => !state.isOpenSource(name) || (pathSources !== undefined && !pathSources.has(name)),
  );
  const base = {
    what: "samples from the sources on the path",
    value: sources.length,
    limit: "only sources that are open and wired",
    periodUs: longestPeriodUs(state, found),
  };
  if (strange === undefined) return { ...base, verdict: "holds" };
  const cause = state.isOpenSource(strange.name)
    ? `${strange.name} is not wired to this state`
    : `${strange.name} is no open source of this process`;
  return { ...base, verdict: "fails", cause };
}

function walk(state: TwinState, nowUs: TimeUs): Findings {
  const found: Findings = {
    cyclic: 0,
    onChange: 0,
    collected: Number.POSITIVE_INFINITY,
    staleNow: undefined,
    oldest: undefined,
    leastComplete: undefined,
    leastGood: undefined,
    gap: undefined,
    gaps: 0,
    windowUs: 0,
  };
  const clocks = new Map<string, TimeUs>();
  for (const [index, property] of state.dictionary.properties.entries()) {
    const ageUs = state.ageUsAt(index, nowUs);
    if (!Number.isFinite(ageUs)) continue;
    const limitUs = state.staleAfterUsAt(index);
    if (ageUs > limitUs && ageUs / limitUs > relativeAge(found.staleNow, state))
      found.staleNow = { index, ageUs };
    if (property.update.mode === "cyclic") {
      const source = state.sourceAt(index);
      const own = clocks.get(source) ?? state.nowUsAt(index, nowUs);
      clocks.set(source, own);
      walkCyclic(state, found, index, property.update.periodMs * 1000, own);
    } else {
      found.onChange++;
      found.windowUs = Math.max(found.windowUs, (state.window.periods / STALE_PERIODS) * limitUs);
      noteQuality(found, index, state.window.quality(index));
    }
  }
  return found;
}

const relativeAge = (stale: Findings["staleNow"], state: TwinState): number =>
  stale === undefined ? 0 : stale.ageUs / state.staleAfterUsAt(stale.index);

function walkCyclic(state: TwinState, found: Findings, index: number, periodUs: number, nowUs: TimeUs): void {
  found.cyclic++;
  found.windowUs = Math.max(found.windowUs, state.window.periods * periodUs);
  const verdict = state.window.judge(index, nowUs, periodUs);
  found.collected = Math.min(found.collected, Math.max(verdict.expected, verdict.samples));
  if (found.oldest === undefined || verdict.staleShare > found.oldest.staleShare) {
    found.oldest = { index, staleShare: verdict.staleShare, periodUs, nowUs };
  }
  const share = verdict.expected === 0 ? 1 : Math.min(1, verdict.samples / verdict.expected);
  if (found.leastComplete === undefined || share < found.leastComplete.share) {
    found.leastComplete = { index, share, samples: verdict.samples, expected: verdict.expected };
  }
  noteQuality(found, index, verdict);
  if (verdict.longestStepUs > STALE_PERIODS * periodUs) {
    const fromUs = verdict.longestStepFromUs;
    const toUs = fromUs + verdict.longestStepUs;
    const source = state.sourceAt(index);
    const isExplained = state.gaps.some(
      (gap) =>
        EXPLAINED.has(gap.cause) &&
        gap.source === source &&
        gap.fromUs <= fromUs + periodUs &&
        gap.toUs >= toUs - periodUs,
    );
    if (isExplained || state.isFilled(source, { fromUs: fromUs + periodUs, toUs: toUs - periodUs })) return;
    found.gaps++;
    if (found.gap === undefined || verdict.longestStepUs > found.gap.lengthUs) {
      found.gap = { index, fromUs, lengthUs: verdict.longestStepUs };
    }
  }
}

function noteQuality(found: Findings, index: number, seen: { samples: number; good: number }): void {
  if (seen.samples === 0) return;
  const share = seen.good / seen.samples;
  if (found.leastGood === undefined || share < found.leastGood.share) {
    found.leastGood = { index, share, samples: seen.samples };
  }
}
