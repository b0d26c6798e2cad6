import { LineFile } from "../../core/line-file.ts";
import type { TimeUs } from "../../core/time.ts";
import type { IncidentTruth } from "./incident.ts";
import type { Score } from "./score.ts";

/** How somebody did, as it is kept: one line. */
export interface ExerciseResult extends Score {
  readonly kind: "exercise";
  readonly twin: string;
  /** Wall time of its end. */
  readonly endedUs: TimeUs;
  /** Who answered; where nobody did, who started it. */
  readonly person: string;
  readonly startedBy: string;
  /** Id of the incident. */
  readonly incident: string;
  readonly truth: IncidentTruth;
  /** Whether it was drawn. Where a person chose the incident, that person knew the answer. */
  readonly isSurprise: boolean;
  /** Plant seconds per wall second. */
  readonly speed: number;
}

/** The file of results, which only grows. */
export const exerciseFile = (path: string): LineFile<ExerciseResult> =>
  new LineFile(path, "results-not-kept", isResult);

const isResult = (thing: unknown): thing is ExerciseResult => {
  const result = thing as Partial<ExerciseResult> | null | undefined;
  return (
    result?.kind === "exercise" &&
    typeof result.person === "string" &&
    typeof result.twin === "string" &&
    typeof result.incident === "string" &&
    Number.isFinite(result.endedUs) &&
    Number.isFinite(result.points) &&
    Array.isArray(result.lines)
  );
};
