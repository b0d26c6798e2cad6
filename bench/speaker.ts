import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A process tidies up within this time after its input has ended. */
const ENDS_WITHIN_MS = 5000;

/** A process of a bench that takes and says JSON lines. */
export class Speaker {
  readonly child: ChildProcess;
  readonly #name: string;
  readonly #said: Record<string, unknown>[] = [];
  #heard: (() => void) | undefined;
  #ended = false;

  /** @param file a module that Node runs */
  constructor(file: string, args: readonly (string | number)[], environment: Record<string, string> = {}) {
    this.#name = [file, ...args].join(" ");
    this.child = spawn(process.execPath, [...process.execArgv, file, ...args.map(String)], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...environment },
    });
    createInterface({ input: this.child.stdout! }).on("line", (line) => {
      // What is no answer is a warning of the process's, and worth reading.
      if (!line.startsWith("{")) {
        process.stderr.write(`${line}\n`);
        return;
      }
      this.#said.push(JSON.parse(line) as Record<string, unknown>);
      this.#heard?.();
    });
    this.child.once("exit", () => {
      this.#ended = true;
      this.#heard?.();
    });
    // Whoever speaks to a process that has ended learns it by `hear`.
    this.child.stdin!.on("error", () => this.#heard?.());
  }

  say(command: object): void {
    this.child.stdin!.write(`${JSON.stringify(command)}\n`);
  }

  /** The next thing said. @throws Error where the process ends before it has said anything more */
  async hear<T>(): Promise<T> {
    while (this.#said.length === 0) {
      if (this.#ended) throw new Error(`ended before it had answered: ${this.#name}`);
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
    return this.#said.shift() as T;
  }

  /** Closes its input, at which it ends; one that does not is killed. */
  async end(): Promise<void> {
    if (this.#ended) return;
    const gone = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.stdin!.end();
    const timer = setTimeout(() => this.child.kill("SIGKILL"), ENDS_WITHIN_MS);
    await gone;
    clearTimeout(timer);
  }
}
