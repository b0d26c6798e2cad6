import { type ChildProcess, fork } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RungError } from "../core/errors.ts";
import { readRunFile, runFilePath } from "./run-file.ts";

/** A process that ends with this status found its input wrong: starting it again would not help. */
export const EXIT_INPUT_ERROR = 2;

export const SUPERVISION = {
  /** Restarts within the window before it is given up. */
  mostRestarts: 5,
  windowMs: 120_000,
  /** Doubles with each restart of the window. */
  firstBackoffMs: 500,
  readyMs: 60_000,
  /** Between SIGTERM and SIGKILL. */
  stopMs: 10_000,
  pollMs: 50,
  largestLogBytes: 10_000_000,
};

export interface ProcessPlan {
  /** Also the name of its run file and of its log. */
  readonly name: string;
  readonly program: string;
  readonly args?: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly home: string;
  /** A message the process sent over its channel to the launcher. */
  readonly onMessage?: (message: unknown) => void;
  /** It ended and will not be started again. */
  readonly onGivenUp?: (why: RungError) => void;
  readonly limits?: Partial<typeof SUPERVISION>;
}

/** One child process with fixed arguments, started again when it falls, until it is stopped or given up. */
export class SupervisedProcess {
  readonly #plan: ProcessPlan;
  readonly #limits: typeof SUPERVISION;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #stopping = false;
  #restartsAtMs: number[] = [];
  #backoff: AbortController | undefined;
  #givenUp: RungError | undefined;

  constructor(plan: ProcessPlan) {
    this.#plan = plan;
    this.#limits = { ...SUPERVISION, ...plan.limits };
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get restarts(): number {
    return this.#restartsAtMs.length;
  }

  /**
   * Starts it and waits for its run file.
   * @throws RungError `process-failed` with the process's own last words
   */
  async start(): Promise<void> {
    this.#spawn();
    const until = performance.now() + this.#limits.readyMs;
    while (performance.now() < until) {
      if (this.#givenUp !== undefined) throw this.#givenUp;
      if (this.#stopping) return;
      if (this.#child !== undefined && this.#announced() === this.#child.pid) return;
      await sleep(this.#limits.pollMs);
    }
    throw this.#failure(`was not ready after ${this.#limits.readyMs / 1000} s`);
  }

  /** From now on its end is no fall: a terminal's Ctrl-C reaches every process at once. */
  expectEnd(): void {
    this.#stopping = true;
    this.#backoff?.abort();
  }

  /** SIGTERM, then SIGKILL; its run file is gone afterwards. */
  async stop(): Promise<void> {
    this.expectEnd();
    const child = this.#child;
    if (child !== undefined) {
      child.kill("SIGTERM");
      const patience = new AbortController();
      const kill = sleep(this.#limits.stopMs, undefined, { signal: patience.signal }).then(
        () => child.kill("SIGKILL"),
        () => false,
      );
      await this.#ended;
      patience.abort();
      await kill;
    }
  }

  #spawn(): void {
    const log = this.#openLog();
    const child = fork(this.#plan.program, [...(this.#plan.args ?? [])], {
      env: this.#plan.environment,
      stdio: ["ignore", log, log, "ipc"],
      execArgv: [],
    });
    closeSync(log);
    this.#child = child;
    if (this.#plan.onMessage !== undefined) child.on("message", this.#plan.onMessage);
    this.#ended = new Promise((resolve) => {
      child.once("error", (error) => this.#fell(child, error.message, resolve));
      child.once("exit", (code, signal) =>
        this.#fell(
          child,
          signal === null ? `ended with status ${code}` : `was ended by ${signal}`,
          resolve,
          code,
        ),
      );
    });
  }

  #fell(child: ChildProcess, how: string, ended: () => void, code: number | null = null): void {
    if (this.#child !== child) return;
    if (this.#announced() === child.pid)
      rmSync(runFilePath(this.#plan.home, this.#plan.name), { force: true });
    this.#child = undefined;
    ended();
    if (this.#stopping) return;
    const now = performance.now();
    this.#restartsAtMs = this.#restartsAtMs.filter((at) => now - at < this.#limits.windowMs);
    if (code === EXIT_INPUT_ERROR) this.#giveUp(this.#failure(how));
    else if (this.#restartsAtMs.length >= this.#limits.mostRestarts)
      this.#giveUp(this.#failure(`${how}, ${this.#limits.mostRestarts + 1} times in a row`));
    else this.#startAgain(how, now);
  }

  #startAgain(how: string, now: number): void {
    const waitMs = this.#limits.firstBackoffMs * 2 ** this.#restartsAtMs.length;
    this.#restartsAtMs.push(now);
    process.stderr.write(`rung: ${this.#plan.name} ${how}; starting it again in ${waitMs / 1000} s\n`);
    this.#backoff = new AbortController();
    sleep(waitMs, undefined, { signal: this.#backoff.signal }).then(
      () => this.#spawn(),
      () => undefined,
    );
  }

  #giveUp(why: RungError): void {
    this.#givenUp = why;
    this.#plan.onGivenUp?.(why);
  }

  #failure(how: string): RungError {
    const words = this.#lastWords();
    return new RungError({
      code: "process-failed",
      where: this.#plan.name,
      what: words === "" ? how : `${how}: ${words}`,
      advice: `more in ${this.#logFile}`,
    });
  }

  get #logFile(): string {
    return join(this.#plan.home, "log", `${this.#plan.name}.log`);
  }

  #openLog(): number {
    const size = statSync(this.#logFile, { throwIfNoEntry: false })?.size ?? 0;
    if (size > this.#limits.largestLogBytes) renameSync(this.#logFile, `${this.#logFile}.1`);
    return openSync(this.#logFile, "a", 0o600);
  }

  #lastWords(): string {
    if (!existsSync(this.#logFile)) return "";
    return readFileSync(this.#logFile, "utf8").trimEnd().split("\n").at(-1)!.slice(0, 500);
  }

  #announced(): number | undefined {
    return readRunFile(this.#plan.home, this.#plan.name)?.pid;
  }
}
