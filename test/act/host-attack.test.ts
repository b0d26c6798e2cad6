import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  type ActuatorPlaces,
  actuatorEnvironment,
  actuatorNodeArguments,
} from "../../runtime/act/actuator-command.ts";
import type { Proposal, ProposalResult } from "../../runtime/act/proposal.ts";
import type { ActuatorStatus } from "../../runtime/act/status.ts";
import { readJsonFile } from "../../runtime/core/private-file.ts";
import { announce } from "../../runtime/core/run-folder.ts";
import { openFolders } from "../../runtime/host/own-folders.ts";
import { needsFile } from "../needs.ts";
import { type Loot, PYTHON, type Target } from "./attacks.ts";
import { ovenEnvelope, TWIN } from "./oven-envelope.ts";
import { RequestBlockPlant } from "./request-block-plant.ts";
import { ACTUATOR_USER as ACTUATOR, HOST_USER as HOST, needsTwoUsers } from "./two-users.ts";

const MAIN = fileURLToPath(new URL("../../runtime/act/actuator-main.ts", import.meta.url));
const ATTACKS = fileURLToPath(new URL("./attacks.ts", import.meta.url));
const ZONE1 = `${TWIN}/zone1/airTemperatureSetpoint`;
/** EACCES by the file's rights, EPERM by those over a process or in a sticky folder. */
const REFUSED = /^(EACCES|EPERM)$/;

describe("arbitrary code in the host", function () {
  this.timeout(60_000);
  const plant = new RequestBlockPlant();
  let base: string;
  let home: string;
  let places: ActuatorPlaces;
  let child: ChildProcess;
  let host: ChildProcess;
  let url = "";
  let said = "";

  const loginOf = (...path: string[]) => readJsonFile<Record<string, string>>(join(...path))!;
  const hostToken = () => loginOf(places.run, "actuator-host.json").password!;

  /** The actuator as the launcher starts it; whatever user it gets. */
  function startActuator(directory = places.directory): ChildProcess {
    const own = { ...places, directory };
    const environment = {
      RUNG_HOME: home,
      RUNG_RUN: places.run,
      RUNG_ACT_HOME: directory,
      RUNG_ACTUATOR_PORT: "0",
    };
    return spawn(process.execPath, [...actuatorNodeArguments(own), MAIN], {
      ...ACTUATOR,
      cwd: "/",
      env: actuatorEnvironment(environment, own),
      stdio: ["ignore", "ignore", "pipe"],
    });
  }
  async function started(): Promise<void> {
    const file = join(places.run, "actuator.json");
    child.stderr!.on("data", (text) => {
      said += text;
    });
    while (!existsSync(file) || JSON.parse(readFileSync(file, "utf8")).pid !== child.pid) {
      if (child.exitCode !== null) assert.fail(`the actuator ended: ${said}`);
      await sleep(30);
    }
    url = `http://127.0.0.1:${JSON.parse(readFileSync(file, "utf8")).port}`;
  }
  async function call<T>(path: string, token: string, body?: object): Promise<{ status: number; body: T }> {
    const response = await fetch(url + path, {
      method: body === undefined ? "GET" : "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as T };
  }
  const status = async () => (await call<ActuatorStatus>("/status", hostToken())).body;
  async function attackAs(user: { uid: number; gid: number }): Promise<Loot> {
    const own = join(base, `attacker-${user.uid}`);
    mkdirSync(own);
    chownSync(own, user.uid, user.gid);
    const target: Target = {
      pid: child.pid!,
      directory: places.directory,
      run: places.run,
      own,
      needle: plant.password,
      actuatorMain: MAIN,
    };
    const attacker = spawn(process.execPath, [ATTACKS], {
      ...user,
      cwd: "/",
      env: {},
      stdio: ["pipe", "pipe", "pipe"],
    });
    attacker.stdin!.end(JSON.stringify(target));
    const [out, err] = ["", ""].map((text) => ({ text }));
    attacker.stdout!.on("data", (chunk) => {
      out!.text += chunk;
    });
    attacker.stderr!.on("data", (chunk) => {
      err!.text += chunk;
    });
    await once(attacker, "close");
    assert.notEqual(out!.text, "", err!.text);
    return JSON.parse(out!.text) as Loot;
  }
  const proposal = (id: string, changes: Partial<Proposal> = {}): Proposal => ({
    kind: "proposal",
    id,
    target: ZONE1,
    value: 185,
    unit: "°C",
    expiresUs: plant.nowUs() + 60e6,
    evidence: [],
    recommendation: id,
    ...changes,
  });
  async function propose(...proposals: unknown[]): Promise<ProposalResult[]> {
    const { body } = await call<{ results: ProposalResult[] }>("/proposals", hostToken(), { proposals });
    return body.results;
  }

  before(async function () {
    needsTwoUsers(this);
    needsFile(this, PYTHON);
    base = mkdtempSync(join(tmpdir(), "rung-attack-"));
    chmodSync(base, 0o755);
    home = join(base, "home");
    places = { directory: join(base, "act"), run: join(base, "run") };
    openFolders({ home, actuator: places.directory, run: places.run }, { host: HOST, actuator: ACTUATOR });
    await plant.start(base);
    const certificates = join("plant", "pki", "own", "certs");
    cpSync(join(base, certificates), join(places.directory, certificates), { recursive: true });
    const login = join(places.directory, "logins.json");
    writeFileSync(login, JSON.stringify({ opcua: { user: "actuator", password: plant.password } }), {
      mode: 0o600,
    });
    chownSync(login, ACTUATOR.uid, ACTUATOR.gid);
    announce(join(places.run, "plant.json"), { port: plant.port });
    // A process of the host's user stands for the host: what it is made of matters to nobody here.
    host = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
      ...HOST,
      cwd: "/",
      stdio: "ignore",
    });
    const runFile = join(places.run, "host.json");
    announce(runFile, { pid: host.pid, port: 0 });
    chownSync(runFile, HOST.uid, HOST.gid);
    child = startActuator();
    await started();
  });
  after(async () => {
    for (const one of [child, host]) {
      if (one === undefined || one.exitCode !== null || one.signalCode !== null) continue;
      const ended = once(one, "exit");
      one.kill("SIGKILL");
      await ended;
    }
    if (base === undefined) return;
    await plant.stop();
    rmSync(base, { recursive: true, force: true });
  });

  it("meets an actuator that measured itself isolated, and has it on the record", async () => {
    const { isolation } = await status();
    assert.deepEqual(isolation.reasons, []);
    assert.deepEqual([isolation.isolated, isolation.measured], [true, true]);
    const [start] = readFileSync(join(places.directory, "audit.jsonl"), "utf8").split("\n");
    assert.equal(JSON.parse(start!).data.isolation.isolated, true);
  });

  it("finds no secret in the actuator's arguments or environment", () => {
    const secrets = [plant.password, hostToken(), loginOf(places.directory, "first-login").password!];
    for (const file of ["cmdline", "environ"]) {
      const text = readFileSync(`/proc/${child.pid}/${file}`, "utf8");
      for (const secret of secrets) assert.equal(text.includes(secret), false, file);
    }
  });

  it("reads no file, no memory and no environment of the actuator, and neither signals, traces nor replaces it", async () => {
    const { uid, attempts, found } = await attackAs(HOST);
    assert.equal(uid, HOST.uid);
    assert.deepEqual(found, []);
    const second = /^start a second/;
    const got = Object.entries(attempts).filter(
      ([what, answer]) => !second.test(what) && what !== "link to its login" && !REFUSED.test(answer),
    );
    assert.deepEqual(got, []);
    assert.equal(Object.keys(attempts).length, 29);
    for (const [what, answer] of Object.entries(attempts).filter(([what]) => second.test(what))) {
      assert.match(answer, /^2: actuator: .*(EACCES|EPERM)/, what);
      assert.equal(answer.includes(plant.password), false);
    }
    assert.equal((await status()).pid, child.pid, "the actuator runs on, and is found where it was");
  });

  it("may propose with the host's token; it arms, approves, commissions and signs in nobody", async () => {
    const token = hostToken();
    const { body } = await call<{ hash: string }>("/envelopes", token, {
      envelope: ovenEnvelope({ maxInputAgeMs: 20_000, ttlMs: 30_000 }),
    });
    const act = { envelope: "envelope-oven1", mode: "act", minutes: 10, password: token };
    for (const path of ["/arm", "/approve", "/commission"]) {
      assert.equal((await call(path, token, { ...act, hash: body.hash, proposal: "p1" })).status, 401, path);
    }
    assert.equal((await call("/sign-in", token, { name: "admin", password: token })).status, 401);
    assert.equal((await propose(proposal("unarmed")))[0]!.state, "observed");
    assert.deepEqual(plant.asked, []);
  });

  it("once a person has armed, writes nothing outside the envelope, and nothing twice", async () => {
    const { user, password } = loginOf(places.directory, "first-login");
    const { body } = await call<{ token: string }>("/sign-in", "", { name: user, password });
    await call("/heartbeat", hostToken(), {
      rowFour: { [TWIN]: { holds: true, cause: "" } },
      envelopes: ["envelope-oven1"],
    });
    const armed = await call("/arm", body.token, {
      envelope: "envelope-oven1",
      mode: "act",
      minutes: 10,
      password,
    });
    assert.deepEqual(armed.body, { state: "armed" });
    const legitimate = proposal("recorded");
    assert.equal((await propose(legitimate))[0]!.state, "verified");
    const hostile = await propose(
      legitimate,
      proposal("too high", { value: 221 }),
      proposal("too far", { value: 200 }),
      proposal("no number", { value: Number.NaN }),
      proposal("late", { expiresUs: plant.nowUs() - 1 }),
      proposal("elsewhere", { target: `${TWIN}/conveyor/speed` }),
      { ...proposal("own limits", { value: 400 }), min: 0, max: 1000, armed: true, approvedBy: "admin" },
    );
    assert.deepEqual(
      hostile.map(({ state }) => state),
      hostile.map(() => "refused"),
    );
    assert.match(hostile[0]!.reason, /decided before/);
    // An envelope of the attacker's making is wanted, never in force: it disarms.
    await call("/envelopes", hostToken(), {
      envelope: ovenEnvelope({ max: 1000, maxStep: 1000, ratePerMinute: 1000 }),
    });
    assert.notEqual((await propose(proposal("by own envelope", { value: 400 })))[0]!.state, "verified");
    assert.deepEqual(plant.asked, [{ zone: "Oven1.Zone1", value: 185 }]);
    assert.equal(plant.zone("Oven1.Zone1").setpoint, 185);
  });

  it("no second actuator starts under the actuator's own user: not on its folder, not beside it", async () => {
    const other = join(base, "other");
    mkdirSync(other, { mode: 0o700 });
    chownSync(other, ACTUATOR.uid, ACTUATOR.gid);
    const rivalSays = async (directory: string) => {
      const rival = startActuator(directory);
      let words = "";
      rival.stderr!.on("data", (text) => {
        words += text;
      });
      const [code] = (await once(rival, "close")) as [number];
      return `${code}: ${words}`;
    };
    assert.match(await rivalSays(places.directory), /^2: actuator: .*is in use by another process/);
    assert.match(
      await rivalSays(other),
      new RegExp(`^2: actuator: .*names an actuator that runs, process ${child.pid} `),
    );
    assert.equal((await status()).pid, child.pid);
  });

  it("under the actuator's own user the same attacks read everything: there nothing is promised", async () => {
    const { attempts, found } = await attackAs(ACTUATOR);
    for (const what of [
      "list the folder",
      "read logins.json",
      "read people.json",
      "read /proc/<pid>/environ",
    ]) {
      assert.equal(attempts[what], "ok", what);
    }
    assert.ok(found.includes("read logins.json") && found.includes("read by that link"), found.join());
    const scope = readJsonFile<number>("/proc/sys/kernel/yama/ptrace_scope") ?? 0;
    if (scope === 0) {
      assert.ok(found.includes("read its memory"), JSON.stringify(attempts));
      assert.equal(attempts.ptrace, "ok");
      assert.equal(attempts.process_vm_readv, "EFAULT");
    }
    assert.equal(attempts["ask for its inspector"], "ok");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    assert.equal(child.exitCode, 0, "ended by a signal it listens to");
    assert.doesNotMatch(said, /Debugger listening/, "SIGUSR1 is not heard by it");
  });
});
