import { SCREEN_VIEWS, SCREEN_WATCH, type ScreenFrame } from "../core/screen-frame.ts";
import type { FlowShops } from "./flow-shops.ts";
import type { Person } from "./sessions.ts";

type Table = Readonly<Record<string, Entry>>;
interface Entry {
  readonly props?: Record<string, unknown>;
  readonly page?: unknown;
  readonly _users?: unknown;
}

/** What Dashboard 2 sends a page to build itself from (ui_base.js, emitConfig). */
interface DashboardConfig {
  readonly dashboards: Table;
  readonly heads: Table;
  readonly pages: Table;
  readonly groups: Table;
  readonly widgets: Table;
}

/**
 * What a person with scopes is sent, and what is taken of them, at the dashboard's socket. Everything is refused but
 * what is known to be of a widget within the scopes: each event of Dashboard 2 that carries data names its widget, as
 * `msg-input:<id>` or as its first argument, and a frame of views names each.
 */
export class DashboardScope {
  readonly #person: Person;
  readonly #shops: () => FlowShops;

  constructor(person: Person, shops: () => FlowShops) {
    this.#person = person;
    this.#shops = shops;
  }

  /** @returns what may be sent of an event's arguments; undefined where it must not be sent at all */
  outgoing(event: string, args: readonly unknown[]): readonly unknown[] | undefined {
    if (event === "ui-config") return [args[0], this.#configOf(args[1] as DashboardConfig)];
    if (event === SCREEN_VIEWS) {
      const { views, lost } = args[0] as ScreenFrame;
      return [{ views: kept(views, (id) => this.#holds(id)), lost } satisfies ScreenFrame];
    }
    const colon = event.indexOf(":");
    return colon > 0 && this.#holds(event.slice(colon + 1)) ? args : undefined;
  }

  /** Whether what a page sends is for a widget within the scopes. What it asks to see is sorted out when it is sent. */
  mayReach(event: string, args: readonly unknown[]): boolean {
    if (event === SCREEN_WATCH) return true;
    return typeof args[0] === "string" && this.#holds(args[0]);
  }

  #holds(id: string): boolean {
    return this.#shops().isRunningWithin(this.#person, id);
  }

  /** Widgets within the scopes, and the groups and pages they stand on. */
  #configOf(config: DashboardConfig): DashboardConfig {
    const widgets = kept(config.widgets, (id) => this.#holds(id));
    const used = new Set(Object.values(widgets).flatMap(({ props }) => [props?.group, props?.page]));
    const groups = withoutUsers(kept(config.groups, (id) => used.has(id)));
    for (const { page } of Object.values(groups)) used.add(page);
    return {
      ...config,
      dashboards: withoutUsers(config.dashboards),
      heads: {},
      pages: kept(config.pages, (id) => used.has(id)),
      groups,
      widgets,
    };
  }
}

const kept = <T>(table: Readonly<Record<string, T>>, holds: (id: string) => boolean): Record<string, T> =>
  Object.fromEntries(Object.entries(table).filter(([id]) => holds(id)));

/** Node-RED notes at each shared node who uses it, the pages of other shops too. */
const withoutUsers = (table: Table): Table =>
  Object.fromEntries(Object.entries(table).map(([id, { _users, ...rest }]) => [id, rest]));
