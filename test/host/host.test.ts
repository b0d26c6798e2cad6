import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import http from "node:http";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathInside } from "../../runtime/host/sign-in-routes.ts";
import { UserList } from "../../runtime/host/users.ts";
import { addEveryRole, HostProcess, removeHome, temporaryHome, writeFlowFile } from "./host-process.ts";

const FLOW = [
  { id: "t1", type: "tab", label: "Paint shop" },
  {
    id: "in",
    type: "http in",
    z: "t1",
    url: "/made-by-flow",
    method: "get",
    x: 100,
    y: 40,
    wires: [["out"]],
  },
  {
    id: "pin",
    type: "http in",
    z: "t1",
    url: "/made-by-flow",
    method: "post",
    x: 100,
    y: 80,
    wires: [["out"]],
  },
  { id: "out", type: "http response", z: "t1", statusCode: "204", x: 300, y: 40, wires: [] },
  { id: "ask", type: "http in", z: "t1", url: "/echo", method: "get", x: 100, y: 160, wires: [["answer"]] },
  { id: "answer", type: "http response", z: "t1", statusCode: "", x: 300, y: 160, wires: [] },
  { id: "go", type: "inject", z: "t1", props: [], repeat: "", once: false, x: 100, y: 120, wires: [[]] },
];
const BROKEN = '[{"id": "tb", "type": "tab", "lab';
const JSON_BODY = { "Content-Type": "application/json" };

describe("the host", function () {
  this.timeout(30_000);
  let home: string;
  let host: HostProcess;
  const token: Record<string, string> = {};

  before(async () => {
    home = temporaryHome();
    await addEveryRole(home);
    writeFlowFile(join(home, "flows"), "paint.json", FLOW);
    writeFlowFile(join(home, "flows"), "booth.json", BROKEN);
    host = await HostProcess.start(home);
    for (const role of ["viewer", "operator", "engineer", "admin"]) token[role] = await host.signIn(role);
  });
  after(async () => {
    await host.stop();
    removeHome(home);
  });

  /** A request with headers that fetch does not let one set. */
  function raw(
    path: string,
    headers: Record<string, string>,
    method = "GET",
  ): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const request = http.request(
        { host: "127.0.0.1", port: host.port, path, method, headers },
        (response) => {
          let text = "";
          response.on("data", (chunk) => {
            text += chunk;
          });
          response.on("end", () => resolve({ status: response.statusCode!, text }));
        },
      );
      request.on("upgrade", (response, socket) => {
        socket.destroy();
        resolve({ status: response.statusCode!, text: "" });
      });
      request.on("error", reject);
      request.end();
    });
  }

  /** What the host answers to bytes on a connection. */
  function spoken(bytes: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(host.port, "127.0.0.1", () => socket.write(bytes));
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk;
      });
      socket.on("end", () => resolve(text));
      socket.on("close", () => resolve(text));
      socket.on("error", reject);
    });
  }

  it("shows nothing but its health to somebody who has not signed in", async () => {
    const paths = [
      "/",
      "/dashboard/paint",
      "/dashboard/_setup",
      "/editor/",
      "/editor/flows",
      "/editor/settings",
      "/editor/nodes",
      "/editor/icons",
      "/editor/red/red.min.js",
      "/editor/locales/editor",
      "/made-by-flow",
      "/anything",
    ];
    for (const path of paths) {
      assert.equal((await host.as(undefined, path)).status, 401, path);
      const page = await host.as(undefined, path, { headers: { Accept: "text/html" } });
      assert.equal(page.status, 303, path);
      assert.equal(page.headers.get("location"), `/sign-in?next=${encodeURIComponent(path)}`);
    }
    for (const [method, path] of [
      ["POST", "/editor/flows"],
      ["POST", "/editor/auth/token"],
      ["POST", "/editor/inject/go"],
      ["DELETE", "/editor/flow/t1"],
      ["PUT", "/made-by-flow"],
    ] as const)
      assert.equal(
        (await host.as(undefined, path, { method, headers: JSON_BODY, body: "{}" })).status,
        401,
        path,
      );
    const health = await host.as(undefined, "/health");
    assert.equal(health.status, 200);
    const { uptimeS, ...facts } = (await health.json()) as Record<string, unknown>;
    assert.equal(typeof uptimeS, "number");
    assert.deepEqual(facts, { status: "ok", flowsRunning: true, flowFilesBroken: 1, brokerClients: 0 });
  });

  it("opens no web socket without a sign-in or for a page of another origin", async () => {
    const upgrade = {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    const cookie = { Cookie: `rung-session-${host.port}=${token.viewer}` };
    const own = { Origin: host.url };
    for (const path of ["/editor/comms", "/dashboard/socket.io/?EIO=4&transport=websocket"]) {
      assert.equal((await raw(path, { ...upgrade, ...own })).status, 401, path);
      assert.equal(
        (await raw(path, { ...upgrade, ...cookie, Origin: "http://127.0.0.1:1" })).status,
        403,
        path,
      );
    }
    assert.equal((await raw("/editor/comms", { ...upgrade, ...own, ...cookie })).status, 101);
  });

  it("lets each role do what it may and no more", async () => {
    const status = async (role: string, method: string, path: string, body?: unknown) =>
      (
        await host.as(token[role], path, {
          method,
          headers: { ...JSON_BODY, "Node-RED-API-Version": "v2" },
          body: body === undefined ? undefined : JSON.stringify(body),
        })
      ).status;
    const { rev, flows } = await host.getFlows(token.admin!);
    const table: [string, string, unknown, number[]][] = [
      // method, path, body, status for viewer, operator, engineer, admin
      ["GET", "/editor/flows", undefined, [200, 200, 200, 200]],
      ["GET", "/editor/settings", undefined, [200, 200, 200, 200]],
      ["GET", "/editor/credentials/inject/go", undefined, [401, 401, 200, 200]],
      ["GET", "/editor/context/global", undefined, [401, 401, 200, 200]],
      ["POST", "/editor/inject/go", {}, [401, 401, 200, 200]],
      ["GET", "/made-by-flow", undefined, [204, 204, 204, 204]],
      ["POST", "/made-by-flow", {}, [403, 204, 204, 204]],
      // Last, since the nodes are away for a moment while they are deployed.
      ["POST", "/editor/flows", { rev, flows }, [401, 401, 200, 200]],
    ];
    for (const [method, path, body, expected] of table) {
      const got = [];
      for (const role of ["viewer", "operator", "engineer", "admin"])
        got.push(await status(role, method, path, body));
      assert.deepEqual(got, expected, `${method} ${path}`);
    }
    // What was deployed last is served again before the next test asks for it.
    while ((await host.as(token.admin, "/made-by-flow")).status !== 204) await sleep(50);
  });

  it("hands the query on to what flows serve", async () => {
    const echo = await host.as(token.viewer, "/echo?a=1&b[c]=2");
    assert.equal(echo.status, 200);
    assert.deepEqual(await echo.json(), { a: "1", b: { c: "2" } });
  });

  it("changes what a person may do with the next request", async () => {
    const users = new UserList(home);
    users.add({ name: "carl", role: "engineer", hash: users.get("viewer")!.hash });
    const carl = await host.signIn("carl");
    const inject = () =>
      host.as(carl, "/editor/inject/go", { method: "POST", headers: JSON_BODY, body: "{}" });
    assert.equal((await inject()).status, 200);
    users.setRole("carl", "viewer");
    assert.equal((await inject()).status, 401);
    users.remove("carl");
    assert.equal((await host.as(carl, "/editor/flows")).status, 401);
  });

  it("refuses writing pages of another origin and names that are not its own", async () => {
    const cookie = { Cookie: `rung-session-${host.port}=${token.admin}` };
    const write = (headers: Record<string, string>) =>
      raw("/editor/inject/go", { ...cookie, ...headers }, "POST");
    assert.equal((await write({ Origin: host.url })).status, 200);
    assert.equal((await write({ "Sec-Fetch-Site": "same-origin" })).status, 200);
    const foreign: Record<string, string>[] = [
      { Origin: "http://127.0.0.1:1" },
      { Origin: "null" },
      { Origin: "https://evil.example" },
      { "Sec-Fetch-Site": "same-site" },
      { "Sec-Fetch-Site": "cross-site" },
      {},
    ];
    for (const headers of foreign) assert.equal((await write(headers)).status, 403, JSON.stringify(headers));
    assert.equal((await raw("/metrics", { Host: `evil.example:${host.port}` })).status, 403);
    assert.equal((await raw("/health", { Host: `localhost:${host.port}` })).status, 200);
    const allowed = await host.as(token.admin, "/editor/flows", {
      headers: { Origin: "https://evil.example" },
    });
    assert.equal(allowed.headers.get("access-control-allow-origin"), null);
  });

  it("sends its security headers with every answer", async () => {
    for (const path of ["/sign-in", "/editor/", "/dashboard/paint", "/health", "/nothing"]) {
      const { headers } = await host.as(token.viewer, path);
      assert.match(headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/, path);
      assert.equal(headers.get("x-content-type-options"), "nosniff", path);
      assert.equal(headers.get("x-frame-options"), "DENY", path);
      assert.equal(headers.get("referrer-policy"), "same-origin", path);
      assert.equal(headers.get("x-powered-by"), null, path);
      assert.equal(headers.get("strict-transport-security"), null, path);
    }
  });

  it("sends them with refusals, files, redirects and what is no HTTP as well", async () => {
    const cookie = `Cookie: rung-session-${host.port}=${token.viewer}`;
    const upgrade = [
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: eA==",
    ];
    const asked: [status: number, request: string, ...headers: string[]][] = [
      [401, "GET /editor/flows"],
      [303, "GET /editor/flows", "Accept: text/html"],
      [200, "GET /editor/vendor/vendor.js", cookie],
      [200, "GET /sign-in.css"],
      [304, "GET /editor/vendor/vendor.js", cookie, "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"],
      [404, "GET /dashboard/_debug/datastore/x", cookie],
      [403, "POST /editor/flows", cookie, "Origin: http://evil.example"],
      [400, "POST /sign-in", "Content-Type: application/json", "Content-Length: 1\r\n\r\n{"],
      [
        413,
        "POST /sign-in",
        "Content-Type: application/json",
        `Content-Length: 5000\r\n\r\n${" ".repeat(5000)}`,
      ],
      [404, "GET /nothing", cookie],
      [401, "GET /editor/comms", ...upgrade],
      [403, "GET /editor/comms", ...upgrade, cookie],
      [401, "GET /dashboard/socket.io/?EIO=4&transport=polling"],
      [401, "POST /dashboard/socket.io/?EIO=4&transport=polling&sid=x"],
      [400, "GET /x y z"],
      [431, "GET /health", `X: ${"x".repeat(20_000)}`],
    ];
    for (const [status, request, ...headers] of asked) {
      const text = await spoken(
        `${request} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${headers.join("\r\n")}\r\n\r\n`,
      );
      const head = text.slice(0, text.indexOf("\r\n\r\n"));
      assert.match(head, new RegExp(`^HTTP/1.1 ${status} `), request);
      for (const header of [
        /^content-security-policy: default-src 'none'.*frame-ancestors 'none'/im,
        /^x-content-type-options: nosniff/im,
        /^x-frame-options: DENY/im,
        /^cross-origin-resource-policy: same-origin/im,
      ])
        assert.match(head, header, `${status} ${request}`);
    }
  });

  it("signs in by form with a cookie no script reads, and goes only to its own pages", async () => {
    const post = (fields: Record<string, string>) =>
      fetch(`${host.url}/sign-in`, {
        method: "POST",
        redirect: "manual",
        headers: { Accept: "text/html" },
        body: new URLSearchParams(fields),
      });
    const good = { user: "Viewer", password: "six grey rungs" };
    const inside = await post({ ...good, next: "/editor/?x=1" });
    assert.equal(inside.status, 303);
    assert.equal(inside.headers.get("location"), "/editor/?x=1");
    const cookie = inside.headers.get("set-cookie")!;
    assert.match(
      cookie,
      new RegExp(`^rung-session-${host.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
    );
    for (const next of [
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "javascript:alert(1)",
      "",
    ])
      assert.equal(pathInside(next), "/dashboard/", next);
    const wrong = await post({ user: '"><b>', password: "x", next: '"><i>' });
    assert.equal(wrong.status, 401);
    const page = await wrong.text();
    assert.match(page, /Name or password is wrong/);
    assert.doesNotMatch(page, /<b>|<i>/);

    const session = { Cookie: cookie.split(";")[0]! };
    assert.equal((await raw("/editor/flows", session)).status, 200);
    assert.match((await raw("/sign-out", session)).text, /signed in as <b>viewer<\/b>, viewer/);
    const own = { ...session, Origin: host.url };
    assert.equal((await raw("/editor/auth/revoke", own, "POST")).text, '{"redirect":"/sign-in"}');
    assert.equal((await raw("/editor/flows", session)).status, 401);
  });

  it("slows down guessing", async () => {
    const guess = () =>
      fetch(`${host.url}/sign-in`, {
        method: "POST",
        headers: { ...JSON_BODY, Accept: "application/json" },
        body: JSON.stringify({ user: "admin", password: "guess" }),
      });
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await guess());
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [401, 401, 401, 429],
    );
    assert.equal(answers[3]!.headers.get("retry-after"), "1");
  });

  it("gives figures to Prometheus on this machine, and to viewers from elsewhere", async () => {
    const metrics = await (await host.as(undefined, "/metrics")).text();
    for (const name of [
      "process_cpu_seconds_total",
      "nodejs_eventloop_lag_p99_seconds",
      "rung_broker_clients",
    ])
      assert.match(metrics, new RegExp(`^${name} [0-9.e-]+$`, "m"), name);
    assert.match(metrics, /^rung_flow_files_broken 1$/m);
    const proxied = { "X-Forwarded-For": "192.0.2.1" };
    assert.equal((await raw("/metrics", proxied)).status, 401);
    assert.equal(
      (await raw("/metrics", { ...proxied, Authorization: `Bearer ${token.viewer}` })).status,
      200,
    );
  });

  it("says which file is broken, goes on with the rest and leaves the file alone", async () => {
    const { rev, flows } = await host.getFlows(token.engineer!);
    assert.ok(rev.length > 0);
    assert.deepEqual(
      flows.filter((node) => node.type === "tab").map((tab) => tab.label),
      ["Paint shop"],
    );
    assert.match(host.output, /\[error\] .*booth\.json: .*it is left as it is and its tab is not loaded/);
    assert.equal((await host.deploy(token.engineer!, flows)).status, 200);
    assert.equal(readFileSync(join(host.flows, "booth.json"), "utf8"), BROKEN);
  });

  it("keeps every secret out of the flow files, over a restart", async () => {
    const { flows } = await host.getFlows(token.engineer!);
    const secret = ["s3cret-of-a-request", "s3cret-of-a-broker", "s3cret-of-a-tab", "s3cret-of-a-stranger"];
    const withSecrets = [
      ...flows.map((node) =>
        node.id === "t1"
          ? {
              ...node,
              env: [{ name: "KEY", type: "cred" }],
              credentials: { KEY: secret[2] },
            }
          : node,
      ),
      {
        id: "req",
        type: "http request",
        z: "t1",
        url: "",
        credentials: { user: "u", password: secret[0] },
        wires: [[]],
      },
      {
        id: "brk",
        type: "mqtt-broker",
        broker: "127.0.0.1",
        port: "1",
        autoConnect: false,
        credentials: { password: secret[1] },
      },
      { id: "odd", type: "not-installed", z: "t1", credentials: { password: secret[3] }, wires: [] },
    ];
    assert.equal((await host.deploy(token.engineer!, withSecrets)).status, 200);
    const clear = await host.deploy(token.engineer!, [
      ...withSecrets,
      { id: "bad", type: "function", z: "t1", name: "sender", apiKey: "s3cret-in-clear", wires: [[]] },
    ]);
    assert.ok(clear.status >= 400);
    assert.match(await clear.text(), /sender \(bad\): apiKey: would put a secret into a flow file in clear/);

    const everything = () =>
      readdirSync(host.flows, { recursive: true, encoding: "utf8" })
        .map((path) => join(host.flows, path))
        .filter((path) => statSync(path).isFile());
    for (const file of everything())
      for (const one of [...secret, "s3cret-in-clear"])
        assert.ok(!readFileSync(file, "utf8").includes(one), `${one} in ${file}`);
    assert.ok(existsSync(join(host.flows, "config", "mqtt-broker-brk.json")));
    const credentials = join(home, "node-red", "credentials.json");
    assert.equal(statSync(credentials).mode & 0o777, 0o600);
    for (const one of secret) assert.ok(!readFileSync(credentials, "utf8").includes(one));

    const before = await host.getFlows(token.engineer!);
    const bytes = everything().map((file) => readFileSync(file, "utf8"));
    assert.equal(await host.stop(), 0);
    assert.deepEqual(readdirSync(join(home, "run")), []);
    host = await HostProcess.start(home);
    // The type that is not installed keeps the flows from running, and the host is there all the same.
    assert.match(host.output, /the flows do not run: missing-types: not-installed/);
    const health = (await (await host.as(undefined, "/health")).json()) as Record<string, unknown>;
    assert.deepEqual([health.status, health.flowsRunning], ["ok", false]);
    // Still signed in: sessions outlive a restart, but the port and with it the cookie's name is another.
    const after = await host.getFlows(token.engineer!);
    const sorted = (flows: Record<string, unknown>[]) =>
      [...flows].sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
    assert.deepEqual(sorted(after.flows), sorted(before.flows));
    const kept = await host.as(token.engineer, "/editor/credentials/http-request/req");
    assert.deepEqual(await kept.json(), { user: "u", has_password: true });
    assert.equal((await host.deploy(token.engineer!, after.flows)).status, 200);
    assert.deepEqual(
      everything().map((file) => readFileSync(file, "utf8")),
      bytes,
    );
  });

  it("tells no secret in its settings, its answers about itself or its log", async () => {
    writeFileSync(join(home, "keyring", "plc.json"), '{"user": "plc", "password": "keyring-secret"}');
    const stored = JSON.parse(readFileSync(join(home, "sessions.json"), "utf8")) as object;
    const secrets = [
      readFileSync(join(home, "credential-secret"), "utf8").trim(),
      "keyring-secret",
      "six grey rungs",
      ...new UserList(home).all().map(({ hash }) => hash!),
      ...Object.values(token),
      ...Object.keys(stored),
    ];
    const told = [host.output];
    for (const path of [
      "/editor/settings",
      "/editor/settings/user",
      "/editor/plugins",
      "/editor/nodes",
      "/editor/theme",
      "/health",
      "/metrics",
      "/dashboard/_setup",
    ])
      told.push(await (await host.as(token.admin, path)).text());
    for (const secret of secrets) {
      assert.ok(secret.length >= 14, "a secret that anything might hold by chance");
      for (const text of told) assert.equal(text.includes(secret), false, text.slice(0, 80));
    }
    assert.equal((await host.as(token.admin, "/editor/diagnostics")).status, 403);
    const settings = (await (await host.as(token.admin, "/editor/settings")).json()) as { user: object };
    assert.deepEqual(settings.user, { username: "admin", permissions: ["*"] });
  });

  it("keeps its home to its owner", () => {
    assert.equal(statSync(home).mode & 0o777, 0o700);
    for (const file of ["users.json", "sessions.json", "credential-secret"])
      assert.equal(statSync(join(home, file)).mode & 0o777, 0o600, file);
  });

  it("names a port in use and how to take another, for both of its ports", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as { port: number };
    const other = temporaryHome();
    for (const variable of ["RUNG_PORT", "RUNG_MQTT_PORT"]) {
      const failed = await HostProcess.fail(other, { [variable]: String(port) });
      assert.equal(failed.status, 2);
      assert.match(
        failed.output,
        new RegExp(
          `port ${port}: is in use by another program \\(set ${variable} to a free one, or to 0 for any\\)`,
        ),
      );
      assert.ok(!existsSync(join(other, "run", "host.json")));
    }
    const odd = await HostProcess.fail(other, { RUNG_PORT: "http" });
    assert.equal(odd.status, 2);
    const place = await HostProcess.fail(other, { RUNG_PUBLIC_URL: "rung.plant.example" });
    assert.equal(place.status, 2);
    assert.match(place.output, /RUNG_PUBLIC_URL: is no web address/);
    assert.match(odd.output, /RUNG_PORT: must be a whole number from 0 to 65535, got "http"/);
    taken.close();
    removeHome(other);
  });
});
