/** When and where to a signal left normal. */
export interface Onset {
  /** Row from which it has gone away from normal; -1 where it has not. */
  readonly row: number;
  readonly direction: 1 | -1;
}

const NONE: Onset = { row: -1, direction: 1 };

/** Standardised values are cut here, so that one wild value alone cannot make an onset. */
const CLIP = 4;
/** Half the shift to be found, in standard deviations. */
const SLACK = 0.75;
/** Least limit of the sum, and how far it must lie above what the sum reached in normal rows. */
const LEAST_LIMIT = 6;
const ABOVE_NORMAL = 1.5;

/** Within this many standard deviations a value is one that normal rows show, too ... */
const NEAR = 2;
/** ... and so many of them in a row say that it had not begun yet: one alone is noise. */
const NEAR_ROWS = 2;

/**
 * The first lasting departure from normal, found by a two-sided CUSUM (Page 1954) and dated back from its crossing to
 * after the last values that lay near normal: the start of the sum itself would lie far too early for a signal that
 * wanders. The limit comes from the rows before `from`, which are normal: what wanders by itself must go further than
 * what does not.
 * @param z standardised values; NaN counts as nothing said
 * @param from first row to look at
 */
export function onsetOf(z: Float64Array, from = 0): Onset {
  const normal = new Cusum();
  let reached = 0;
  for (let r = 0; r < from; r++) reached = Math.max(reached, normal.step(z[r]!));
  const limit = Math.max(LEAST_LIMIT, ABOVE_NORMAL * reached);
  const sum = new Cusum();
  for (let r = from; r < z.length; r++) {
    if (sum.step(z[r]!) <= limit) continue;
    const direction = sum.up > sum.down ? 1 : -1;
    return { row: datedBack(z, r, from, direction), direction };
  }
  return NONE;
}

function datedBack(z: Float64Array, crossing: number, from: number, direction: number): number {
  let row = crossing;
  for (let at = crossing, near = 0; at >= from && near < NEAR_ROWS; at--) {
    if (direction * z[at]! > NEAR) {
      row = at;
      near = 0;
    } else if (!Number.isNaN(z[at]!)) near++;
  }
  return row;
}

class Cusum {
  up = 0;
  down = 0;

  /** @returns the larger of the two sums */
  step(z: number): number {
    if (Number.isNaN(z)) return 0;
    const value = Math.min(CLIP, Math.max(-CLIP, z));
    this.up = Math.max(0, this.up + value - SLACK);
    this.down = Math.max(0, this.down - value - SLACK);
    return Math.max(this.up, this.down);
  }
}
