import {
  type ComputedRef,
  computed,
  inject,
  onBeforeUnmount,
  onMounted,
  ref,
  type ShallowRef,
  shallowRef,
} from "vue";

/** A picture older than this is marked STALE, where its node sends at least once a second. */
const STALE_AFTER_MS = 2_000;

type DataTracker = (
  id: string,
  onInput: (msg: { payload?: unknown }) => void,
  onLoad: (msg: { payload?: unknown } | undefined) => void,
) => void;

/**
 * The newest view a widget's node has sent, and whether the connection has been silent too long.
 * @param id of the widget, as Dashboard 2 passes it
 * @param staleAfterMs for a node that sends less often, see `everyMs` of WidgetBehaviour
 */
export function useLiveView<View>(
  id: string,
  staleAfterMs = STALE_AFTER_MS,
): { view: ShallowRef<View | undefined>; stale: ComputedRef<boolean> } {
  const view = shallowRef<View | undefined>();
  const receivedMs = ref(0);
  const nowMs = ref(performance.now());
  const take = (msg: { payload?: unknown } | undefined) => {
    if (msg?.payload === undefined) return;
    view.value = msg.payload as View;
    receivedMs.value = performance.now();
  };
  const tracker = inject<DataTracker>("$dataTracker")!;
  tracker(id, take, take);
  let timer: ReturnType<typeof setInterval>;
  onMounted(() => {
    timer = setInterval(() => {
      nowMs.value = performance.now();
    }, 500);
  });
  onBeforeUnmount(() => clearInterval(timer));
  const stale = computed(() => view.value !== undefined && nowMs.value - receivedMs.value > staleAfterMs);
  return { view, stale };
}
