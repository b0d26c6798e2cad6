import { SCREEN_VIEWS, SCREEN_WATCH, type ScreenFrame } from "../../../runtime/core/screen-frame.ts";
import type { WidgetView } from "./widget-view.ts";

/** Pages are told at most so often. */
export const TICK_MS = 250;
/** A page that is told nothing for 2 s marks its widgets STALE. */
const SIGN_OF_LIFE_MS = 1_000;
/** More widgets than this no page shows; more of a message is not read. */
const MOST_WATCHED = 1_000;

/** The part of a socket.io socket that a feed needs. */
export interface FeedSocket {
  readonly id: string;
  readonly conn: {
    /** What has not gone out: the page reads more slowly than it is told. */
    readonly writeBuffer: readonly unknown[];
    once(event: "close", listener: () => void): void;
  };
  on(event: string, listener: (first: unknown) => void): void;
  emit(event: string, frame: ScreenFrame): boolean;
}

/** The part of Dashboard 2's socket.io that a feed needs. */
export interface FeedServer {
  readonly ioServer: {
    readonly sockets: { readonly sockets: ReadonlyMap<string, FeedSocket> };
    on(event: "connection", listener: (socket: FeedSocket) => void): void;
    listeners(event: "connection"): readonly unknown[];
  };
  /** Sockets of all pages by their ids. */
  readonly connections: Record<string, unknown>;
}

interface ScreenPage {
  readonly socket: FeedSocket;
  watched: readonly string[];
  /** Version of each view that it has. */
  readonly told: Map<string, number>;
  toldMs: number;
}

/** What a feed has done so far, and has in hand. */
export interface FeedCounts {
  readonly pages: number;
  readonly widgets: number;
  readonly watched: number;
  /** Frames sent, views in them, and frames put off because the page had not taken the last one yet. */
  readonly frames: number;
  readonly views: number;
  readonly putOff: number;
}

/**
 * Tells pages how their widgets look. A view is made once for all pages, and only of what a page shows; a page gets one
 * message with all that is new to it. One that reads slowly is told nothing until it has taken what went out, and then
 * the newest: what waits for it never grows.
 */
export class ScreenFeed {
  readonly #server: FeedServer;
  readonly #widgets = new Map<string, WidgetView>();
  readonly #pages = new Map<string, ScreenPage>();
  #watched: ReadonlySet<string> = new Set();
  #timer: ReturnType<typeof setInterval> | undefined;
  #frames = 0;
  #views = 0;
  #putOff = 0;

  constructor(server: FeedServer) {
    this.#server = server;
  }

  get counts(): FeedCounts {
    return {
      pages: this.#pages.size,
      widgets: this.#widgets.size,
      watched: this.#watched.size,
      frames: this.#frames,
      views: this.#views,
      putOff: this.#putOff,
    };
  }

  /** Tells of a widget from now on. @returns to be called when its node ends */
  add(id: string, view: WidgetView): () => void {
    this.#listen();
    this.#widgets.set(id, view);
    this.#timer ??= setInterval(() => this.tick(performance.now()), TICK_MS);
    return () => {
      // After a deploy another node may stand there under the same id.
      if (this.#widgets.get(id) === view) this.#widgets.delete(id);
      if (this.#widgets.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  /** Makes the views that are due, and tells each page what is new to it. */
  tick(nowMs: number): void {
    for (const [id, view] of this.#widgets) view.look(nowMs, this.#watched.has(id));
    for (const page of this.#pages.values()) this.#tell(page, nowMs);
  }

  /** Dashboard 2 takes all listeners off its server when its last page goes. */
  #listen(): void {
    const { ioServer } = this.#server;
    if (ioServer.listeners("connection").includes(this.#meet)) return;
    ioServer.on("connection", this.#meet);
    for (const socket of ioServer.sockets.sockets.values()) this.#meet(socket);
  }

  readonly #meet = (socket: FeedSocket): void => {
    if (this.#pages.has(socket.id)) return;
    const page: ScreenPage = { socket, watched: [], told: new Map(), toldMs: Number.NEGATIVE_INFINITY };
    this.#pages.set(socket.id, page);
    socket.on(SCREEN_WATCH, (ids) => {
      page.watched = idsOf(ids);
      page.told.clear();
      this.#gather();
    });
    // At a full deploy Dashboard 2 takes every listener for "disconnect" off all sockets, its own too, and forgets none of
    // those that leave later.
    socket.conn.once("close", () => {
      delete this.#server.connections[socket.id];
      this.#pages.delete(socket.id);
      this.#gather();
    });
  };

  #gather(): void {
    this.#watched = new Set([...this.#pages.values()].flatMap(({ watched }) => watched));
  }

  #tell(page: ScreenPage, nowMs: number): void {
    const { socket, watched, told } = page;
    if (watched.length === 0) return;
    if (socket.conn.writeBuffer.length > 0) {
      this.#putOff++;
      return;
    }
    const views: Record<string, unknown> = {};
    const lost: string[] = [];
    let fresh = 0;
    for (const id of watched) {
      const widget = this.#widgets.get(id);
      if (widget === undefined || widget.isLost) lost.push(id);
      else if (told.get(id) !== widget.version) {
        views[id] = widget.shown;
        told.set(id, widget.version);
        fresh++;
      }
    }
    if (fresh === 0 && nowMs - page.toldMs < SIGN_OF_LIFE_MS) return;
    page.toldMs = nowMs;
    this.#frames++;
    this.#views += fresh;
    socket.emit(SCREEN_VIEWS, { views, lost });
  }
}

/** What a page sent is not to be trusted. */
function idsOf(ids: unknown): string[] {
  if (!Array.isArray(ids)) return [];
  return [...new Set(ids.slice(0, MOST_WATCHED))].filter((id) => typeof id === "string");
}

const feeds = new WeakMap<FeedServer, ScreenFeed>();

/** The one feed of a server. */
export function feedOf(server: FeedServer): ScreenFeed {
  let feed = feeds.get(server);
  if (feed === undefined) {
    feed = new ScreenFeed(server);
    feeds.set(server, feed);
  }
  return feed;
}
