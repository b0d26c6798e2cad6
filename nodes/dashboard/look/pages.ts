import { type ComputedRef, computed, getCurrentInstance } from "vue";

/** The part of the dashboard's own store and router that links between pages need. */
interface DashboardApp {
  readonly $store?: {
    readonly state: {
      readonly ui: {
        readonly pages?: Readonly<Record<string, StoredPage>>;
        readonly groups?: Readonly<Record<string, { readonly page?: string }>>;
        readonly widgets?: Readonly<Record<string, StoredWidget>>;
      };
    };
  };
  readonly $router?: {
    push(to: string): unknown;
    readonly currentRoute: {
      readonly value: { readonly path: string; readonly query: Readonly<Record<string, unknown>> };
    };
  };
}
interface StoredPage {
  readonly name: string;
  readonly order?: number | string;
  readonly route?: { readonly path: string };
}
interface StoredWidget {
  readonly id: string;
  readonly type: string;
  readonly props?: Readonly<Record<string, unknown>>;
}

/** A page, by a widget on it. */
export interface PageOf {
  readonly name: string;
  readonly path: string;
  readonly widget: StoredWidget;
}

/** What `?property=` and `?station=` of a page's address name; both absent on most pages. */
export interface Asked {
  readonly property?: string;
  readonly station?: string;
}

export interface Pages {
  /** Pages that hold a widget of a type, in the order of the dashboard: those that this person may see. */
  readonly having: (type: string) => readonly PageOf[];
  readonly path: ComputedRef<string>;
  readonly asked: ComputedRef<Asked>;
  /** Goes to a page without loading the dashboard anew. */
  readonly go: (to: string) => void;
}

/** The pages of this dashboard. To be called in `setup`; where there is no dashboard it knows none. */
export function usePages(): Pages {
  const app = (getCurrentInstance()?.appContext.config.globalProperties ?? {}) as DashboardApp;
  const route = computed(() => app.$router?.currentRoute.value);
  return {
    having: (type) => {
      const { pages = {}, groups = {}, widgets = {} } = app.$store?.state.ui ?? {};
      return Object.values(widgets)
        .filter((widget) => widget.type === type)
        .flatMap((widget) => {
          const page = pages[groups[String(widget.props?.group)]?.page ?? ""];
          return page?.route === undefined ? [] : [{ page, widget, path: page.route.path }];
        })
        .sort((a, b) => Number(a.page.order ?? 0) - Number(b.page.order ?? 0))
        .map(({ page, widget, path }) => ({ name: page.name, path, widget }));
    },
    path: computed(() => route.value?.path ?? ""),
    asked: computed(() => {
      const { property, station } = route.value?.query ?? {};
      return {
        ...(typeof property === "string" ? { property } : {}),
        ...(typeof station === "string" ? { station } : {}),
      };
    }),
    go: (to) => void app.$router?.push(to),
  };
}

/** The query that asks the detail page for a property, or for a station: all that lies below an address. */
export const askFor = ({ property, station }: Asked): string =>
  property === undefined ? `?station=${escaped(station ?? "")}` : `?property=${escaped(property)}`;

const escaped = (address: string): string => address.split("/").map(encodeURIComponent).join("/");
