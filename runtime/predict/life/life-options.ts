import { RungError } from "../../core/errors.ts";

/** How a model of remaining life is trained. */
export interface LifeOptions {
  /** Longer remaining lives count as this one: a new unit shows nothing of when it will fail (Heimes 2008). */
  readonly capCycles: number;
  /** Trees of one member, their leaves and how much each adds. */
  readonly trees: number;
  readonly leaves: number;
  readonly learningRate: number;
  readonly minLeaf: number;
  readonly rowShare: number;
  readonly featureShare: number;
  /** Models with seeds of their own, whose mean is told. */
  readonly members: number;
  /** Groups of units that are held out in turn, to measure the errors that the interval stands on. */
  readonly folds: number;
  readonly seed: number;
}

export const LIFE_DEFAULTS: LifeOptions = {
  capCycles: 125,
  trees: 250,
  leaves: 24,
  learningRate: 0.04,
  minLeaf: 30,
  rowShare: 0.5,
  featureShare: 0.5,
  members: 3,
  folds: 5,
  seed: 1,
};

/** The options with defaults; those of the trees are checked where they are grown. @throws RungError `life-option` */
export function lifeOptions(given: Partial<LifeOptions>): LifeOptions {
  const options = { ...LIFE_DEFAULTS, ...given };
  const check = (name: keyof LifeOptions, low: number, high: number): void => {
    const value = options[name];
    if (Number.isInteger(value) && value >= low && value <= high) return;
    throw new RungError({
      code: "life-option",
      where: `remaining life, option ${name}`,
      what: `must be a whole number from ${low} to ${high}, got ${value}`,
    });
  };
  check("capCycles", 2, 1_000_000);
  check("members", 1, 20);
  check("folds", 2, 20);
  return options;
}
