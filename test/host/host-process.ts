import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROLES, type Role } from "../../runtime/core/roles.ts";
import { HOST_NODE_ARGUMENTS } from "../../runtime/host/host-node-arguments.ts";
import { hashPassword } from "../../runtime/host/password.ts";
import { UserList } from "../../runtime/host/users.ts";

const HOST_MAIN = fileURLToPath(new URL("../../runtime/host/host-main.ts", import.meta.url));
/** As it ships: the nodes then share the services of the host, which under the sources they have of their own. */
export const BUILT_HOST = fileURLToPath(new URL("../../dist/runtime/host/host-main.js", import.meta.url));
export const PASSWORD = "six grey rungs";

/** A home of its own for one test file; gone when it is closed. */
export function temporaryHome(): string {
  return mkdtempSync(join(tmpdir(), "rung-host-"));
}

/** One person per role, all with the same password, named after the role. */
export async function addEveryRole(home: string): Promise<void> {
  const users = new UserList(home);
  const hash = await hashPassword(PASSWORD);
  for (const role of ROLES) users.add({ name: role, role, hash });
}

export function writeFlowFile(flows: string, path: string, nodes: unknown): void {
  mkdirSync(join(flows, path, ".."), { recursive: true });
  writeFileSync(join(flows, path), typeof nodes === "string" ? nodes : JSON.stringify(nodes));
}

/** The real host as a process of its own, since Node-RED is one per process. */
export class HostProcess {
  readonly home: string;
  readonly flows: string;
  readonly #child: ChildProcess;
  readonly #exit: Promise<number | null>;
  output = "";
  port = 0;
  mqttPort = 0;
  message: { link?: string; file?: string } = {};

  private constructor(home: string, environment: NodeJS.ProcessEnv, main = HOST_MAIN) {
    this.home = home;
    this.flows = join(home, "flows");
    this.#child = fork(main, {
      env: { ...process.env, RUNG_FLOWS: this.flows, RUNG_PORT: "0", RUNG_HOME: home, ...environment },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      execArgv: [...HOST_NODE_ARGUMENTS],
    });
    const keep = (text: Buffer) => {
      this.output += text;
    };
    this.#child.stdout!.on("data", keep);
    this.#child.stderr!.on("data", keep);
    this.#child.on("message", (message) => {
      this.message = message as { link?: string; file?: string };
    });
    this.#exit = new Promise((resolve) => this.#child.once("exit", resolve));
  }

  static async start(home: string, environment: NodeJS.ProcessEnv = {}, main?: string): Promise<HostProcess> {
    mkdirSync(join(home, "flows"), { recursive: true });
    const host = new HostProcess(home, environment, main);
    const file = join(home, "run", "host.json");
    for (;;) {
      const ended = await Promise.race([host.#exit, new Promise<undefined>((next) => setTimeout(next, 50))]);
      if (ended !== undefined) throw new Error(`the host ended with status ${ended}:\n${host.output}`);
      const facts = readIfThere(file);
      if (facts?.pid !== host.#child.pid) continue;
      host.port = facts!.port;
      host.mqttPort = facts!.mqttPort;
      return host;
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts one that is expected to fail. @returns its exit status and all it said */
  static async fail(
    home: string,
    environment: NodeJS.ProcessEnv = {},
  ): Promise<{ status: number | null; output: string }> {
    const host = new HostProcess(home, environment);
    return { status: await host.#exit, output: host.output };
  }

  /** @returns the exit status after SIGTERM */
  async stop(): Promise<number | null> {
    this.#child.kill("SIGTERM");
    return this.#exit;
  }

  /** Signs in as the person named after a role. @returns the session's token */
  async signIn(user: Role | string, password = PASSWORD): Promise<string> {
    const response = await fetch(`${this.url}/sign-in`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ user, password }),
    });
    if (!response.ok) throw new Error(`sign-in as ${user}: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { token: string }).token;
  }

  /** A request with a session's token. */
  as(token: string | undefined, path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
    return fetch(`${this.url}${path}`, { redirect: "manual", ...init, headers });
  }

  getFlows(token: string): Promise<{ rev: string; flows: Record<string, unknown>[] }> {
    return this.as(token, "/editor/flows", { headers: { "Node-RED-API-Version": "v2" } }).then(
      (response) => response.json() as Promise<{ rev: string; flows: Record<string, unknown>[] }>,
    );
  }

  deploy(token: string, flows: unknown): Promise<Response> {
    return this.as(token, "/editor/flows", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Node-RED-API-Version": "v2" },
      body: JSON.stringify({ flows }),
    });
  }
}

export function removeHome(home: string): void {
  rmSync(home, { recursive: true, force: true });
}

function readIfThere(file: string): { pid: number; port: number; mqttPort: number } | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    // Not written yet.
    return undefined;
  }
}
