import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const PASSWORD = "a plant of paint and steel";

/** The whole product as a user starts it, on free ports, in a home of its own. */
export class Product {
  readonly home: string;
  readonly line: string;
  readonly #child: ChildProcess;
  readonly #said: { out: string; err: string };
  #cookie = "";

  private constructor(home: string, child: ChildProcess, said: { out: string; err: string }) {
    this.home = home;
    this.line = said.out.split("\n")[0]!;
    this.#child = child;
    this.#said = said;
  }

  /**
   * @param args further words of `rung start`
   * @param prepare what lies in the home before the first start
   */
  static async start(
    args: readonly string[] = [],
    prepare: (home: string) => void = () => undefined,
  ): Promise<Product> {
    const home = mkdtempSync(join(tmpdir(), "rung-product-"));
    prepare(home);
    const child = spawn(process.execPath, [join(root, "dist/runtime/cli/rung.js"), "start", ...args], {
      env: {
        ...process.env,
        RUNG_HOME: home,
        RUNG_FLOWS: "",
        RUNG_PORT: "0",
        RUNG_PLANT_PORT: "0",
        RUNG_MQTT_PORT: "0",
        RUNG_ACTUATOR_PORT: "0",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said = { out: "", err: "" };
    child.stderr!.on("data", (chunk) => {
      said.err += chunk;
    });
    await new Promise<void>((resolve, reject) => {
      child.stdout!.on("data", (chunk) => {
        said.out += chunk;
        if (said.out.includes("\n")) resolve();
      });
      child.once("exit", (code) => reject(new Error(`rung start ended with ${code}: ${said.err}`)));
    });
    return new Product(home, child, said);
  }

  /** All that `rung start` has printed so far. */
  get said(): { readonly out: string; readonly err: string } {
    return this.#said;
  }

  get url(): string {
    return `http://127.0.0.1:${this.runFile("host").port}`;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  runFile(name: string): { pid: number; port: number; controlPort?: number } {
    return JSON.parse(readFileSync(join(this.home, "run", `${name}.json`), "utf8"));
  }

  /** The one-time link that the first start leaves for `admin`. */
  get firstLogin(): string {
    return readFileSync(join(this.home, "first-login"), "utf8").trim();
  }

  /** Takes the one-time link and gives `admin` the password. */
  async signIn(): Promise<void> {
    const token = new URL(this.firstLogin).searchParams.get("token")!;
    const response = await fetch(`${this.url}/first-login`, {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/json", origin: this.url },
      body: JSON.stringify({ token, password: PASSWORD, again: PASSWORD }),
    });
    if (!response.ok) throw new Error(`first login: ${response.status} ${await response.text()}`);
    this.#cookie = response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(";")[0])
      .join("; ");
  }

  /** A signed-in request to the host. */
  async get<T>(path: string): Promise<T> {
    return JSON.parse(await this.text(path)) as T;
  }

  async text(path: string): Promise<string> {
    const response = await fetch(this.url + path, {
      headers: { cookie: this.#cookie, accept: "application/json" },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${text}`);
    return text;
  }

  /** Deploys these flows in full, as a signed-in person does in the editor: every node is ended and made anew. */
  async deploy(flows: readonly object[]): Promise<void> {
    const response = await fetch(`${this.url}/editor/flows`, {
      method: "POST",
      headers: {
        cookie: this.#cookie,
        origin: this.url,
        "content-type": "application/json",
        "node-red-deployment-type": "full",
      },
      body: JSON.stringify(flows),
    });
    if (!response.ok) throw new Error(`deploy: ${response.status} ${await response.text()}`);
  }

  /** What a process has said so far. */
  log(process: "host" | "plant" | "actuator"): string {
    return readFileSync(join(this.home, "log", `${process}.log`), "utf8");
  }

  /** Presses the button of an inject node, as a signed-in person does in the editor. */
  async inject(node: string): Promise<void> {
    const response = await fetch(`${this.url}/editor/inject/${node}`, {
      method: "POST",
      headers: { cookie: this.#cookie, origin: this.url },
    });
    if (!response.ok) throw new Error(`inject ${node}: ${response.status} ${await response.text()}`);
  }

  /** The tests' hand in the virtual plant: faults, keys, speed, truth. */
  async plant<T>(method: string, path: string, body?: object): Promise<T> {
    const token = readFileSync(join(this.home, "plant", "control-token"), "utf8").trim();
    const response = await fetch(`http://127.0.0.1:${this.runFile("plant").controlPort}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Ends every process. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.kill("SIGTERM");
    await once(this.#child, "exit");
  }

  /** Ends every process and removes the home. @returns the exit code of `rung start` */
  async stop(): Promise<number | null> {
    await this.end();
    rmSync(this.home, { recursive: true, force: true });
    return this.#child.exitCode;
  }
}

/** Waits until `look` gives something, and says what it waited for when it never does. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  limitMs = 30_000,
): Promise<T> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > endMs) throw new Error(`waited ${limitMs / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
