/** What one number came to: an answer for it or for a smaller one, the proof that there is none, or neither. */
export type Answered<T> = { readonly number: number; readonly answer: T } | "none" | undefined;

export interface LeastNumber<T> {
  readonly best?: { readonly number: number; readonly answer: T };
  /** No number below has an answer. */
  readonly bound: number;
}

/**
 * What one number may take of what is left, round by round: little at first, so that some answer comes soon, and all of it
 * in the last.
 */
const SHARES = [0.1, 0.4, 1];

/**
 * The least number that has an answer, where every number above one with an answer has one too: upwards in growing steps
 * until there is an answer, then by halves.
 * @param start what is known from the beginning
 * @param ask takes at most a share of what is left
 * @param spent whether nothing is left
 */
export async function leastNumber<T>(
  range: { readonly least: number; readonly most: number },
  start: { readonly number: number; readonly answer: T } | undefined,
  ask: (number: number, share: number) => Promise<Answered<T>>,
  spent: () => boolean,
  onBetter?: (best: number, bound: number) => void,
): Promise<LeastNumber<T>> {
  let bound = range.least;
  let best = start;
  if (best !== undefined) onBetter?.(best.number, bound);
  for (const share of SHARES) {
    // Below it this round asks no more, ruled out or passed over.
    let from = bound;
    for (let step = 0; from <= (best === undefined ? range.most : best.number - 1) && !spent(); ) {
      const number =
        best === undefined ? Math.min(range.most, from + step) : Math.floor((from + best.number - 1) / 2);
      const answer = await ask(number, share);
      if (answer === "none" || answer === undefined) {
        if (answer === "none") bound = number + 1;
        from = number + 1;
        step = 2 * step + 1;
      } else {
        best = answer;
        onBetter?.(best.number, bound);
      }
    }
    if (bound >= (best?.number ?? range.most + 1)) break;
  }
  return { ...(best === undefined ? {} : { best }), bound };
}
