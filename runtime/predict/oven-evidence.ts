import { type Evidence, restingOn, type Verdict } from "../core/evidence.ts";
import { LEAST_HALF_HOURS } from "./gas-balance.ts";
import { NIS_BODIES } from "./innovations.ts";
import type { OvenTracker } from "./oven-tracker.ts";
import { e170Error, type NodeCheck, RIDE_VALID_S } from "./ride-check.ts";
import { rideLimits, TRACKING_LIMITS } from "./tracking-limits.ts";

/** What one record says beside what all of them share. */
interface Statement {
  readonly id: string;
  readonly what: string;
  readonly value: number | null;
  readonly unit?: string;
  readonly limit: string;
  readonly verdict: Verdict;
  readonly progress?: { readonly n: number; readonly of: number };
  readonly cause?: string | undefined;
  /** Its failing says that the model left the plant. */
  readonly drift?: true;
}

/**
 * Row 4: the model tracks the plant, one record per property and limit.
 *
 * - Exits, measured on every body: RMSE, bias and the largest mean error of two bodies in a row, per node, of those
 *   that left last; whether the tracker's spread is right (NIS), and whether one error is left in the next.
 * - Metal and cure, measured by a profile logger only: valid for seven days after its ride. Without a ride the cure is
 *   not measured, and the spread of what is believed of it is held to the limit instead.
 * - Gas by the meter against the balance over the last shift, where there is a meter.
 *
 * What rests on the plant's stream is valid for ten periods of what is read after the newest good sample of the air,
 * the gas's also of the meter, and fails while bodies leave and none is judged.
 */
export function trackingEvidence(tracker: OvenTracker, node: string): Evidence[] {
  const { twin } = tracker;
  const timeUs = Number.isNaN(tracker.timeUs) ? 0 : tracker.timeUs;
  const lost = tracker.lostSight;
  const { periodUs, gasFlow } = tracker.readings;
  const live = restingOn(tracker.knownUs, periodUs);
  const metered = restingOn(Math.min(tracker.knownUs, gasFlow.timeUs), periodUs);
  const record = ({ id, cause, drift, ...rest }: Statement, validity: Partial<Evidence>): Evidence => ({
    id: `${twin}/4/${id}`,
    twin,
    rung: 4,
    node,
    ...rest,
    timeUs,
    ...validity,
    ...(rest.verdict === "fails" && cause !== undefined ? { cause } : {}),
    ...(rest.verdict === "fails" && drift ? { drift } : {}),
  });
  const ofExits = (statement: Statement): Evidence =>
    record(
      lost === undefined || statement.verdict === "collecting"
        ? statement
        : { ...withoutDrift(statement), verdict: "fails", cause: lost },
      live,
    );
  const ride = rideStatements(tracker, timeUs);
  const gas = gasStatements(tracker);
  return [
    ...exitStatements(tracker).map(ofExits),
    ...(ride === undefined
      ? believed(tracker).map(ofExits)
      : ride.map((statement) =>
          record(statement, { validUntilUs: tracker.ride!.timeUs + RIDE_VALID_S * 1e6 }),
        )),
    ...gas.map((statement) => record(statement, metered)),
  ];
}

/** Where bodies leave unjudged nothing is known of the model. */
const withoutDrift = ({ drift: _, ...statement }: Statement): Statement => statement;

/** The node where a figure is worst. */
function worstOf(names: readonly string[], of: (node: number) => number): { value: number; name: string } {
  const values = names.map((_, n) => Math.abs(of(n)));
  const value = Math.max(...values);
  return { value, name: names[values.indexOf(value)]! };
}

const nodeNames = (tracker: OvenTracker): string[] => tracker.config.nodes.map(({ name }) => name);

function exitStatements(tracker: OvenTracker): Statement[] {
  const { residuals, innovations } = tracker;
  const names = nodeNames(tracker);
  const of = residuals.capacity;
  const n = residuals.bodies;
  const judged = (holds: boolean, needed = of): Pick<Statement, "verdict" | "progress"> =>
    innovations.bodies < needed
      ? { verdict: "collecting", progress: { n: innovations.bodies, of: needed } }
      : { verdict: holds ? "holds" : "fails" };
  const exit = (id: string, what: string, limitK: number, errorOf: (node: number) => number): Statement => {
    const { value, name } = worstOf(names, errorOf);
    return {
      id,
      what: `${what} of the last ${of} bodies, worst node (${name})`,
      value: n === 0 ? null : value,
      unit: "K",
      limit: `<= ${limitK} K`,
      ...judged(value <= limitK),
      cause: `the model misses the exit temperature of ${name} by ${value.toFixed(1)} K (${what})`,
    };
  };
  const { run, wrongSpread: wrong } = innovations;
  const band = run === undefined ? "" : ` ${run.low.toFixed(1)} to ${run.high.toFixed(1)}`;
  const lag = worstOf(names, (node) => innovations.lagOne(node));
  const { rmseK, biasK, largestK, lagOne } = TRACKING_LIMITS;
  return [
    { ...exit("exit-rmse", "exit temperature RMSE", rmseK, (node) => residuals.rmseOf(node)), drift: true },
    { ...exit("exit-bias", "exit temperature bias", biasK, (node) => residuals.biasOf(node)), drift: true },
    exit("exit-pair-mean", "largest mean exit temperature error of two bodies in a row", largestK, (node) =>
      residuals.largestOf(node),
    ),
    {
      id: "exit-nis",
      what: `mean NIS of the exits, last ${run?.bodies ?? 0} of ${NIS_BODIES} bodies`,
      value: run?.mean ?? null,
      limit: `chi² 95 % band${band}; wrong where up to ${2 * NIS_BODIES} bodies leave the 99.99 % band too`,
      ...judged(wrong === undefined, NIS_BODIES),
      cause: `the spread of the exit temperatures is told ${wrong}: mean NIS ${run?.mean.toFixed(1)}, band${band}, over ${run?.bodies} bodies`,
    },
    {
      id: "exit-lag",
      what: `correlation of an exit's error with the next one's, last ${innovations.bodies} bodies, worst node (${lag.name})`,
      value: n === 0 ? null : lag.value,
      limit: `< ${lagOne}, or not shown beyond it at 99 %`,
      ...judged(lag.value - innovations.lagDoubt < lagOne),
      cause: `errors of the exit temperature of ${lag.name} follow one another (correlation ${lag.value.toFixed(2)}): the model leaves something out`,
    },
  ];
}

/** Metal and cure by the last ride; undefined where it is too old or there was none. */
function rideStatements(tracker: OvenTracker, timeUs: number): Statement[] | undefined {
  const { ride } = tracker;
  if (ride === undefined || timeUs > ride.timeUs + RIDE_VALID_S * 1e6) return undefined;
  const names = nodeNames(tracker);
  const by = ride.ahead ? "a ride the model did not know" : "the ride that calibrated it";
  const metal = (
    id: string,
    what: string,
    unit: string,
    of: (node: NodeCheck) => number,
    limitOf: (limits: ReturnType<typeof rideLimits>) => number,
  ): Statement => {
    // The worst is the one nearest to, or furthest beyond, its own limit.
    const shares = ride.nodes.map((node) => Math.abs(of(node)) / limitOf(rideLimits(node)));
    const worst = shares.indexOf(Math.max(...shares));
    const name = names[worst]!;
    const value = Math.abs(of(ride.nodes[worst]!));
    return {
      id,
      what: `${what} against the logger, worst node (${name}; ${by})`,
      value,
      unit,
      limit: `<= ${rounded(limitOf(rideLimits(ride.nodes[worst]!)))} ${unit}`,
      verdict: shares[worst]! <= 1 ? "holds" : "fails",
      cause: `the model misses the metal of ${name} by ${value.toFixed(1)} ${unit} (${what}, logger)`,
    };
  };
  return [
    metal(
      "metal-rmse",
      "metal temperature RMSE",
      "K",
      (node) => node.rmseK,
      (limits) => limits.rmseK,
    ),
    metal(
      "metal-bias",
      "metal temperature bias",
      "K",
      (node) => node.biasK,
      (limits) => limits.biasK,
    ),
    metal(
      "metal-largest",
      "largest metal temperature error",
      "K",
      (node) => node.largestK,
      (limits) => limits.largestK,
    ),
    metal(
      "e170",
      "E170 error",
      "%",
      (node) => 100 * e170Error(node),
      (limits) => 100 * limits.e170Share,
    ),
  ];
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

/**
 * The same statements where no ride tells: nothing is measured, and all of them rest on how well the cure is believed to
 * be known. A statement keeps its id, since a record that is no longer made would stand for ever.
 */
function believed(tracker: OvenTracker): Statement[] {
  const { lastExit, residuals, ride, timeUs } = tracker;
  const since =
    ride === undefined
      ? "no logger ride yet"
      : `the last logger ride is ${((timeUs - ride.timeUs) / 86_400e6).toFixed(1)} days old`;
  const limit = 100 * TRACKING_LIMITS.e170Share;
  const worst =
    lastExit === undefined
      ? undefined
      : worstOf(nodeNames(tracker), (n) => 100 * lastExit.e170LnDeviation[n]!);
  const statement = (id: string, what: string, value: number | null): Statement => ({
    id,
    what: `${what}, believed and not measured: ${since}`,
    value,
    unit: "%",
    limit: `cure known to ${limit} % (one standard deviation)`,
    ...(worst === undefined
      ? { verdict: "collecting", progress: { n: residuals.bodies, of: residuals.capacity } }
      : { verdict: worst.value <= limit ? "holds" : "fails" }),
    cause:
      worst === undefined
        ? undefined
        : `the cure of ${worst.name} is known to ${worst.value.toFixed(0)} % only: send a profile logger through`,
  });
  return [
    statement("metal-rmse", "metal temperature RMSE", null),
    statement("metal-bias", "metal temperature bias", null),
    statement("metal-largest", "largest metal temperature error", null),
    statement(
      "e170",
      `E170${worst === undefined ? "" : `, worst node (${worst.name})`}`,
      worst?.value ?? null,
    ),
  ];
}

function gasStatements(tracker: OvenTracker): Statement[] {
  const fit = tracker.gasFit;
  const compared = fit?.windows ?? 0;
  if (!Number.isFinite(tracker.readings.gasFlow.value)) return [];
  const gas = (id: string, what: string, limit: number, value: number | undefined): Statement => ({
    id,
    what: `gas by the meter against the balance, ${what} over ${compared} half hours of a shift`,
    value: value ?? null,
    unit: "%",
    limit: `<= ${limit} %`,
    ...(value === undefined || compared < LEAST_HALF_HOURS
      ? { verdict: "collecting" as const, progress: { n: compared, of: LEAST_HALF_HOURS } }
      : { verdict: Math.abs(value) <= limit ? ("holds" as const) : ("fails" as const) }),
    cause: `the oven burns ${Math.abs(fit?.nmbePercent ?? 0).toFixed(0)} % ${(fit?.nmbePercent ?? 0) > 0 ? "more" : "less"} gas than its balance tells (${what} ${value?.toFixed(1)} %)`,
  });
  return [
    gas("gas-cv-rmse", "CV(RMSE)", TRACKING_LIMITS.cvRmsePercent, fit?.cvRmsePercent),
    gas("gas-nmbe", "NMBE", TRACKING_LIMITS.nmbePercent, fit?.nmbePercent),
  ];
}
