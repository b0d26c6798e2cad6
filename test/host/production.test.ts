import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isInClear, profileFrom } from "../../runtime/host/profile.ts";
import { addEveryRole, HostProcess, removeHome, temporaryHome, writeFlowFile } from "./host-process.ts";
import { dashboardSocket } from "./web-socket.ts";

const LOOK = { className: "", visible: true, disabled: false };
const FLOW = [
  { id: "t1", type: "tab", label: "Paint shop" },
  { id: "oven", type: "rung-twin", name: "Oven 1", address: "acme/leipzig/paint/oven1", scope: "machine" },
  {
    id: "state",
    type: "rung-state",
    z: "t1",
    twin: "oven",
    outputs: 1,
    version: 1,
    x: 100,
    y: 40,
    wires: [[]],
  },
  { id: "go", type: "inject", z: "t1", props: [], repeat: "", once: false, x: 100, y: 120, wires: [["say"]] },
  { id: "say", type: "debug", z: "t1", active: true, tosidebar: true, x: 300, y: 120, wires: [] },
  { id: "base", type: "ui-base", name: "Rung", path: "/dashboard", includeClientData: true },
  { id: "theme", type: "ui-theme", name: "Grey", colors: {}, sizes: {} },
  {
    id: "page",
    type: "ui-page",
    name: "Paint",
    ui: "base",
    path: "/paint",
    layout: "grid",
    theme: "theme",
    order: 1,
    ...LOOK,
  },
  { id: "group", type: "ui-group", name: "Oven", page: "page", width: 12, height: 1, order: 1, ...LOOK },
  {
    id: "tile",
    type: "ui-rung-ladder",
    z: "t1",
    group: "group",
    order: 1,
    width: 6,
    height: 1,
    twin: "oven",
    x: 300,
    y: 40,
    wires: [],
  },
];

describe("the production profile", function () {
  this.timeout(60_000);
  let home: string;
  let host: HostProcess;
  let token: string;

  before(async () => {
    home = temporaryHome();
    await addEveryRole(home);
    writeFlowFile(join(home, "flows"), "paint.json", FLOW);
    host = await HostProcess.start(home, { RUNG_PROFILE: "production" });
    token = await host.signIn("admin");
  });
  after(async () => {
    await host.stop();
    removeHome(home);
  });

  const status = async (method: string, path: string, body?: unknown) => {
    const init = {
      method,
      headers: { "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    };
    return (await host.as(token, path, init)).status;
  };

  it("has dashboard, health, verdicts and passports for an admin", async () => {
    for (const path of [
      "/health",
      "/metrics",
      "/dashboard/paint",
      "/dashboard/_setup",
      "/editor/rung/ladder",
      "/editor/rung/ladder/changes",
      "/editor/rung/passport/acme/leipzig/paint/oven1",
    ])
      assert.equal(await status("GET", path), 200, path);
    const socket = dashboardSocket(host.url, {
      Origin: host.url,
      Cookie: `rung-session-${host.port}=${token}`,
    });
    const config = await socket.until((text) => text.includes("ui-config"));
    const { package: pack, src } = JSON.parse(config.slice(2))[2].widgets.tile.src;
    socket.close();
    const widget = await host.as(token, `/editor/resources/${pack}/${src}`);
    assert.equal(widget.status, 200);
    assert.match(widget.headers.get("content-type")!, /javascript/);
    assert.match(await widget.text(), /RungLadder/);
  });

  it("has no editor, no inject, no debug, no admin API, for an admin neither", async () => {
    const gone: [method: string, path: string][] = [
      ["GET", "/editor/"],
      ["GET", "/editor/flows"],
      ["POST", "/editor/flows"],
      ["POST", "/editor/flow"],
      ["PUT", "/editor/flow/t1"],
      ["DELETE", "/editor/flow/t1"],
      ["POST", "/editor/flows/state"],
      ["POST", "/editor/inject/go"],
      ["POST", "/editor/debug/say/disable"],
      ["GET", "/editor/debug/view/view.html"],
      ["GET", "/editor/settings"],
      ["GET", "/editor/settings/user"],
      ["GET", "/editor/diagnostics"],
      ["GET", "/editor/nodes"],
      ["POST", "/editor/nodes"],
      ["GET", "/editor/context/global"],
      ["GET", "/editor/credentials/inject/go"],
      ["GET", "/editor/red/red.min.js"],
      ["POST", "/editor/rung/ladder"],
      ["POST", "/editor/rung/oven/try"],
      ["GET", "/editor/rung/source/state"],
      ["PATCH", "/editor/dashboard/api/v1/base/flows"],
      ["GET", "/dashboard/_debug/datastore/tile"],
      ["GET", "/editor/resources/node-red/..%2F..%2Fpackage.json"],
      ["GET", "/editor/resources/@rung/..%2F..%2F..%2Fpackage.json"],
    ];
    for (const [method, path] of gone)
      assert.equal(await status(method, path, method === "GET" ? undefined : {}), 404, `${method} ${path}`);
    assert.equal(JSON.parse(readFileSync(join(home, "flows", "paint.json"), "utf8")).length, FLOW.length);
  });

  it("starts with no flows of its own, and on no network in clear", async () => {
    const empty = temporaryHome();
    const flows = join(empty, "flows");
    const without = await HostProcess.fail(empty, {
      RUNG_PROFILE: "production",
      RUNG_FLOWS: join(empty, "none"),
    });
    assert.equal(without.status, 2);
    assert.match(
      without.output,
      /none: does not exist, and production makes no flows of its own \(set RUNG_FLOWS/,
    );
    writeFlowFile(flows, "paint.json", []);
    // By a proxy on another machine the last stretch is a network too.
    for (const RUNG_PUBLIC_URL of ["", "https://rung.plant.example"]) {
      const clear = await HostProcess.fail(empty, {
        RUNG_PROFILE: "production",
        RUNG_BIND: "0.0.0.0",
        RUNG_PUBLIC_URL,
      });
      assert.equal(clear.status, 2);
      assert.match(
        clear.output,
        /RUNG_BIND=0\.0\.0\.0: would let passwords cross a network in clear \(set RUNG_TLS_CERT/,
      );
    }
    rmSync(empty, { recursive: true, force: true });
  });

  it("calls clear what reaches beyond this machine without TLS", () => {
    const inClear = (address: string, isTls: boolean) => isInClear({ address, isTls });
    for (const address of ["127.0.0.1", "127.8.0.1", "::1", "localhost"])
      assert.equal(inClear(address, false), false, address);
    for (const address of ["0.0.0.0", "::", "10.0.0.7", "rung.plant.example", "127.evil.example"]) {
      assert.equal(inClear(address, false), true, address);
      assert.equal(inClear(address, true), false, address);
    }
  });

  it("takes no word it does not know for a profile", () => {
    assert.equal(profileFrom({}), "engineering");
    assert.equal(profileFrom({ RUNG_PROFILE: "" }), "engineering");
    for (const word of ["prod", "Production", "engineering "])
      assert.throws(() => profileFrom({ RUNG_PROFILE: word }), { code: "bad-profile" }, word);
  });
});
