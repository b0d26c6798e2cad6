import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { ROLES, type Role } from "../../runtime/core/roles.ts";
import { type DashboardSocket, dashboardGuard } from "../../runtime/host/dashboard-guard.ts";
import { FlowShops } from "../../runtime/host/flow-shops.ts";
import { OpenConnections } from "../../runtime/host/open-connections.ts";
import { personAtDashboard } from "../../runtime/host/people-online.ts";
import { Sessions } from "../../runtime/host/sessions.ts";
import { SignedIn } from "../../runtime/host/signed-in.ts";
import { UserList } from "../../runtime/host/users.ts";
import { removeHome, temporaryHome } from "./host-process.ts";

type Check = Parameters<DashboardSocket["use"]>[0];

const FLOW = [
  { id: "paint", type: "tab", label: "paint" },
  { id: "body", type: "tab", label: "body" },
  { id: "oven1", type: "rung-twin", address: "acme/leipzig/paint/oven1" },
  { id: "robot1", type: "rung-twin", address: "acme/leipzig/body/robot1" },
  { id: "widget", type: "ui-text", z: "paint", group: "paintgroup" },
  { id: "ovenstate", type: "rung-state", z: "paint", twin: "oven1" },
  { id: "bodywidget", type: "ui-text", z: "body", group: "bodygroup" },
  { id: "robotstate", type: "rung-state", z: "body", twin: "robot1" },
];

describe("the dashboard's guard", () => {
  const shops = new FlowShops(FLOW);
  let home: string;
  let users: UserList;
  let sessions: Sessions;
  let connections: OpenConnections;
  let guard: ReturnType<typeof dashboardGuard>;
  let count = 0;

  beforeEach(() => {
    home = temporaryHome();
    users = new UserList(home);
    for (const role of ROLES) users.add({ name: role, role, hash: "x" });
    sessions = new Sessions(home, users, () => Date.now() + 1000);
    connections = new OpenConnections(sessions);
    const signedIn = new SignedIn(sessions, false);
    signedIn.nameCookieAfter(1880);
    guard = dashboardGuard({
      signedIn,
      connections,
      place: {},
      shops: () => shops,
      onRefused: () => undefined,
    });
  });
  afterEach(() => {
    connections.close();
    removeHome(home);
  });

  function open(headers: Record<string, string>) {
    const listeners = new Map<string, (reason: unknown) => void>();
    const sent: unknown[][] = [];
    const opened = { id: `s${++count}`, sent, cut: false, check: undefined as Check | undefined, listeners };
    const socket: DashboardSocket = {
      id: opened.id,
      request: {
        method: "GET",
        headers: { host: "127.0.0.1:1880", ...headers },
      } as unknown as IncomingMessage,
      use: (check) => {
        opened.check = check;
      },
      conn: { once: (event, listener) => listeners.set(event, listener) },
      on: (event, listener) => listeners.set(event, listener),
      emit: (...message) => {
        sent.push(message);
        return true;
      },
      disconnect: () => {
        opened.cut = true;
        listeners.get("close")?.("server");
      },
    };
    let refusal: Error | undefined;
    guard(socket, (error) => {
      refusal = error;
    });
    return Object.assign(opened, {
      refusal,
      emit: (event: string, ...data: unknown[]) => socket.emit(event, ...data),
    });
  }
  const cookie = (role: Role) => ({ cookie: `other=1; rung-session-1880=${sessions.open(role)}` });
  const send = (check: Check | undefined, event: string, widget: unknown = "widget"): string => {
    let said = "passed";
    check!([event, widget, { payload: 1 }], (error) => {
      if (error !== undefined) said = error.message;
    });
    return said;
  };

  it("lets nobody in without a sign-in, with another host's cookie, or from another origin", () => {
    assert.equal(open({}).refusal?.message, "sign in first");
    assert.equal(
      open({ cookie: "rung-session-1880=guess-guess-guess-guess" }).refusal?.message,
      "sign in first",
    );
    assert.equal(
      open({ cookie: `rung-session-1881=${sessions.open("admin")}` }).refusal?.message,
      "sign in first",
    );
    assert.match(
      open({ ...cookie("admin"), origin: "http://127.0.0.1:1" }).refusal!.message,
      /another origin/,
    );
    assert.equal(open({ ...cookie("admin"), origin: "http://127.0.0.1:1880" }).refusal, undefined);
  });

  it("refuses every input of a viewer, of whatever widget, and takes an operator's", () => {
    const events = [
      "widget-action",
      "widget-change",
      "widget-send",
      "ui-control",
      "anything-a-widget-invents",
    ];
    const viewer = open(cookie("viewer"));
    const operator = open(cookie("operator"));
    for (const event of events) {
      assert.equal(send(viewer.check, event), `${event} refused: a viewer only reads`);
      assert.equal(send(operator.check, event), "passed", event);
    }
    for (const event of ["widget-load", "rung-watch"]) assert.equal(send(viewer.check, event), "passed");
    users.setRole("operator", "viewer");
    assert.match(send(operator.check, "widget-action"), /a viewer only reads/);
  });

  describe("with a scope", () => {
    beforeEach(() => users.setScopes("operator", ["acme/leipzig/paint"]));

    it("sends what is of the scope's widgets, and of the page only what they stand on", () => {
      const operator = open(cookie("operator"));
      operator.emit("msg-input:widget", { payload: 1 });
      for (const event of ["msg-input:bodywidget", "widget-load:bodywidget", "widget-sync:bodywidget"])
        operator.emit(event, { payload: 2 });
      for (const event of ["msg-input:nobody", "msg-input:", "news", ":widget"])
        operator.emit(event, { payload: 3 });
      assert.deepEqual(operator.sent, [["msg-input:widget", { payload: 1 }]]);
      operator.emit("rung-views", { views: { widget: 1, bodywidget: 2, nobody: 3 }, lost: ["gone"] });
      assert.deepEqual(operator.sent.pop(), ["rung-views", { views: { widget: 1 }, lost: ["gone"] }]);

      const stand = (group: string) => ({ props: { group } });
      operator.emit("ui-config", "base", {
        meta: {},
        dashboards: { base: { path: "/dashboard", _users: ["paintpage", "bodypage"] } },
        heads: { x: {} },
        widgets: { widget: stand("paintgroup"), bodywidget: stand("bodygroup") },
        groups: { paintgroup: { page: "paintpage" }, bodygroup: { page: "bodypage" } },
        pages: { paintpage: { name: "Paint" }, bodypage: { name: "Body" } },
      });
      assert.deepEqual(operator.sent[1], [
        "ui-config",
        "base",
        {
          meta: {},
          dashboards: { base: { path: "/dashboard" } },
          heads: {},
          widgets: { widget: stand("paintgroup") },
          groups: { paintgroup: { page: "paintpage" } },
          pages: { paintpage: { name: "Paint" } },
        },
      ]);
    });

    it("takes nothing for another shop's widgets, nor for what is no widget", () => {
      const operator = open(cookie("operator"));
      for (const event of ["widget-action", "widget-change", "widget-send", "widget-load"])
        assert.equal(send(operator.check, event), "passed");
      for (const event of ["widget-action", "widget-load", "ui-event", "file-upload"])
        for (const widget of ["bodywidget", "all", "", null, { toString: () => "widget" }])
          assert.match(send(operator.check, event, widget), /refused: outside acme\/leipzig\/paint/);
    });

    it("cuts whoever gets another one", () => {
      const operator = open(cookie("operator"));
      users.setScopes("operator", ["acme/leipzig/body"]);
      connections.check();
      assert.equal(operator.cut, true);
    });
  });

  it("tells nodes who is behind a socket, from the sign-in and not from the message", () => {
    const operator = open(cookie("operator"));
    assert.deepEqual(personAtDashboard(operator.id), { name: "operator", role: "operator", scopes: [""] });
    operator.listeners.get("close")!("left");
    assert.equal(personAtDashboard(operator.id), undefined);
    assert.equal(personAtDashboard(undefined), undefined);
  });

  it("cuts who was signed out, removed or given another role, and nobody else", () => {
    const headers = cookie("viewer");
    const gone = open(headers);
    const removed = open(cookie("operator"));
    const promoted = open(cookie("engineer"));
    const stays = open(cookie("admin"));
    sessions.close(headers.cookie.split("=").at(-1)!);
    users.remove("operator");
    users.setRole("engineer", "viewer");
    connections.check();
    assert.deepEqual(
      [gone, removed, promoted, stays].map((one) => one.cut),
      [true, true, true, false],
    );
    assert.equal(connections.size, 1);
  });
});
