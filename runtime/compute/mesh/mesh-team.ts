import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { RungError } from "../../core/errors.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import { type PackedMesh, packMesh } from "./mesh-layout.ts";
import {
  configurationsOf,
  emptyAnswer,
  type MeshSweep,
  type SweepAnswer,
  type SweepQuestion,
} from "./mesh-sweep.ts";
import { assertMesh, type TriangleMesh } from "./triangle-mesh.ts";

/** @internal what a thread begins with */
export type TeamMeshes = readonly { readonly packed: PackedMesh; readonly where: string }[];
/** @internal */
export interface PieceOfSweep {
  readonly sweep: MeshSweep;
  readonly question: SweepQuestion;
}
/** @internal */
export type PieceAnswer = { readonly answer: SweepAnswer } | { readonly problem: string };

/** Configurations that a thread takes at once: some milliseconds of work. */
const PIECE = 64;

/**
 * Threads that share the configurations of a sweep, each with an engine of its own: trees are built once and copied to each,
 * and nothing is shared while they run. The same answers as one engine gives, whatever the number of threads.
 */
export class MeshTeam {
  readonly #threads: readonly Worker[];
  /** Sweeps are taken one after another. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(threads: readonly Worker[]) {
    this.#threads = threads;
  }

  /**
   * @param meshes which sweeps name by their numbers in this list
   * @throws RungError `bad-mesh`, `mesh-engine-not-built`
   */
  static async create(
    meshes: readonly { readonly mesh: TriangleMesh; readonly where: string }[],
    threads: number,
  ): Promise<MeshTeam> {
    const workerData: TeamMeshes = meshes.map(({ mesh, where }) => {
      assertMesh(mesh, where);
      return { packed: packMesh(mesh), where };
    });
    const workers = Array.from(
      { length: threads },
      () => new Worker(siblingModule(import.meta.url, "./mesh-team-worker"), { workerData }),
    );
    try {
      await Promise.all(workers.map((worker) => once(worker, "message")));
    } catch (thrown) {
      await Promise.all(workers.map((worker) => worker.terminate()));
      throw thrown;
    }
    return new MeshTeam(workers);
  }

  /** Which bodies touch which obstacles, in every configuration. */
  contacts(sweep: MeshSweep): Promise<SweepAnswer> {
    return this.#ask(sweep, { kind: "contacts" });
  }

  /** The nearest pair of every configuration. */
  nearest(sweep: MeshSweep, boundM = Infinity): Promise<SweepAnswer> {
    return this.#ask(sweep, { kind: "nearest", boundM });
  }

  /** Ends the threads, at once. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((worker) => worker.terminate()));
  }

  #ask(sweep: MeshSweep, question: SweepQuestion): Promise<SweepAnswer> {
    const asked = this.#last.then(() => this.#share(sweep, question));
    // The next sweep is not to fail for what this one told its caller.
    this.#last = asked.catch(() => undefined);
    return asked;
  }

  async #share(sweep: MeshSweep, question: SweepQuestion): Promise<SweepAnswer> {
    const answer = emptyAnswer(sweep, question.kind);
    const count = configurationsOf(sweep);
    const poseNumbers = 12 * sweep.bodies.length;
    const each = sweep.bodies.length * sweep.obstacles.length;
    let next = 0;
    const work = async (worker: Worker): Promise<void> => {
      while (next < count) {
        const from = next;
        next = Math.min(count, from + PIECE);
        const moving = sweep.moving.slice(poseNumbers * from, poseNumbers * next);
        const piece = await asked(worker, { sweep: { ...sweep, moving }, question });
        if (question.kind === "contacts") {
          answer.verdicts.set(piece.verdicts, each * from);
          continue;
        }
        answer.distancesM.set(piece.distancesM, from);
        answer.pairs.set(piece.pairs, from);
        answer.points.set(piece.points, 6 * from);
      }
    };
    // All are waited for, or a thread's late answer would be taken for one to the next sweep.
    const done = await Promise.allSettled(
      this.#threads.map((worker) =>
        work(worker).catch((thrown: unknown) => {
          next = count;
          throw thrown;
        }),
      ),
    );
    const failed = done.find((one) => one.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    return answer;
  }
}

/** The answer of one thread to one piece. */
async function asked(worker: Worker, piece: PieceOfSweep): Promise<SweepAnswer> {
  const ended = new AbortController();
  const reply = once(worker, "message", { signal: ended.signal });
  const exit = once(worker, "exit", { signal: ended.signal }).then(() => {
    throw new RungError({
      code: "mesh-team-ended",
      where: "mesh team",
      what: "a thread ended while a sweep was under way",
      advice: "ask again with a new team",
    });
  });
  try {
    worker.postMessage(piece);
    const [told] = (await Promise.race([reply, exit])) as [PieceAnswer];
    if ("answer" in told) return told.answer;
    throw new RungError({
      code: "bad-mesh-query",
      where: "mesh team",
      what: told.problem,
      advice: "check the sweep",
    });
  } finally {
    ended.abort();
    // Whichever of the two lost is refused by that, and nobody waits for it.
    await Promise.allSettled([reply, exit]);
  }
}
