import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Actuator } from "../../runtime/act/actuator.ts";
import { serveActuator } from "../../runtime/act/http/actuator-server.ts";
import { HostToken, hostTokenOf } from "../../runtime/act/http/host-token.ts";
import { People } from "../../runtime/act/people.ts";
import { VIRTUAL_SETTINGS } from "../../runtime/act/plant/actuator-settings.ts";
import { PlantSession } from "../../runtime/act/plant/plant-session.ts";
import { TWIN } from "../act/oven-envelope.ts";
import {
  addEveryRole,
  type HostProcess,
  PASSWORD,
  removeHome,
  temporaryHome,
  writeFlowFile,
} from "../host/host-process.ts";
import { type RunningRoute, type RunningRoutes, runningRoutes, startTellingHost } from "./running-routes.ts";

/** What one sends that a browser or fetch would not, and all that comes back until the server ends it. */
function send(port: number, text: string, waitMs = 2_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    const done = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.setEncoding("latin1");
    socket.on("data", (part: string) => {
      answer += part;
    });
    socket.on("end", done);
    socket.on("close", done);
    socket.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNRESET" || error.code === "EPIPE" ? done() : reject(error),
    );
    setTimeout(done, waitMs).unref();
  });
}

const statusesOf = (answer: string): string[] =>
  [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status!);

/** Texts whose objects would reach the prototype of every object, where they are copied member by member. */
const POLLUTIONS = [
  '{"__proto__": {"polluted": "yes", "role": "admin"}}',
  '{"constructor": {"prototype": {"polluted": "yes"}}}',
  '{"envelope": {"__proto__": {"polluted": "yes"}, "targets": [{"__proto__": {"polluted": "yes"}}]}}',
  '{"rowFour": {"__proto__": {"holds": true}}, "envelopes": ["__proto__", "constructor"]}',
  '[{"__proto__": {"polluted": "yes"}}]',
];

const TRAVERSALS = [
  "../../../../../../etc/passwd",
  "..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
  "%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
  "..%5c..%5c..%5cetc%5cpasswd",
  "....//....//....//etc/passwd",
  "%2e%2e%2f%2e%2e%2fusers.json",
  "..%00/users.json",
  "..%c0%af..%c0%afetc/passwd",
  "/etc/passwd",
  "//etc/passwd",
];

describe("the host against a script of one's own", function () {
  this.timeout(120_000);
  let home: string;
  let host: HostProcess;
  let admin: string;
  let routes: readonly RunningRoute[];
  let patience: RunningRoutes["patience"];

  before(async () => {
    home = temporaryHome();
    await addEveryRole(home);
    writeFlowFile(join(home, "flows"), "paint.json", [{ id: "t1", type: "tab", label: "Paint shop" }]);
    host = await startTellingHost(home, { RUNG_FLOWS: join(home, "flows") });
    admin = await host.signIn("admin");
    ({ routes, patience } = await runningRoutes(home));
  });
  after(async () => {
    await host.stop();
    removeHome(home);
  });
  afterEach("it is still there, as it was", async () => {
    assert.equal((await host.as(undefined, "/health")).status, 200);
    const { flows } = await host.getFlows(admin);
    assert.deepEqual(
      flows.filter(({ type }) => type === "tab").map(({ label }) => label),
      ["Paint shop"],
    );
  });

  it("sends its headers with every answer, refusals included", async () => {
    for (const [path, as] of [
      ["/sign-in", undefined],
      ["/health", undefined],
      ["/editor/", admin],
      ["/editor/flows", undefined],
      ["/nowhere", admin],
    ] as const) {
      const { headers } = await host.as(as, path);
      assert.match(headers.get("content-security-policy")!, /frame-ancestors 'none'/, path);
      assert.equal(headers.get("x-content-type-options"), "nosniff", path);
      assert.equal(headers.get("x-frame-options"), "DENY", path);
      assert.equal(headers.get("x-powered-by"), null, path);
      assert.equal(headers.get("access-control-allow-origin"), null, path);
    }
  });

  it("refuses every writing route to a page of another origin, with whatever session", async () => {
    const port = host.port;
    for (const origin of [
      `http://127.0.0.1:${port + 1}`,
      "https://rung.example",
      "null",
      `http://localhost:${port}`,
    ]) {
      for (const { method, path } of routes.filter((route) => route.method !== "GET")) {
        const headers = { Origin: origin, "Content-Type": "application/json" };
        const response = await host.as(admin, path, { method, headers, body: "{}" });
        await response.body?.cancel();
        assert.equal(response.status, 403, `${origin}: ${method} ${path}`);
      }
    }
  });

  it("answers no foreign name, on any route", async () => {
    for (const name of ["rung.example", "127.0.0.1.rung.example", "localhost.rung.example", "", "[::1"]) {
      const request = `GET /health HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`;
      const [status] = statusesOf(await send(host.port, request));
      assert.ok(["400", "403"].includes(status!), `${name}: ${status}`);
    }
  });

  it("gives no file from outside what it serves", async () => {
    const places = new Set(
      routes.filter(({ method }) => method === "GET").map(({ path }) => path.replace(/[^/]*$/, "")),
    );
    for (const place of places) {
      for (const traversal of TRAVERSALS) {
        const request = `GET ${place}${traversal} HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nAuthorization: Bearer ${admin}\r\nConnection: close\r\n\r\n`;
        const answer = await send(host.port, request);
        assert.doesNotMatch(answer, /root:x:0|passwordHash|"hash":/, `${place}${traversal}`);
      }
    }
  });

  it("takes no prototype from a body, on any route", async () => {
    for (const { method, path } of routes) {
      if (method === "GET" || /sign-out|revoke/.test(path)) continue;
      for (const body of POLLUTIONS) {
        // A list of nodes is a deploy, which an admin may.
        if (path === "/editor/flows" && body.startsWith("[")) continue;
        const headers = { "Content-Type": "application/json" };
        const response = await host.as(admin, path, { method, headers, body });
        await response.body?.cancel();
        assert.ok(
          response.status < 500 || path.startsWith("/editor/"),
          `${method} ${path}: ${response.status}`,
        );
      }
    }
    // A prototype that took it would give it to every answer, and every role.
    const answer = await (await host.as(undefined, "/health")).text();
    assert.doesNotMatch(answer, /polluted/);
    const viewer = await host.signIn("viewer", PASSWORD);
    const deploy = await host.deploy(viewer, []);
    assert.ok([401, 403].includes(deploy.status));
  });

  it("refuses a body that is too large", async () => {
    const body = `{"a": "${"x".repeat(6_000_000)}"}`;
    for (const path of ["/sign-in", "/editor/rung/kernel/lint", "/editor/flows"]) {
      const headers = { "Content-Type": "application/json" };
      const response = await host.as(admin, path, { method: "POST", headers, body });
      await response.body?.cancel();
      assert.equal(response.status, 413, path);
    }
  });

  it("lets no client hold a connection by sending slowly", () => {
    assert.equal(patience.length, 1);
    const [{ headersTimeout, requestTimeout }] = patience as [RunningRoutes["patience"][number]];
    assert.ok(headersTimeout > 0 && headersTimeout <= 60_000, `${headersTimeout}`);
    assert.ok(requestTimeout > 0 && requestTimeout <= 300_000, `${requestTimeout}`);
  });

  it("reads one request as one: no length beside chunks, no two lengths, no broken line", async () => {
    const at = `Host: 127.0.0.1:${host.port}\r\n`;
    const smuggled = `GET /metrics HTTP/1.1\r\n${at}\r\n`;
    for (const [what, head] of [
      ["length and chunks", `Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`],
      ["two lengths", `Content-Length: 0\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`],
      ["chunks, twice told", `Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`],
      ["a blank before the colon", `Content-Length : 0\r\n\r\n${smuggled}`],
      ["a line feed alone", `X: y\nContent-Length: 0\r\n\r\n${smuggled}`],
    ] as const) {
      const answer = await send(host.port, `POST /sign-in HTTP/1.1\r\n${at}${head}`);
      assert.deepEqual(statusesOf(answer), ["400"], what);
      assert.doesNotMatch(answer, /rung_flows_running/, what);
    }
  });
});

describe("the actuator against a script of one's own", function () {
  this.timeout(60_000);
  let home: string;
  let actuator: Actuator;
  let served: Awaited<ReturnType<typeof serveActuator>>;
  let base: string;
  let host: Record<string, string>;

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "rung-script-"));
    const directory = join(home, "actuator");
    for (const folder of [directory, join(home, "run")]) mkdirSync(folder, { mode: 0o700 });
    const people = new People(directory);
    people.prepare();
    const nowhere = () => {
      throw new Error("this test has no plant");
    };
    const session = new PlantSession({ endpoint: nowhere, certificates: nowhere, login: nowhere, directory });
    actuator = new Actuator({ directory, settings: VIRTUAL_SETTINGS, session, home, people });
    served = await serveActuator({ actuator, people, token: HostToken.prepare(home), port: 0 });
    base = `http://127.0.0.1:${served.port}`;
    host = { Authorization: `Bearer ${hostTokenOf(home)}`, "Content-Type": "application/json" };
    // Its loop runs, as it does in the process: what a message leaves behind is met there.
    actuator.start();
  });
  after(async () => {
    served.server.closeAllConnections();
    served.server.close();
    await actuator.close();
    rmSync(home, { recursive: true, force: true });
  });

  const post = (path: string, body: string, headers: Record<string, string> = host) =>
    fetch(base + path, { method: "POST", headers, body });

  it("takes no prototype from a body, and answers none with a fault of its own", async () => {
    const odd = [
      ...POLLUTIONS,
      '{"id": {"toString": 1}, "title": {"toString": 1}, "name": {"toString": 1}, "password": []}',
      '{"envelope": {"id": {"toString": 1}, "targets": [{"min": {"toString": 1}}]}}',
      `{"rowFour": {"${TWIN}": null}}`,
      `{"rowFour": {"${TWIN}": {"holds": false, "cause": {"toString": 1}}}, "envelopes": [{"toString": 1}]}`,
      `{"proposals": [${"[".repeat(20_000)}${"]".repeat(20_000)}]}`,
      '{"proposals": [{"id": "a", "target": {"toString": 1}, "recommendation": {"toString": 1}, "check": {"what": {"toString": 1}}}]}',
      "[]",
      "{}",
    ];
    for (const path of [
      "/proposals",
      "/envelopes",
      "/approvals",
      "/heartbeat",
      "/disarm",
      "/sign-in",
      "/arm",
    ])
      for (const body of odd) {
        const { status } = await post(path, body);
        assert.ok(status < 500, `${path}: ${status}: ${body.slice(0, 120)}`);
      }
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    assert.equal((await fetch(`${base}/status`, { headers: host })).status, 200);
  });

  it("refuses what is too large, too slow, twice told, or for another name", async () => {
    const port = served.port;
    const at = `Host: 127.0.0.1:${port}\r\nAuthorization: ${host.Authorization}\r\nContent-Type: application/json\r\n`;
    const status = async (text: string) => statusesOf(await send(port, text));
    assert.deepEqual(
      await status(`POST /proposals HTTP/1.1\r\n${at}Content-Length: 200000\r\n\r\n${" ".repeat(200_000)}`),
      ["413"],
    );
    const both = `POST /proposals HTTP/1.1\r\n${at}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
    assert.deepEqual(await status(both), ["400"]);
    assert.deepEqual(await status("GET / HTTP/1.1\r\nHost: rung.example\r\nConnection: close\r\n\r\n"), [
      "403",
    ]);
    assert.deepEqual(
      await status(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX: ${"y".repeat(70_000)}\r\n\r\n`),
      ["431"],
    );
    for (const traversal of TRAVERSALS) {
      const answer = await send(
        port,
        `GET /${traversal} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`,
      );
      assert.doesNotMatch(answer, /root:x:0|passwordHash/);
    }
  });

  it("lets no client hold a connection by sending slowly", () => {
    const { server } = served;
    assert.ok(server.headersTimeout > 0 && server.headersTimeout <= 60_000, `${server.headersTimeout}`);
    assert.ok(server.requestTimeout > 0 && server.requestTimeout <= 300_000, `${server.requestTimeout}`);
    assert.ok(server.maxConnections > 0, "as many connections as anybody likes");
  });
});
