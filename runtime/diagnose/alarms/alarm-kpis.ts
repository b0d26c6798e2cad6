import type { TimeUs } from "../../core/time.ts";

/**
 * How well the alarms serve the person in front of them: ISA-18.2 (IEC 62682) clause on monitoring, and EEMUA 191.
 * One alarm per 10 minutes is what a person can answer; more than 10 in 10 minutes is a flood; 150 a day can be managed,
 * 300 ask for a change; one of three times a minute chatters; one that stands for a day is stale; of the priorities
 * 5, 15 and 80 % are aimed at.
 */
export const ALARM_LIMITS = {
  per10Min: 1,
  floodPer10Min: 10,
  manageablePerDay: 150,
  mostPerDay: 300,
  chatteringPerMin: 3,
  staleHours: 24,
  shares: { 1: 0.05, 2: 0.15, 3: 0.8 },
} as const;

const TEN_MIN_US = 600e6;
const MINUTE_US = 60e6;
const DAY_US = 86_400e6;

/** An alarm that came; its age is told on the clock of its twin's link. */
export interface Activation {
  readonly key: string;
  readonly ageUs: number;
  readonly priority: 1 | 2 | 3;
}

export interface AlarmKpis {
  /** Over what the figures are, hours; a young book knows less than a day. */
  readonly hours: number;
  readonly count: number;
  /** Average and worst count of 10 minutes. */
  readonly per10Min: number;
  readonly worst10Min: number;
  /** Share of the time in which more came than a person can answer, 0 to 1. */
  readonly floodShare: number;
  /** As many as a whole day has at this rate. */
  readonly perDay: number;
  /** That came three times or more within a minute. */
  readonly chattering: readonly string[];
  /** That have stood for a day or longer. */
  readonly stale: readonly string[];
  /** By priority, 0 to 1; all 0 where none came. */
  readonly shares: Readonly<Record<1 | 2 | 3, number>>;
  /** The ten that came most often. */
  readonly most: readonly { readonly key: string; readonly count: number }[];
  readonly verdict: "manageable" | "busy" | "too many";
}

/**
 * Figures of the last day.
 * @param activations in any order; older than a day are left out
 * @param standing how long each active alarm has stood, µs
 * @param watchedUs since when alarms are kept, as an age, µs
 */
export function alarmKpis(
  activations: readonly Activation[],
  standing: readonly { readonly key: string; readonly ageUs: number }[],
  watchedUs: TimeUs,
): AlarmKpis {
  const recent = activations.filter(({ ageUs }) => ageUs >= 0 && ageUs < DAY_US);
  const spanUs = Math.min(DAY_US, Math.max(TEN_MIN_US, watchedUs));
  const slots = new Uint32Array(Math.ceil(spanUs / TEN_MIN_US));
  const byPriority = { 1: 0, 2: 0, 3: 0 };
  const byKey = new Map<string, number[]>();
  for (const { key, ageUs, priority } of recent) {
    const slot = Math.min(slots.length - 1, Math.floor(ageUs / TEN_MIN_US));
    slots[slot]!++;
    byPriority[priority]++;
    const ages = byKey.get(key);
    if (ages === undefined) byKey.set(key, [ageUs]);
    else ages.push(ageUs);
  }
  const count = recent.length;
  const share = (part: number): number => (count === 0 ? 0 : part / count);
  const perDay = (count * DAY_US) / spanUs;
  return {
    hours: spanUs / 3600e6,
    count,
    per10Min: (count * TEN_MIN_US) / spanUs,
    worst10Min: slots.reduce((most, each) => Math.max(most, each), 0),
    floodShare: slots.filter((each) => each > ALARM_LIMITS.floodPer10Min).length / slots.length,
    perDay,
    chattering: [...byKey].filter(([, ages]) => chatters(ages)).map(([key]) => key),
    stale: standing.filter(({ ageUs }) => ageUs >= ALARM_LIMITS.staleHours * 3600e6).map(({ key }) => key),
    shares: { 1: share(byPriority[1]), 2: share(byPriority[2]), 3: share(byPriority[3]) },
    most: [...byKey]
      .map(([key, ages]) => ({ key, count: ages.length }))
      .sort((one, other) => other.count - one.count || (one.key < other.key ? -1 : 1))
      .slice(0, 10),
    verdict:
      perDay <= ALARM_LIMITS.manageablePerDay
        ? "manageable"
        : perDay < ALARM_LIMITS.mostPerDay
          ? "busy"
          : "too many",
  };
}

function chatters(ages: number[]): boolean {
  const sorted = [...ages].sort((one, other) => one - other);
  const within = ALARM_LIMITS.chatteringPerMin - 1;
  return sorted.some((age, i) => (sorted[i + within] ?? Number.POSITIVE_INFINITY) - age <= MINUTE_US);
}
