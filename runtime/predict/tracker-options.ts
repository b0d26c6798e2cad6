/** How the tracker learns and doubts. Times are plant time. */
export interface TrackerOptions {
  /** Bodies whose exit teaches what is normal before the tracker judges. */
  readonly learnBodies: number;
  /** Bodies that teach anew after a later ride of the logger has corrected the model. */
  readonly relearnBodies: number;
  /** Bodies over which the tracking figures are taken. */
  readonly figureBodies: number;
  /** Longest integration step, s: a tenth of the thinnest panel's time constant. */
  readonly stepS: number;
  /** Silence beyond which the bodies inside are no longer known, s. */
  readonly longestGapS: number;
  /** Heat transfer over fan flow: h ~ V^0.78 (turbulent impinging jets, 0.7 to 0.8). */
  readonly flowExponent: number;
  /** Time constant of the fan flow's smoothing, s. */
  readonly flowSmoothingS: number;
  /** Deviation of ln flow from normal beyond which the zone's heat transfer is doubted: nozzles foul unevenly. */
  readonly flowDoubtLn: number;
  /** Doubt of ln heat transfer per deviation of ln flow. */
  readonly doubtPerFlowLn: number;
  /** Time for which a zone whose fan flow has changed is only observed, s. */
  readonly observeS: number;
  /** Least doubt of a zone's air when its burner does not fit, K. */
  readonly airDoubtK: number;
  /** Furthest a zone's ln heat transfer may move from normal while its fan flow is normal; furthest its air bias, K. */
  readonly factorMostLn: number;
  readonly airBiasMostK: number;
  /** Doubt of the last zone's air after two exits in a row that nobody expected, K. */
  readonly oddExitAirK: number;
  /** Standard deviation of ln heat transfer over heat capacity from body to body: sheets are rolled to ±3.6 % (3 sigma). */
  readonly bodyLn: number;
  /**
   * Standard deviation of ln E170 by what one lump of metal per node and one temperature per zone leave out: thin
   * panels on the virtual plant are told 1 to 3 % wrong by it (bench/results/oven-tracking.md tells what the intervals
   * cover with it).
   */
  readonly cureLn: number;
  /** Random walk of the parameters per square root of an hour: ln of a zone's heat transfer, air bias in K. */
  readonly zoneLnWalk: number;
  readonly airBiasWalkK: number;
}

export const TRACKER_DEFAULTS: TrackerOptions = {
  learnBodies: 100,
  relearnBodies: 40,
  figureBodies: 20,
  stepS: 5,
  longestGapS: 300,
  flowExponent: 0.78,
  flowSmoothingS: 30,
  flowDoubtLn: 0.03,
  doubtPerFlowLn: 2,
  observeS: 300,
  airDoubtK: 6,
  factorMostLn: 0.2,
  airBiasMostK: 40,
  oddExitAirK: 3,
  bodyLn: 0.012,
  cureLn: 0.015,
  zoneLnWalk: 0.01,
  airBiasWalkK: 0.15,
};
