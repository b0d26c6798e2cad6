import { inject, onBeforeUnmount, type ShallowReactive, shallowReactive, watch } from "vue";

interface Socket {
  on(event: string, listener: (...data: never[]) => void): void;
  off(event: string, listener: (...data: never[]) => void): void;
  emit(event: string, ...data: unknown[]): void;
}
interface Told {
  readonly payload?: unknown;
}

/**
 * The newest views of other widgets, by their id. The dashboard tells each browser only those of widgets that its person
 * may see, so nothing of another shop comes this way.
 * @param ids of the widgets, now; may grow once the dashboard has read its pages
 */
export function useOtherViews<View>(ids: () => readonly string[]): ShallowReactive<Map<string, View>> {
  const socket = inject<Socket | undefined>("$socket", undefined);
  const views = shallowReactive(new Map<string, View>());
  const leave = new Map<string, () => void>();
  const follow = (id: string): void => {
    if (socket === undefined || leave.has(id)) return;
    const take = (msg: Told | undefined) => {
      if (msg?.payload !== undefined) views.set(id, msg.payload as View);
    };
    const events = [`msg-input:${id}`, `widget-load:${id}`];
    for (const event of events) socket.on(event, take);
    leave.set(id, () => {
      for (const event of events) socket.off(event, take);
    });
    socket.emit("widget-load", id);
  };
  watch(ids, (now) => now.forEach(follow), { immediate: true });
  onBeforeUnmount(() => {
    for (const off of leave.values()) off();
  });
  return views;
}
