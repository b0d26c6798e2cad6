import { RungError } from "../../core/errors.ts";
import { PlaneDistance } from "../principal-components.ts";
import { MissingValues } from "./missing-values.ts";
import { standardise } from "./normal-scale.ts";
import type { PlaneCalibration } from "./plane-model.ts";
import {
  asShares,
  MOST_MISSING,
  type RowDetector,
  type RowLeading,
  type RowVerdict,
} from "./row-detector.ts";

/**
 * T² and SPE of single rows, neither smoothed nor confirmed, with the part each signal has in them. A row with a few
 * missing values is judged with what the model expects in their place; they add nothing to SPE.
 */
export class PlaneMonitor implements RowDetector {
  readonly names: readonly string[];
  readonly #limits: PlaneCalibration["limits"];
  readonly #centre: Float64Array;
  readonly #inverseSigma: Float64Array;
  readonly #plane: PlaneDistance;
  readonly #missing: MissingValues;
  readonly #mostMissing: number;
  readonly #z: Float64Array;
  judged = false;
  score = Number.NaN;
  leading: RowLeading = "plane";
  missing = 0;
  t2 = Number.NaN;
  spe = Number.NaN;

  /** @throws RungError `other-signals` where the parts of the calibration do not fit each other */
  constructor(calibration: Pick<PlaneCalibration, "scale" | "components" | "noise" | "limits">) {
    const { scale, components, noise, limits } = calibration;
    const n = scale.names.length;
    if (components.dimension !== n || scale.centre.length !== n || scale.sigma.length !== n) {
      throw new RungError({
        code: "other-signals",
        where: "calibration",
        what: `names ${n} signals and has components of ${components.dimension}`,
        advice: "calibrate anew",
      });
    }
    this.names = scale.names;
    this.#limits = limits;
    this.#centre = Float64Array.from(scale.centre);
    this.#inverseSigma = Float64Array.from(scale.sigma, (sigma) => (sigma > 0 ? 1 / sigma : 0));
    this.#plane = new PlaneDistance(components);
    this.#missing = new MissingValues(components, noise);
    this.#mostMissing = MOST_MISSING * (n - scale.ignored.length);
    this.#z = new Float64Array(n);
  }

  /** The row judged last in standard deviations, missing values filled; good until the next step. */
  get standardised(): Float64Array {
    return this.#z;
  }

  step(row: Float64Array): RowVerdict {
    const z = this.#z;
    this.missing = standardise(row, this.#centre, this.#inverseSigma, z);
    this.judged = this.missing <= this.#mostMissing;
    if (!this.judged) {
      this.score = this.t2 = this.spe = Number.NaN;
      return this;
    }
    if (this.missing > 0) this.#missing.fill(z);
    this.#plane.measure(z);
    const { t2, spe } = this.#plane;
    this.t2 = t2;
    this.spe = spe;
    const inPlane = ratio(t2, this.#limits.t2);
    const offPlane = ratio(spe, this.#limits.spe);
    this.leading = offPlane > inPlane ? "off-plane" : "plane";
    this.score = Math.sqrt(Math.max(inPlane, offPlane));
    return this;
  }

  shares(into: Float64Array = new Float64Array(this.names.length)): Float64Array {
    if (!this.judged) return into.fill(0);
    if (this.leading === "plane") this.#plane.t2Contributions(this.#z, into);
    else this.#plane.speContributions(into);
    return asShares(into);
  }
}

/** Nothing lies off a plane that has all components: then there is no limit to be over. */
const ratio = (value: number, limit: number): number => (limit > 1e-12 ? value / limit : 0);
