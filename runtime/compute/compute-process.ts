import { type ChildProcess, fork } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { manifestsAbove, packageFolders, RUNTIME } from "../core/own-code.ts";
import { siblingModule } from "../core/sibling-module.ts";
import type { ChildMessage, HostMessage } from "./compute-message.ts";
import type { ComputeOptions } from "./compute-options.ts";
import type { ComputeKind } from "./kernel.ts";
import { piecesOf } from "./packed.ts";
import { OVER_LIMIT } from "./process-watch.ts";

/** Sources run beside what the build makes of them: WebAssembly stands only there. */
const CODE = import.meta.url.endsWith(".ts") ? [RUNTIME, resolve(RUNTIME, "../dist/runtime")] : [RUNTIME];
/** What an engineer's kernels are compiled by and run on; children may load it where it is installed. */
const PACKAGES = ["gpu.js", "webgpu"];
/** Of what a child writes to its error output so much is passed on, and so much is kept to say why it ended. */
const PASSED_ON_CHARACTERS = 2 ** 16;
const LAST_CHARACTERS = 2 ** 13;
/** Handles count up from the number of the child that gave them, times this. */
const HANDLES_PER_CHILD = 2 ** 32;

export interface ComputeProcessEvents {
  readonly onMessage: (message: ChildMessage) => void;
  readonly onEnd: (end: ProcessEnd) => void;
}

/** Why a child is gone. */
export interface ProcessEnd {
  readonly cause: "memory" | "other";
  /** A sentence part: "signal SIGKILL", "exit code 134". */
  readonly how: string;
}

let children = 0;

/**
 * One permission-limited child: it may read its own code and cannot write files, start processes or, but for the GPU
 * child, load native addons (Node's permission model); what that model does not know, `child-lock.ts` refuses.
 */
export class ComputeProcess {
  readonly #child: ChildProcess;
  #written = 0;
  #lastWords = "";
  #killedFor: string | undefined;

  constructor(kind: ComputeKind, options: ComputeOptions, events: ComputeProcessEvents) {
    const readable = [...CODE, ...manifestsAbove(RUNTIME), ...packageFolders(PACKAGES), ...options.readable];
    children += 1;
    const settings = [children * HANDLES_PER_CHILD, options.keptMiB * 2 ** 20];
    this.#child = fork(siblingModule(import.meta.url, "./compute-child"), settings.map(String), {
      serialization: "advanced",
      // The child's own arguments: none of the host's loaders, and no inspector port.
      execArgv: [
        "--permission",
        ...readable.map((path) => `--allow-fs-read=${path}`),
        "--allow-worker",
        ...(kind === "gpu" ? ["--allow-addons"] : []),
        `--require=${fileURLToPath(siblingModule(import.meta.url, "./child-lock"))}`,
        `--max-old-space-size=${options.memoryMiB}`,
        "--disable-warning=ExperimentalWarning",
        "--disable-warning=SecurityWarning",
      ],
      // No environment: credentials may stand there.
      env: kind === "gpu" ? { ...options.gpuEnvironment } : {},
      // The host's own output may be read by a program.
      stdio: ["ignore", 2, "pipe", "ipc"],
    });
    this.#child.on("message", (message) => events.onMessage(message as ChildMessage));
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => this.#hear(text));
    this.#child.once("error", (error) => {
      this.#child.kill("SIGKILL");
      events.onEnd({ cause: "other", how: error.message });
    });
    this.#child.once("close", (code, signal) => events.onEnd(this.#endOf(code, signal)));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Resolved once the message has left, or the child is gone, whose end answers for it.
   * @throws where the message cannot be copied
   */
  send(message: HostMessage): Promise<void> {
    return new Promise((resolve) => this.#child.send(message, () => resolve()));
  }

  /** Sends a run and then its arrays in chunks, as long as it is wanted. */
  async sendRun(
    message: Extract<HostMessage, { type: "run" }>,
    arrays: readonly Uint8Array[],
    isWanted: () => boolean,
  ): Promise<void> {
    await this.send(message);
    for (const pieces of piecesOf(arrays)) {
      if (!isWanted()) return;
      await this.send({ type: "pieces", id: message.id, pieces });
    }
  }

  /** @param why a sentence part, told to those who lose by it */
  kill(why: string): void {
    this.#killedFor ??= why;
    this.#child.kill("SIGKILL");
  }

  #hear(text: string): void {
    this.#lastWords = (this.#lastWords + text).slice(-LAST_CHARACTERS);
    if (this.#written < PASSED_ON_CHARACTERS) process.stderr.write(text);
    this.#written += text.length;
  }

  #endOf(code: number | null, signal: NodeJS.Signals | null): ProcessEnd {
    const [, overLimit] = new RegExp(`${OVER_LIMIT} (.*)`).exec(this.#lastWords) ?? [];
    if (overLimit !== undefined) return { cause: "memory", how: overLimit };
    if (this.#killedFor !== undefined) return { cause: "other", how: this.#killedFor };
    const [fatal] = /^.*\bout of memory\b.*$/im.exec(this.#lastWords) ?? [];
    if (fatal !== undefined) return { cause: "memory", how: fatal.slice(0, 200) };
    if (signal !== null) return { cause: "other", how: `signal ${signal}` };
    // Node says what was thrown before it exits; a signal comes unannounced.
    const error = this.#lastWords
      .match(/^\w*Error.*$/gm)
      ?.at(-1)
      ?.slice(0, 200);
    return { cause: "other", how: `exit code ${code}${error === undefined ? "" : `, ${error}`}` };
  }
}
