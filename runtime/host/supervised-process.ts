import { type ChildProcess, fork } from "node:child_process";
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, RungError } from "../core/errors.ts";
import { asUser, type ProcessUser } from "./process-user.ts";
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

/** A pipe in the log's place is not waited for. */
const LOG_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NONBLOCK ?? 0);
const LAST_WORDS_BYTES = 4096;

export interface ProcessPlan {
  /** Also the name of its run file and of its log. */
  readonly name: string;
  readonly program: string;
  readonly args?: readonly string[];
  /** Node's own arguments. */
  readonly nodeArguments?: readonly string[];
  /** Whom it runs as, where the launcher is root. */
  readonly user?: ProcessUser;
  /** Where its log lies; that user's. */
  readonly logs: string;
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
      execArgv: [...(this.#plan.nodeArguments ?? [])],
      // The launcher's own may be a folder that its user cannot enter.
      ...(this.#plan.user === undefined ? {} : { ...this.#plan.user, cwd: "/" }),
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
      () => {
        try {
          this.#spawn();
        } catch (thrown) {
          this.#giveUp(this.#failure(messageOf(thrown)));
        }
      },
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
    return join(this.#plan.logs, `${this.#plan.name}.log`);
  }

  /** With its user's rights: the folder is in that user's hand, and a link there must lead nowhere else. */
  #openLog(): number {
    return asUser(this.#plan.user, () => {
      const size = lstatSync(this.#logFile, { throwIfNoEntry: false })?.size ?? 0;
      if (size > this.#limits.largestLogBytes) renameSync(this.#logFile, `${this.#logFile}.1`);
      return openSync(this.#logFile, LOG_FLAGS, 0o600);
    });
  }

  /** What lies in its place is that user's to choose: a pipe is not waited for, and of a file only the end is read. */
  #lastWords(): string {
    return asUser(this.#plan.user, () => {
      const log = openIfThere(this.#logFile);
      if (log === undefined) return "";
      try {
        const { size } = fstatSync(log);
        const end = Buffer.alloc(Math.min(size, LAST_WORDS_BYTES));
        const read = readSync(log, end, 0, end.length, size - end.length);
        const lastLine = end.toString("utf8", 0, read).trimEnd().split("\n").at(-1)!;
        return lastLine.slice(0, 500).replaceAll(/\p{Cc}/gu, " ");
      } finally {
        closeSync(log);
      }
    });
  }

  #announced(): number | undefined {
    try {
      return readRunFile(this.#plan.home, this.#plan.name)?.pid;
    } catch {
      // What stands there is the process's own to write; what cannot be read announces nothing.
      return undefined;
    }
  }
}

/** The file, opened to read; undefined where there is none or something else stands there. */
function openIfThere(path: string): number | undefined {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  return undefined;
}
