import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ActuatorClient } from "../../runtime/act/actuator-client.ts";
import { actuatorNodeArguments } from "../../runtime/act/actuator-command.ts";
import { People } from "../../runtime/act/people.ts";
import type { Proposal, ProposalResult } from "../../runtime/act/proposal.ts";
import type { Role } from "../../runtime/act/rights.ts";
import { ovenEnvelope, TWIN } from "./oven-envelope.ts";
import { RequestBlockPlant } from "./request-block-plant.ts";

const MAIN = fileURLToPath(new URL("../../runtime/act/actuator-main.ts", import.meta.url));
const ZONE1 = `${TWIN}/zone1/airTemperatureSetpoint`;

describe("the actuator process and its client", function () {
  this.timeout(40_000);
  let home: string;
  const plant = new RequestBlockPlant();
  let child: ChildProcess;
  let client: ActuatorClient;
  let token = "";
  let rowFour = { holds: true, cause: "" };

  const readJson = (...path: string[]) => JSON.parse(readFileSync(join(home, ...path), "utf8"));
  const base = () => `http://127.0.0.1:${readJson("run", "actuator.json").port}`;

  async function startProcess(): Promise<void> {
    const places = { directory: join(home, "actuator"), run: join(home, "run"), plant: join(home, "plant") };
    child = spawn(process.execPath, [...actuatorNodeArguments(places), MAIN], {
      env: { ...process.env, RUNG_HOME: home, RUNG_ACTUATOR_PORT: "0" },
      stdio: ["ignore", "ignore", "inherit"],
    });
    const file = join(home, "run", "actuator.json");
    while (!existsSync(file) || readJson("run", "actuator.json").pid !== child.pid) await sleep(30);
  }
  async function until(what: string, holds: () => boolean): Promise<void> {
    const end = performance.now() + 15_000;
    while (!holds()) {
      if (performance.now() > end) {
        assert.fail(`never: ${what}; ${client.problem} ${JSON.stringify(client.status, null, 1)}`);
      }
      await sleep(30);
    }
  }
  async function post(path: string, body: object, headers: Record<string, string> = {}) {
    const response = await fetch(base() + path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }
  const asHost = () => ({ Authorization: `Bearer ${readJson("run", "actuator-host.json").password}` });
  const asPerson = () => ({ Authorization: `Bearer ${token}` });
  const envelope = () => client.status?.envelopes[0];
  const proposal = (id: string, value: number): Proposal => ({
    kind: "proposal",
    id,
    target: ZONE1,
    value,
    unit: "°C",
    expiresUs: plant.nowUs() + 60e6,
    evidence: [],
    recommendation: id,
  });

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "rung-actuator-"));
    for (const folder of ["run", "actuator"]) mkdirSync(join(home, folder));
    await plant.start(home);
    writeFileSync(join(home, "run", "plant.json"), JSON.stringify({ port: plant.port }));
    writeFileSync(join(home, "run", "host.json"), JSON.stringify({ pid: process.pid, port: 0 }));
    writeFileSync(
      join(home, "actuator", "logins.json"),
      JSON.stringify({ opcua: { user: "actuator", password: plant.password } }),
    );
    await startProcess();
    client = new ActuatorClient({
      home,
      token: () => readJson("run", "actuator-host.json").password,
      rowFour: () => rowFour,
      pollMs: 100,
    });
    client.want(ovenEnvelope({ maxInputAgeMs: 5_000, ttlMs: 4_000 }));
  });
  after(async () => {
    await client.close();
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "exit");
    for (const file of ["actuator.json", "actuator-host.json"])
      assert.equal(existsSync(join(home, "run", file)), false, `${file} is left`);
    await plant.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it("keeps its secrets to itself", () => {
    assert.equal(statSync(join(home, "actuator")).mode & 0o777, 0o700);
    for (const file of ["people.json", "first-login", "audit.jsonl"]) {
      assert.equal(statSync(join(home, "actuator", file)).mode & 0o077, 0, file);
    }
    assert.equal(statSync(join(home, "run", "actuator-host.json")).mode & 0o777, 0o640);
  });

  it("refuses a missing and a wrong token, a foreign origin and a foreign host name", async () => {
    const body = { proposals: [proposal("x", 185)] };
    assert.equal((await post("/proposals", body)).status, 401);
    assert.equal((await post("/proposals", body, { Authorization: "Bearer wrong" })).status, 401);
    const foreign = await post("/proposals", body, { ...asHost(), Origin: "http://127.0.0.1:1880" });
    assert.equal(foreign.status, 403);
    assert.match(foreign.body.error.message, /refuses requests of http:\/\/127.0.0.1:1880/);
    assert.equal((await fetch(`${base()}/status`)).status, 401);
    // A name that was rebound to this address: fetch would overwrite the header.
    const rebound = get(`${base()}/`, { headers: { Host: "evil.example" } });
    const [answer] = (await once(rebound, "response")) as [IncomingMessage];
    answer.resume();
    assert.equal(answer.statusCode, 403);
    assert.deepEqual(plant.asked, []);
  });

  it("answers a broken body with a plain error", async () => {
    const response = await fetch(`${base()}/proposals`, {
      method: "POST",
      headers: { ...asHost(), "Content-Type": "application/json" },
      body: "{nonsense",
    });
    assert.equal(response.status, 400);
    assert.equal((await post("/proposals", { proposals: "many" }, asHost())).status, 400);
    const many = await post("/proposals", { proposals: Array(65).fill({}) }, asHost());
    assert.match(many.body.error.message, /at most 64 at once, got 65/);
  });

  it("serves its page unframed, without cookies or anything foreign", async () => {
    const page = await fetch(`${base()}/`);
    assert.match(page.headers.get("content-security-policy")!, /frame-ancestors 'none'/);
    assert.match(page.headers.get("content-security-policy")!, /default-src 'none'/);
    assert.equal(page.headers.get("set-cookie"), null);
    const html = await page.text();
    for (const [, path] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
      assert.match(path!, /^\/[a-z-]+\.(?:css|js)$/);
      assert.equal((await fetch(base() + path)).status, 200, path);
    }
    const seen = new Set<string>();
    const waiting = ["/arming-page.js"];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const module = await fetch(base() + path);
      assert.match(module.headers.get("content-type")!, /javascript/, path);
      const script = await module.text();
      assert.doesNotMatch(script, /^(?:export )?interface |^import type /m, path);
      for (const [, next] of script.matchAll(/from "([^"]+)"/g)) {
        assert.match(next!, /^\.\/[a-z-]+\.[jt]s$/);
        waiting.push(new URL(next!, base() + path).pathname);
      }
    }
    assert.ok(seen.size > 5, [...seen].join());
  });

  it("the host's token arms nothing; a person signs in, with the password again to arm", async () => {
    await until("every check holds", () => envelope()?.checks.every((check) => check.holds) === true);
    const arm = { envelope: "envelope-oven1", minutes: 10, mode: "act" };
    assert.equal((await post("/arm", arm, asHost())).status, 401);
    const { user, password } = readJson("actuator", "first-login");
    assert.equal((await post("/sign-in", { name: user, password: "wrong" })).status, 401);
    const signedIn = await post("/sign-in", { name: user, password });
    assert.equal(signedIn.status, 200);
    token = signedIn.body.token;
    assert.equal((await post("/arm", { ...arm, password: "wrong" }, asPerson())).status, 401);
    const armed = await post("/arm", { ...arm, password }, asPerson());
    assert.deepEqual(armed.body, { state: "armed" });
    await until("armed", () => envelope()?.arming.mode === "act");
  });

  it("people see and do what their role and scopes say, and a right taken away is gone at once", async () => {
    const people = new People(join(home, "actuator"));
    const password = "a long password";
    const make = (name: string, role: Role, scope: string) =>
      people.set(name, { password, role, scopes: [scope], by: "os:test" });
    make("vera", "viewer", "");
    make("otto", "operator", "acme/leipzig/press");
    make("edda", "engineer", "acme/leipzig/paint");
    const headers: Record<string, Record<string, string>> = {};
    for (const name of ["vera", "otto", "edda"]) {
      const { body } = await post("/sign-in", { name, password });
      assert.deepEqual([body.name, body.role], [name, people.find(name)!.role]);
      headers[name] = { Authorization: `Bearer ${body.token}` };
    }
    const seen = async (name: string) => {
      const response = await fetch(`${base()}/status`, { headers: headers[name]! });
      return (await response.json()).envelopes.length as number;
    };
    assert.deepEqual([await seen("vera"), await seen("otto"), await seen("edda")], [1, 0, 1]);
    const arm = { envelope: "envelope-oven1", minutes: 10, mode: "act", password };
    const commission = { envelope: "envelope-oven1", hash: envelope()!.wantedHash, password };
    for (const [path, body, name, said] of [
      ["/arm", arm, "vera", /vera: is viewer: arm needs engineer/],
      ["/arm", arm, "otto", /otto: is operator: arm needs engineer/],
      ["/commission", commission, "otto", /commission needs engineer/],
      ["/disarm", arm, "vera", /disarm needs operator/],
      ["/disarm", arm, "otto", /otto: may not disarm there: the scopes are acme\/leipzig\/press/],
    ] as const) {
      const answer = await post(path, body, headers[name]!);
      assert.equal(answer.status, 403, `${path} by ${name}`);
      assert.match(answer.body.error.message, said);
    }
    assert.equal(envelope()!.arming.mode, "act");
    people.set("edda", { role: "viewer", by: "os:test" });
    assert.equal((await post("/arm", arm, headers.edda!)).status, 403);
    people.remove("edda");
    assert.equal((await post("/disarm", arm, headers.edda!)).status, 401);
  });

  it("a person approves only what the page showed", async () => {
    const request = {
      id: "a1",
      title: "Zone 1 up",
      twin: TWIN,
      changes: [{ target: ZONE1, value: 185, unit: "°C" }],
      expiresUs: plant.nowUs() + 600e6,
    };
    const { hash } = (await post("/approvals", request, asHost())).body;
    const { password } = readJson("actuator", "first-login");
    const approve = (more: object) => post("/approve", { proposal: "a1", password, ...more }, asPerson());
    assert.equal((await approve({})).status, 409);
    const stale = await approve({ hash: hash.replace(/^./, "x") });
    assert.equal(stale.status, 409);
    assert.match(stale.body.error.message, /a1: is no longer the proposal that was shown/);
    assert.deepEqual(await approve({ hash }).then(({ status, body }) => [status, body]), [
      200,
      { results: [] },
    ]);
  });

  it("the client's proposal is written, verified, and told to listeners once", async () => {
    const told: ProposalResult[] = [];
    const end = client.onResult((result) => told.push(result));
    const [result] = await client.submit([proposal("c1", 185)]);
    assert.deepEqual([result!.state, result!.readBack], ["verified", 185]);
    await until("told", () => told.length > 0);
    await sleep(300);
    end();
    assert.deepEqual(
      told.map(({ id, state }) => [id, state]),
      [["c1", "verified"]],
    );
  });

  it("holds while the client says that rung 4 is lost", async () => {
    rowFour = { holds: false, cause: "model drifted" };
    await until("hold", () => /model drifted/.test(envelope()?.arming.hold?.causes.join() ?? ""));
    assert.equal((await client.submit([proposal("c2", 188)]))[0]!.state, "refused");
    rowFour = { holds: true, cause: "" };
    assert.equal(plant.asked.length, 1);
  });

  it("killed, writes no more; the PLC falls back; restarted, it is disarmed", async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
    const [lost] = await client.submit([proposal("c3", 188)]);
    assert.equal(lost!.state, "failed");
    await until("the PLC fell back", () => plant.zone("Oven1.Zone1").setpoint === 180);
    await until("the client noticed", () => client.problem !== null);
    const before = readJson("run", "actuator.json").pid;
    await startProcess();
    await until("seen again", () => client.problem === null && client.status?.pid !== before);
    await until("its envelope is wanted again", () => envelope()?.wantedHash !== null);
    assert.equal(envelope()!.arming.mode, "observe");
    assert.match(envelope()!.arming.disarmedBecause!, /restarted/);
    assert.equal((await client.submit([proposal("c4", 188)]))[0]!.state, "refused");
    assert.equal(plant.asked.length, 1);
  });

  it("leaves a run file that is another process's", async () => {
    const file = join(home, "run", "actuator.json");
    const own = readFileSync(file, "utf8");
    writeFileSync(file, JSON.stringify({ pid: process.pid, port: 1 }));
    child.kill("SIGTERM");
    await once(child, "exit");
    assert.equal(readJson("run", "actuator.json").pid, process.pid);
    writeFileSync(file, own);
    await startProcess();
  });

  it("slows down whoever guesses passwords", async () => {
    let last = 0;
    for (let i = 0; i < 6; i++)
      last = (await post("/sign-in", { name: "admin", password: `guess-${i}` })).status;
    assert.equal(last, 429);
  });
});
