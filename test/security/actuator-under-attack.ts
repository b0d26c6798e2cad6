import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { actuatorNodeArguments } from "../../runtime/act/actuator-command.ts";
import type { Envelope } from "../../runtime/act/envelope.ts";
import { People } from "../../runtime/act/people.ts";
import { TWIN } from "../act/oven-envelope.ts";
import { RecordingPlant } from "./recording-plant.ts";

const MAIN = fileURLToPath(new URL("../../runtime/act/actuator-main.ts", import.meta.url));

/** In memory where there is room: each line of the audit waits for its disk, which other tests measure. */
function fastFolder(): string {
  const memory = "/dev/shm";
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > 512 * 2 ** 20 ? memory : tmpdir();
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what it says is judged by whoever asked
  readonly body: any;
}

export interface AuditLine {
  readonly seq: number;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: each event has its own data
  readonly data: any;
}

/** The real actuator process on a recording plant, as its host and its people see it: over its HTTP port alone. */
export class ActuatorUnderAttack {
  readonly plant = new RecordingPlant();
  readonly home = mkdtempSync(join(fastFolder(), "rung-attack-"));
  readonly directory = join(this.home, "actuator");
  readonly operator = { name: "otto", password: randomBytes(12).toString("base64url") };
  #child!: ChildProcess;
  #heartbeat: NodeJS.Timeout | undefined;
  #envelopes: string[] = [];
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });
  #admin = { token: "", name: "", password: "" };
  port = 0;
  hostToken = "";
  operatorToken = "";

  async start(): Promise<void> {
    for (const folder of ["run", "actuator"]) mkdirSync(join(this.home, folder), { mode: 0o700 });
    await this.plant.start(this.home);
    const put = (path: string, thing: object) => writeFileSync(join(this.home, path), JSON.stringify(thing));
    put("run/plant.json", { port: this.plant.port });
    put("run/host.json", { pid: process.pid, port: 0 });
    put("actuator/logins.json", { opcua: { user: "actuator", password: this.plant.password } });
    // The plant's clock is moved between proposals: what waits for wall time must not.
    put("actuator/settings.json", {
      reality: "virtual",
      pollMs: 2_000,
      hysteresisMs: 0,
      takeoverMs: 0,
      hostSilenceMs: 60_000,
      retireAfterMs: 600_000,
    });
    const places = {
      directory: this.directory,
      run: join(this.home, "run"),
      plant: join(this.home, "plant"),
    };
    this.#child = spawn(process.execPath, [...actuatorNodeArguments(places), MAIN], {
      env: { ...process.env, RUNG_HOME: this.home, RUNG_ACTUATOR_PORT: "0" },
      stdio: ["ignore", "ignore", "inherit"],
    });
    const file = join(this.home, "run", "actuator.json");
    while (!existsSync(file)) {
      if (this.#child.exitCode !== null) throw new Error(`the actuator ended with ${this.#child.exitCode}`);
      await sleep(30);
    }
    this.port = this.#json("run/actuator.json").port;
    this.hostToken = this.#json("run/actuator-host.json").password;
    const first = this.#json("actuator/first-login");
    this.#admin = { name: first.user, password: first.password, token: "" };
    const { body } = await this.post("/sign-in", { name: first.user, password: first.password });
    this.#admin.token = body.token;
    new People(this.directory).set(this.operator.name, {
      password: this.operator.password,
      role: "operator",
      scopes: [""],
      by: "os:test",
    });
    const operator = await this.post("/sign-in", this.operator);
    this.operatorToken = operator.body.token;
    const beat = () => {
      const rowFour = { [TWIN]: { holds: true, cause: "" } };
      // A beat that finds the actuator gone is told by the next request.
      this.asHost("/heartbeat", { rowFour, envelopes: this.#envelopes }).catch(() => undefined);
    };
    this.#heartbeat = setInterval(beat, 1_000);
    beat();
  }

  /** Asks for an envelope, as a deploy does. @returns whether it is in force */
  async want(envelope: Envelope): Promise<{ commissioned: boolean; hash: string }> {
    this.#envelopes = [envelope.id];
    return (await this.asHost("/envelopes", { envelope, envelopes: this.#envelopes })).body;
  }

  /** Arms as the admin, as soon as nothing stands against it. */
  async arm(mode: "act" | "advise", envelope = "campaign"): Promise<void> {
    for (let tries = 0; ; tries++) {
      const { status, body } = await this.asAdmin("/arm", { envelope, mode, minutes: 600 });
      if (status === 200 && body.state === "armed") return;
      if (tries > 100) throw new Error(`cannot arm: ${JSON.stringify(body)}`);
      await sleep(100);
    }
  }

  asHost(path: string, body: unknown): Promise<Answer> {
    return this.post(path, body, { Authorization: `Bearer ${this.hostToken}` });
  }

  asAdmin(path: string, body: object): Promise<Answer> {
    const { token, password } = this.#admin;
    return this.post(path, { ...body, password }, { Authorization: `Bearer ${token}` });
  }

  asOperator(path: string, body: object): Promise<Answer> {
    const { password } = this.operator;
    return this.post(path, { ...body, password }, { Authorization: `Bearer ${this.operatorToken}` });
  }

  get adminToken(): string {
    return this.#admin.token;
  }

  /** @param body text is sent as it is, anything else as JSON */
  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask("POST", path, body, headers);
  }

  ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          host: "127.0.0.1",
          port: this.port,
          method,
          path,
          agent: this.#agent,
          headers: {
            "Content-Type": "application/json",
            "Content-Length": String(Buffer.byteLength(text)),
            ...headers,
          },
        },
        (response) => {
          let answer = "";
          response.setEncoding("utf8");
          response.on("data", (part: string) => {
            answer += part;
          });
          response.on("end", () => {
            let read: unknown = answer;
            if (/json/.test(response.headers["content-type"] ?? "")) read = JSON.parse(answer);
            resolve({ status: response.statusCode ?? 0, body: read });
          });
          response.on("error", reject);
        },
      );
      asked.on("error", (error: NodeJS.ErrnoException) => {
        // The server may close a connection that was kept in the moment it is used again: then it read nothing of this.
        if (asked.reusedSocket && error.code === "ECONNRESET")
          this.ask(method, path, body, headers).then(resolve, reject);
        else reject(error);
      });
      asked.end(text);
    });
  }

  /** The audit as it lies on the disk, the full files first, read without the product's code. */
  audit(): AuditLine[] {
    const full = readdirSync(this.directory).filter((name) => /^audit-\d+\.jsonl$/.test(name));
    return [...full.sort(), "audit.jsonl"]
      .flatMap((name) => readFileSync(join(this.directory, name), "utf8").split("\n"))
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as AuditLine);
  }

  async endProcess(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#child.kill("SIGTERM");
    if (this.#child.exitCode === null) await once(this.#child, "exit");
  }

  async stop(): Promise<void> {
    await this.endProcess();
    this.#agent.destroy();
    await this.plant.stop();
    rmSync(this.home, { recursive: true, force: true });
  }

  // biome-ignore lint/suspicious/noExplicitAny: files of several processes
  #json(path: string): any {
    return JSON.parse(readFileSync(join(this.home, path), "utf8"));
  }
}
