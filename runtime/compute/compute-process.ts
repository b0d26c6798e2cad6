import { type ChildProcess, fork } from "node:child_process";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { siblingModule } from "../core/sibling-module.ts";
import type { ComputeReply, ComputeRequest } from "./kernel.ts";
import { SOLVERS_WASM } from "./solvers/solver-wasm.ts";

/** The folder of the product's own code, the only one the child may read beside the package's manifest. */
const RUNTIME = resolve(dirname(fileURLToPath(import.meta.url)), "..");

export interface ComputeProcessEvents {
  readonly onReply: (reply: ComputeReply) => void;
  /** `how` is a sentence part: "signal SIGKILL", "exit code 134". */
  readonly onEnd: (how: string) => void;
}

export interface ComputeLimits {
  /** Old-space limit of the child's heap, MiB. A kernel that needs more ends the child, not the host. */
  readonly memoryMiB: number;
  /** Folders the child may read beside the product's runtime. */
  readonly readable: readonly string[];
}

/**
 * One permission-limited child: it may read its own code and cannot write files, start processes, or load
 * native addons (Node's permission model).
 */
export class ComputeProcess {
  readonly #child: ChildProcess;

  constructor(limits: ComputeLimits, events: ComputeProcessEvents) {
    const readable = [RUNTIME, SOLVERS_WASM, ...manifestsAbove(RUNTIME), ...limits.readable];
    this.#child = fork(siblingModule(import.meta.url, "./compute-child"), {
      serialization: "advanced",
      // The child's own arguments: none of the host's loaders, and no inspector port.
      execArgv: [
        "--permission",
        // Solvers share their work with threads of their own (solvers/solver-team.ts).
        "--allow-worker",
        ...readable.map((path) => `--allow-fs-read=${path}`),
        `--max-old-space-size=${limits.memoryMiB}`,
        "--disable-warning=ExperimentalWarning",
        "--disable-warning=SecurityWarning",
      ],
      // No environment: credentials may stand there.
      env: {},
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#child.on("message", (message) => events.onReply(message as ComputeReply));
    this.#child.once("error", (error) => events.onEnd(error.message));
    this.#child.once("exit", (code, signal) =>
      events.onEnd(signal === null ? `exit code ${code}` : `signal ${signal}`),
    );
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(request: ComputeRequest): void {
    // A send to a child that has just died fails; its exit event answers for the request.
    this.#child.send(request, () => undefined);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

/** Node looks for the nearest package.json to know a module's kind. */
function manifestsAbove(folder: string): string[] {
  const manifests: string[] = [];
  for (let at = folder; at !== dirname(at); at = dirname(at)) manifests.push(resolve(at, "package.json"));
  return manifests;
}
