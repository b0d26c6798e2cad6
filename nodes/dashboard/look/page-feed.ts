import { SCREEN_VIEWS, SCREEN_WATCH, type ScreenFrame } from "../../../runtime/core/screen-frame.ts";

/** So often it is looked at who has been told nothing for too long. */
const CHECK_MS = 500;

/** The part of the dashboard's socket that a page needs. */
export interface DashboardSocket {
  readonly connected: boolean;
  on(event: string, listener: (frame: ScreenFrame) => void): void;
  emit(event: string, ids: readonly string[]): void;
}

/** Whoever shows one widget. */
export interface Watcher {
  readonly staleAfterMs: number;
  take(view: unknown): void;
  /** Whether the view is too old to be believed. */
  setStale(isStale: boolean): void;
}

interface Watched {
  readonly watchers: Set<Watcher>;
  /** When it was last said how it looks, be it that nothing changed; undefined before the first view. */
  toldMs?: number;
  view?: unknown;
}

/**
 * What a page shows, told to its server as one list, and the views that come for it. A page that nobody can see, since
 * another tab covers it, asks for nothing.
 */
export class PageFeed {
  readonly #socket: DashboardSocket;
  readonly #watched = new Map<string, Watched>();
  #isAsking = false;

  constructor(socket: DashboardSocket) {
    this.#socket = socket;
    socket.on(SCREEN_VIEWS, (frame) => this.#take(frame));
    socket.on("connect", () => this.#askSoon());
    document.addEventListener("visibilitychange", () => this.#askSoon());
    setInterval(() => this.#check(), CHECK_MS);
  }

  /** @returns to be called when the widget is no longer shown */
  watch(id: string, watcher: Watcher): () => void {
    let watched = this.#watched.get(id);
    if (watched === undefined) {
      watched = { watchers: new Set() };
      this.#watched.set(id, watched);
      this.#askSoon();
    } else if (watched.toldMs !== undefined) watcher.take(watched.view);
    const { watchers } = watched;
    watchers.add(watcher);
    return () => {
      watchers.delete(watcher);
      if (watchers.size > 0) return;
      this.#watched.delete(id);
      this.#askSoon();
    };
  }

  /** Widgets come and go many at once: they are asked for together. */
  #askSoon(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    setTimeout(() => {
      this.#isAsking = false;
      // One that comes to be connected asks then.
      if (this.#socket.connected)
        this.#socket.emit(SCREEN_WATCH, document.hidden ? [] : [...this.#watched.keys()]);
    });
  }

  #take({ views, lost }: ScreenFrame): void {
    const nowMs = performance.now();
    const without = new Set(lost);
    for (const [id, watched] of this.#watched) {
      if (without.has(id)) continue;
      if (Object.hasOwn(views, id)) {
        watched.view = views[id];
        for (const watcher of watched.watchers) watcher.take(watched.view);
      } else if (watched.toldMs === undefined) continue;
      watched.toldMs = nowMs;
      for (const watcher of watched.watchers) watcher.setStale(false);
    }
  }

  #check(): void {
    const nowMs = performance.now();
    for (const { watchers, toldMs } of this.#watched.values())
      for (const watcher of watchers)
        watcher.setStale(toldMs !== undefined && nowMs - toldMs > watcher.staleAfterMs);
  }
}

/** Each widget is a bundle of its own, and all of a page share one feed. */
const FEEDS = Symbol.for("rung.page-feeds");
const shared = globalThis as { [FEEDS]?: WeakMap<DashboardSocket, PageFeed> };

/** The one feed of a page's socket. */
export function pageFeed(socket: DashboardSocket): PageFeed {
  shared[FEEDS] ??= new WeakMap();
  let feed = shared[FEEDS].get(socket);
  if (feed === undefined) {
    feed = new PageFeed(socket);
    shared[FEEDS].set(socket, feed);
  }
  return feed;
}
