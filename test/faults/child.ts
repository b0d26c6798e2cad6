import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

type Line = { id: number; result?: unknown; error?: string } | { event: string; detail: unknown };

/**
 * The near side of a process of the harness, which takes one JSON line per request and answers it with one, and tells
 * events in between. The far side is child-side.ts.
 */
export class Child {
  readonly #process: ChildProcess;
  readonly #name: string;
  readonly #pending = new Map<
    number,
    { resolve: (result: unknown) => void; reject: (error: Error) => void }
  >();
  readonly #latest = new Map<string, unknown>();
  readonly #listeners = new Set<(event: string, detail: unknown) => void>();
  readonly #ended: Promise<void>;
  #nextId = 1;
  #said = "";

  /**
   * @param module the program, beside this file
   * @param options its only argument, as JSON
   */
  constructor(module: string, options: object, environment: Readonly<Record<string, string>> = {}) {
    this.#name = module;
    const file = fileURLToPath(new URL(module, import.meta.url));
    this.#process = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", file, JSON.stringify(options)],
      { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...environment } },
    );
    this.#ended = new Promise((resolve) => {
      this.#process.once("exit", (code, signal) => {
        const error = new Error(`${this.#name} ended with ${signal ?? code}\n${this.#said}`);
        for (const { reject } of this.#pending.values()) reject(error);
        this.#pending.clear();
        resolve();
      });
    });
    // It may be killed while something is being written to it.
    this.#process.stdin!.on("error", () => undefined);
    this.#process.stderr!.on("data", (chunk) => {
      this.#said = (this.#said + String(chunk)).slice(-4000);
    });
    createInterface({ input: this.#process.stdout! }).on("line", (line) => this.#hear(line));
  }

  get pid(): number {
    return this.#process.pid!;
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** The end of what it said on its standard error. */
  get said(): string {
    return this.#said;
  }

  /** What it told last of an event. */
  latest<T>(event: string): T | undefined {
    return this.#latest.get(event) as T | undefined;
  }

  onEvent(listener: (event: string, detail: unknown) => void): void {
    this.#listeners.add(listener);
  }

  /** @throws Error where it ends before it answers, or answers with an error */
  ask<T>(op: string, detail: object = {}): Promise<T> {
    if (!this.isRunning) return Promise.reject(new Error(`${this.#name} has ended\n${this.#said}`));
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.#process.stdin!.write(`${JSON.stringify({ id, op, ...detail })}\n`);
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** SIGKILL, and wait until it is gone. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
  }

  /** Waits until it has ended by itself. */
  ended(): Promise<void> {
    return this.#ended;
  }

  #hear(line: string): void {
    if (!line.startsWith("{")) return;
    const told = JSON.parse(line) as Line;
    if ("event" in told) {
      this.#latest.set(told.event, told.detail);
      for (const listener of this.#listeners) listener(told.event, told.detail);
      return;
    }
    const pending = this.#pending.get(told.id);
    this.#pending.delete(told.id);
    if (told.error === undefined) pending?.resolve(told.result);
    else pending?.reject(new Error(`${this.#name}: ${told.error}\n${this.#said}`));
  }
}
