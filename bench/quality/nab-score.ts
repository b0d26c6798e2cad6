/**
 * The score of the Numenta Anomaly Benchmark (Lavin and Ahmad 2015, arXiv:1510.03336), as its sweeper computes it: the
 * first detection in a window earns more the earlier it stands, a window without any costs a miss, and a detection
 * outside costs more the further it lies behind the last window.
 */

/** First and last row of a labelled window, both in it. */
export interface NabWindow {
  readonly from: number;
  readonly to: number;
}

/** What the outcomes weigh: NAB's cost matrix. */
export interface NabProfile {
  readonly tpWeight: number;
  readonly fnWeight: number;
  readonly fpWeight: number;
}

/** The profile that the published figures of the standard score use. */
export const STANDARD_PROFILE: NabProfile = { tpWeight: 1, fnWeight: 1, fpWeight: 0.11 };

/** 1 well before the edge of a window (x < 0), 0 on it, -1 well behind it. */
const scaledSigmoid = (x: number): number => (x > 3 ? -1 : 2 / (1 + Math.exp(5 * x)) - 1);

/** Rows at the start in which nothing is scored: 15 %, at most 750. */
export const probationRows = (rows: number): number => Math.min(Math.floor(0.15 * rows), 750);

export interface NabFileScore {
  readonly score: number;
  readonly windows: number;
  readonly windowsHit: number;
  readonly falseAlarms: number;
}

/**
 * @param detected per row, whether the detector speaks there
 * @param windows ascending, apart from each other
 */
export function nabScore(
  detected: readonly boolean[],
  windows: readonly NabWindow[],
  profile: NabProfile = STANDARD_PROFILE,
): NabFileScore {
  const probation = probationRows(detected.length);
  const earned = windows.map(() => -profile.fnWeight);
  let lost = 0;
  let falseAlarms = 0;
  let next = 0;
  for (let row = 0; row < detected.length; row++) {
    while (next < windows.length && row > windows[next]!.to) next++;
    if (!detected[row] || row < probation) continue;
    const window = windows[next];
    if (window !== undefined && row >= window.from) {
      const width = window.to - window.from + 1;
      const gained = (scaledSigmoid(-(window.to - row + 1) / width) * profile.tpWeight) / scaledSigmoid(-1);
      earned[next] = Math.max(earned[next]!, gained);
    } else {
      falseAlarms++;
      lost += profile.fpWeight * behind(row, windows[next - 1]);
    }
  }
  return {
    score: earned.reduce((sum, value) => sum + value, lost),
    windows: windows.length,
    windowsHit: earned.filter((value) => value > -profile.fnWeight).length,
    falseAlarms,
  };
}

function behind(row: number, last: NabWindow | undefined): number {
  return last === undefined ? -1 : scaledSigmoid((row - last.to) / (last.to - last.from));
}

/** 0 for a detector that never speaks, 100 for one that speaks at the first row of every window and nowhere else. */
export function normalised(
  scores: readonly NabFileScore[],
  { fnWeight, tpWeight } = STANDARD_PROFILE,
): number {
  const sum = scores.reduce((total, { score }) => total + score, 0);
  const windows = scores.reduce((total, file) => total + file.windows, 0);
  return (100 * (sum + fnWeight * windows)) / ((fnWeight + tpWeight) * windows);
}
