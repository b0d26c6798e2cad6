import {
  type InjectionKey,
  inject,
  onBeforeUnmount,
  onMounted,
  type Ref,
  type ShallowRef,
  shallowRef,
} from "vue";
import { type DashboardSocket, type PageFeed, pageFeed } from "./page-feed.ts";

/** A picture older than this is marked STALE. */
const STALE_AFTER_MS = 2_000;

/** Given by a screen that fetches the view of a part of itself, in place of what the page is told. */
export const OWN_FEED: InjectionKey<Pick<PageFeed, "watch">> = Symbol("the feed of a part");

/**
 * The newest view of a widget, and whether nothing has been heard of it for too long.
 * @param id of the widget, as Dashboard 2 passes it
 * @param staleAfterMs for a view that is made less often, see `everyMs` of WidgetBehaviour
 */
export function useLiveView<View>(
  id: string,
  staleAfterMs = STALE_AFTER_MS,
): { view: ShallowRef<View | undefined>; stale: Readonly<Ref<boolean>> } {
  const view = shallowRef<View>();
  const stale = shallowRef(false);
  const feed = inject(OWN_FEED, undefined) ?? pageFeed(inject<DashboardSocket>("$socket")!);
  let leave: (() => void) | undefined;
  onMounted(() => {
    leave = feed.watch(id, {
      staleAfterMs,
      take: (newest) => {
        view.value = newest as View;
      },
      setStale: (isStale) => {
        stale.value = isStale;
      },
    });
  });
  onBeforeUnmount(() => leave?.());
  return { view, stale };
}
