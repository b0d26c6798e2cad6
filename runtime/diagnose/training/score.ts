import type { IncidentAnswer, IncidentTruth } from "./incident.ts";

/** What an exercise is worth, points; together 100. */
export const TRAINING_POINTS = { detect: 40, cause: 20, place: 10, action: 30 } as const;
/** Found so soon after the onset all points are given, and after the longer time none; between them in a straight line. Plant seconds. */
export const DETECT_LIMITS_S = { all: 600, none: 3600 } as const;
/** Of each report while nothing was wrong, and at most of all of them. */
export const FALSE_REPORT = { points: -10, most: -20 } as const;

/** What a trainee did. Times are plant seconds after the onset, negative before it. */
export interface Performance {
  /** First report, or first acknowledgement of a right alarm, at or after the onset; absent: none. */
  readonly detectedS?: number;
  readonly by?: "report" | "alarm";
  readonly falseReports: number;
  /** Absent: the exercise ended without one. */
  readonly answer?: IncidentAnswer;
}

/** One line of the score sheet: what was given, and why. */
export type ScoreLine =
  | {
      readonly what: "detect";
      readonly points: number;
      readonly of: number;
      readonly detectedS?: number;
      readonly by?: "report" | "alarm";
    }
  | { readonly what: "false-reports"; readonly points: number; readonly of: 0; readonly count: number }
  | {
      readonly what: "cause" | "place" | "action";
      readonly points: number;
      readonly of: number;
      /** Ids of choices. */
      readonly given?: string;
      readonly right: readonly string[];
    };

export interface Score {
  /** 0 to 100. */
  readonly points: number;
  readonly lines: readonly ScoreLine[];
}

/** Scores an exercise against the truth. Of an incident without a place the cause has the place's points too. */
export function scoreOf({ detectedS, by, falseReports, answer }: Performance, truth: IncidentTruth): Score {
  const { place } = truth;
  const named = (
    what: "cause" | "place" | "action",
    of: number,
    given: string | undefined,
    right: readonly string[],
  ): ScoreLine => ({
    what,
    of,
    points: given !== undefined && right.includes(given) ? of : 0,
    ...(given !== undefined && { given }),
    right,
  });
  const lines: ScoreLine[] = [
    {
      what: "detect",
      of: TRAINING_POINTS.detect,
      points: detectPoints(detectedS),
      ...(detectedS !== undefined && { detectedS, by: by ?? "report" }),
    },
    {
      what: "false-reports",
      of: 0,
      // Not -0, which a page would show.
      points: falseReports === 0 ? 0 : Math.max(FALSE_REPORT.most, falseReports * FALSE_REPORT.points),
      count: falseReports,
    },
    named("cause", TRAINING_POINTS.cause + (place === undefined ? TRAINING_POINTS.place : 0), answer?.cause, [
      truth.cause,
    ]),
    ...(place === undefined ? [] : [named("place", TRAINING_POINTS.place, answer?.place, [place])]),
    named("action", TRAINING_POINTS.action, answer?.action, truth.actions),
  ];
  const sum = lines.reduce((points, line) => points + line.points, 0);
  return { points: Math.max(0, sum), lines };
}

function detectPoints(detectedS: number | undefined): number {
  if (detectedS === undefined) return 0;
  const { all, none } = DETECT_LIMITS_S;
  const share = Math.min(1, Math.max(0, (none - detectedS) / (none - all)));
  return Math.round(TRAINING_POINTS.detect * share);
}
