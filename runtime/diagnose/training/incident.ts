/** Plant seconds per wall second that may be asked for, the easiest first. */
export const TRAINING_SPEEDS = [1, 10, 30, 60] as const;

/** Something to choose, as a person reads it. */
export interface Choice {
  readonly id: string;
  readonly en: string;
  readonly de: string;
}

/** What a person may answer; it is the same for every incident of a twin, so that it gives nothing away. */
export interface IncidentChoices {
  readonly causes: readonly Choice[];
  /** Parts of the twin, as addresses below it; none where the cause alone says it. */
  readonly places: readonly Choice[];
  readonly actions: readonly Choice[];
}

/** What was wrong, and what was to be done. */
export interface IncidentTruth {
  /** Ids of choices. */
  readonly cause: string;
  readonly place?: string;
  /** Every one of them is right. */
  readonly actions: readonly string[];
  /** Paths below the twin of which an alarm is right, as `pathMatcher` reads them. */
  readonly shows: string;
}

/** A recorded or generated incident: what was measured, and the truth about it. Seconds count from the first row. */
export interface Incident {
  /** Its file's name, or kind, place and seed of a generated one. */
  readonly id: string;
  readonly recording: IncidentRecording;
  /** Normal operation that comes at once, for the detectors to learn. */
  readonly leadS: number;
  readonly onsetS: number;
  readonly endS: number;
  readonly choices: IncidentChoices;
  readonly truth: IncidentTruth;
}

export interface IncidentRecording {
  readonly file: string;
  readonly timeColumn: string;
  /** A map file, see docs/cli.md; absent: every column under its own name. */
  readonly map?: string;
}

/** What a person answers: ids of choices. */
export interface IncidentAnswer {
  readonly cause: string;
  readonly place?: string;
  readonly action: string;
}
