import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { join } from "node:path";
import { hashPassword } from "../../runtime/host/password.ts";
import { UserList } from "../../runtime/host/users.ts";
import { HostProcess, PASSWORD, removeHome, temporaryHome, writeFlowFile } from "./host-process.ts";
import { dashboardSocket, PageSocket } from "./web-socket.ts";

const LOOK = { className: "", visible: true, disabled: false };

/** A shop's tab: once a second a text with the shop's name on a page of its own, in a node's status, and in debug. */
function shop(name: string): object[] {
  const at = { z: name, x: 100, y: 40 };
  return [
    { id: name, type: "tab", label: name },
    { id: `${name}twin`, type: "rung-twin", name, address: `acme/leipzig/${name}/cell1`, scope: "machine" },
    {
      id: `${name}state`,
      type: "rung-state",
      twin: `${name}twin`,
      outputs: 1,
      version: 1,
      ...at,
      wires: [[]],
    },
    {
      id: `${name}tick`,
      type: "inject",
      props: [{ p: "payload" }],
      repeat: "0.3",
      once: true,
      payload: `${name} data`,
      payloadType: "str",
      ...at,
      wires: [[`${name}say`]],
    },
    {
      id: `${name}say`,
      type: "function",
      func: "node.status({ text: msg.payload }); return msg;",
      outputs: 1,
      ...at,
      wires: [[`${name}text`, `${name}debug`]],
    },
    {
      id: `${name}debug`,
      type: "debug",
      active: true,
      tosidebar: true,
      complete: "payload",
      targetType: "msg",
      ...at,
      wires: [],
    },
    {
      id: `${name}page`,
      type: "ui-page",
      name: `${name} page`,
      ui: "base",
      path: `/${name}`,
      layout: "grid",
      theme: "theme",
      order: 1,
      ...LOOK,
    },
    {
      id: `${name}group`,
      type: "ui-group",
      name: `${name} group`,
      page: `${name}page`,
      width: 6,
      height: 1,
      order: 1,
      showTitle: true,
      ...LOOK,
    },
    {
      id: `${name}text`,
      type: "ui-text",
      group: `${name}group`,
      order: 1,
      width: 0,
      height: 0,
      label: name,
      format: "{{msg.payload}}",
      layout: "row-spread",
      ...LOOK,
      ...at,
      wires: [],
    },
    {
      id: `${name}http`,
      type: "http in",
      url: `/${name}-figures`,
      method: "get",
      ...at,
      wires: [[`${name}answer`]],
    },
    { id: `${name}answer`, type: "http response", statusCode: "204", ...at, wires: [] },
  ];
}
const SHARED = [
  { id: "base", type: "ui-base", name: "Rung", path: "/dashboard", includeClientData: true },
  {
    id: "theme",
    type: "ui-theme",
    name: "Grey",
    colors: {
      surface: "#c8cbce",
      primary: "#20364c",
      bgPage: "#c8cbce",
      groupBg: "#d4d6d8",
      groupOutline: "#a7acb1",
    },
    sizes: { density: "compact" },
  },
];
const JSON_BODY = { "Content-Type": "application/json" };

describe("a scope per shop", function () {
  this.timeout(60_000);
  let home: string;
  let host: HostProcess;
  const token: Record<string, string> = {};
  const sockets: PageSocket[] = [];

  before(async () => {
    home = temporaryHome();
    const users = new UserList(home);
    const hash = await hashPassword(PASSWORD);
    const scopes = ["acme/leipzig/paint"];
    for (const role of ["viewer", "operator", "engineer"] as const)
      users.add({ name: `paint-${role}`, role, scopes, hash });
    users.add({ name: "chief", role: "engineer", hash });
    users.add({ name: "guest", role: "viewer", hash });
    const flows = join(home, "flows");
    for (const name of ["paint", "body"]) writeFlowFile(flows, `${name}.json`, shop(name));
    writeFlowFile(flows, "config/shared.json", SHARED);
    host = await HostProcess.start(home);
    for (const { name } of users.all()) token[name] = await host.signIn(name);
  });
  after(async () => {
    for (const socket of sockets) socket.close();
    await host.stop();
    removeHome(home);
  });

  const headers = (name: string) => ({
    Origin: host.url,
    Cookie: `rung-session-${host.port}=${token[name]}`,
  });
  function kept(socket: PageSocket): PageSocket {
    sockets.push(socket);
    return socket;
  }
  const status = async (name: string, method: string, path: string, body?: unknown) => {
    const init = { method, headers: JSON_BODY, body: body === undefined ? null : JSON.stringify(body) };
    return (await host.as(token[name], path, init)).status;
  };

  it("sends the dashboard of one shop nothing of another over the socket", async () => {
    const viewer = kept(dashboardSocket(host.url, headers("paint-viewer")));
    const chief = kept(dashboardSocket(host.url, headers("chief")));
    for (const name of ["paint", "body"]) await chief.until((text) => text.includes(`msg-input:${name}text`));
    await viewer.until((text) => text.includes("msg-input:painttext"));
    for (const socket of [viewer, chief])
      for (const name of ["paint", "body"]) socket.send(`42["widget-load","${name}text"]`);
    await viewer.until((text) => text.includes("widget-load:painttext"));
    await chief.until((text) => text.includes("widget-load:bodytext"));
    // One more round of both shops, after all that was asked for.
    const seen = chief.messages.length;
    await chief.until(
      (text) => text.includes("msg-input:bodytext") && chief.messages.indexOf(text, seen) >= seen,
    );
    const config = viewer.messages.find((text) => text.includes("ui-config"))!;
    assert.match(config, /paint page/);
    assert.doesNotMatch(viewer.messages.join("\n"), /body/);
    assert.match(chief.messages.join("\n"), /body page/);
  });

  it("takes no input for another shop's widgets", async () => {
    const operator = kept(dashboardSocket(host.url, headers("paint-operator")));
    await operator.until((text) => text.includes("ui-config"));
    operator.send('42["widget-change","bodytext",{"payload":"forged"}]');
    while (!host.output.includes("paint-operator: widget-change refused: outside acme/leipzig/paint"))
      await new Promise((next) => setTimeout(next, 20));
  });

  it("tells the editor of one shop no status, debug message or verdict of another", async () => {
    const engineer = kept(new PageSocket(`${host.url}/editor/comms`, headers("paint-engineer")));
    const chief = kept(new PageSocket(`${host.url}/editor/comms`, headers("chief")));
    for (const socket of [engineer, chief]) {
      await socket.opened;
      for (const topic of ["status/#", "debug", "rung/ladder", "notification/#"])
        socket.send(JSON.stringify({ subscribe: topic }));
    }
    for (const text of ["status/bodysay", "acme/leipzig/body/cell1", '"path":"body"'])
      await chief.until((message) => message.includes(text));
    for (const text of ["status/paintsay", "acme/leipzig/paint/cell1", '"path":"paint"'])
      await engineer.until((message) => message.includes(text));
    assert.doesNotMatch(engineer.messages.join("\n"), /body/);

    const ladder = (await (await host.as(token["paint-viewer"], "/editor/rung/ladder")).json()) as {
      twins: { address: string }[];
    };
    assert.deepEqual(
      ladder.twins.map(({ address }) => address),
      ["acme/leipzig/paint/cell1"],
    );
    const changes = await (await host.as(token["paint-viewer"], "/editor/rung/ladder/changes")).text();
    assert.doesNotMatch(changes, /body/);
  });

  it("answers nothing else that is of another shop, or of none", async () => {
    const table: [string, string, number, number][] = [
      // method, path, status for the engineer of paint, for the one of everything
      ["GET", "/editor/rung/passport/acme/leipzig/paint/cell1", 200, 200],
      ["GET", "/editor/rung/passport/acme/leipzig/body/cell1", 403, 200],
      ["GET", "/editor/rung/passport/acme/leipzig/paint/..%2Fbody/cell1", 403, 404],
      ["GET", "/editor/rung/source/bodystate", 403, 200],
      ["GET", "/editor/rung/anything", 403, 404],
      ["GET", "/editor/context/flow/paint", 200, 200],
      ["GET", "/editor/context/flow/body", 403, 200],
      ["GET", "/editor/context/global", 403, 200],
      ["GET", "/editor/credentials/function/bodysay", 403, 200],
      ["POST", "/editor/inject/painttick", 200, 200],
      ["POST", "/editor/inject/bodytick", 403, 200],
      ["POST", "/editor/debug/bodydebug/disable", 403, 201],
      ["POST", "/editor/debug/bodydebug/enable", 403, 200],
      ["POST", "/editor/debug/disable", 403, 400],
      ["POST", "/editor/library/local/functions/x.js", 403, 204],
      ["DELETE", "/editor/flow/nothing", 403, 404],
      ["GET", "/paint-figures", 403, 204],
      ["GET", "/body-figures", 403, 204],
      ["GET", "/metrics", 403, 200],
      ["GET", "/dashboard/_debug/datastore/bodytext", 404, 404],
      ["GET", "/dashboard/_debug/statestore/painttext", 404, 404],
      ["GET", "/dashboard/body", 200, 200],
    ];
    for (const [method, path, bound, free] of table) {
      const body = method === "POST" ? {} : undefined;
      assert.deepEqual(
        [await status("paint-engineer", method, path, body), await status("chief", method, path, body)],
        [bound, free],
        `${method} ${path}`,
      );
    }
  });

  it("opens none of the flows' own web sockets, nor to a viewer without a scope", async () => {
    const upgrade = {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "eA==",
    };
    for (const name of ["paint-viewer", "paint-engineer", "guest"]) {
      const request = http.get(`${host.url}/flow-socket`, { headers: { ...headers(name), ...upgrade } });
      const [response] = (await once(request, "response")) as [http.IncomingMessage];
      assert.equal(response.statusCode, 403, name);
      assert.equal(response.headers["x-frame-options"], "DENY");
      response.destroy();
    }
  });

  describe("in the editor", () => {
    const deploy = async (
      name: string,
      change: (node: Record<string, unknown>) => object,
      extra: object = {},
    ) => {
      const { rev, flows } = await host.getFlows(token.chief!);
      const response = await host.as(token[name], "/editor/flows", {
        method: "POST",
        headers: { ...JSON_BODY, "Node-RED-API-Version": "v2" },
        body: JSON.stringify({ rev, flows: flows.map((node) => ({ ...node, ...change(node) })), ...extra }),
      });
      return {
        status: response.status,
        said: (await response.json()) as { code?: string; message?: string },
      };
    };
    const rename = (id: string) => (node: Record<string, unknown>) =>
      node.id === id ? { name: "renamed" } : {};
    const nameOf = async (id: string) =>
      (await host.getFlows(token.chief!)).flows.find((node) => node.id === id)?.name;

    it("deploys a tab of the own shop and starts no other anew", async () => {
      const before = host.output.length;
      const { status: answer, said } = await deploy("paint-engineer", rename("paintsay"));
      assert.deepEqual([answer, said.message], [200, undefined]);
      assert.equal(await nameOf("paintsay"), "renamed");
      while (!/Started modified flows/.test(host.output.slice(before)))
        await new Promise((next) => setTimeout(next, 20));
      assert.doesNotMatch(host.output.slice(before), /(Stopping|Starting) flows/);
    });

    it("refuses a deploy that touches another's tab, names tab and scope, and changes nothing", async () => {
      const { status: answer, said } = await deploy("paint-engineer", rename("bodysay"));
      assert.equal(answer, 403);
      assert.equal(said.code, "outside-scope");
      assert.match(
        said.message!,
        /tab "body" \(acme\/leipzig\/body\/cell1\); paint-engineer may touch acme\/leipzig\/paint/,
      );
      assert.equal(await nameOf("bodysay"), undefined);
    });

    it("refuses what would get round that: credentials, a reload, one flow by itself, nobody's revision", async () => {
      const credentials = { credentials: { bodysay: { token: "stolen" } } };
      assert.equal((await deploy("paint-engineer", () => ({}), credentials)).status, 403);
      assert.equal(
        (await deploy("paint-engineer", (node) => (node.id === "bodysay" ? credentials : {}))).status,
        403,
      );
      const reload = await host.as(token["paint-engineer"], "/editor/flows", {
        method: "POST",
        headers: { ...JSON_BODY, "Node-RED-Deployment-Type": "reload" },
        body: "[]",
      });
      assert.equal(reload.status, 403);
      for (const [method, path] of [
        ["POST", "/editor/flow"],
        ["PUT", "/editor/flow/body"],
        ["DELETE", "/editor/flow/body"],
      ] as const)
        assert.equal(
          await status("paint-engineer", method, path, { id: "body", label: "x", nodes: [] }),
          403,
          path,
        );
      for (const flows of [null, {}, [null], [{ id: 1, type: "tab" }], [{ id: "a" }]])
        assert.equal(
          await status("paint-engineer", "POST", "/editor/flows", { flows }),
          400,
          JSON.stringify(flows),
        );
      const stale = await deploy("paint-engineer", () => ({}), { rev: "0" });
      assert.equal(stale.status, 409);
      assert.equal(await nameOf("bodysay"), undefined);
      assert.equal((await host.getFlows(token.chief!)).flows.filter(({ z }) => z === "body").length, 7);
    });

    it("binds nobody whose scope is everything", async () => {
      assert.equal((await deploy("chief", rename("bodysay"))).status, 200);
      assert.equal(await nameOf("bodysay"), "renamed");
    });
  });
});
