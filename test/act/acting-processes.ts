import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ActuatorClient } from "../../runtime/act/actuator-client.ts";
import type { EnvelopeTarget } from "../../runtime/act/envelope.ts";
import type { Proposal } from "../../runtime/act/proposal.ts";
import { TcpProxy } from "../faults/tcp-proxy.ts";
import { TWIN } from "./oven-envelope.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** As the actuator laid it down for the host. */
export function hostToken(home: string): string {
  const file = ["run", "keyring"].map((folder) => join(home, folder, "actuator-host.json")).find(existsSync);
  return file === undefined ? "" : JSON.parse(readFileSync(file, "utf8")).password;
}

export const upAndDown = (id: string, setpoint: number, nowUs: number): Proposal => ({
  kind: "proposal",
  id,
  target: `${TWIN}/zone1/airTemperatureSetpoint`,
  value: setpoint > 178 ? 175 : 180,
  unit: "°C",
  expiresUs: nowUs + 60e6,
  evidence: [],
  recommendation: id,
});

const ENVELOPE: Partial<EnvelopeTarget> = {
  ratePerMinute: 1e6,
  ratePerHour: 1e6,
  budgetPerShift: 1e6,
  maxInputAgeMs: 2_000,
  ttlMs: 1_500,
};

/** Plant, actuator and host as three processes, with a wire between plant and actuator that can be cut. */
export class ActingProcesses {
  readonly home = mkdtempSync(join(tmpdir(), "rung-fallback-"));
  /** Values the PLC was asked to take, as it told them. */
  readonly asked: number[] = [];
  plant!: ChildProcess;
  actuator!: ChildProcess;
  host!: ChildProcess;
  wire!: TcpProxy;
  /** Looks on; no heartbeat is its own. */
  watch!: ActuatorClient;
  #token = "";

  async start(): Promise<void> {
    for (const folder of ["run", "actuator"]) mkdirSync(join(this.home, folder));
    this.plant = this.#spawn("plant-child.ts", this.home);
    const lines = createInterface({ input: this.plant.stdout! });
    const [first] = (await once(lines, "line")) as [string];
    const { port, password } = JSON.parse(first) as { port: number; password: string };
    lines.on("line", (line) => this.asked.push((JSON.parse(line) as { asked: number }).asked));
    this.wire = await TcpProxy.listen(port);
    const settings = {
      reality: "virtual",
      endpoint: `opc.tcp://127.0.0.1:${this.wire.port}`,
      pollMs: 100,
      hysteresisMs: 1_000,
      hostSilenceMs: 1_500,
      retireAfterMs: 60_000,
    };
    this.#write("settings.json", settings);
    this.#write("logins.json", { opcua: { user: "actuator", password } });
    writeFileSync(join(this.home, "run", "host.json"), JSON.stringify({ pid: process.pid, port: 0 }));
    await this.startActuator();
    this.watch = new ActuatorClient({
      home: this.home,
      token: () => hostToken(this.home),
      rowFour: () => ({ holds: false, cause: "" }),
      heartbeat: false,
      pollMs: 50,
    });
    this.startHost();
  }

  async startActuator(): Promise<void> {
    this.actuator = spawn(process.execPath, [at("../../runtime/act/actuator-main.ts")], {
      env: { ...process.env, RUNG_HOME: this.home, RUNG_ACTUATOR_PORT: "0" },
      stdio: ["ignore", "ignore", "inherit"],
    });
    while (!existsSync(this.#runFile) || this.#run.pid !== this.actuator.pid) await sleep(30);
  }

  startHost(): void {
    this.host = this.#spawn("host-child.ts", this.home, JSON.stringify(ENVELOPE));
  }

  async kill(child: ChildProcess): Promise<void> {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }

  async close(): Promise<void> {
    await this.watch?.close();
    for (const child of [this.host, this.actuator, this.plant])
      if (child !== undefined) await this.kill(child);
    await this.wire?.close();
    rmSync(this.home, { recursive: true, force: true });
  }

  get envelope() {
    return this.watch.status?.envelopes[0];
  }

  /** What the envelope does now, with why. */
  get mode(): string {
    if (this.envelope === undefined) return `unseen: ${this.watch.problem}`;
    const { mode, hold, disarmedBecause } = this.envelope.arming;
    if (hold !== null) return `hold: ${hold.causes.join("; ")}`;
    return mode === "observe" ? `disarmed: ${disarmedBecause}` : mode;
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    const end = performance.now() + 20_000;
    while (!holds()) {
      if (performance.now() > end)
        throw new Error(`never: ${what}; ${this.mode}; asked ${this.asked.length}`);
      await sleep(20);
    }
  }

  /** Arms it as a person does, once every check holds, and waits for writes. */
  async arm(): Promise<void> {
    await this.until(
      "every check holds",
      () => this.watch.problem === null && this.envelope?.checks.every(({ holds }) => holds) === true,
    );
    const { user, password } = JSON.parse(readFileSync(join(this.home, "actuator", "first-login"), "utf8"));
    const signedIn = await this.#post("/sign-in", { name: user, password });
    this.#token = (signedIn as { token: string }).token;
    await this.#post("/arm", { envelope: this.envelope!.id, minutes: 10, mode: "act", password });
    await this.writes();
  }

  /** Until it has written three times more. */
  async writes(): Promise<void> {
    const { length } = this.asked;
    await this.until("it writes", () => this.asked.length >= length + 3);
  }

  get #runFile(): string {
    return join(this.home, "run", "actuator.json");
  }

  get #run(): { pid: number; port: number } {
    return JSON.parse(readFileSync(this.#runFile, "utf8"));
  }

  #write(name: string, thing: object): void {
    writeFileSync(join(this.home, "actuator", name), JSON.stringify(thing), { mode: 0o600 });
  }

  #spawn(file: string, ...args: string[]): ChildProcess {
    return spawn(process.execPath, [at(file), ...args], { stdio: ["pipe", "pipe", "inherit"] });
  }

  async #post(path: string, body: object): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${this.#run.port}${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${this.#token}` },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return response.json();
  }
}
