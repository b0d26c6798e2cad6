import { inject, onBeforeUnmount, type ShallowReactive, shallowReactive, watch } from "vue";
import { type DashboardSocket, pageFeed } from "./page-feed.ts";

/**
 * The newest views of other widgets, by their id. The feed tells each browser only those of widgets that its person may
 * see, so nothing of another shop comes this way.
 * @param ids of the widgets, now; may grow once the dashboard has read its pages
 */
export function useOtherViews<View>(ids: () => readonly string[]): ShallowReactive<Map<string, View>> {
  const socket = inject<DashboardSocket | undefined>("$socket", undefined);
  const views = shallowReactive(new Map<string, View>());
  const leave = new Map<string, () => void>();
  const follow = (id: string): void => {
    if (socket === undefined || leave.has(id)) return;
    leave.set(
      id,
      pageFeed(socket).watch(id, {
        staleAfterMs: Number.POSITIVE_INFINITY,
        take: (view) => views.set(id, view as View),
        setStale: () => undefined,
      }),
    );
  };
  watch(ids, (now) => now.forEach(follow), { immediate: true });
  onBeforeUnmount(() => {
    for (const off of leave.values()) off();
  });
  return views;
}
