import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { lstat, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, RungError } from "../../core/errors.ts";
import { wallTimeUs } from "../../core/time.ts";
import type { IntakeResult, OrderStore } from "./order-store.ts";
import { readOrders } from "./read-orders.ts";
import { checkSize } from "./read-problems.ts";

export interface DropFolderOptions {
  readonly folder: string;
  readonly store: OrderStore;
  /** Told of each file that was read, whatever came of it. */
  readonly onFile: (path: string, result: IntakeResult) => void;
  /** A file that cannot be read, or the folder itself; told once until it changes. */
  readonly onProblem: (error: RungError) => void;
  readonly pollMs?: number;
}

/** Defaults with their units. */
export const DROP_DEFAULTS = { pollMs: 1000 };

const ENDINGS = /\.(xml|csv|json)$/i;
/** Files read in one look; the others come with the next. */
const MOST_FILES = 200;

/**
 * Reads every file that is put into a folder, once: `.xml`, `.csv`, `.json`. It looks at the folder again and again,
 * since notices of the file system get lost, on network drives above all.
 *
 * A file is read when its size and time were the same at two looks, so that none is read half written. What was read
 * is remembered together with its orders in one transaction: after a crash no file is missed, and none counts twice.
 * A file that changes is read again.
 */
export class DropFolder {
  readonly #options: DropFolderOptions;
  readonly #pollMs: number;
  /** Size and time at the last look, of files that are not read yet. */
  #seen = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;
  #told = "";

  constructor(options: DropFolderOptions) {
    this.#options = options;
    this.#pollMs = options.pollMs ?? DROP_DEFAULTS.pollMs;
  }

  start(): void {
    const turn = (): void => {
      this.#running = this.look()
        .then(
          () => undefined,
          (thrown: unknown) => this.#options.onProblem(problemOf(thrown, this.#options.folder)),
        )
        .then(() => {
          if (this.#isStopped) return;
          this.#timer = setTimeout(turn, this.#pollMs);
          this.#timer.unref();
        });
    };
    turn();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** One look at the folder. @returns how many files were read */
  async look(): Promise<number> {
    const { folder, onProblem } = this.#options;
    let names: string[];
    try {
      await mkdir(folder, { recursive: true });
      names = (await readdir(folder)).filter((name) => ENDINGS.test(name)).sort();
      this.#told = "";
    } catch (cause) {
      const what = `cannot be looked at: ${messageOf(cause)}`;
      if (this.#told !== what) {
        onProblem(
          new RungError({
            code: "no-folder",
            where: folder,
            what,
            advice: "correct the path or its rights",
            cause,
          }),
        );
      }
      this.#told = what;
      return 0;
    }
    const seen = new Map<string, string>();
    let read = 0;
    for (const name of names) {
      if (this.#isStopped) break;
      const path = join(folder, name);
      try {
        const state = await lstat(path, { bigint: true });
        if (!state.isFile() || this.#isKnown(path, state)) continue;
        const mark = `${state.size} ${state.mtimeNs}`;
        if (this.#seen.get(path) !== mark || read >= MOST_FILES) seen.set(path, mark);
        else if (await this.#read(path, name, state)) read++;
        else seen.delete(path);
      } catch (thrown) {
        // Gone between two looks: whoever put it there took it away again.
        if ((thrown as NodeJS.ErrnoException).code === "ENOENT") continue;
        onProblem(problemOf(thrown, path));
      }
    }
    this.#seen = seen;
    return read;
  }

  #isKnown(path: string, state: BigIntStats): boolean {
    const mark = this.#options.store.mark(path);
    return mark !== undefined && mark.size === Number(state.size) && mark.mtimeNs === String(state.mtimeNs);
  }

  /** @returns false where the file changed while it was read */
  async #read(path: string, name: string, state: BigIntStats): Promise<boolean> {
    const { store, onFile, onProblem } = this.#options;
    const facts = { path, size: Number(state.size), mtimeNs: String(state.mtimeNs) };
    try {
      checkSize(facts.size, name);
    } catch (thrown) {
      onProblem(problemOf(thrown, path));
      store.keepMark({ ...facts, digest: "", outcome: messageOf(thrown) }, wallTimeUs());
      return true;
    }
    const bytes = await readFile(path);
    const after = await lstat(path, { bigint: true });
    if (after.size !== state.size || after.mtimeNs !== state.mtimeNs || bytes.byteLength !== facts.size)
      return false;
    const digest = createHash("sha256").update(bytes).digest("hex");
    if (store.mark(path)?.digest === digest) {
      // Only its time changed.
      store.keepMark({ ...facts, digest, outcome: "orders" }, wallTimeUs());
      return true;
    }
    try {
      const orders = await readOrders(bytes, name);
      onFile(path, store.take(orders, name, wallTimeUs(), { mark: { ...facts, digest, outcome: "orders" } }));
    } catch (thrown) {
      const problem = problemOf(thrown, path);
      // What could not be stored is not read; what cannot be understood is, until it changes.
      if (problem.code !== "orders-write")
        store.keepMark({ ...facts, digest, outcome: problem.message }, wallTimeUs());
      onProblem(problem);
    }
    return true;
  }
}

function problemOf(thrown: unknown, path: string): RungError {
  if (thrown instanceof RungError) return thrown;
  return new RungError({
    code: "unreadable-file",
    where: path,
    what: messageOf(thrown),
    advice: "look at the file's rights",
    cause: thrown,
  });
}
