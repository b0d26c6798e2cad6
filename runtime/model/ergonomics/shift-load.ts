import type { LoadLimits, Operator, ShiftWork } from "./shift-work.ts";

/** Where an operator stands at a moment of the shift. */
export interface LoadPoint {
  readonly atS: number;
  /** Points since the shift began. */
  readonly points: number;
  /** Points less what pauses have taken off, never below 0. */
  readonly strain: number;
}

export interface LoadBreach {
  readonly limit: keyof LoadLimits;
  readonly allowed: number;
  readonly found: number;
  /** The end of the task in which it is first passed; for a window when the one with the most points begins. */
  readonly atS: number;
}

/** One operator's load over the shift. */
export interface OperatorLoad {
  readonly name: string;
  readonly workS: number;
  /** Share of the time outside breaks in which the operator works. */
  readonly busyShare: number;
  readonly points: number;
  readonly peakStrain: { readonly points: number; readonly atS: number };
  /** The stretch of the window's length with the most points. */
  readonly peakWindow: { readonly points: number; readonly fromS: number };
  /** The longest time from the end of one pause to the beginning of the next. */
  readonly longestWithoutPauseS: number;
  /** At the end of every cycle and break, thinned out where there are many. */
  readonly curve: readonly LoadPoint[];
  readonly breaches: readonly LoadBreach[];
}

export interface ShiftLoad {
  readonly kind: "load";
  readonly shiftS: number;
  readonly cycles: number;
  readonly operators: readonly OperatorLoad[];
}

/** A stretch of the shift in which one thing goes on. */
interface Stretch {
  readonly fromS: number;
  readonly toS: number;
  readonly works: boolean;
  /** Points gained, evenly over it. */
  readonly points: number;
  readonly endsCycle: boolean;
}

const MOST_CURVE_POINTS = 240;

/**
 * Ergonomic points of each operator over the shift: the tasks of a cycle one after another, then idle until the next
 * begins; a break stops the line where it stands. Idle time and breaks take off strain at the plant's own rate.
 */
export function shiftLoad(work: ShiftWork): ShiftLoad {
  const breaksS = work.breaks.reduce((sum, { durationS }) => sum + durationS, 0);
  const cycles = Math.floor((work.shiftS - breaksS) / work.cycleS + 1e-9);
  return {
    kind: "load",
    shiftS: work.shiftS,
    cycles,
    operators: work.operators.map((operator) => operatorLoad(operator, work, cycles, breaksS)),
  };
}

function operatorLoad(operator: Operator, work: ShiftWork, cycles: number, breaksS: number): OperatorLoad {
  const stretches = stretchesOf(operator, work, cycles);
  const moments: LoadPoint[] = [{ atS: 0, points: 0, strain: 0 }];
  const curve: LoadPoint[] = [moments[0]!];
  const recoveryPerS = work.recoveryPointsPerMin / 60;
  let now = moments[0]!;
  for (const { fromS, toS, works, points, endsCycle } of stretches) {
    const strain = works ? now.strain + points : Math.max(0, now.strain - recoveryPerS * (toS - fromS));
    now = { atS: toS, points: now.points + points, strain };
    moments.push(now);
    if (endsCycle) curve.push(now);
  }
  const workS = stretches.reduce((sum, { works, fromS, toS }) => sum + (works ? toS - fromS : 0), 0);
  const peak = moments.reduce((a, b) => (b.strain > a.strain ? b : a));
  const figures = {
    name: operator.name,
    workS,
    busyShare: workS / (work.shiftS - breaksS),
    points: now.points,
    peakStrain: { points: peak.strain, atS: peak.atS },
    peakWindow: peakWindow(moments, work.windowS),
    ...longestWithoutPause(stretches, work),
  };
  const { longestFromS, ...shown } = figures;
  return { ...shown, curve: thinned(curve), breaches: breaches(figures, moments, work.limits) };
}

/** What an operator does, second by second of the shift, breaks put in where they begin. */
function stretchesOf(operator: Operator, { cycleS, breaks, shiftS }: ShiftWork, cycles: number): Stretch[] {
  const stretches: Stretch[] = [];
  let nowS = 0;
  let nextBreak = 0;
  const pause = (toS: number, endsCycle: boolean): void => {
    stretches.push({ fromS: nowS, toS, works: false, points: 0, endsCycle });
    nowS = toS;
  };
  const takeBreaks = (): void => {
    for (; nextBreak < breaks.length && breaks[nextBreak]!.startS <= nowS; nextBreak++)
      pause(breaks[nextBreak]!.startS + breaks[nextBreak]!.durationS, true);
  };
  const go = (durationS: number, works: boolean, points: number, endsCycle: boolean): void => {
    takeBreaks();
    let leftS = durationS;
    while (nextBreak < breaks.length && breaks[nextBreak]!.startS < nowS + leftS) {
      const partS = breaks[nextBreak]!.startS - nowS;
      const toS = nowS + partS;
      stretches.push({ fromS: nowS, toS, works, points: (points * partS) / durationS, endsCycle: false });
      leftS -= partS;
      nowS = toS;
      takeBreaks();
    }
    const share = durationS === 0 ? 1 : leftS / durationS;
    stretches.push({ fromS: nowS, toS: nowS + leftS, works, points: points * share, endsCycle });
    nowS += leftS;
  };
  const tasksS = operator.tasks.reduce((sum, { timeS, perCycle }) => sum + timeS * perCycle, 0);
  for (let cycle = 0; cycle < cycles; cycle++) {
    for (const { timeS, points, perCycle } of operator.tasks)
      if (perCycle > 0) go(timeS * perCycle, true, points * perCycle, false);
    go(Math.max(0, cycleS - tasksS), false, 0, true);
  }
  takeBreaks();
  if (nowS < shiftS) pause(shiftS, true);
  return stretches;
}

/** The most points in any stretch of the window's length; they grow evenly between moments, so it begins or ends at one. */
function peakWindow(moments: readonly LoadPoint[], windowS: number): { points: number; fromS: number } {
  const endS = moments.at(-1)!.atS;
  const pointsAt = follower(moments);
  const pointsLater = follower(moments);
  const startsS = [...moments.map(({ atS }) => atS), ...moments.map(({ atS }) => atS - windowS)]
    .map((startS) => Math.max(0, Math.min(startS, endS - windowS)))
    .sort((a, b) => a - b);
  let best = { points: 0, fromS: 0 };
  for (const fromS of startsS) {
    const points = pointsLater(Math.min(fromS + windowS, endS)) - pointsAt(fromS);
    if (points > best.points) best = { points, fromS };
  }
  return best;
}

/** The cumulative points at times that only grow. */
function follower(moments: readonly LoadPoint[]): (atS: number) => number {
  let i = 0;
  return (atS) => {
    while (i < moments.length - 2 && moments[i + 1]!.atS <= atS) i++;
    const [from, to] = [moments[i]!, moments[i + 1] ?? moments[i]!];
    if (to.atS <= from.atS || atS >= to.atS) return to.points;
    return from.points + ((to.points - from.points) * (atS - from.atS)) / (to.atS - from.atS);
  };
}

function longestWithoutPause(
  stretches: readonly Stretch[],
  { pauseS }: ShiftWork,
): { longestWithoutPauseS: number; longestFromS: number } {
  let sinceS = 0;
  let idleFromS: number | undefined;
  let longest = { longestWithoutPauseS: 0, longestFromS: 0 };
  for (const { works, fromS, toS } of stretches) {
    if (works && toS > fromS) {
      if (idleFromS !== undefined && fromS - idleFromS >= pauseS) sinceS = fromS;
      idleFromS = undefined;
      if (toS - sinceS > longest.longestWithoutPauseS)
        longest = { longestWithoutPauseS: toS - sinceS, longestFromS: sinceS };
    } else if (!works) idleFromS ??= fromS;
  }
  return longest;
}

function breaches(
  figures: Pick<OperatorLoad, "points" | "peakStrain" | "peakWindow" | "longestWithoutPauseS"> & {
    readonly longestFromS: number;
  },
  moments: readonly LoadPoint[],
  limits: LoadLimits,
): LoadBreach[] {
  const passed = (of: (moment: LoadPoint) => number, allowed: number): number =>
    moments.find((moment) => of(moment) > allowed)?.atS ?? 0;
  const found: Readonly<
    Record<keyof LoadLimits, readonly [found: number, atS: (allowed: number) => number]>
  > = {
    pointsPerShift: [figures.points, (allowed) => passed(({ points }) => points, allowed)],
    pointsPerWindow: [figures.peakWindow.points, () => figures.peakWindow.fromS],
    strainPoints: [figures.peakStrain.points, (allowed) => passed(({ strain }) => strain, allowed)],
    workWithoutPauseS: [figures.longestWithoutPauseS, (allowed) => figures.longestFromS + allowed],
  };
  return (Object.keys(found) as (keyof LoadLimits)[]).flatMap((limit) => {
    const allowed = limits[limit];
    const [value, atS] = found[limit];
    // A sum of many cycles that comes to the limit is not above it.
    if (allowed === undefined || value <= allowed * (1 + 1e-9)) return [];
    return [{ limit, allowed, found: value, atS: atS(allowed) }];
  });
}

function thinned(curve: readonly LoadPoint[]): LoadPoint[] {
  const stride = Math.ceil(curve.length / MOST_CURVE_POINTS);
  return curve.filter((_, i) => i % stride === 0 || i === curve.length - 1);
}
