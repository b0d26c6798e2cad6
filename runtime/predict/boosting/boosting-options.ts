import { RungError } from "../../core/errors.ts";

/** What is minimised: the squared error (the mean) or the pinball loss of a quantile in (0, 1). */
export type BoostingLoss = "squared" | { readonly quantile: number };

/** How trees are grown. */
export interface BoostingOptions {
  readonly trees: number;
  /** Leaves of a tree at most, grown best first. */
  readonly leaves: number;
  /** Share of a leaf's value that is added, in (0, 1]. */
  readonly learningRate: number;
  /** Rows of a leaf at least. */
  readonly minLeaf: number;
  /** Bins of a feature at most, 2 to 255; missing values have one of their own beside them. */
  readonly bins: number;
  /** L2 penalty of a leaf's value, in rows; without effect on the leaves of a quantile. */
  readonly lambda: number;
  /** Share of the features that a tree may use, in (0, 1]. */
  readonly featureShare: number;
  /** Share of the rows that a tree is grown on, without replacement, in (0, 1] (Friedman 2002). */
  readonly rowShare: number;
  readonly seed: number;
  readonly loss: BoostingLoss;
}

export const BOOSTING_DEFAULTS: BoostingOptions = {
  trees: 250,
  leaves: 24,
  learningRate: 0.05,
  minLeaf: 20,
  bins: 255,
  lambda: 1,
  featureShare: 1,
  rowShare: 1,
  seed: 1,
  loss: "squared",
};

/** Limits that keep time and memory in bounds: a histogram of every open leaf is held. */
const WHOLE: readonly (readonly ["trees" | "leaves" | "minLeaf" | "bins", number, number])[] = [
  ["trees", 1, 100_000],
  ["leaves", 2, 1024],
  ["minLeaf", 1, 1_000_000],
  ["bins", 2, 255],
];
const SHARES = ["learningRate", "featureShare", "rowShare"] as const;

/** The options with defaults filled in. @throws RungError `boosting-option` naming the one that is out of range */
export function boostingOptions(given: Partial<BoostingOptions>): BoostingOptions {
  const options = { ...BOOSTING_DEFAULTS, ...given };
  const refuse = (name: string, wanted: string, got: unknown): never => {
    throw new RungError({
      code: "boosting-option",
      where: `boosted trees, option ${name}`,
      what: `must be ${wanted}, got ${String(got)}`,
    });
  };
  for (const [name, low, high] of WHOLE) {
    const value = options[name];
    if (!(Number.isInteger(value) && value >= low && value <= high))
      refuse(name, `a whole number from ${low} to ${high}`, value);
  }
  for (const name of SHARES)
    if (!(options[name] > 0 && options[name] <= 1)) refuse(name, "in (0, 1]", options[name]);
  if (!(options.lambda >= 0 && Number.isFinite(options.lambda))) refuse("lambda", ">= 0", options.lambda);
  if (!Number.isInteger(options.seed)) refuse("seed", "a whole number", options.seed);
  const { loss } = options;
  if (loss !== "squared" && !(loss?.quantile > 0 && loss.quantile < 1))
    refuse("loss", '"squared" or a quantile in (0, 1)', JSON.stringify(loss));
  return options;
}
