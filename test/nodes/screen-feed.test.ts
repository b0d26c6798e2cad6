import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { ScreenFeed } from "../../nodes/dashboard/feed/screen-feed.ts";
import { WidgetView } from "../../nodes/dashboard/feed/widget-view.ts";
import { SCREEN_VIEWS, SCREEN_WATCH, type ScreenFrame } from "../../runtime/core/screen-frame.ts";

/** A widget whose view is `shown`, and how often that was asked for. */
function widget(shown: { value: unknown }, options: { everyMs?: number; news?: () => unknown } = {}) {
  const counts = { made: 0, changed: 0, problems: [] as unknown[] };
  const view = new WidgetView(
    () => {
      counts.made++;
      if (shown.value instanceof Error) throw shown.value;
      return { value: shown.value };
    },
    { ...options, changed: () => counts.changed++, problem: (error) => counts.problems.push(error) },
  );
  return { view, counts };
}

describe("the view of a widget", () => {
  it("is made twice a second where a page shows it, and every five seconds where none does", () => {
    const { view, counts } = widget({ value: 1 });
    for (let ms = 0; ms < 10_000; ms += 250) view.look(ms, true);
    assert.equal(counts.made, 20);
    assert.equal(counts.changed, 1);
    for (let ms = 10_000; ms < 20_000; ms += 250) view.look(ms, false);
    assert.equal(counts.made, 22);
  });

  it("is made at the next look where there is news, but changes no more than twice a second", () => {
    const shown = { value: 0 };
    let news = 0;
    const { view, counts } = widget(shown, { everyMs: 2000, news: () => news });
    view.look(0, true);
    view.look(750, true);
    assert.equal(counts.made, 1);
    news++;
    shown.value = 1;
    view.look(1000, true);
    assert.deepEqual(view.shown, { value: 1 });
    for (let ms = 1000; ms <= 3000; ms += 50) {
      news++;
      shown.value = ms;
      view.look(ms, true);
    }
    assert.ok(counts.changed <= 2 + 5, `${counts.changed} changes`);
    assert.ok(counts.changed >= 2 + 4, `${counts.changed} changes`);
  });

  it("is made at the next look after a message came", () => {
    const shown = { value: 0 };
    const { view } = widget(shown, { everyMs: 2000 });
    view.look(0, true);
    shown.value = 1;
    view.look(750, true);
    assert.deepEqual(view.shown, { value: 0 });
    view.touch();
    view.look(1000, true);
    assert.deepEqual(view.shown, { value: 1 });
  });

  it("is lost where it cannot be made, and the problem is told", () => {
    const shown: { value: unknown } = { value: new Error("no history") };
    const { view, counts } = widget(shown);
    assert.equal(view.isLost, true);
    view.look(0, true);
    assert.equal(view.isLost, true);
    assert.match(String(counts.problems), /no history/);
    shown.value = 1;
    view.look(500, true);
    assert.equal(view.isLost, false);
  });
});

/** A page that takes all that it is sent. */
class FakeSocket extends EventEmitter {
  readonly id: string;
  readonly conn = Object.assign(new EventEmitter(), { writeBuffer: [] as unknown[] });
  readonly frames: ScreenFrame[] = [];

  constructor(id: string) {
    super();
    this.id = id;
  }

  override emit(event: string, ...data: unknown[]): boolean {
    if (event === SCREEN_VIEWS) this.frames.push(data[0] as ScreenFrame);
    return event === SCREEN_VIEWS || super.emit(event, ...data);
  }
}

class FakeServer {
  readonly ioServer = Object.assign(new EventEmitter(), {
    sockets: { sockets: new Map<string, FakeSocket>() },
  });
  readonly connections: Record<string, unknown> = {};

  join(id: string, ...ids: string[]): FakeSocket {
    const socket = new FakeSocket(id);
    this.ioServer.sockets.sockets.set(id, socket);
    this.connections[id] = socket;
    this.ioServer.emit("connection", socket);
    socket.emit(SCREEN_WATCH, ids);
    return socket;
  }
}

describe("the feed of screens", () => {
  let server: FakeServer;
  let feed: ScreenFeed;
  let ends: (() => void)[];

  beforeEach(() => {
    server = new FakeServer();
    feed = new ScreenFeed(server);
    ends = [];
  });
  afterEach(() => {
    for (const end of ends) end();
  });
  const add = (id: string, shown: { value: unknown }) => {
    const one = widget(shown);
    ends.push(feed.add(id, one.view));
    return one;
  };

  it("makes each view once, whatever the number of pages, and sends a page one message with what is new to it", () => {
    const values = Array.from({ length: 100 }, (_, i) => ({ value: i }));
    const widgets = values.map((value, i) => add(`w${i}`, value));
    const ids = values.map((_, i) => `w${i}`);
    const pages = Array.from({ length: 20 }, (_, i) => server.join(`p${i}`, ...ids));
    feed.tick(0);
    assert.ok(widgets.every(({ counts }) => counts.made === 1));
    for (const { frames } of pages) {
      assert.equal(frames.length, 1);
      assert.equal(Object.keys(frames[0]!.views).length, 100);
    }
    values[7]!.value = -1;
    feed.tick(500);
    for (const { frames } of pages) assert.deepEqual(frames[1], { views: { w7: { value: -1 } }, lost: [] });
    assert.ok(widgets.every(({ counts }) => counts.made === 2));
    assert.equal(feed.counts.frames, 40);
    assert.equal(feed.counts.views, 20 * 101);
  });

  it("sends a sign of life once a second where nothing changes, and nothing to a page that shows nothing", () => {
    add("w", { value: 1 });
    const page = server.join("p", "w");
    const hidden = server.join("h");
    for (let ms = 0; ms < 10_000; ms += 250) feed.tick(ms);
    assert.equal(page.frames.length, 10);
    assert.equal(page.frames.filter(({ views }) => "w" in views).length, 1);
    assert.equal(hidden.frames.length, 0);
  });

  it("makes no view that no page shows", () => {
    const { counts } = add("w", { value: 1 });
    const page = server.join("p", "w");
    for (let ms = 0; ms < 10_000; ms += 250) feed.tick(ms);
    const { made } = counts;
    page.emit(SCREEN_WATCH, []);
    for (let ms = 10_000; ms < 20_000; ms += 250) feed.tick(ms);
    assert.equal(counts.made, made + 2, "only for the node's status");
    page.emit(SCREEN_WATCH, ["w"]);
    feed.tick(20_000);
    assert.deepEqual(page.frames.at(-1)!.views, { w: { value: 1 } });
  });

  it("tells which widgets are lost: removed, or without a view", () => {
    const shown: { value: unknown } = { value: 1 };
    add("w", shown);
    const page = server.join("p", "w", "gone");
    feed.tick(0);
    assert.deepEqual(page.frames, [{ views: { w: { value: 1 } }, lost: ["gone"] }]);
    shown.value = new Error("no history");
    feed.tick(1000);
    assert.deepEqual(page.frames.at(-1), { views: {}, lost: ["w", "gone"] });
    ends.push(feed.add("gone", widget({ value: 2 }).view));
    feed.tick(2000);
    assert.deepEqual(page.frames.at(-1), { views: { gone: { value: 2 } }, lost: ["w"] });
  });

  it("tells of a widget that was deployed anew, though its old node ends later", () => {
    const end = feed.add("w", widget({ value: 1 }).view);
    const page = server.join("p", "w");
    feed.tick(0);
    ends.push(feed.add("w", widget({ value: 1 }).view));
    end();
    feed.tick(250);
    assert.deepEqual(page.frames.at(-1), { views: { w: { value: 1 } }, lost: [] });
  });

  it("sends a page that does not read one frame at most, and then the newest", () => {
    const shown = { value: 0 };
    add("w", shown);
    const page = server.join("p", "w");
    feed.tick(0);
    page.conn.writeBuffer.push("what went out");
    for (let ms = 500; ms < 60_000; ms += 500) {
      shown.value = ms;
      feed.tick(ms);
    }
    assert.equal(page.frames.length, 1);
    assert.equal(feed.counts.putOff, 119);
    page.conn.writeBuffer.length = 0;
    feed.tick(60_000);
    assert.deepEqual(
      page.frames.slice(1).map(({ views }) => views),
      [{ w: { value: 59_500 } }],
    );
  });

  it("reads nothing but ids, and not without end", () => {
    add("w", { value: 1 });
    const page = server.join("p");
    for (const bad of [undefined, null, "w", 5, { length: 1, 0: "w" }, [[["w"]], { id: "w" }, 7, null]]) {
      page.emit(SCREEN_WATCH, bad);
      feed.tick(0);
      assert.equal(feed.counts.watched, 0);
    }
    page.emit(
      SCREEN_WATCH,
      Array.from({ length: 100_000 }, (_, i) => `x${i}`),
    );
    assert.equal(feed.counts.watched, 1000);
  });

  it("keeps nothing of pages that left, however often they come back, and a deploy between them", () => {
    add("w", { value: 1 });
    for (let i = 0; i < 500; i++) {
      const page = server.join(`p${i}`, "w", `other${i}`);
      feed.tick(1000 * i);
      server.ioServer.sockets.sockets.delete(page.id);
      page.removeAllListeners("disconnect");
      page.conn.emit("close");
    }
    assert.deepEqual({ pages: feed.counts.pages, watched: feed.counts.watched }, { pages: 0, watched: 0 });
    assert.deepEqual(server.connections, {});
    assert.equal(server.ioServer.listenerCount("connection"), 1);
  });

  it("listens again after the dashboard has taken all listeners off its server", () => {
    add("w", { value: 1 });
    server.ioServer.removeAllListeners();
    add("v", { value: 2 });
    const page = server.join("p", "v");
    feed.tick(0);
    assert.equal(page.frames.length, 1);
  });
});
