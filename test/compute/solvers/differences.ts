/** Largest absolute difference of two arrays of one length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`lengths ${a.length} and ${b.length}`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    // NaN is larger than any tolerance.
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

/** Largest difference relative to the second array, which holds no 0. */
export function largestRelative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return largestDifference(
    Array.from(a, (value, i) => value / b[i]!),
    Array.from(a, () => 1),
  );
}
