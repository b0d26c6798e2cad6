import { RungError } from "../../core/errors.ts";
import { bestConsecutiveGrouping } from "./consecutive-grouping.ts";
import { groupOf, type MaintenanceGroup } from "./maintenance-group.ts";
import type { MaintenanceInstance } from "./maintenance-instance.ts";
import { type PolishOptions, polishGrouping, valueOfGroups } from "./polish-grouping.ts";
import { bestGrouping, SUBSETS_MOST } from "./subset-grouping.ts";

export interface MaintenancePlan {
  /** In the order of their times. */
  readonly groups: readonly MaintenanceGroup[];
  /** What it saves against each activity by itself when it is due, whether or not the line may stand then. */
  readonly value: number;
  /** What grouping saves against each activity by itself at the best time it may have: never below 0. */
  readonly saved: number;
  /** Whether every grouping was gone through. */
  readonly proven: boolean;
}

export const POLISH_DEFAULTS: PolishOptions = { seed: 1, trials: 20_000 };

/**
 * Which activities are done together, and when.
 * @throws RungError `maintenance-no-window` naming the activities that no window is long enough for
 */
export function planMaintenance(
  instance: MaintenanceInstance,
  polish: PolishOptions = POLISH_DEFAULTS,
): MaintenancePlan {
  const alone = instance.activities.map((activity) => groupOf(instance, [activity]));
  const homeless = instance.activities.filter((_, i) => alone[i] === undefined);
  if (homeless.length > 0) {
    throw new RungError({
      code: "maintenance-no-window",
      where: instance.name,
      what: `no window is long enough, after its parts are there, for ${homeless.map(({ id, durationH }) => `${id} (${durationH} h)`).join(", ")}`,
      advice: "add or lengthen a window, or order the parts earlier",
    });
  }
  const proven = instance.activities.length <= SUBSETS_MOST;
  const groups = proven
    ? bestGrouping(instance)
    : polishGrouping(instance, bestConsecutiveGrouping(instance), polish);
  const value = valueOfGroups(groups);
  return {
    groups: groups.toSorted((a, b) => a.timeH - b.timeH),
    value,
    saved: value - valueOfGroups(alone.map((group) => group!)),
    proven,
  };
}
