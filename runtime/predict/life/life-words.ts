import type { LifeDriver, LifeEstimate } from "./life-estimator.ts";
import type { LifeMessage } from "./life-message.ts";
import type { SimilarFailure } from "./past-failures.ts";

/** Fewer cycles are not worth a word. */
const WORTH_SAYING_CYCLES = 0.5;

const cycles = (n: number): string => `${Math.round(n)} ${Math.round(n) === 1 ? "cycle" : "cycles"}`;

/** A life of which less was seen says so. */
const SEEN_SHARE = 0.5;

/** Why, in one sentence: `About 31 cycles left (24 to 40): T50 takes 14 off, Ps30 8; units 24 and 81 went the same way ...`. */
export function lifeReason(
  { cycle, rul, low, high, missing }: LifeEstimate,
  drivers: readonly LifeDriver[],
  similar: readonly SimilarFailure[],
  { isAtLeast, seen }: { readonly isAtLeast: boolean /** Cycles of this life. */; readonly seen: number },
): string {
  const head = `${isAtLeast ? "At least" : "About"} ${cycles(rul)} left (${Math.round(low)} to ${Math.round(high)})`;
  const moved = drivers
    .filter((driver) => Math.abs(driver.cycles) >= WORTH_SAYING_CYCLES)
    .map(({ name, cycles: by }) => `${name} ${by < 0 ? "takes" : "adds"} ${Math.abs(by).toFixed(0)}`);
  const nearest = similar[0];
  const parts = [
    moved.length > 0 ? moved.join(", ") : "nothing speaks of wear yet",
    ...(nearest === undefined
      ? []
      : [`past unit ${nearest.unit} lasted ${cycles(nearest.remaining)} more from such a health`]),
    ...(seen < SEEN_SHARE * cycle
      ? [`only ${seen} of its ${cycles(cycle)} ${seen === 1 ? "was" : "were"} seen`]
      : []),
    ...(missing > 0 ? [`${missing} ${missing === 1 ? "signal" : "signals"} missing, last level taken`] : []),
  ];
  return `${head}: ${parts.join("; ")}.`;
}

/**
 * What the node's status says of the asset that has least left: `31 cycles (24 to 40) · health 42 %`.
 * @param recalling assets whose past is still read
 */
export function lifeStatus(messages: Iterable<LifeMessage>, recalling = 0): string {
  const reading = recalling > 0 ? `reading the past of ${recalling} from history` : "";
  let least: LifeMessage | undefined;
  let n = 0;
  for (const message of messages) {
    n++;
    if (least === undefined || message.rul < least.rul) least = message;
  }
  if (least === undefined) return reading || "waiting for a full cycle";
  const { rul, low, high, health, isAtLeast } = least;
  const among = n > 1 ? `least of ${n}: ` : "";
  return `${among}${isAtLeast ? "≥ " : ""}${cycles(rul)} (${Math.round(low)} to ${Math.round(high)}) · health ${Math.round(100 * health)} %${reading && ` · ${reading}`}`;
}
