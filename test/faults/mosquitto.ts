import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";

export const MOSQUITTO = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"].find((file) =>
  existsSync(file),
);

/** A broker in a process of its own, that can be ended with SIGKILL and started again at its port. */
export class Mosquitto {
  readonly port: number;
  readonly #config: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, config: string) {
    this.port = port;
    this.#config = config;
  }

  /** @param folder holds its configuration and what it keeps @param config further lines of it */
  static async start(folder: string, config = ""): Promise<Mosquitto> {
    const port = await freePort();
    mkdirSync(folder, { recursive: true });
    const file = join(folder, "mosquitto.conf");
    // It writes what it holds every second of changes, so that a kill forgets what came since.
    writeFileSync(
      file,
      `listener ${port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location ${folder}/
autosave_interval 1
user root
${config === "" ? "max_queued_messages 100000\n" : config}`,
    );
    const broker = new Mosquitto(port, file);
    await broker.start();
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    this.#process = spawn(MOSQUITTO!, ["-c", this.#config], { stdio: "ignore" });
    const endMs = performance.now() + 10_000;
    while (!(await listens(this.port))) {
      if (performance.now() > endMs) throw new Error("mosquitto does not listen");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGKILL");
    await gone;
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
