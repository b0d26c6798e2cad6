import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { type DashboardSocket, dashboardGuard } from "../../runtime/host/dashboard-guard.ts";
import { OpenConnections } from "../../runtime/host/open-connections.ts";
import { personAtDashboard } from "../../runtime/host/people-online.ts";
import { ROLES, type Role } from "../../runtime/host/roles.ts";
import { Sessions } from "../../runtime/host/sessions.ts";
import { SignedIn } from "../../runtime/host/signed-in.ts";
import { UserList } from "../../runtime/host/users.ts";
import { removeHome, temporaryHome } from "./host-process.ts";

type Check = Parameters<DashboardSocket["use"]>[0];

describe("the dashboard's guard", () => {
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
    guard = dashboardGuard({ signedIn, connections, place: {}, onRefused: () => undefined });
  });
  afterEach(() => {
    connections.close();
    removeHome(home);
  });

  function open(headers: Record<string, string>) {
    const listeners = new Map<string, (reason: unknown) => void>();
    const opened = { id: `s${++count}`, cut: false, check: undefined as Check | undefined, listeners };
    const socket: DashboardSocket = {
      id: opened.id,
      request: {
        method: "GET",
        headers: { host: "127.0.0.1:1880", ...headers },
      } as unknown as IncomingMessage,
      use: (check) => {
        opened.check = check;
      },
      on: (event, listener) => listeners.set(event, listener),
      disconnect: () => {
        opened.cut = true;
        listeners.get("disconnect")?.("server");
      },
    };
    let refusal: Error | undefined;
    guard(socket, (error) => {
      refusal = error;
    });
    return Object.assign(opened, { refusal });
  }
  const cookie = (role: Role) => ({ cookie: `other=1; rung-session-1880=${sessions.open(role)}` });
  const send = (check: Check | undefined, event: string): string => {
    let said = "passed";
    check!([event, "widget", { payload: 1 }], (error) => {
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
    assert.equal(send(viewer.check, "widget-load"), "passed");
    users.setRole("operator", "viewer");
    assert.match(send(operator.check, "widget-action"), /a viewer only reads/);
  });

  it("tells nodes who is behind a socket, from the sign-in and not from the message", () => {
    const operator = open(cookie("operator"));
    assert.deepEqual(personAtDashboard(operator.id), { name: "operator", role: "operator" });
    operator.listeners.get("disconnect")!("left");
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
