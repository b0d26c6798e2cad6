import type { TimeUs } from "../../core/time.ts";
import type { Columns } from "../columns.ts";
import { requireAscending } from "../multivariate/normal-scale.ts";
import { blameWalk } from "./blame-walk.ts";
import { type CaseBook, type LikeCases, signatureOf } from "./case-book.ts";
import type { CauseMessage, RankedCause } from "./cause.ts";
import { caseEvidence, changeEvidence, signalEvidence, titleOf } from "./cause-words.ts";
import { type Departure, departureOf } from "./departure.ts";
import type { PlantStructure } from "./plant-structure.ts";
import { type Lead, leadsAmong } from "./precedence.ts";
import { changeId, changeReach, type RecentChange } from "./recent-change.ts";

/** What is asked of one finding. */
export interface CauseQuestion {
  readonly finding: {
    readonly id: string;
    readonly twin: string;
    readonly title: string;
    readonly sinceUs: TimeUs;
    readonly timeUs: TimeUs;
    readonly contributions: readonly { readonly address: string; readonly share: number }[];
  };
  /** Signals and setpoints around the finding, with the time of each row. */
  readonly recent: Columns;
  readonly structure: PlantStructure;
  readonly changes: readonly RecentChange[];
  readonly cases: CaseBook;
  /** What an operator calls a property. */
  readonly words: (address: string) => string;
}

/** Signals that are compared with each other: pairs cost. */
const MOST_CANDIDATES = 12;
const MOST_CAUSES = 6;
/** A walk goes on to what leads a signal with this probability at most. */
const FOLLOW = 0.5;
/** What the detector said counts half where the rows around it can be judged, too. */
const OF_FINDING = 0.5;
/** Confirmed cases weigh against the ranking as if it were so many cases itself. */
const RANKING_AS_CASES = 3;
/** A change counts 1/e for each such part of the time it may lie back. */
const CHANGE_FADES_ROWS = 60;

/**
 * Ranks what may have caused a finding: the signals that carry it, by their part in what is not normal, led back along
 * who moved first and follows whom; recent changes that reach what moved first; and what people found in like cases,
 * weighed as counts against the ranking (Dirichlet prior). Deterministic. Bounded: at most 66 pairs of signals.
 * @throws RungError `unordered-time`
 */
export function rankCauses(question: CauseQuestion): CauseMessage {
  const { finding, recent, cases } = question;
  requireAscending(recent.timeUs, `rows around ${finding.id}`);
  const departure = departureOf(recent, finding.sinceUs);
  const degraded = [...(departure?.degraded ?? ["too few rows before the finding to compare with"])];
  const { names, shares } = startingShares(question, departure);
  const candidates = [...names.keys()]
    .filter((i) => shares[i]! > 0)
    .sort((a, b) => shares[b]! - shares[a]! || a - b)
    .slice(0, MOST_CANDIDATES);
  const leads = departure === undefined ? [] : leadsAmong(candidates, departure, question.structure);
  const changes = departure === undefined ? [] : changesOf(question, departure, candidates);
  const blame = blameOf(candidates, shares, leads, changes);
  const direction = names.map((_, i) => departure?.onsets[i]?.direction ?? 1);
  const signature = signatureOf(names, shares, direction);
  const ranked = [
    ...candidates.map((i, at) => ({
      ...signalCause(question, departure, leads, names, shares, i),
      belief: blame[at]!,
    })),
    ...changes.map(({ change, onsetUs }, at) => ({
      kind: "change" as const,
      id: changeId(change),
      title: change.what,
      belief: blame[candidates.length + at]!,
      evidence: changeEvidence(change, onsetUs),
    })),
  ];
  const causes = withCases(ranked, cases.like(signature))
    .sort((a, b) => b.belief - a.belief || a.id.localeCompare(b.id))
    .slice(0, MOST_CAUSES);
  const firstRow = departure?.firstRow ?? -1;
  return {
    kind: "cause",
    id: finding.id,
    twin: finding.twin,
    timeUs: finding.timeUs,
    sinceUs: finding.sinceUs,
    onsetUs: firstRow >= 0 ? recent.timeUs[firstRow]! : finding.sinceUs,
    title: titleOf(causes, finding.title),
    causes,
    confidence: causes[0]?.belief ?? 0,
    signature,
    degraded,
  };
}

/** By the detector and by the rows around the finding, in the order of `recent`, then what the detector alone names. */
function startingShares(
  { finding, recent }: CauseQuestion,
  departure: Departure | undefined,
): { names: readonly string[]; shares: Float64Array } {
  const told = new Map(
    finding.contributions
      .filter(({ share }) => share > 0 && Number.isFinite(share))
      .map(({ address, share }) => [address, share]),
  );
  const total = [...told.values()].reduce((sum, share) => sum + share, 0);
  const names = [...recent.names, ...[...told.keys()].filter((address) => !recent.names.includes(address))];
  const own = departure?.shares.some((share) => share > 0) ? departure.shares : undefined;
  const weight = total === 0 ? 0 : own === undefined ? 1 : OF_FINDING;
  const shares = Float64Array.from(names, (name, i) => {
    const byDetector = total > 0 ? (told.get(name) ?? 0) / total : 0;
    return weight * byDetector + (1 - weight) * (own?.[i] ?? 0);
  });
  return { names, shares };
}

interface ReachingChange {
  readonly change: RecentChange;
  readonly onsetUs: TimeUs;
  /** How well it explains each candidate, by the candidate's place in the list. */
  readonly strength: readonly number[];
}

/** Changes before, or just as, the signals they reach left normal. */
function changesOf(
  { changes, recent, structure }: CauseQuestion,
  departure: Departure,
  candidates: readonly number[],
): ReachingChange[] {
  const { firstRow, onsets, names } = departure;
  if (firstRow < 0 || recent.timeUs.length < 2) return [];
  const rowUs = (recent.timeUs.at(-1)! - recent.timeUs[0]!) / (recent.timeUs.length - 1);
  return changes.flatMap((change) => {
    const strength = candidates.map((i) => {
      const row = onsets[i]?.row ?? -1;
      if (row < 0) return 0;
      const rowsBefore = (recent.timeUs[row]! - change.timeUs) / rowUs;
      // An onset is dated back to within a few rows; what comes later than that caused nothing.
      if (rowsBefore < -3 || rowsBefore > 3 * CHANGE_FADES_ROWS) return 0;
      return (
        changeReach(change, names[i]!, structure) * Math.exp(-Math.max(0, rowsBefore) / CHANGE_FADES_ROWS)
      );
    });
    return strength.some((each) => each > 0.01)
      ? [{ change, onsetUs: recent.timeUs[firstRow]!, strength }]
      : [];
  });
}

function blameOf(
  candidates: readonly number[],
  shares: Float64Array,
  leads: readonly Lead[],
  changes: readonly ReachingChange[],
): Float64Array {
  const placeOf = new Map(candidates.map((i, at) => [i, at]));
  const start = new Float64Array(candidates.length + changes.length);
  const total = candidates.reduce((sum, i) => sum + shares[i]!, 0);
  for (const [at, i] of candidates.entries()) start[at] = shares[i]! / total;
  const graph = start.reduce<Map<number, number>[]>((all) => [...all, new Map()], []);
  for (const { lead, effect, strength } of leads)
    graph[placeOf.get(effect)!]!.set(placeOf.get(lead)!, strength);
  for (const [c, { strength }] of changes.entries()) {
    for (const [at, each] of strength.entries())
      if (each > 0) graph[at]!.set(candidates.length + c, 2 * each);
  }
  return blameWalk(start, graph, FOLLOW);
}

function signalCause(
  question: CauseQuestion,
  departure: Departure | undefined,
  leads: readonly Lead[],
  names: readonly string[],
  shares: Float64Array,
  i: number,
): Omit<RankedCause, "belief"> {
  const { words, recent } = question;
  const known = departure !== undefined && i < departure.names.length;
  return {
    kind: "signal",
    id: names[i]!,
    ...signalEvidence({
      address: names[i]!,
      words,
      share: shares[i]!,
      onset: known ? departure.onsets[i]! : { row: -1, direction: 1 },
      firstRow: departure?.firstRow ?? -1,
      timeUs: recent.timeUs,
      leads: leads
        .filter(({ lead }) => lead === i)
        .map((each) => ({ ...each, address: names[each.effect]!, share: shares[each.effect]! }))
        .sort((a, b) => b.share - a.share),
      ledBy: leads
        .filter(({ effect }) => effect === i)
        .map((each) => ({ ...each, address: names[each.lead]!, share: shares[each.lead]! }))
        .sort((a, b) => b.strength - a.strength),
    }),
  };
}

/** Each like case counts as one; the ranking as three. */
function withCases(ranked: readonly RankedCause[], like: readonly LikeCases[]): RankedCause[] {
  const counted = like.reduce((sum, { weight }) => sum + weight, 0);
  const all = RANKING_AS_CASES + counted;
  const byCause = new Map(like.map((each) => [each.cause, each]));
  const known = ranked.map((cause) => {
    const found = byCause.get(cause.id);
    byCause.delete(cause.id);
    return {
      ...cause,
      belief: (RANKING_AS_CASES * cause.belief + (found?.weight ?? 0)) / all,
      evidence: found === undefined ? cause.evidence : [caseEvidence(found), ...cause.evidence],
    };
  });
  const others = [...byCause.values()].map((found) => ({
    kind: "case" as const,
    id: found.cause,
    title: found.cause,
    belief: found.weight / all,
    evidence: [caseEvidence(found)],
  }));
  return [...known, ...others];
}
