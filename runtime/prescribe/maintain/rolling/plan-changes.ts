import { HOUR_US } from "./foretold-life.ts";
import type { MaintenancePlanMessage, PlanChange, PlannedStop, PlannedWork } from "./plan-message.ts";

/** A work that moves by less is where it was, h. */
const MOVED_H = 0.5;

interface Placed {
  readonly work: PlannedWork;
  readonly stop: PlannedStop;
}

const placed = ({ stops }: MaintenancePlanMessage): Map<string, Placed> =>
  new Map(stops.flatMap((stop) => stop.works.map((work) => [work.id, { work, stop }] as const)));

/**
 * Works that are new, gone or elsewhere in time, the soonest first.
 * @param done ids of works that were signed off or have begun since
 */
export function planChanges(
  before: MaintenancePlanMessage,
  after: MaintenancePlanMessage,
  done: ReadonlySet<string>,
): PlanChange[] {
  const [was, is] = [placed(before), placed(after)];
  const changes: (PlanChange & { readonly atUs: number })[] = [];
  for (const [id, { work, stop }] of is) {
    const old = was.get(id);
    if (old === undefined) {
      changes.push({ work: id, what: `${work.label} is new`, why: work.because, atUs: stop.fromUs });
      continue;
    }
    const byH = (stop.fromUs - old.stop.fromUs) / HOUR_US;
    if (Math.abs(byH) < MOVED_H) continue;
    const what = `${work.label} ${hoursText(Math.abs(byH))} ${byH < 0 ? "earlier" : "later"}`;
    changes.push({ work: id, what, why: whyMoved(old, { work, stop }), atUs: stop.fromUs });
  }
  for (const [id, { work, stop }] of was) {
    if (is.has(id)) continue;
    const why = done.has(id) ? "its work has begun or is done" : "it is no longer due within the horizon";
    changes.push({ work: id, what: `${work.label} is out`, why, atUs: stop.fromUs });
  }
  return changes.sort((a, b) => a.atUs - b.atUs).map(({ work, what, why }) => ({ work, what, why }));
}

function whyMoved(before: Placed, after: Placed): string {
  const dueH = (after.work.dueUs - before.work.dueUs) / HOUR_US;
  if (Math.abs(dueH) >= MOVED_H)
    return `due ${hoursText(Math.abs(dueH))} ${dueH < 0 ? "earlier" : "later"}: ${after.work.because}`;
  if (after.work.partFromUs !== before.work.partFromUs)
    return after.work.partFromUs === null ? "its part is there" : "it waits for its part";
  const others = ({ work, stop }: Placed) =>
    stop.works.filter(({ id }) => id !== work.id).map(({ label }) => label);
  const [with0, with1] = [others(before).join(", "), others(after).join(", ")];
  if (with0 !== with1) return with1 === "" ? "by itself now" : `together with ${with1}`;
  return before.stop.why === after.stop.why
    ? "the windows moved"
    : after.stop.why || "the line may stand at any time";
}

const hoursText = (h: number): string =>
  h < 48 ? `${Number(h.toPrecision(2))} h` : `${Math.round(h / 24)} d`;
