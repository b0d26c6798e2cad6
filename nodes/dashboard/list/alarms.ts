import { type Alarm, alarmKey } from "../../../runtime/diagnose/alarms/alarm.ts";
import { type Glance, MOST_ALARMS } from "../../../runtime/diagnose/alarms/alarm-book.ts";
import type { AlarmDesk } from "../../../runtime/diagnose/alarms/alarm-desk.ts";
import { ALARM_LIMITS } from "../../../runtime/diagnose/alarms/alarm-kpis.ts";
import { isCause, takeFinding } from "../look/finding-log.ts";
import type { WidgetBehaviour } from "../widget-node.ts";
import type { AlarmView, ListView } from "./list-view.ts";

/** Rows that a page is sent: more nobody reads, and the worst are among them. */
const MOST_ROWS = 100;
const MOST_OVER = 6;
/** Of a flood the machines with the most alarms are named. */
const MOST_TWINS = 12;
/** Causes that a card lists, and earlier ones that are offered to choose from. */
const MOST_CAUSES = 3;
const MOST_FOUND = 20;
/** The figures move slowly, and are made of a whole day. */
const FIGURES_MS = 5000;

/** The alarms of the findings that came by the wire, as the whole process knows them: what is acknowledged on one page is so on all. */
export function alarms(desk: AlarmDesk, nowUsOf: (twin: string) => number): WidgetBehaviour {
  const keys = new Set<string>();
  const mine = (key: string) => keys.has(key);
  /** Of the book's version, which stands as long as nothing happens. */
  let seen:
    | { readonly version: number; readonly glance: Glance; readonly over: readonly Alarm[] }
    | undefined;
  const look = () => {
    const { book } = desk;
    if (seen?.version !== book.version)
      seen = {
        version: book.version,
        glance: book.glance(MOST_ROWS, mine),
        over: book.over(MOST_OVER, mine),
      };
    return seen;
  };
  const remember = (key: string): void => {
    if (keys.has(key)) return;
    keys.add(key);
    seen = undefined;
    // The book forgets what is long over, and so does its list.
    if (keys.size > 2 * MOST_ALARMS) for (const each of keys) if (!desk.book.has(each)) keys.delete(each);
  };
  let figures: ListView["figures"] | undefined;
  let figuresMs = Number.NEGATIVE_INFINITY;
  /** As the page was last told: the status needs no second look at every alarm. */
  let told = { count: 0, unacknowledged: 0 };
  const viewOf = (alarm: Alarm): AlarmView => {
    const { finding, explanation, found, key, state, active, sinceUs, endedUs, count } = alarm;
    const { acknowledgedBy, shelf } = alarm;
    const { priority, title, reason, action, consequence, withinMin, contributions, twin } = finding;
    return {
      key,
      state,
      priority,
      title,
      reason,
      action,
      ...(consequence !== undefined && { consequence }),
      ...(explanation && {
        causes: explanation.causes
          .slice(0, MOST_CAUSES)
          .map(({ id, title, belief, evidence }) => ({ id, title, belief, why: evidence[0] ?? "" })),
      }),
      ...(found && { found }),
      twin,
      ...(withinMin !== undefined && active && { actUntilUs: sinceUs + withinMin * 60e6 }),
      place: contributions[0]?.address ?? twin,
      active,
      sinceUs,
      ...(endedUs !== undefined && { endedUs }),
      count,
      ...(acknowledgedBy !== undefined && { acknowledgedBy }),
      ...(shelf && { shelf: { by: shelf.by, reason: shelf.reason, untilUs: shelf.untilUs } }),
      // Whole seconds: a view that changes with every look would be sent with every look.
      nowUs: Math.floor(nowUsOf(twin) / 1e6) * 1e6,
    };
  };
  const freshFigures = (): ListView["figures"] => {
    const nowMs = performance.now();
    if (figures !== undefined && nowMs - figuresMs < FIGURES_MS) return figures;
    const { hours, count, perDay, per10Min, worst10Min, chattering, stale, verdict } = desk.kpis(mine);
    figuresMs = nowMs;
    figures = {
      hours,
      count,
      perDay,
      per10Min,
      worst10Min,
      isFlood: worst10Min > ALARM_LIMITS.floodPer10Min,
      chattering: chattering.length,
      stale: stale.length,
      verdict,
    };
    return figures;
  };
  return {
    take: ({ payload }) => {
      if (isCause(payload)) {
        desk.book.explain(payload);
        return;
      }
      const finding = takeFinding(payload);
      desk.take(finding);
      remember(alarmKey(finding));
    },
    act: (action, by) => ({ topic: "alarm", payload: desk.act(action, by) }),
    view: (): ListView => {
      desk.pass();
      const { glance, over } = look();
      const { open, count, unacknowledged, shelved, twins } = glance;
      const explained = new Set(
        [...open, ...over].filter((one) => one.explanation).map((one) => one.finding.twin),
      );
      told = { count, unacknowledged };
      return {
        open: open.map(viewOf),
        count,
        unacknowledged,
        shelved,
        twins: count > open.length ? twins.slice(0, MOST_TWINS) : [],
        over: over.map(viewOf),
        figures: freshFigures(),
        causesFound: Object.fromEntries(
          [...explained].map((twin) => [twin, desk.causesFound(twin).slice(0, MOST_FOUND)]),
        ),
        ...(desk.fault !== undefined && { fault: desk.fault }),
      };
    },
    status: () =>
      told.count === 0 ? "nothing abnormal" : `${told.count} open, ${told.unacknowledged} not acknowledged`,
  };
}
