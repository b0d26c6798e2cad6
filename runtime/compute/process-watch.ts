import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { siblingModule } from "../core/sibling-module.ts";

/** Places in the numbers shared with the thread: the limit of the process, MiB (0: none), and one nobody writes. */
export const WATCHED_MIB = 0;
export const NEVER_WRITTEN = 1;
/** Begins the line on the error output by which the host knows why the child ended. */
export const OVER_LIMIT = "compute memory limit:";

/** What one run may take. */
interface Level {
  readonly rssAtStartMiB: number;
  limitMiB: number;
}

/**
 * A thread that ends this process when a run makes it grow beyond what that run may take, or when the host is gone,
 * even while a kernel never lets go of its own thread. The heap has a limit of its own, but array buffers,
 * WebAssembly and addons lie outside of it, so the thread looks at the process as a whole.
 */
export class ProcessWatch {
  readonly #watched = new Int32Array(new SharedArrayBuffer(8));
  /** The last is of the run at work; those before it wait within a breath. */
  readonly #levels: Level[] = [];

  private constructor() {}

  /** Resolved when the thread looks: it could not start beside a kernel that never lets go. */
  static async start(): Promise<ProcessWatch> {
    const watch = new ProcessWatch();
    const thread = new Worker(siblingModule(import.meta.url, "./process-watch-thread"), {
      workerData: watch.#watched,
    });
    await once(thread, "message");
    thread.unref();
    return watch;
  }

  /** A run begins, which may take so much beyond what the process takes now. @returns a function that ends it */
  begin(memoryMiB: number): () => void {
    const rssAtStartMiB = residentMiB();
    const level: Level = { rssAtStartMiB, limitMiB: rssAtStartMiB + memoryMiB };
    this.#levels.push(level);
    this.#publish();
    return () => {
      const at = this.#levels.indexOf(level);
      // What a run leaves behind, uncollected or kept, is not the fault of the one it interrupted.
      const leftMiB = Math.max(0, residentMiB() - rssAtStartMiB);
      for (const below of this.#levels.slice(0, at)) below.limitMiB += leftMiB;
      this.#levels.splice(at, 1);
      this.#publish();
    };
  }

  /** Room for what comes while a run is at work and is not its own: the input of another. */
  allow(bytes: number): void {
    for (const level of this.#levels) level.limitMiB += bytes / 2 ** 20;
    this.#publish();
  }

  #publish(): void {
    Atomics.store(this.#watched, WATCHED_MIB, Math.ceil(this.#levels.at(-1)?.limitMiB ?? 0));
  }
}

const residentMiB = (): number => process.memoryUsage.rss() / 2 ** 20;
