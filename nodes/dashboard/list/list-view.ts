/** One finding as an operator reads it. */
export interface FindingView {
  readonly id: string;
  readonly priority: 1 | 2 | 3;
  readonly title: string;
  readonly reason: string;
  readonly action: string;
  readonly place: string;
  readonly sinceUs: number;
  readonly active: boolean;
  readonly endedUs?: number;
  /** Where it probably comes from, with how far that is believed. */
  readonly cause?: string;
}

export interface ListView {
  /** Active ones first, the worst on top, then those that ended. */
  readonly findings: readonly FindingView[];
  /** Plant time the list was made. */
  readonly timeUs: number | null;
}
