import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Actuator } from "../../runtime/act/actuator.ts";
import { serveActuator } from "../../runtime/act/http/actuator-server.ts";
import { HostToken, hostTokenOf } from "../../runtime/act/http/host-token.ts";
import { People } from "../../runtime/act/people.ts";
import { VIRTUAL_SETTINGS } from "../../runtime/act/plant/actuator-settings.ts";
import { PlantSession } from "../../runtime/act/plant/plant-session.ts";
import { wallTimeUs } from "../../runtime/core/time.ts";
import { ovenEnvelope, TWIN } from "../act/oven-envelope.ts";
import {
  addEveryRole,
  type HostProcess,
  removeHome,
  temporaryHome,
  writeFlowFile,
} from "../host/host-process.ts";
import { dashboardSocket } from "../host/web-socket.ts";
import { type RunningRoute, type RunningRoutes, runningRoutes, startTellingHost } from "./running-routes.ts";

const JSON_BODY = { "Content-Type": "application/json" };
const REFUSED = [401, 403];

/** What the host answers without a login, each for a reason. All else must refuse; a new route as well. */
const OPEN_AT_THE_HOST: Readonly<Record<string, string>> = {
  "GET /health": "a supervisor asks whether it runs, and is told no more",
  "GET /metrics": "Prometheus on this machine; from elsewhere it asks for a sign-in",
  "GET /sign-in": "the page to sign in by",
  "GET /sign-in.css": "its looks",
  "GET /rung.svg": "its looks",
  "GET /favicon.ico": "browsers ask whatever the page says",
  "GET /dashboard/manifest.webmanifest":
    "browsers ask without the session; nothing of the plant stands in it",
  "GET /dashboard/sw.js": "likewise, empty",
  "GET /sign-out": "leads to the sign-in",
  "POST /sign-out": "ends a session; without one there is none to end",
  "POST /editor/auth/revoke": "likewise, as the editor does it",
  "GET /editor/auth/login": "what the editor shows before a sign-in: that there is one",
  "GET /first-login": "asks for the one-time token itself",
  "POST /first-login": "asks for the one-time token itself",
};

/** Of one's own session: everybody's. */
const OWN_SESSION = [
  "POST /sign-in",
  "POST /sign-out",
  "POST /first-login",
  "POST /editor/auth/revoke",
  "POST /editor/auth/token",
];
/** They take a body and change nothing: what they answer, whoever sees the flows may read. */
const READING_BY_POST = [
  "POST /editor/rung/kernel/lint",
  "POST /editor/rung/bindings/read-csv",
  "POST /editor/rung/bindings/write-csv",
  "POST /editor/rung/bindings/read-rules",
  "POST /editor/rung/bindings/write-rules",
  "POST /editor/rung/opcua-link/x/values",
  "POST /editor/rung/opcua-link/x/suggest",
  "POST /editor/rung/opcua-link/x/preview",
];
/** Patterns of the guard that keeps people within their scopes: behind them there is no such action. */
const ONLY_GUARDED = [
  "POST /editor/rung/opcua-link/x/x",
  "POST /editor/rung/bindings/x",
  "POST /editor/rung/kernel/x",
  "POST /editor/auth/x",
  "POST /editor/flow/x",
];
const OPERATORS_MAY = ["POST /orders", "POST /orders/x"];
/** Secrets, and the state of function nodes: not for who only sees. */
const NOT_FOR_VIEWERS = [
  "GET /editor/credentials/x/x",
  "GET /editor/settings/user/keys/",
  "GET /editor/settings/user/keys/x",
  "GET /editor/context/global",
  "GET /editor/context/global/x",
  "GET /editor/context/node/x",
  "GET /editor/context/node/x/x",
  "GET /editor/diagnostics",
  "GET /editor/udp-ports/x",
];
/** Installing and removing code is the admin's. */
const NOT_FOR_ENGINEERS = [
  "PUT /editor/nodes/x",
  "DELETE /editor/nodes/x",
  "PUT /editor/nodes/x/x",
  "GET /editor/diagnostics",
];

const nameOf = ({ method, path }: Pick<RunningRoute, "method" | "path">): string => `${method} ${path}`;

describe("every route and socket action of the running host", function () {
  this.timeout(120_000);
  let home: string;
  let host: HostProcess;
  let running: RunningRoutes;
  const token: Record<string, string> = {};

  before(async () => {
    home = temporaryHome();
    await addEveryRole(home);
    host = await startTellingHost(home, { RUNG_FLOWS: flowsOfTheTest(home) });
    for (const role of ["viewer", "operator", "engineer"]) token[role] = await host.signIn(role);
    const page = dashboardSocket(host.url, { Authorization: `Bearer ${token.viewer}` });
    await page.until((message) => message.startsWith("40"));
    running = await runningRoutes(home);
    page.close();
  });
  after(async () => {
    await host.stop();
    removeHome(home);
  });

  async function ask(as: string | undefined, { method, path }: RunningRoute): Promise<number> {
    const body = method === "GET" ? {} : { headers: JSON_BODY, body: "{}" };
    const response = await host.as(as === undefined ? undefined : token[as], path, { method, ...body });
    await response.body?.cancel();
    return response.status;
  }
  const named = (names: readonly string[]) => {
    const wanted = new Set(names);
    const found = running.routes.filter((route) => wanted.has(nameOf(route)));
    const missing = names.filter((name) => !found.some((route) => nameOf(route) === name));
    assert.deepEqual(missing, [], "the list names routes that are not there any more");
    return found;
  };

  it("finds them: the host's own, Node-RED's, those of nodes, of flows and of the dashboard", () => {
    const names = new Set(running.routes.map(nameOf));
    for (const name of [
      "POST /sign-in",
      "POST /editor/flows",
      "PUT /editor/nodes/x",
      "GET /editor/rung/ladder",
      "POST /editor/rung/opcua-link/x/trust",
      "POST /editor/inject/x",
      "GET /dashboard/_setup",
      "POST /of-a-flow",
    ])
      assert.ok(names.has(name), `${name} is not among ${[...names].join(", ")}`);
    assert.ok(running.routes.length > 120, `${running.routes.length} routes`);
    for (const event of ["widget-action", "widget-change", "widget-send", "widget-load"])
      assert.ok(running.events.includes(event), event);
  });

  it("refuses everything without a login, but for a few that each have a reason", async () => {
    const open: string[] = [];
    for (const route of running.routes) if ((await ask(undefined, route)) !== 401) open.push(nameOf(route));
    assert.deepEqual(open.sort(), Object.keys(OPEN_AT_THE_HOST).sort());
  });

  it("opens no web socket without a login, whatever path is asked", async () => {
    const paths = ["/editor/comms", "/dashboard/socket.io/?EIO=4&transport=websocket", "/nowhere"];
    for (const path of new Set([...paths, ...running.routes.map((route) => route.path)]))
      await assert.rejects(dashboardSocketAt(`${host.url}${path}`), /was refused/, path);
    // Socket.IO's other way in, which is no upgrade.
    const polled = await host.as(undefined, "/dashboard/socket.io/?EIO=4&transport=polling");
    assert.equal(polled.status, 401);
  });

  it("lets a viewer change nothing", async () => {
    const may = new Set([...OWN_SESSION, ...READING_BY_POST]);
    for (const route of running.routes) {
      if (route.method === "GET" || may.has(nameOf(route)) || isOff(route)) continue;
      const status = await ask("viewer", route);
      assert.ok(REFUSED.includes(status), `viewer: ${nameOf(route)}: ${status}`);
    }
    for (const route of named(NOT_FOR_VIEWERS))
      assert.ok(REFUSED.includes(await ask("viewer", route)), nameOf(route));
    named(READING_BY_POST);
  });

  it("lets an operator change nothing that is wired or trusted", async () => {
    const may = new Set([
      ...OWN_SESSION,
      ...READING_BY_POST,
      ...ONLY_GUARDED,
      ...OPERATORS_MAY,
      "POST /of-a-flow",
    ]);
    for (const route of running.routes) {
      if (route.method === "GET" || may.has(nameOf(route)) || isOff(route)) continue;
      const status = await ask("operator", route);
      assert.ok(REFUSED.includes(status), `operator: ${nameOf(route)}: ${status}`);
    }
    for (const route of named(ONLY_GUARDED)) assert.equal(await ask("operator", route), 404, nameOf(route));
    for (const route of named(NOT_FOR_VIEWERS))
      assert.ok(REFUSED.includes(await ask("operator", route)), `operator: ${nameOf(route)}`);
  });

  it("lets an engineer install nothing", async () => {
    for (const route of named(NOT_FOR_ENGINEERS))
      assert.ok(REFUSED.includes(await ask("engineer", route)), nameOf(route));
  });

  it("has Node-RED's projects off, for everybody", async () => {
    for (const route of running.routes.filter(isOff))
      assert.equal(await ask("engineer", route), 404, nameOf(route));
  });

  it("refuses every action of a dashboard's socket to a viewer", async () => {
    const page = dashboardSocket(host.url, { Authorization: `Bearer ${token.viewer}` });
    await page.until((message) => message.startsWith("40"));
    const actions = running.events.filter((event) => !["error", "disconnect", "widget-load"].includes(event));
    assert.ok(actions.length >= 3);
    for (const event of [...actions, "made-up"]) {
      page.send(`42${JSON.stringify([event, "x", { payload: 1 }])}`);
      const said = `${event} refused: a viewer only reads`;
      while (!host.output.includes(said)) await sleep(20);
    }
    page.close();
  });
});

/** Node-RED's projects, which the settings switch off. */
function isOff({ path }: RunningRoute): boolean {
  return path.startsWith("/editor/projects/");
}

async function dashboardSocketAt(url: string): Promise<void> {
  const socket = new WebSocket(url.replace(/^http/, "ws"));
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error(`${url} was refused`)));
  });
}

/** A flow that serves a route and a dashboard. */
function flowsOfTheTest(home: string): string {
  const flows = join(home, "flows");
  const at = { x: 100, y: 40 };
  writeFlowFile(flows, "paint.json", [
    { id: "t1", type: "tab", label: "Paint shop" },
    { id: "in", type: "http in", z: "t1", url: "/of-a-flow", method: "post", ...at, wires: [["out"]] },
    { id: "out", type: "http response", z: "t1", statusCode: "204", ...at, wires: [] },
    { id: "base", type: "ui-base", name: "Plant", path: "/dashboard" },
    { id: "theme", type: "ui-theme", name: "Grey" },
    {
      id: "page",
      type: "ui-page",
      ui: "base",
      theme: "theme",
      name: "Paint",
      path: "/paint",
      layout: "grid",
    },
    { id: "group", type: "ui-group", page: "page", name: "Oven", width: "6", height: "1" },
    { id: "button", type: "ui-button", z: "t1", group: "group", name: "go", label: "go", ...at, wires: [[]] },
  ]);
  return flows;
}

/** Modules of the actuator's page, which know nothing before a sign-in; asked for from source too. */
const PAGE_MODULES = [
  ...["approval-article", "arming-page", "audit-section", "bars", "controls", "envelope-article", "figures"],
  ...["hold", "morph", "phase", "session", "words"],
];

/** What the actuator answers without a login or a token. */
const OPEN_AT_THE_ACTUATOR: Readonly<Record<string, string>> = {
  "GET /": "the page, which shows nothing before a sign-in",
  "GET /arming.css": "its looks",
  "GET /favicon.ico": "browsers ask whatever the page says",
  ...Object.fromEntries(
    PAGE_MODULES.flatMap((name) => [".js", ".ts"].map((end) => [`GET /${name}${end}`, "its script"])),
  ),
};

describe("every route of the running actuator", function () {
  this.timeout(60_000);
  const PASSWORD = "a long password";
  const BODY = { envelope: "envelope-oven1", mode: "act", minutes: 10, hash: "x", proposal: "p1" };
  let home: string;
  let actuator: Actuator;
  let server: Server;
  let base: string;
  let routes: { method: string; path: string }[];
  const token: Record<string, string> = {};

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "rung-routes-"));
    const directory = join(home, "actuator");
    for (const folder of [directory, join(home, "run")]) mkdirSync(folder, { mode: 0o700 });
    const people = new People(directory);
    for (const role of ["viewer", "operator", "engineer", "admin"] as const)
      people.set(role, { password: PASSWORD, role, scopes: [""], by: "os:test" });
    const nowhere = () => {
      throw new Error("this test has no plant");
    };
    const session = new PlantSession({ endpoint: nowhere, certificates: nowhere, login: nowhere, directory });
    actuator = new Actuator({ directory, settings: VIRTUAL_SETTINGS, session, home, people });
    const served = await serveActuator({ actuator, people, token: HostToken.prepare(home), port: 0 });
    server = served.server;
    base = `http://127.0.0.1:${served.port}`;
    routes = routesOf(server);
    actuator.want(ovenEnvelope());
    const changes = [{ target: `${TWIN}/zone1/airTemperatureSetpoint`, value: 185, unit: "°C" }];
    const expiresUs = wallTimeUs() + 3600e6;
    actuator.requestApproval({ id: "p1", title: "Zone 1", twin: TWIN, changes, expiresUs });
    token.host = hostTokenOf(home);
    for (const role of ["viewer", "operator", "engineer", "admin"]) {
      const body = JSON.stringify({ name: role, password: PASSWORD });
      const answer = await fetch(`${base}/sign-in`, { method: "POST", headers: JSON_BODY, body });
      token[role] = ((await answer.json()) as { token: string }).token;
    }
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await actuator.close();
    rmSync(home, { recursive: true, force: true });
  });

  async function ask(as: string | undefined, name: string): Promise<number> {
    const [method, path] = name.split(" ") as [string, string];
    const response = await fetch(base + path, {
      method,
      headers: { ...JSON_BODY, ...(as === undefined ? {} : { Authorization: `Bearer ${token[as]}` }) },
      ...(method === "GET" ? {} : { body: JSON.stringify({ ...BODY, password: PASSWORD }) }),
    });
    await response.body?.cancel();
    return response.status;
  }
  const names = () => routes.map(({ method, path }) => `${method} ${path}`);

  it("refuses everything without a login, but for its page and the sign-in", async () => {
    const open: string[] = [];
    for (const name of names()) if (!REFUSED.includes(await ask(undefined, name))) open.push(name);
    assert.deepEqual(open.sort(), Object.keys(OPEN_AT_THE_ACTUATOR).sort());
  });

  it("gives the host what is the host's and people what is theirs, and neither the other's", async () => {
    const ofHost = [
      "POST /proposals",
      "GET /results",
      "POST /envelopes",
      "POST /approvals",
      "POST /heartbeat",
    ];
    const ofBoth = ["GET /status", "POST /disarm"];
    const free = ["POST /sign-in", ...Object.keys(OPEN_AT_THE_ACTUATOR)];
    const ofPeople = names().filter((name) => ![...ofHost, ...ofBoth, ...free].includes(name));
    assert.deepEqual(
      ["POST /arm", "POST /approve", "POST /commission"].filter((name) => !ofPeople.includes(name)),
      [],
    );
    for (const name of ofHost)
      for (const role of ["viewer", "operator", "engineer", "admin"])
        assert.equal(await ask(role, name), 401, `${role}: ${name}`);
    for (const name of ofPeople) assert.equal(await ask("host", name), 401, `host: ${name}`);
  });

  it("lets a viewer do nothing, and an operator neither commission nor arm", async () => {
    for (const [role, name] of [
      ["viewer", "POST /arm"],
      ["viewer", "POST /approve"],
      ["viewer", "POST /commission"],
      ["viewer", "POST /disarm"],
      ["operator", "POST /arm"],
      ["operator", "POST /commission"],
    ] as const)
      assert.equal(await ask(role, name), 403, `${role}: ${name}`);
  });
});

interface Layer {
  readonly route?: { readonly path: string | string[]; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle?: { readonly stack?: readonly Layer[] };
}

/** The actuator's routers are mounted at the root only. */
function routesOf(server: Server): { method: string; path: string }[] {
  const application = server.listeners("request")[0] as unknown as { router: { stack: readonly Layer[] } };
  const walk = (stack: readonly Layer[]): { method: string; path: string }[] =>
    stack.flatMap(({ route, handle }) =>
      route === undefined
        ? walk(handle?.stack ?? [])
        : [route.path]
            .flat()
            .flatMap((path) =>
              Object.keys(route.methods).map((method) => ({ method: method.toUpperCase(), path })),
            ),
    );
  return walk(application.router.stack);
}
