/** The first steps of a problem that walks in time, at least one, and their share of all. */
export function stepsPart<Problem extends { readonly steps: number }>(
  problem: Problem,
  wanted: number,
): { problem: Problem; share: number } {
  const steps = Math.max(1, Math.floor(problem.steps * wanted));
  return { problem: { ...problem, steps }, share: steps / problem.steps };
}
