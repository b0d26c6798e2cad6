import type { Compute } from "../compute/compute.ts";
import { messageOf } from "../core/errors.ts";
import { type Evidence, restingOn } from "../core/evidence.ts";
import type { TimeUs } from "../core/time.ts";
import type { OvenSession } from "../predict/oven-session.ts";
import type { OvenTracker } from "../predict/oven-tracker.ts";
import type { CureWindow } from "./cure-window.ts";
import { type OptimiserOptions, OvenOptimiser } from "./oven-optimiser.ts";
import type { Recommendation } from "./recommendation.ts";
import { recommendationEvidence, recommendationFaults } from "./recommendation-evidence.ts";

/**
 * Lets the optimiser look at a followed oven once a period of plant time, one look at a time, and only while the
 * model tracks the plant. Tells as evidence whether the last look was answered.
 */
export class OptimiseSession {
  readonly #optimiser: OvenOptimiser;
  readonly #node: string;
  readonly #periodUs: number;
  #lookedUs: TimeUs = Number.NEGATIVE_INFINITY;
  #isLooking = false;
  #text = "waiting for the estimate";
  #fault: string | undefined;
  #answered:
    | { tracker: OvenTracker; timeUs: TimeUs; constraint: number; proposed?: Recommendation | undefined }
    | undefined;

  /** @throws RungError `cure-window` */
  constructor(
    compute: Compute,
    node: string,
    periodS: number,
    window: Partial<CureWindow>,
    options: Partial<OptimiserOptions> = {},
  ) {
    this.#optimiser = new OvenOptimiser(compute, window, options);
    this.#node = node;
    this.#periodUs = periodS * 1e6;
  }

  /**
   * Looks if a look is due.
   * @returns a recommendation, or undefined where none is due or nothing is worth a change
   * @throws RungError of the compute process: what was lost is told in the evidence too
   */
  async step(session: OvenSession): Promise<Recommendation | undefined> {
    const { tracker } = session;
    if (this.#isLooking || !(tracker.timeUs - this.#lookedUs >= this.#periodUs)) return undefined;
    if (session.learningHistory || tracker.phase !== "tracking") {
      this.#text = "waiting for the estimate";
      return undefined;
    }
    const records = session.evidence();
    const failing = records.find((record) => record.verdict !== "holds");
    if (failing !== undefined) {
      this.#text =
        failing.verdict === "collecting" ? "waiting for the first bodies" : `still: ${failing.cause}`;
      return undefined;
    }
    this.#lookedUs = tracker.timeUs;
    this.#isLooking = true;
    try {
      const verdict = await this.#optimiser.look(
        tracker.situation(),
        records.map((record) => record.id),
      );
      this.#text = verdict.text;
      this.#fault = undefined;
      const { recommendation } = verdict;
      const broken =
        recommendation?.constraints.filter((one) => one.hard && one.verdict === "violated") ?? [];
      this.#answered = {
        tracker,
        timeUs: tracker.timeUs,
        constraint: broken.length,
        proposed: recommendation,
      };
      const uncertain = recommendation === undefined ? [] : recommendationFaults(recommendation).uncertain;
      if (uncertain.length > 0) {
        this.#text = `not proposed: no interval of ${uncertain.join(", ")}`;
        return undefined;
      }
      if (recommendation !== undefined && recommendation.modelVersion !== tracker.modelVersion) {
        this.#text = "not proposed: the model was calibrated anew meanwhile";
        return undefined;
      }
      if (broken.length === 0) return recommendation;
      this.#text = `not proposed: ${broken.map((one) => one.name).join(", ")} beyond its limit`;
      return undefined;
    } catch (fault) {
      this.#fault = messageOf(fault);
      this.#answered = { tracker, timeUs: tracker.timeUs, constraint: 0 };
      throw fault;
    } finally {
      this.#isLooking = false;
    }
  }

  words(): { readonly text: string; readonly mark?: "fault" } {
    return this.#fault === undefined ? { text: this.#text } : { text: this.#fault, mark: "fault" };
  }

  /**
   * Row 4: the search answers, what it proposes keeps the limits of zones and steps, and a recommendation carries its
   * uncertainty and respects its constraints, those of the cure too.
   * Valid for ten periods after the last look; one that is under way, for which the compute process has a deadline,
   * looks at the newest sample.
   */
  evidence(): Evidence[] {
    const answered = this.#answered;
    if (answered === undefined) return [];
    const { tracker, timeUs, constraint, proposed } = answered;
    const { twin, readings } = tracker;
    const periodUs = Math.max(this.#periodUs, readings.periodUs ?? 0);
    const failed = this.#fault !== undefined || constraint > 0;
    const newestUs = this.#isLooking ? tracker.timeUs : timeUs;
    const readingsPeriodUs = readings.periodUs ?? periodUs;
    return [
      {
        id: `${twin}/4/setpoint-search`,
        twin,
        rung: 4,
        node: this.#node,
        what: "limits broken by the proposed setpoints",
        value: this.#fault === undefined ? constraint : null,
        limit: "= 0",
        verdict: failed ? "fails" : "holds",
        timeUs,
        ...restingOn(newestUs, periodUs),
        // A look is made of what was read: it recovers as the readings do.
        periodUs: readingsPeriodUs,
        ...(this.#fault === undefined ? {} : { cause: this.#fault }),
      },
      recommendationEvidence(
        { twin, proposed, modelVersion: tracker.modelVersion, timeUs, newestUs, periodUs, readingsPeriodUs },
        this.#node,
      ),
    ];
  }
}
